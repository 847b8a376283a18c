"""Our own table of cards: one row a card, without loss.

    key,path,deck,front,back,tags,due,suspended,history

`front` and `back` are HTML, `tags` stand one after the other with spaces between, `suspended`
is 1 or empty. `history` holds what was done with the card, deed after deed with `; ` between:
moment, deed, rating (- where there is none), milliseconds, days, key.

    2026-01-05T09:00:00+00:00 review 3 8200 4 0f0c…; …

A spreadsheet takes a cell that begins with = + - or @ for a formula. Such a cell, and one that
begins with an apostrophe, is written with an apostrophe before it, which is taken away again on
reading.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from urllib.parse import quote, unquote

from demos.kit.declare import Text
from quizbank.exchange.notes import Deed, Note, Past

COLUMNS = ("key", "path", "deck", "front", "back", "tags", "due", "suspended", "history")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
BETWEEN = "; "


class Malformed(Exception):
    """A table that is not taken in: where it goes wrong, and how."""

    def __init__(self, line: int, zh: str, en: str) -> None:
        self.line = line
        self.text = Text(f"第 {line} 行：{zh}", f"Line {line}: {en}")
        super().__init__(self.text.en)


def write(notes: Iterable[Note]) -> str:
    """The notes as CSV, which `tables.read` gives back as they were."""
    rows = (
        (
            *(note.key, note.path, note.deck, note.front, note.back),
            " ".join(quote(tag, safe=_SPOKEN) for tag in note.tags),
            note.due.isoformat() if note.due else "",
            "1" if note.suspended else "",
            BETWEEN.join(map(_told, note.past)),
        )
        for note in notes
    )
    return BOM + table(COLUMNS, rows)


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV in which no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([guarded(str(cell)) for cell in row] for row in rows)
    return out.getvalue()


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell


def bare(cell: str) -> str:
    return cell.removeprefix("'")


def note_of(row: Mapping[str, str], line: int) -> Note:
    """The note of one row of our own table. Raises Malformed."""
    cells = {name: bare(cell) for name, cell in row.items()}
    if not cells["key"]:
        raise Malformed(line, "key 是空的。", "its key is empty.")
    return Note(
        key=cells["key"],
        front=cells["front"],
        back=cells["back"],
        path=cells["path"],
        deck=cells["deck"],
        tags=tuple(map(unquote, cells["tags"].split())),
        past=tuple(_past(told, line) for told in cells["history"].split(";") if told.strip()),
        due=day(cells["due"], line),
        suspended=_switch(cells["suspended"], line),
    )


# What a tag may hold and still be read by people; only a space or a % must be spelt otherwise.
_SPOKEN = "".join(chr(n) for n in range(33, 127) if chr(n) != "%")


def _told(past: Past) -> str:
    rating = "-" if past.rating is None else str(past.rating)
    at = past.at.isoformat()
    return f"{at} {past.deed} {rating} {past.duration_ms} {past.days} {quote(past.key, safe='')}"


def _past(told: str, line: int) -> Past:
    words = told.split()
    try:
        at, deed, rating, duration, days, key = words
        return Past(
            key=unquote(key, errors="strict"),
            deed=Deed(deed),
            at=_moment(at),
            rating=None if rating == "-" else int(rating),
            duration_ms=int(duration),
            days=int(days),
        )
    except (ValueError, OverflowError):
        short = " ".join(words)[:80]
        raise Malformed(
            line,
            f"history 里这一条读不出来：{short}",
            f"this entry of its history cannot be read: {short}",
        ) from None


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at


def day(text: str, line: int) -> date | None:
    """A date as a cell says it, with dashes or slashes, the year first. Raises Malformed."""
    if not text.strip():
        return None
    try:
        return date(*map(int, re.split(r"[-/]", text.strip())))
    except (ValueError, TypeError, OverflowError):
        raise Malformed(
            line,
            f"due 不是日期：{text[:40]}。写成 2026-01-31。",
            f"its due is no date: {text[:40]}. Write 2026-01-31.",
        ) from None


def _switch(text: str, line: int) -> bool:
    known = {"": False, "0": False, "false": False, "1": True, "true": True}
    found = known.get(text.strip().lower())
    if found is None:
        raise Malformed(
            line,
            f"suspended 只能是 1 或空：{text[:40]}",
            f"suspended is 1 or empty, not {text[:40]}.",
        )
    return found
