"""Rows that many tests begin with, made once a process and copied from then on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.apps import apps
from django.db import connection, transaction

BANK = (
    *("topic", "question", "followup", "keypoint", "trap", "proof", "quizitem"),
    *("cataloguerow", "document", "unit", "dispute", "disputeside"),
)
DEMOS = ("demo", "run", "finding")

_kept: dict[Hashable, dict[str, list[tuple[Any, ...]]]] = {}


def remembered(key: Hashable, make: Callable[[], object]) -> None:
    """Let a bank and its demos be what `make` writes, which is the same under the same key.

    Where there is something of them already, or a database that numbers rows by itself whatever
    numbers they bring, `make` is asked each time.
    """
    with transaction.atomic():
        if connection.vendor != "sqlite" or any(_rows().values()):
            make()
        elif key in _kept:
            _write(_kept[key])
        else:
            make()
            _kept[key] = _rows()


def _tables() -> dict[str, list[str]]:
    """The columns of each table."""
    models = [apps.get_model("quizbank", name) for name in BANK]
    models += [apps.get_model("demos", name) for name in DEMOS]
    models += [field.remote_field.through for model in models for field in model._meta.many_to_many]
    return {
        model._meta.db_table: [str(field.column) for field in model._meta.concrete_fields]
        for model in models
    }


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with connection.cursor() as cursor:
        for table, columns in _tables().items():
            # With a sign the driver does not know the column's type, and gives what is stored.
            asked = ", ".join(f'+"{column}"' for column in columns)
            cursor.execute(f'SELECT {asked} FROM "{table}"')
            found[table] = cursor.fetchall()
    return found


def _write(kept: dict[str, list[tuple[Any, ...]]]) -> None:
    tables = _tables()
    with connection.cursor() as cursor:
        for table, rows in kept.items():
            names = ", ".join(f'"{column}"' for column in tables[table])
            marks = ", ".join("%s" for _ in tables[table])
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
