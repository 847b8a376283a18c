"""Rows by statements composed once: what every answer reads and writes.

The ORM composes each statement anew, which costs an answer several times what the database
takes for it. Names, order and conversions follow from the fields of the model, so no column
can be forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateField, DateTimeField, Field, JSONField, Model, UUIDField
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)


def select(sql: str, asked: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    """The rows of a statement, as the driver gives them for values as it takes them."""
    found: Sequence[tuple[Any, ...]] = _run(sql, asked, _rows)
    return found


def _run(sql: str, asked: Sequence[Any], take: Callable[[Any], Any]) -> Any:
    """What `take` makes of the cursor. By the driver itself: a cursor of Django's costs as much
    as a small statement. It is used where somebody listens to what is asked of the database."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    if connection.connection is None:
        connection.ensure_connection()
    connection.validate_no_broken_transaction()
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(sql, asked)
            return take(cursor)
    with connection.wrap_database_errors:
        return take(connection.connection.execute(_as_the_driver_marks(sql), asked))


def _rows(cursor: Any) -> Any:
    return cursor.fetchall()


def _count(cursor: Any) -> Any:
    return cursor.rowcount


def _number(cursor: Any) -> Any:
    """The number given to a stored row; None if it was not stored."""
    return cursor.lastrowid if cursor.rowcount else None


def _returned_number(cursor: Any) -> Any:
    row = cursor.fetchone()
    return row and row[0]


@cache
def _as_the_driver_marks(sql: str) -> str:
    """The statement with the driver's own marks for its values."""
    return sql.replace("%s", "?") if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else sql


def find(model: type[Row], *, locked: bool = False, **by: Any) -> Row | None:
    """The row whose columns, called as its attributes are, have those values; None without one.

    `locked` holds it until the transaction ends, where the database locks single rows.
    """
    table = _table(model)
    empty = tuple([name for name in by if by[name] is None])
    asked = table.written([name for name in by if name not in empty], by)
    rows = select(_select(table, tuple(by), empty, locked), asked)
    return read(model, rows[0]) if rows else None


def insert(row: Model) -> bool:
    """Store a new row, numbered by the database if it has no key. False, and nothing happens,
    if another that is unique stands in its way."""
    table, values = _table(type(row)), vars(row)
    if values[table.key] is not None:
        if not _run(_insert(table, keyed=True), table.written(table.names, values), _count):
            return False
    else:
        asked = table.written(table.numbered, values)
        number = _run(_insert(table, keyed=False), asked, table.number)
        if number is None:
            return False
        values[table.key] = number
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def update(row: Model, names: tuple[str, ...]) -> None:
    """Store those columns of a row, called as its attributes are."""
    table = _table(type(row))
    _run(_update(table, names), table.written((*names, table.key), vars(row)), _count)


def update_all(
    model: type[Model], names: tuple[str, ...], rows: Iterable[Mapping[str, Any]]
) -> None:
    """The same of many rows, each given by those columns and its key."""
    table = _table(model)
    asked = [table.written((*names, table.key), row) for row in rows]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.executemany(_update(table, names), asked)


def read(model: type[Row], values: Sequence[Any]) -> Row:
    """A row of the model from what the driver gave for all its columns."""
    table, found = _table(model), list(values)
    for place, convert in table.reads:
        if found[place] is not None:
            found[place] = convert(found[place])
    row = _bare(model, zip(table.names, found, strict=True))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def taken(model: type[Model], names: Iterable[str], values: Iterable[Any]) -> list[Any]:
    """What the driver gave for those columns, as the attributes of a row hold it."""
    reads = _table(model).taken
    pairs = zip(names, values, strict=True)
    return [
        reads[name](value) if value is not None and name in reads else value
        for name, value in pairs
    ]


def new(model: type[Row], **values: Any) -> Row:
    """A row that is not stored yet, from columns called as its attributes are; the others hold
    their defaults."""
    return _bare(model, {**_table(model).defaults(), **values})


def _bare(model: type[Row], values: Iterable[tuple[str, Any]] | Mapping[str, Any]) -> Row:
    """What the model's constructor makes of its columns, without asking each field how it wants
    to be set."""
    row = model.__new__(model)
    row._state = ModelState()
    vars(row).update(values)
    return row


def join(row: Model, name: str, other: Model) -> None:
    """Let a relation of the row lead to the other, which is stored."""
    vars(row)[f"{name}_id"] = other.pk
    row._state.fields_cache[name] = other


def written(model: type[Model], **values: Any) -> list[Any]:
    """The values of those columns as the driver takes them."""
    return _table(model).written(values, values)


