"""A stranger's SQLite file, opened so that it can only be read, and only where it is known.

Nothing in the file may run: no views, triggers, virtual tables or computed columns, no
extensions, no writes; the program asks for known columns of known tables and for nothing else.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from quizbank.exchange.anki.refusals import Refused

TABLES = frozenset(
    ("col", "notes", "cards", "revlog", "notetypes", "fields", "templates", "decks", "config")
)
SECONDS = 5.0
STEPS = 10_000  # of SQLite's machine between two looks at the clock
LONGEST = 20 << 20  # bytes of one value
MAGIC = b"SQLite format 3\x00"
READS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)


@contextmanager
def opened(
    path: Path, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
) -> Iterator[sqlite3.Connection]:
    """The file at that path for reading. Raises Refused; what goes wrong inside, too."""
    if path.read_bytes()[: len(MAGIC)] != MAGIC:
        raise Refused("no_sqlite")
    until = clock() + seconds
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            _harden(file)
            file.set_progress_handler(lambda: clock() > until, STEPS)
            _check_schema(file)
            file.set_authorizer(_allowed)
            yield file
    except sqlite3.OperationalError as error:
        raise Refused("slow" if "interrupted" in str(error) else "broken", error) from error
    except (sqlite3.Error, UnicodeError) as error:
        raise Refused("broken", error) from error


def tables(file: sqlite3.Connection) -> frozenset[str]:
    """Which of the known tables the file has."""
    file.set_authorizer(None)
    names = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    file.set_authorizer(_allowed)
    return TABLES & names


def _harden(file: sqlite3.Connection) -> None:
    # Python 3.12 and newer can also forbid what no statement of ours does.
    defensive = getattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE", None)
    if defensive is not None:
        configure: Any = vars(sqlite3.Connection)["setconfig"]
        configure(file, defensive, True)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
        file.execute(f"PRAGMA {pragma}")
    file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    file.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    # Anki orders names by a rule of its own; none of our questions needs it.
    file.create_collation("unicase", lambda a, b: (a > b) - (a < b))


def _check_schema(file: sqlite3.Connection) -> None:
    for kind, name, sql in file.execute("SELECT type, name, sql FROM sqlite_master"):
        virtual = "VIRTUAL" in str(sql).upper().split("(")[0]
        if kind not in ("table", "index") or virtual:
            raise Refused("view", name)
        if kind == "table" and name in TABLES:
            columns = file.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,))
            if any(hidden for (hidden,) in columns):
                raise Refused("view", name)


def _allowed(action: int, first: str | None, *rest: str | None) -> int:
    """Read columns of known tables; ask for no pragma, function, file or change."""
    known = action == sqlite3.SQLITE_SELECT or (action == sqlite3.SQLITE_READ and first in TABLES)
    return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY
