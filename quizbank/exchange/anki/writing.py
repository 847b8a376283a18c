"""A package for Anki, with genuine scheduling: cards, memory, and every review.

The older format (`collection.anki2`), which every version reads. Equal cards give equal bytes:
there is no clock in here, the zip's times are fixed, ids come from names.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quizbank.exchange.anki import log, ours, schema
from quizbank.exchange.anki.schema import Habits
from quizbank.exchange.anki.stamps import Stamps
from quizbank.exchange.anki.templates import sides
from quizbank.exchange.notes import Deed, Note, Past

FIXED = (2020, 1, 1, 0, 0, 0)
FACTOR = 2500  # Anki's own measure of ease, which FSRS does not look at
NEW, LEARNING, REVIEW = 0, 1, 2
SUSPENDED = -1
GRADED = (Deed.REVIEW, Deed.CRAM)
SPACES = re.compile(r"\s+")
SEPARATORS = re.compile("[\x00\x1f]")  # what stands between two fields can be in none


@dataclass(frozen=True)
class Standing:
    """Where a card that was studied stands."""

    state: int  # 1 learning, 2 review, 3 relearning, as FSRS and Anki number them
    stability: float
    difficulty: float
    due: datetime | None = None  # of a card in steps; the day of one in review is the note's
    interval: int = 0
    reps: int = 0
    lapses: int = 0
    left: int = 1  # steps still to go


@dataclass(frozen=True)
class Leaf:
    """A note of ours, the parts of its back that have fields of their own, and its standing.

    `note.back` is the answer. Without a standing it goes as a new card. In Anki it is known by
    the note's key, which must not change.
    """

    note: Note
    points: str = ""
    traps: str = ""
    proof: str = ""
    standing: Standing | None = None

    @property
    def name(self) -> str:
        return self.note.key or self.note.path

    @property
    def fields(self) -> tuple[str, ...]:
        note = self.note
        parts = (note.front, note.back, self.points, self.traps, self.proof, note.path)
        return tuple(SEPARATORS.sub("", part) for part in parts)

    @property
    def back(self) -> str:
        """The whole back, as it reads in Anki."""
        fields = dict(zip(ours.FIELDS, self.fields, strict=True))
        return sides(ours.TEMPLATE, fields, 0).back


def write(
    leaves: Sequence[Leaf], habits: Habits, media: Mapping[str, bytes], written: datetime
) -> bytes:
    """A package with those cards; `media` are the files their fields name.

    Of two packages Anki takes the words of the one that was `written` later.
    """
    with closing(sqlite3.connect(":memory:")) as file:
        file.executescript(schema.TABLES)
        _fill(file, leaves, habits, written)
        file.commit()
        file.execute("VACUUM")
        database = file.serialize()
    return _zipped(database, media)


def _fill(
    file: sqlite3.Connection, leaves: Sequence[Leaf], habits: Habits, written: datetime
) -> None:
    decks = _decks(leaf.note.deck or ours.KIND for leaf in leaves)
    new = sum(leaf.standing is None for leaf in leaves)
    _insert(file, "col", [schema.col(habits, decks, new, written)])
    seconds = int(written.timestamp())
    taken: set[int] = set()
    ids = [ours.number(f"card {leaf.name}", taken) for leaf in leaves]
    rows, last = _revlog(leaves, ids, habits)
    notes, cards = [], []
    position = 0
    for leaf, number in zip(leaves, ids, strict=True):
        note = leaf.note
        position += leaf.standing is None
        deck = decks[note.deck or ours.KIND]
        text = plain(note.front)
        check = int(hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:8], 16)
        tags = " ".join(SPACES.sub("_", tag) for tag in note.tags)
        notes.append(
            (
                *(number, ours.guid(leaf.name), ours.KIND_ID, seconds, -1),
                *(f" {tags} " if tags else "", "\x1f".join(leaf.fields), text, check, 0, ""),
            )
        )
        where = _where(leaf, habits, position, last.get(number))
        cards.append((number, number, deck, 0, seconds, -1, *where))
    _insert(file, "notes", notes)
    _insert(file, "cards", cards)
    _insert(file, "revlog", rows)


def _insert(file: sqlite3.Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        file.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608


def _decks(names: Iterable[str]) -> dict[str, int]:
    """An id for each deck and those it lies in."""
    wanted: dict[str, None] = {}
    for name in names:
        levels = name.split("::")
        wanted |= dict.fromkeys("::".join(levels[: n + 1]) for n in range(len(levels)))
    taken: set[int] = set()
    return {name: ours.number(f"deck {name}", taken) for name in wanted}


def _where(leaf: Leaf, habits: Habits, position: int, last: int | None) -> tuple[Any, ...]:
    """type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags, data."""
    standing, note = leaf.standing, leaf.note
    if standing is None:
        queue = SUSPENDED if note.suspended else NEW
        return (NEW, queue, position, 0, 0, 0, 0, 0, 0, 0, 0, "{}")
    if standing.state == REVIEW:
        queue, due = REVIEW, ((note.due or schema.FIRST_DAY) - schema.FIRST_DAY).days
    else:
        queue, due = LEARNING, int((standing.due or log.EPOCH).timestamp())
    data: dict[str, float] = {
        "s": standing.stability,
        "d": standing.difficulty,
        "dr": habits.retention,
        "decay": habits.parameters[20],
    }
    if last is not None:
        # Anki's check takes the second of the last graded row, and mends what differs.
        data["lrt"] = last // 1000
    left = 0 if standing.state == REVIEW else standing.left
    return (
        *(standing.state, SUSPENDED if note.suspended else queue, due),
        *(standing.interval, FACTOR, standing.reps, standing.lapses, left, 0, 0, 0),
        json.dumps(data, separators=(",", ":")),
    )


def _revlog(
    leaves: Sequence[Leaf], ids: Sequence[int], habits: Habits
) -> tuple[list[tuple[int, ...]], dict[int, int]]:
    """The rows of the log, and by card the id of the last one that was a graded review.

    A row's id is its millisecond, or near it where that is taken; those of a card keep their
    order. Answers choose first: they are known again by their moment.
    """
    deeds: list[tuple[int, int, Past, tuple[int, ...]]] = []
    for leaf, number in zip(leaves, ids, strict=True):
        facts = _facts(leaf.note.past, habits)
        for place, (one, fact) in enumerate(zip(leaf.note.past, facts, strict=True)):
            deeds.append((number, place, one, fact))
    deeds.sort(key=lambda deed: (deed[2].at, deed[0], deed[1]))
    rows: list[tuple[int, ...]] = []
    last: dict[int, int] = {}
    stamps = Stamps()
    kept: dict[tuple[int, int], int] = {}  # by card and place
    answered: dict[int, int] = {}
    for number, place, one, _ in deeds:
        if one.deed in GRADED:
            stamp = stamps.nearest(_stamp(one), answered.get(number, 0))
            kept[number, place] = answered[number] = stamp
    latest: dict[int, int] = {}
    for number, place, one, fact in deeds:
        after = latest.get(number, 0)
        stamp = kept.get((number, place), 0)
        if stamp <= after:
            stamp = stamps.nearest(_stamp(one), after)
        latest[number] = stamp
        ease, interval, before, factor, kind = fact
        rows.append((stamp, number, -1, ease, interval, before, factor, one.duration_ms, kind))
        if one.deed is Deed.REVIEW:
            last[number] = stamp
    return rows, last


def _stamp(one: Past) -> int:
    return (one.at - log.EPOCH) // timedelta(milliseconds=1)


def _facts(past: Sequence[Past], habits: Habits) -> list[tuple[int, ...]]:
    """ease, ivl, lastIvl, factor, type of each deed: what follows from those before it."""
    found: list[tuple[int, ...]] = []
    before = 0  # days, or minus the seconds of a step
    graduated = reviewed = False
    for one in past:
        match one.deed:
            case Deed.REVIEW:
                steps = habits.relearning if graduated else habits.learning
                interval = one.days or -(steps[0] if steps else 60)
                kind = log.RELEARN if graduated else log.LEARN
                kind = log.REVIEW if reviewed and before > 0 else kind
                found.append((one.rating or 0, interval, before, FACTOR, kind))
                before, reviewed = interval, True
                graduated = graduated or interval > 0
            case Deed.CRAM:
                found.append((one.rating or 0, one.days, before, 0, log.FILTERED))
            case Deed.RESET:
                found.append((0, 0, before, 0, log.MANUAL))
                before, graduated, reviewed = 0, False, False
            case Deed.SET_DUE:
                found.append((0, one.days, before, FACTOR, log.MANUAL))
            case Deed.RESCHEDULE:
                found.append((0, one.days, before, FACTOR, log.RESCHEDULED))
    return found


def plain(markup: str) -> str:
    """The words of a field, by which Anki sorts notes and finds equal ones."""
    words = re.sub(r"(?s)<(style|script)\b.*?</\1>|<!--.*?-->|<[^>]*>", "", markup)
    return html.unescape(words).replace("\xa0", " ").strip()


def _zipped(database: bytes, media: Mapping[str, bytes]) -> bytes:
    names = sorted(media)
    listed = json.dumps({str(n): name for n, name in enumerate(names)}, ensure_ascii=False)
    files = {"collection.anki2": database, "media": listed.encode()}
    files |= {str(n): media[name] for n, name in enumerate(names)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()