@cache
def columns_of(model: type[Model], alias: str) -> str:
    """All columns of the model, in the order that `read` takes them, for a statement."""
    return ", ".join(f"{alias}.{quoted}" for quoted in _table(model).quoted.values())


class Conversion(NamedTuple):
    read: Callable[[Any], Any]  # from what the driver gives
    write: Callable[[Any], Any]  # to what the driver takes


class Table:
    """The columns of a model in the site's database, by the names of their attributes."""

    def __init__(self, model: type[Model]) -> None:
        connection, fields = connections[DEFAULT_DB_ALIAS], model._meta.concrete_fields
        quote = connection.ops.quote_name
        conversions = {field.attname: _conversion(field, connection.vendor) for field in fields}
        assert model._meta.pk is not None
        self.key = model._meta.pk.attname
        self.name = quote(model._meta.db_table)
        self.names = [field.attname for field in fields]
        self.numbered = [name for name in self.names if name != self.key]
        # To return it costs SQLite as much again as to store the row.
        self.returns = connection.vendor != "sqlite"
        self.number = _returned_number if self.returns else _number
        self.quoted = {field.attname: quote(str(field.column)) for field in fields}
        self.writes = {name: found and found.write for name, found in conversions.items()}
        made = {f.attname: f.get_default for f in fields if f.has_default() and callable(f.default)}
        self._made = made  # anew for each row
        self._defaults = {f.attname: f.get_default() for f in fields if f.attname not in made}
        self.taken = {name: found.read for name, found in conversions.items() if found}
        self.reads = [
            (place, self.taken[name]) for place, name in enumerate(self.names) if name in self.taken
        ]

    def defaults(self) -> dict[str, Any]:
        return self._defaults | {name: default() for name, default in self._made.items()}

    def written(self, names: Iterable[str], values: Mapping[str, Any]) -> list[Any]:
        writes = self.writes
        return [
            value
            if (value := values[name]) is None or (write := writes[name]) is None
            else write(value)
            for name in names
        ]


@cache
def _table(model: type[Model]) -> Table:
    return Table(model)


@cache
def _select(table: Table, by: tuple[str, ...], empty: tuple[str, ...], locked: bool) -> str:
    wanted = (f"{table.quoted[name]} {'IS NULL' if name in empty else '= %s'}" for name in by)
    locks = locked and connections[DEFAULT_DB_ALIAS].features.has_select_for_update
    columns = ", ".join(table.quoted.values())
    return " ".join(
        ("SELECT", columns, "FROM", table.name, "WHERE", " AND ".join(wanted))
        + ("FOR UPDATE",) * locks
    )


@cache
def _insert(table: Table, *, keyed: bool) -> str:
    names = table.names if keyed else table.numbered
    columns = ", ".join(table.quoted[name] for name in names)
    marks = ", ".join("%s" for _ in names)
    written = ("INSERT INTO", table.name, f"({columns})", "VALUES", f"({marks})")
    given = ("RETURNING", table.quoted[table.key]) * (table.returns and not keyed)
    return " ".join((*written, "ON CONFLICT DO NOTHING", *given))


@cache
def _update(table: Table, names: tuple[str, ...]) -> str:
    changed = ", ".join(f"{table.quoted[name]} = %s" for name in names)
    return " ".join(
        ("UPDATE", table.name, "SET", changed, "WHERE", table.quoted[table.key], "= %s")
    )


def _conversion(field: Field[Any, Any], vendor: str) -> Conversion | None:
    """What a column's values need; None where the driver has them as they are."""
    field = getattr(field, "target_field", field)
    if isinstance(field, JSONField):
        return Conversion(_from_json, json.dumps if vendor == "sqlite" else _json)
    if vendor != "sqlite":
        return None
    if isinstance(field, DateTimeField):
        return Conversion(_aware, _in_utc)
    if isinstance(field, DateField):
        return Conversion(_as_it_is, date.isoformat)
    return Conversion(UUID, _hexadecimal) if isinstance(field, UUIDField) else None


def _from_json(text: str) -> Any:
    """Written by an encoder, so no space surrounds it."""
    return _DECODER.raw_decode(text)[0]


_DECODER = json.JSONDecoder()


def _json(value: Any) -> Any:
    return connections[DEFAULT_DB_ALIAS].ops.adapt_json_value(value, None)


def _as_it_is(value: Any) -> Any:
    return value


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


@lru_cache(maxsize=64)  # an answer stores the same two moments six times
def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ").removesuffix("+00:00")


@lru_cache(maxsize=64)
def _hexadecimal(value: UUID) -> str:
    return value.hex
