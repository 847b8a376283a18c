"""Note types, decks and the first day of a collection, out of both of Anki's schemas.

Until 2020 they stood as JSON in the one row of `col`; now each has a table, what is special to
it in protobuf.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from quizbank.exchange.anki import guarded, protobuf
from quizbank.exchange.anki.templates import Template

CLOZE = 1
HOURS = 3600
ROLLOVER = 4  # the hour at which a collection's days begin unless it says otherwise


@dataclass(frozen=True)
class Kind:
    """A note type: its fields in order, and a template for each card or one for every gap."""

    name: str
    fields: tuple[str, ...]
    templates: tuple[Template, ...]
    gaps: bool

    def template(self, ordinal: int) -> Template | None:
        place = 0 if self.gaps else ordinal
        return self.templates[place] if 0 <= place < len(self.templates) else None


@dataclass(frozen=True)
class Shelf:
    """What notes and cards refer to."""

    kinds: dict[int, Kind]
    decks: dict[int, str]
    first_day: date


def read(file: sqlite3.Connection) -> Shelf:
    """Raises ValueError, KeyError, TypeError or AttributeError for what cannot be."""
    row = _row(file)
    new = {"notetypes", "fields", "templates", "decks"} <= guarded.tables(file)
    kinds, decks = (_kinds(file), _decks(file)) if new else (_old_kinds(row), _old_decks(row))
    return Shelf(kinds, decks, first_day(row["crt"], _config(file, row)))


def first_day(created: int, config: dict[str, Any]) -> date:
    """The date of day 0. The stamp is the hour at which days begin, where it was made."""
    minutes_west = config.get("creationOffset")
    if minutes_west is None:
        rollover = int(config.get("rollover", ROLLOVER))
        ahead = (rollover * HOURS - created) % (24 * HOURS)
        seconds = ahead if ahead <= 13 * HOURS else ahead - 24 * HOURS
    else:
        seconds = -60 * int(minutes_west)
    return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=created + seconds)).date()


def _row(file: sqlite3.Connection) -> dict[str, Any]:
    columns = ("crt", "conf", "models", "decks")
    found = file.execute(f"SELECT {', '.join(columns)} FROM col").fetchone()  # noqa: S608
    if found is None:
        raise ValueError("the collection describes nothing")
    return dict(zip(columns, found, strict=True))


def _config(file: sqlite3.Connection, row: dict[str, Any]) -> dict[str, Any]:
    if "config" not in guarded.tables(file):
        config: dict[str, Any] = json.loads(row["conf"] or "{}")
        return config
    rows = file.execute('SELECT "KEY", val FROM config').fetchall()
    wanted = ("creationOffset", "rollover")
    return {key: json.loads(value) for key, value in rows if key in wanted}


def _old_kinds(row: dict[str, Any]) -> dict[int, Kind]:
    return {
        int(key): Kind(
            name=str(one["name"]),
            fields=tuple(str(f["name"]) for f in sorted(one["flds"], key=_order)),
            templates=tuple(
                Template(str(t["qfmt"]), str(t["afmt"])) for t in sorted(one["tmpls"], key=_order)
            ),
            gaps=one.get("type") == CLOZE,
        )
        for key, one in json.loads(row["models"]).items()
    }


def _order(part: dict[str, Any]) -> int:
    return int(part["ord"])


def _old_decks(row: dict[str, Any]) -> dict[int, str]:
    return {int(key): str(one["name"]) for key, one in json.loads(row["decks"]).items()}


def _kinds(file: sqlite3.Connection) -> dict[int, Kind]:
    fields: dict[int, list[str]] = {}
    for kind, name in file.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        fields.setdefault(kind, []).append(str(name))
    templates: dict[int, list[Template]] = {}
    for kind, config in file.execute("SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        sides = Template(protobuf.text(config, 1), protobuf.text(config, 2))
        templates.setdefault(kind, []).append(sides)
    return {
        kind: Kind(
            name=str(name),
            fields=tuple(fields.get(kind, ())),
            templates=tuple(templates.get(kind, ())),
            gaps=(1, CLOZE) in protobuf.fields(config),
        )
        for kind, name, config in file.execute("SELECT id, name, config FROM notetypes")
    }


def _decks(file: sqlite3.Connection) -> dict[int, str]:
    rows = file.execute("SELECT id, name FROM decks").fetchall()
    return {key: str(name).replace("\x1f", "::") for key, name in rows}
