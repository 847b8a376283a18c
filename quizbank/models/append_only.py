"""The database itself refuses to change the log; application code is not asked.

SQLite rebuilds a table to alter it and loses its triggers, so a migration that alters
one of these tables must call `install` again as its last operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# Rows of a person may go while that person is being erased.
PERSONAL = ("quizbank_reviewevent", "quizbank_parameterset")
# Nobody's rows, the settings that events name, may go while anybody is being erased. Foreign keys
# do not keep them: they are asked at the end of a transaction, when another may be in the place.
SHARED = ("quizbank_studypolicy",)
_ERASING = "EXISTS (SELECT 1 FROM quizbank_erasure e WHERE e.finished_at IS NULL{})"
MAY_GO = {
    **dict.fromkeys(PERSONAL, _ERASING.format(" AND e.user_id = OLD.user_id")),
    **dict.fromkeys(SHARED, _ERASING.format("")),
}


def _sqlite(table: str) -> Iterator[str]:
    yield from _sqlite_removal(table)
    yield _sqlite_trigger(table, "update", "")
    yield _sqlite_trigger(table, "delete", f"WHEN NOT {MAY_GO[table]}")


def _sqlite_trigger(table: str, action: str, when: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _sqlite_removal(table: str) -> Iterator[str]:
    for action in ("update", "delete"):
        yield f"DROP TRIGGER IF EXISTS {table}_no_{action}"


def _postgresql(table: str) -> Iterator[str]:
    """Row by row, and for TRUNCATE, which asks no row; to empty what is empty changes nothing."""
    deleted = f"ELSIF TG_OP = 'DELETE' AND {MAY_GO[table]} THEN RETURN OLD;"
    has_rows = f"EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - one of the tables above
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'TRUNCATE' THEN IF NOT {has_rows} THEN RETURN NULL; END IF; {deleted} END IF; "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23000'; END $$ LANGUAGE plpgsql"
    )
    yield _postgresql_trigger(table, "append_only", "UPDATE OR DELETE", "ROW")
    yield _postgresql_trigger(table, "no_truncate", "TRUNCATE", "STATEMENT")


def _postgresql_trigger(table: str, name: str, actions: str, each: str) -> str:
    return (
        f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {actions} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION {table}_append_only()"
    )


def _postgresql_removal(table: str) -> Iterator[str]:
    yield f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; what is there already is replaced."""
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor]
    with connection.cursor() as cursor:
        for table in MAY_GO:
            for statement in statements(table):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away, for migrating back past them."""
    statements = {"sqlite": _sqlite_removal, "postgresql": _postgresql_removal}[connection.vendor]
    with connection.cursor() as cursor:
        for table in MAY_GO:
            for statement in statements(table):
                cursor.execute(statement)


def install_triggers(_apps: Any, schema_editor: Any) -> None:
    install(schema_editor.connection)


def remove_triggers(_apps: Any, schema_editor: Any) -> None:
    remove(schema_editor.connection)
