"""Our packages against the real Anki: its own backend imports them, checks them and exports them.

    python3 -m venv PEER && PEER/bin/pip install anki
    python -m benchmarks.anki_check --peer PEER/bin/python

A learner lives with the whole bank for some weeks; the deck goes out as a package, and the other
interpreter, which has Anki and nothing of ours, imports it into an empty collection. Notes,
cards, decks, tags, media, rows of the log, days and memory have to be the ones that left; a
second import has to change nothing; Anki's check of its database has to find nothing. Anki then
exports the deck in both of its formats, and what we read of those has to be what we read of ours;
after some answers in Anki, those have to be in it too.
Anki keeps four decimals of a stability and three of a difficulty, so these agree to 1e-4 (relative
above one day) and to 1e-3. No timing: a check of what is said. `anki` is AGPL and no part of this
project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.pairs import report

GOAL = 1e-4
START = datetime(2026, 1, 5, 1, tzinfo=UTC)  # a Monday morning in Shanghai
DAYS = 60
ZONE = "Asia/Shanghai"
PEER_ZONES = ("Asia/Shanghai", "America/New_York")

# Read by the other interpreter.
PEER = """
import hashlib, json, os, sys, time
from datetime import date, timedelta
from anki import import_export_pb2 as pb
from anki.buildinfo import version
from anki.collection import Collection, ExportAnkiPackageOptions
package, place = sys.argv[1:]
col = Collection(os.path.join(place, "collection.anki2"))
col.set_config("fsrs", True)

def bring():
    newer = pb.IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_IF_NEWER
    options = pb.ImportAnkiPackageOptions(
        merge_notetypes=True, with_scheduling=True, with_deck_configs=True,
        update_notes=newer, update_notetypes=newer)
    asked = pb.ImportAnkiPackageRequest(package_path=package, options=options)
    log = col.import_anki_package(asked).log
    return {name: len(getattr(log, name)) for name in
            ("new", "updated", "conflicting", "missing_notetype", "missing_deck")}

def told():
    today = date.fromtimestamp(col.sched.day_cutoff) - timedelta(days=1)
    cards = {}
    for number in col.db.list("select id from cards"):
        card = col.get_card(number)
        note, memory = card.note(), card.memory_state
        html = card.render_output()
        due = card.due
        if card.type == 2:
            due = (today + timedelta(days=card.due - col.sched.today)).isoformat()
        rows = "select id, ease, ivl, time, type from revlog where cid = ? order by id"
        cards[f"{note.guid}/{card.ord}"] = {
            "fields": list(note.fields), "tags": sorted(note.tags),
            "deck": col.decks.name(card.did), "type": card.type,
            "suspended": card.queue == -1, "due": due, "ivl": card.ivl,
            "reps": card.reps, "lapses": card.lapses, "log": col.db.all(rows, number),
            "memory": [memory.stability, memory.difficulty] if memory else None,
            "retention": card.desired_retention, "decay": card.decay,
            "last": card.last_review_time,
            "renders": "{{" not in html.question_text + html.answer_text}
    media = col.media.dir()
    return {
        "cards": cards, "notes": col.note_count(),
        "log": col.db.scalar("select count() from revlog"),
        "orphans": col.db.scalar(
            "select count() from revlog where cid not in (select id from cards)"),
        "media": {name: hashlib.sha256(open(os.path.join(media, name), "rb").read()).hexdigest()
                  for name in sorted(os.listdir(media))},
        "missing": list(col.media.check().missing),
        "parameters": [c["fsrsParams6"] for c in col.decks.all_config() if c.get("fsrsParams6")],
    }

first = bring()
before = told()
second = bring()
text, sound = col.fix_integrity()
after = told()
for legacy in (False, True):
    col.export_anki_package(
        out_path=os.path.join(place, "older.apkg" if legacy else "newer.apkg"), limit=None,
        options=ExportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True,
                                         with_media=True, legacy=legacy))

# The learner goes on in Anki.
from anki.scheduler_pb2 import CardAnswer
answered = []
for deck in col.decks.all_names_and_ids():
    col.decks.select(deck.id)
    queued = col.sched.get_queued_cards().cards
    if queued and len(answered) < 9:
        top = queued[0]
        rating = len(answered) % 4
        states = (top.states.again, top.states.hard, top.states.good, top.states.easy)
        col.sched.answer_card(CardAnswer(
            card_id=top.card.id, current_state=top.states.current, new_state=states[rating],
            rating=rating, answered_at_millis=int(time.time() * 1000) + len(answered),
            milliseconds_taken=4000))
        card = col.get_card(top.card.id)
        answered.append([f"{card.note().guid}/{card.ord}", rating + 1])
