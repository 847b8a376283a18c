"""Our packages against the real Anki: its own backend imports them, checks them and exports them.

    python3 -m venv PEER && PEER/bin/pip install anki
    python -m benchmarks.anki_check --peer PEER/bin/python

A learner lives with the whole bank for some weeks; the deck goes out as a package, and the other
interpreter, which has Anki and nothing of ours, imports it into an empty collection. Notes,
cards, decks, tags, media, rows of the log, days and memory have to be the ones that left; a
second import has to change nothing; Anki's check of its database has to find nothing. Anki then
exports the deck in both of its formats, and what we read of those has to be what we read of ours;
after some answers in Anki, those have to be in it too, and in the whole collection (.colpkg) as in
the deck.
Anki keeps four decimals of a stability and three of a difficulty, so these agree to 1e-4 (relative
above one day) and to 1e-3. No timing: a check of what is said. `anki` is AGPL and no part of this
project.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.lived_in import lived_in
from benchmarks.pairs import report

GOAL = 1e-4
DAYS = 60
PEER = Path(__file__).with_name("anki_says.py")
PEER_ZONES = ("Asia/Shanghai", "America/New_York")


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


def peer(command: str, package: Path, place: Path, zone: str) -> dict[str, Any]:
    """What Anki says of the package. Raises CalledProcessError; its reason is on stderr."""
    (place / zone.replace("/", "-")).mkdir()
    place = place / zone.replace("/", "-")
    done = subprocess.run(
        [command, str(PEER), str(package), str(place)],
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
        held = found["told"]["cards"].get(f"{ours.guid(leaf.name)}/0", {}).get("memory")
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
    same("second import", {"new": 0, "updated": 0, "conflicting": 0}, found["second"])
    same("after second import and check", True, found["same"])
    same("sound", True, found["sound"])
    for leaf in leaves:
        note, standing = leaf.note, leaf.standing
        card = told["cards"].get(f"{ours.guid(leaf.name)}/0")
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
            if not -5 <= row[0] - int(p.at.timestamp() * 1000) <= 5:
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
            studied = back(found["place"] / "studied.apkg")
            wrong += [
                f"{zone}, {kind}: the collection reads otherwise than the deck"
                for kind in formats
                if back(found["place"] / f"{kind}.colpkg") != studied
            ]
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
