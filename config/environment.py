"""What the environment says, read once by the settings and by the launcher."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# What Django itself asks for before it calls a key long.
SHORTEST_SECRET = 50
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
LONGEST_SOCKET_PATH = 100
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ANYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - recognised, not chosen
# Keys that stand in an example file or in a tutorial are public knowledge.
KNOWN_SECRETS = ("change-me", "changeme", "django-insecure", "secret-key", "---")


class BadEnvironment(Exception):
    """A variable that the site cannot start with; the message names it and the remedy."""


def flag(name: str, default: bool = False) -> bool:
    given = os.environ.get(name, "").strip().lower()
    if given in {"", "0", "false", "no", "off"}:
        return default if given == "" else False
    if given in {"1", "true", "yes", "on"}:
        return True
    raise BadEnvironment(f"{name}={given!r}: write 1 or 0")


def whole(name: str, default: int, low: int, high: int) -> int:
    given = os.environ.get(name, "").strip()
    if given == "":
        return default
    if not (given.isascii() and given.isdigit() and low <= int(given) <= high):
        raise BadEnvironment(f"{name}={given!r}: write a whole number from {low} to {high}")
    return int(given)


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def data_dir() -> Path:
    """The one directory the site writes to: database, broker files, key, collected files."""
    given = os.environ.get("DATA_DIR", "").strip()
    return Path(given).expanduser().resolve() if given else PROJECT / "var"


def broker_socket(directory: Path) -> Path:
    """Where the embedded broker listens: in `directory`, or, where that path is too long
    for a Unix socket, in a private temporary directory named after it."""
    near = directory / "broker.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"proofdeck-{os.getuid()}-{digest}"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_PATH - len("/broker.sock"):
        folder = Path("/tmp") / folder.name  # noqa: S108 - the launcher makes it private
    return folder / "broker.sock"


def redis_url() -> str:
    """The broker: `REDIS_URL`, else the embedded one's socket."""
    given = os.environ.get("REDIS_URL", "").strip()
    return given or f"unix://{broker_socket(data_dir())}"


def secret_key(directory: Path, *, strict: bool) -> str:
    """The signing key: `SECRET_KEY`, else one made once and kept in `directory`, mode 600.

    Raises `BadEnvironment` if `strict` and the given key is short or publicly known.
    """
    given = os.environ.get("SECRET_KEY", "").strip()
    if not given:
        try:
            return _kept_secret(directory / "secret_key")
        except OSError as error:
            raise BadEnvironment(
                f"SECRET_KEY is not set, and none can be kept in {directory}: {error.strerror}"
            ) from error
    if strict and (len(given) < SHORTEST_SECRET or _is_known(given)):
        raise BadEnvironment(
            f"SECRET_KEY is short or publicly known: give {SHORTEST_SECRET} random characters or "
            "more, for example from python3 -c 'import secrets; print(secrets.token_urlsafe(48))', "
            "or leave it out to have one made and kept in the data directory"
        )
    return given


def _is_known(key: str) -> bool:
    return key.lower().startswith(KNOWN_SECRETS) or len(set(key)) < SHORTEST_SECRET // 4


def _kept_secret(path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written aside and linked into place: of two first starts at once, one key wins whole.
    handle, name = tempfile.mkstemp(dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def version() -> str:
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
