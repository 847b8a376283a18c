"""The database itself refuses to change the log; application code is not asked.

SQLite rebuilds a table to alter it and loses its triggers, so a migration that alters
one of these tables must call `install` again as its last operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# Table -> whether rows may go while their owner is being erased.
TABLES = {
    "quizbank_reviewevent": True,
    "quizbank_parameterset": True,
    "quizbank_studypolicy": False,
}
BEING_ERASED = (
    "EXISTS (SELECT 1 FROM quizbank_erasure e"
    " WHERE e.user_id = OLD.user_id AND e.finished_at IS NULL)"
)


def _sqlite(table: str, erasable: bool) -> Iterator[str]:
    guard = f"WHEN NOT {BEING_ERASED}" if erasable else ""
    for action, when in (("UPDATE", ""), ("DELETE", guard)):
        name = f"{table}_no_{action.lower()}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {action} ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql(table: str, erasable: bool) -> Iterator[str]:
    guard = f"IF TG_OP = 'DELETE' AND {BEING_ERASED} THEN RETURN OLD; END IF;" if erasable else ""
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ BEGIN {guard} "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23000'; END $$ LANGUAGE plpgsql"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; what is there already is replaced."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        for table, erasable in TABLES.items():
            for statement in statements(table, erasable):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, for migrating back past them."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for statement in _removal(connection.vendor, table):
                cursor.execute(statement)


def _removal(vendor: str, table: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE"
        return
    for action in ("update", "delete"):
        yield f"DROP TRIGGER IF EXISTS {table}_no_{action}"


def install_triggers(_apps: Any, schema_editor: Any) -> None:
    install(schema_editor.connection)


def remove_triggers(_apps: Any, schema_editor: Any) -> None:
    remove(schema_editor.connection)
