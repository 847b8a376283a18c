"""The database itself keeps a finished run finished: a terminal state never changes."""

from __future__ import annotations

from typing import Any

SQLITE = """
CREATE TRIGGER terminal_runs_stay BEFORE UPDATE OF state ON demos_run
WHEN OLD.state IN ('done', 'failed', 'cancelled') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'a finished run stays as it ended'); END
"""
POSTGRESQL = (
    """
CREATE FUNCTION terminal_runs_stay() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'a finished run stays as it ended'; END $$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER terminal_runs_stay BEFORE UPDATE OF state ON demos_run FOR EACH ROW
WHEN (OLD.state IN ('done', 'failed', 'cancelled') AND NEW.state <> OLD.state)
EXECUTE FUNCTION terminal_runs_stay()
""",
)


def install(apps: Any, schema_editor: Any) -> None:
    """Create the trigger; for a migration."""
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else (SQLITE,)
    for statement in statements:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the trigger; for a migration taken back."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER terminal_runs_stay ON demos_run")
        schema_editor.execute("DROP FUNCTION terminal_runs_stay()")
    else:
        schema_editor.execute("DROP TRIGGER terminal_runs_stay")
