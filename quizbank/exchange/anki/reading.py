"""Cards, words and history out of a collection. Runs in a process of its own (`child`)."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from quizbank.exchange.anki import archive, guarded, kinds, log
from quizbank.exchange.anki.ours import PATH, is_ours
from quizbank.exchange.anki.refusals import Refused, Remark
from quizbank.exchange.anki.templates import blank, sides
from quizbank.exchange.notes import Deed, Note, Past

MOST_CARDS = 20_000
MOST_LOG = 200_000
MOST_WORDS = 16 << 20  # characters
LONGEST_KEY = 64
NEW, LEARNING, REVIEW, RELEARNING = range(4)  # what a card is
SUSPENDED, DAY_LEARNING = -1, 3  # in which queue it waits
PICTURE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)[^>]*>", re.IGNORECASE)
UNKEPT = re.compile("[\x00\ud800-\udfff]")
SOUND = re.compile(r"\[sound:([^\]]{0,300})\]")
# What a broken or hostile collection makes of code that expects a sound one.
UNSOUND = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


@dataclass(frozen=True)
class Read:
    """The cards of a package, by note, and what was left out of it."""

    notes: list[Note]
    remarks: tuple[Remark, ...] = ()


def read_here(data: bytes, name: str, place: Path) -> Read:
    """The notes in a package; `place` is an empty directory of ours. Raises Refused."""
    collection = archive.opened(data, name)
    path = place / "collection"
    path.write_bytes(collection.database)
    left_out: Counter[str] = Counter()
    try:
        with guarded.opened(path) as file:
            notes = _notes(file, left_out)
    except UNSOUND as error:
        raise Refused("broken", type(error).__name__) from error
    except OverflowError as error:
        raise Refused("broken", "a number") from error
    return Read(notes, tuple(Remark(code, n) for code, n in sorted(left_out.items()) if n))


def _notes(file: sqlite3.Connection, left_out: Counter[str]) -> list[Note]:
    shelf = kinds.read(file)
    written = {
        row[0]: row[1:]
        for row in file.execute("SELECT id, guid, mid, tags, flds FROM notes NOT INDEXED")
    }
    deeds = _log(file)
    found: list[Note] = []
    words = 0
    for row in _cards(file):
        number, of, ordinal, *where = row
        about = written.get(of)
        kind = shelf.kinds.get(about[1]) if about else None
        if about is None or kind is None:
            left_out["orphans"] += 1
            continue
        note = _note(shelf, kind, about, ordinal, where, deeds.pop(number, ()), left_out)
        if note is None:
            continue
        words += len(note.front) + len(note.back)
        if words > MOST_WORDS:
            raise Refused("words")
        found.append(note)
    left_out["lost_log"] = sum(map(len, deeds.values()))
    return found


def _cards(file: sqlite3.Connection) -> list[Any]:
    asked = "SELECT id, nid, ord, did, type, queue, due, odue, odid FROM cards NOT INDEXED"
    rows = file.execute(f"{asked} ORDER BY nid, ord, id LIMIT ?", (MOST_CARDS + 1,)).fetchall()
    if len(rows) > MOST_CARDS:
        raise Refused("cards", f"{MOST_CARDS:,}")
    return rows


def _log(file: sqlite3.Connection) -> dict[int, list[log.Row]]:
    asked = "SELECT cid, id, ease, ivl, factor, time, type FROM revlog NOT INDEXED ORDER BY id"
    rows = file.execute(f"{asked} LIMIT ?", (MOST_LOG + 1,))
    deeds: dict[int, list[log.Row]] = {}
    for count, (card, *row) in enumerate(rows):
        if count == MOST_LOG:
            raise Refused("log", f"{MOST_LOG:,}")
        stamp, ease, interval, factor, taken, kind = map(int, row)
        deeds.setdefault(card, []).append((stamp, ease, interval, factor, taken, kind))
    return deeds


def _note(
    shelf: kinds.Shelf,
    kind: kinds.Kind,
    about: tuple[str, int, str, str],
    ordinal: int,
    where: list[int],
    deeds: Any,
    left_out: Counter[str],
) -> Note | None:
    guid, _, tags, text = about
    deck, type_, queue, due, original_due, original_deck = where
    fields = dict(zip(kind.fields, text.split("\x1f"), strict=False))
    home = shelf.decks.get(original_deck or deck, "")
    special = {
        "Tags": tags.strip(),
        "Type": kind.name,
        "Deck": home,
        "Subdeck": home.rsplit("::", 1)[-1],
    }
    template = kind.template(ordinal)
    if template is None:
        left_out["orphans"] += 1
        return None
    shown = sides(template, {**special, **fields}, ordinal, gaps=kind.gaps)
    if blank(shown.front):
        left_out["empty"] += 1
        return None
    key = f"{guid if len(guid) <= LONGEST_KEY else _digest(guid)}/{ordinal}"
    done = [log.past(row, key, left_out) for row in deeds]
    path = fields.get(PATH, "").strip() if is_ours(kind.name, kind.fields) else ""
    # What is ours is known by its path, and nothing of it is missing here.
    media = Counter[str]() if path else left_out
    return Note(
        key=_clean(key),
        front=_without_media(_clean(shown.front), media),
        back=_without_media(_clean(shown.back), media),
        path=_clean(path),
        deck=_clean(home),
        tags=tuple(_clean(tags).split()),
        past=tuple(one for one in done if one is not None),
        due=_due(shelf.first_day, type_, queue, original_due if original_deck else due),
        suspended=queue == SUSPENDED,
    )


def _due(first: date, kind: int, queue: int, day: int) -> date | None:
    """The day on which a card in review returns, or one in steps of whole days."""
    if kind != REVIEW and queue != DAY_LEARNING:
        return None
    try:
        return first + timedelta(days=day)
    except OverflowError:
        return None


def _without_media(html: str, left_out: Counter[str]) -> str:
    """The names of pictures in their place; what is heard is left out."""
    html, pictures = PICTURE.subn(lambda tag: _named(tag[1].strip("\"'")), html)
    html, sounds = SOUND.subn("", html)
    left_out["pictures"] += pictures
    left_out["sounds"] += sounds
    return html


def _named(source: str) -> str:
    short = source[:20] + "…" if source.startswith("data:") else source
    return f'<span class="image">{short.replace("<", "&lt;")}</span>'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:LONGEST_KEY]


def _clean(text: str) -> str:
    """Without what no database keeps: NUL, and halves of characters."""
    return UNKEPT.sub("", text)


def to_json(found: Read) -> dict[str, Any]:
    """As the child says it."""
    return {
        "remarks": [[remark.code, remark.n] for remark in found.remarks],
        "notes": [
            {
                **vars(note),
                "due": note.due and note.due.toordinal(),
                "past": [
                    [p.key, p.deed, _ms(p), p.rating, p.duration_ms, p.days] for p in note.past
                ],
            }
            for note in found.notes
        ],
    }


def from_json(said: dict[str, Any]) -> Read:
    """As the parent understands it (Raises ValueError, KeyError or TypeError)."""
    return Read(
        [_heard(note) for note in said["notes"]],
        tuple(Remark(code, n) for code, n in said["remarks"]),
    )


def _ms(one: Past) -> int:
    return (one.at - log.EPOCH) // timedelta(milliseconds=1)


def _heard(note: dict[str, Any]) -> Note:
    due = note.pop("due")
    tags = tuple(note.pop("tags"))
    past = tuple(
        Past(key, Deed(deed), log.EPOCH + timedelta(milliseconds=ms), rating, taken, days)
        for key, deed, ms, rating, taken, days in note.pop("past")
    )
    return Note(**note, tags=tags, past=past, due=date.fromordinal(due) if due else None)
