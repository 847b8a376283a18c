"""The site's settings on a data directory of the test run's own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_DIRECTORY = Path(tempfile.mkdtemp(prefix="proofdeck-tests-"))
# A forked child of a test must not take the directory away from the run.
_RUN = os.getpid()


def _remove() -> None:
    if os.getpid() == _RUN:
        shutil.rmtree(_DIRECTORY, ignore_errors=True)


atexit.register(_remove)
# What a developer has in the environment for `make run` must not reach the tests; a
# database may be named for them alone, such as a PostgreSQL.
for _name in ("HOST", "PORT", "DEBUG", "HTTPS", "PROXIES", "ALLOWED_HOSTS", "STATIC_ROOT"):
    os.environ.pop(_name, None)
os.environ["DATA_DIR"] = str(_DIRECTORY)
os.environ["SECRET_KEY"] = "for-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz"
os.environ["REDIS_URL"] = f"unix://{_DIRECTORY}/broker.sock"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from config.settings import *  # noqa: E402, F403
from config.settings import ALLOWED_HOSTS, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
# Unhashed names: pages are tested without collecting first.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Nothing is collected into it, but the server of static files warns if it is not there.
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in use: an in-memory database locks tables between threads.
    DATABASES["default"]["TEST"] = {"NAME": str(_DIRECTORY / "test.sqlite3")}
else:
    # A test is one transaction, however long it thinks between two statements.
    _OPTIONS = DATABASES["default"]["OPTIONS"]
    _OPTIONS["options"] += " -c idle_in_transaction_session_timeout=0"