col.export_anki_package(
    out_path=os.path.join(place, "studied.apkg"), limit=None,
    options=ExportAnkiPackageOptions(with_scheduling=True, legacy=True))
col.close()
json.dump({"version": version, "first": first, "second": second, "told": before,
           "same": before == after, "sound": sound,
           "answered": answered, "check": text.splitlines()}, sys.stdout)
"""


def prepare() -> None:
    """A database of its own with the bank in it, before anything of Django is imported."""
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="anki-check-")
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("sync_bank", verbosity=0)


def prove(count: int) -> None:
    """Record the runs of that many demos, so that there are figures to carry."""
    from django.core.management import call_command

    from quizbank.models import Proof

    cited = Proof.objects.exclude(claim="").order_by("pk").values_list("demo", flat=True)
    call_command("prove", *list(dict.fromkeys(cited))[:count], record=True, verbosity=0)


def lived_in(days: int, seed: int) -> Any:
    """Somebody who studied four questions of five for that long, with all that people do."""
    from quizbank.models import Card, Question, StudyProfile, User
    from quizbank.services import acts
    from quizbank.services.study import record_review, undo

    draw = random.Random(seed)
    user = User.objects.create_user("lived-in")
    User.objects.filter(pk=user.pk).update(date_joined=START - timedelta(days=1))
    user.refresh_from_db()
    StudyProfile.objects.update_or_create(user=user, defaults={"zone": ZONE})
    questions = [q for q in Question.objects.order_by("pk") if draw.random() < 0.8]
    by_id = {question.pk: question for question in questions}
    unseen = list(questions)
    for now in _evenings(days):
        at = now
        due = Card.objects.filter(user=user, suspended=False, due__lte=now, reps__gt=0)
        asked = [by_id[pk] for pk in due.values_list("question", flat=True)]
        asked += [unseen.pop() for _ in range(min(3, len(unseen)))]
        for question in asked:
            for _ in range(draw.choice((1, 1, 1, 2))):
                at += timedelta(milliseconds=draw.randint(5_000, 90_000))
                rating = draw.choices((1, 2, 3, 4), (2, 1, 6, 2))[0]
                record_review(
                    user=user,
                    question=question,
                    rating=rating,
                    client_uuid=uuid.uuid4(),
                    now=at,
                    duration_ms=draw.randint(2_000, 60_000),
                    cram=draw.random() < 0.03,
                )
            about = {"user": user, "question": question, "client_uuid": uuid.uuid4(), "now": at}
            match draw.randint(1, 60):
                case 1:
                    acts.suspend(**about)
                case 2:
                    acts.reset(**about)
                case 3:
                    acts.set_due(**about, days=draw.randint(0, 9))
                case 4:
                    acts.reschedule(**about, days=draw.randint(1, 9))
                case 5:
                    acts.bury(**about)
                case 6:
                    undo(user=user, client_uuid=uuid.uuid4(), now=at)
    return user, at


def _evenings(days: int) -> Iterator[datetime]:
    for day in range(days):
        yield START + timedelta(days=day)


def peer(command: str, package: Path, place: Path, zone: str) -> dict[str, Any]:
    """What Anki says of the package. Raises CalledProcessError; its reason is on stderr."""
    (place / zone.replace("/", "-")).mkdir()
    place = place / zone.replace("/", "-")
    done = subprocess.run(
        [command, "-c", PEER, str(package), str(place)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "TZ": zone},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"place": place}


def drift(leaves: list[Any], found: dict[str, Any]) -> tuple[float, float]:
    """The largest differences of stability (relative above one day) and of difficulty."""
    from quizbank.exchange.anki import ours

    stability = difficulty = 0.0
    for leaf in leaves:
        held = found["told"]["cards"].get(f"{ours.guid(leaf.note.path)}/0", {}).get("memory")
        if leaf.standing and held:
            scale = max(1.0, leaf.standing.stability)
            stability = max(stability, abs(held[0] - leaf.standing.stability) / scale)
            difficulty = max(difficulty, abs(held[1] - leaf.standing.difficulty))
    return stability, difficulty


def differences(leaves: list[Any], media: dict[str, bytes], found: dict[str, Any]) -> list[str]:
    """What Anki holds otherwise than we sent it, in words."""
    from quizbank.exchange.anki import ours

    told = found["told"]
    wrong: list[str] = []

    def same(what: str, sent: Any, held: Any) -> None:
        if sent != held:
            wrong.append(f"{what}: sent {sent!r}, held {held!r}")

    same("notes", len(leaves), told["notes"])
    same("cards", len(leaves), len(told["cards"]))
    same("rows of the log", sum(len(leaf.note.past) for leaf in leaves), told["log"])
    same("media", {n: hashlib.sha256(c).hexdigest() for n, c in media.items()}, told["media"])
    same("media missing", [], told["missing"])
    same("orphans", 0, told["orphans"])
    same(
        "second import",
        {"new": 0, "updated": 0},
        {k: found["second"][k] for k in ("new", "updated")},
    )
    same("after second import and check", True, found["same"])
    same("sound", True, found["sound"])
    for leaf in leaves:
        note, standing = leaf.note, leaf.standing
        card = told["cards"].get(f"{ours.guid(note.path)}/0")
        if card is None:
            wrong.append(f"{note.path}: no card")
            continue
        same(f"{note.path} fields", list(leaf.fields), card["fields"])
        same(f"{note.path} tags", sorted(tag.replace(" ", "_") for tag in note.tags), card["tags"])
        same(f"{note.path} deck", note.deck, card["deck"])
        same(f"{note.path} suspended", note.suspended, card["suspended"])
        same(f"{note.path} renders", True, card["renders"])
        same(f"{note.path} state", standing.state if standing else 0, card["type"])
        sent = [(p.rating or 0, p.duration_ms) for p in note.past]
        same(f"{note.path} log", sent, [(ease, taken) for _, ease, _, taken, _ in card["log"]])
        for p, row in zip(note.past, card["log"], strict=False):
            if not 0 <= row[0] - int(p.at.timestamp() * 1000) <= 5:
                wrong.append(f"{note.path}: {p.at} became {row[0]}")
        if standing is None:
            same(f"{note.path} memory", None, card["memory"])
            continue
        same(
            f"{note.path} counts",
            (standing.interval, standing.reps, standing.lapses),
            (card["ivl"], card["reps"], card["lapses"]),
        )
        if note.due:
            same(f"{note.path} due", note.due.isoformat(), card["due"])
        same(f"{note.path} has a memory", True, card["memory"] is not None)
    return wrong


def back(package: Path) -> dict[str, Any]:
    """What we read of a package, by path: without what its ids say."""
    from quizbank.exchange import anki

    read = anki.read(package.read_bytes(), package.name)
    return {
        note.path: (
            *(note.key, note.front, note.back, note.deck, sorted(note.tags)),
            *(note.past, note.due, note.suspended),
        )
        for note in read.notes
    }


def went_on(before: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What we read otherwise than the learner did after they had gone on in Anki."""
    studied = back(found["place"] / "studied.apkg")
    more = [
        [told[0], past.rating]
        for path, told in studied.items()
        for past in told[5][len(before[path][5]) :]
    ]
    kept = all(told[5][: len(before[path][5])] == before[path][5] for path, told in studied.items())
    same = sorted(more) == sorted(found["answered"]) and len(more) > 0 and kept
    return [] if same else [f"answered {found['answered']} in Anki, read {more}"]


