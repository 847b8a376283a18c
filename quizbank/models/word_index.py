"""SQLite's own index of the words in `Question.search_text`, so that a search reads few rows.

It narrows; what the rows hold decides. Words are what stands between two spaces, so pairs of
ideographs are words to it as any other. PostgreSQL has no index that takes them as they are and
reads the column. SQLite rebuilds a table to alter it and loses its triggers, so a migration that
alters the questions must call `install` again as its last operation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

TABLE, NAME = "quizbank_question", "quizbank_question_words"
# All but white space belongs to a word; a character that Unicode got later does, too.
WORDS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Cf Cn Co Cs'"
_FOUND = f"SELECT rowid FROM {NAME} WHERE {NAME} MATCH %s"  # noqa: S608 - a name of ours
_TOLD = f"INSERT INTO {NAME}"

Alternatives = Sequence[Sequence[str]]


def narrowing(groups: Sequence[Alternatives]) -> Q:
    """A condition that all questions meet which hold, for each group, the words of one of its
    alternatives, the last of them as a beginning. An alternative without words excludes none."""
    connection = connections[DEFAULT_DB_ALIAS]
    asked = [_either(group) for group in groups if all(group)]
    if not asked or not _is_there(connection.vendor, str(connection.settings_dict["NAME"])):
        return Q()
    return Q(pk__in=RawSQL(_FOUND, [" AND ".join(asked)]))  # noqa: S611 - a constant


def _either(group: Alternatives) -> str:
    return "(" + " OR ".join(f"({_all_of(words)})" for words in group) + ")"


def _all_of(words: Sequence[str]) -> str:
    return " AND ".join(f'"{word}"' for word in words) + "*"


@cache
def _is_there(vendor: str, database: str) -> bool:
    """Once a process and database; a migration that brings it comes with a new process."""
    if vendor != "sqlite":
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [NAME])
        return cursor.fetchone() is not None


def _triggers() -> Iterator[str]:
    """Each change of a question tells the index what stood there and what stands there."""
    gone = f"{_TOLD} ({NAME}, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text)"
    come = f"{_TOLD} (rowid, search_text) VALUES (NEW.id, NEW.search_text)"
    for action, when, done in (
        ("INSERT", "", (come,)),
        ("DELETE", "", (gone,)),
        ("UPDATE", "WHEN NEW.search_text <> OLD.search_text OR NEW.id <> OLD.id", (gone, come)),
    ):
        yield (
            f"CREATE TRIGGER {NAME}_{action.lower()} AFTER {action} ON {TABLE} {when} "
            f"BEGIN {'; '.join(done)}; END"
        )


def _removal() -> Iterator[str]:
    for action in ("insert", "delete", "update"):
        yield f"DROP TRIGGER IF EXISTS {NAME}_{action}"
    yield f"DROP TABLE IF EXISTS {NAME}"


def install(apps: Any, schema_editor: Any) -> None:
    """For a migration: build the index anew, if this SQLite knows how to keep one."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    remove(apps, schema_editor)
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(
                    f"CREATE VIRTUAL TABLE {NAME} USING fts5(search_text, content='{TABLE}', "
                    f"content_rowid='id', detail=none, tokenize=\"{WORDS}\")"
                )
        except OperationalError:  # built without it
            return
        cursor.execute(f"{_TOLD} ({NAME}) VALUES ('rebuild')")
        for trigger in _triggers():
            cursor.execute(trigger)


def remove(apps: Any, schema_editor: Any) -> None:
    """For migrating back past it."""
    if schema_editor.connection.vendor == "sqlite":
        with schema_editor.connection.cursor() as cursor:
            for statement in _removal():
                cursor.execute(statement)
