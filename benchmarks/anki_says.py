"""Run by a Python that has Anki and nothing of ours: import a package, say what is in it.

    PEER/bin/python benchmarks/anki_says.py PACKAGE DIRECTORY

One JSON document on standard output, and in the directory the packages that Anki exports: as
imported in the newer and the older format, and after some answers; then also the whole collection
in both.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anki import import_export_pb2 as pb
from anki.buildinfo import version
from anki.collection import Collection, ExportAnkiPackageOptions
from anki.scheduler_pb2 import CardAnswer

if TYPE_CHECKING:  # in Anki, cards can be imported only after the collection
    from anki.cards import Card

MOST_ANSWERS = 9
LOG = "select id, ease, ivl, time, type from revlog where cid = ? order by id"
ORPHANS = "select count() from revlog where cid not in (select id from cards)"


def bring(col: Collection, package: Path) -> dict[str, int]:
    newer = pb.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
    options = pb.ImportAnkiPackageOptions(
        merge_notetypes=True,
        with_scheduling=True,
        with_deck_configs=True,
        update_notes=newer,
        update_notetypes=newer,
    )
    asked = pb.ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = col.import_anki_package(asked).log
    return {name: len(getattr(log, name)) for name in ("new", "updated", "conflicting")}


def told(col: Collection) -> dict[str, Any]:
    """All that the collection holds."""
    assert col.db
    cards = map(col.get_card, col.db.list("select id from cards"))
    media = Path(col.media.dir())
    return {
        "cards": {name(card): of_card(col, card) for card in cards},
        "notes": col.note_count(),
        "log": col.db.scalar("select count() from revlog"),
        "orphans": col.db.scalar(ORPHANS),
        "media": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(media.iterdir())
        },
        "missing": list(col.media.check().missing),
        "parameters": [c["fsrsParams6"] for c in col.decks.all_config() if c.get("fsrsParams6")],
    }


def name(card: Card) -> str:
    return f"{card.note().guid}/{card.ord}"


def of_card(col: Collection, card: Card) -> dict[str, Any]:
    assert col.db
    note, memory, html = card.note(), card.memory_state, card.render_output()
    due: int | str = card.due
    if card.type == 2:
        tomorrow = datetime.fromtimestamp(col.sched.day_cutoff).astimezone().date()
        ahead = card.due - col.sched.today - 1
        due = (tomorrow + timedelta(days=ahead)).isoformat()
    return {
        "fields": list(note.fields),
        "tags": sorted(note.tags),
        "deck": col.decks.name(card.did),
        "type": card.type,
        "suspended": card.queue == -1,
        "due": due,
        "ivl": card.ivl,
        "reps": card.reps,
        "lapses": card.lapses,
        "log": col.db.all(LOG, card.id),
        "memory": [memory.stability, memory.difficulty] if memory else None,
        "retention": card.desired_retention,
        "decay": card.decay,
        "last": card.last_review_time,
        "renders": "{{" not in html.question_text + html.answer_text,
    }


def answer(col: Collection) -> list[tuple[str, int]]:
    """Answer the first card of each deck: the cards' names and the grades."""
    answered: list[tuple[str, int]] = []
    for deck in col.decks.all_names_and_ids():
        col.decks.select(deck.id)
        queued = col.sched.get_queued_cards().cards
        if not queued or len(answered) == MOST_ANSWERS:
            continue
        top, rating = queued[0], len(answered) % 4
        states = (top.states.again, top.states.hard, top.states.good, top.states.easy)
        col.sched.answer_card(
            CardAnswer(
                card_id=top.card.id,
                current_state=top.states.current,
                new_state=states[rating],
                rating=rating,
                answered_at_millis=int(time.time() * 1000) + len(answered),
                milliseconds_taken=4000,
            )
        )
        answered.append((name(col.get_card(top.card.id)), rating + 1))
    return answered


def export(col: Collection, target: Path, *, legacy: bool) -> None:
    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, with_media=True, legacy=legacy
    )
    col.export_anki_package(out_path=str(target), limit=None, options=options)


def main(package: Path, place: Path) -> None:
    col = Collection(str(place / "collection.anki2"))
    col.set_config("fsrs", True)
    first, before = bring(col, package), told(col)
    second = bring(col, package)
    words, sound = col.fix_integrity()
    same = told(col) == before
    for legacy in (False, True):
        export(col, place / ("older.apkg" if legacy else "newer.apkg"), legacy=legacy)
    answered = answer(col)
    export(col, place / "studied.apkg", legacy=True)
    for legacy in (False, True):
        whole = place / ("older.colpkg" if legacy else "newer.colpkg")
        col.export_collection_package(str(whole), include_media=True, legacy=legacy)
        col.reopen()
    col.close()
    found = {
        "version": version,
        "first": first,
        "second": second,
        "told": before,
        "same": same,
        "sound": sound,
        "check": words.splitlines(),
        "answered": answered,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