def check(command: str, days: int, seed: int, demos: int) -> dict[str, Any]:
    prepare()
    if demos:
        prove(demos)
    user, now = lived_in(days, seed)
    from quizbank.exchange import anki
    from quizbank.queries.export import Wish, habits, leaves, sides_for

    wish = Wish("zh")
    sides = sides_for(user, wish)
    sent = leaves(user, wish, sides)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        package = place / "proofdeck.apkg"
        package.write_bytes(anki.write(sent, habits(user, now), sides.media, now))
        before = back(package)
        formats = ["older"] + (["newer"] if find_spec("zstandard") else [])
        for zone in PEER_ZONES:
            found = peer(command, package, place, zone)
            wrong += [f"{zone}: {one}" for one in differences(sent, dict(sides.media), found)]
            for kind in formats:
                after = back(found["place"] / f"{kind}.apkg")
                wrong += [
                    f"{zone}, {kind}: {path} came back as {after.get(path)!r}, was {told!r}"
                    for path, told in before.items()
                    if after.get(path) != told
                ]
            wrong += [f"{zone}: {one}" for one in went_on(before, found)]
        size = package.stat().st_size
    states = [leaf for leaf in sent if leaf.standing]
    stability, difficulty = drift(sent, found)
    return {
        "what": f"our packages against Anki {found['version']}",
        "cards": len(sent),
        "log": sum(len(leaf.note.past) for leaf in sent),
        "states": len(states),
        "media": len(sides.media),
        "bytes": size,
        "zones": list(PEER_ZONES),
        "formats_read_back": formats,
        "check": found["check"],
        "stability": stability,
        "difficulty": difficulty,
        "goal": GOAL,
        "wrong": wrong[:20],
        "pass": not wrong and stability <= GOAL and difficulty <= 10 * GOAL,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="a Python that has anki")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--demos", type=int, default=2, help="how many to run for their figures")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    given = parser.parse_args()
    result = check(given.peer, given.days, given.seed, given.demos)
    report(result, given.json)
    raise SystemExit(not result["pass"])


if __name__ == "__main__":
    main()
