"""Answering, the next card and the due counts beside Anki's own backend.

    python3 -m venv PEER && PEER/bin/pip install anki
    python -m benchmarks.anki_peer --peer PEER/bin/python --cards 10000

Both have one learner with that many cards, half of them reviewed and spread over four weeks, one
of them past. Anki runs in the other interpreter and is told line by line what to do, so that the
two alternate; each times its own call, without the pipe. Anki is AGPL and never a dependency.
Goals: an answer at most three times Anki's in the median and twice at the 99th percentile; the
next card and the counts not above Anki's, nor a search among 100,000 cards; the answers of fifty
learners by turns more a second than Anki's one.

Ours asks for each next card anew; Anki builds a queue, keeps it in memory and builds it again when
anything but an answer happens. Both are measured: `next` against the queue built after opening,
`next, kept` against the first of a queue that is there (no goal).
"""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answer_card import make_questions, prepare
from benchmarks.pairs import machine, report, seconds

Goal = tuple[float | None, float | None]  # of the median and of the 99th percentile
GOALS: dict[str, Goal] = {
    "answer": (3.0, 2.0),
    "next": (1.0, None),
    "next, kept": (None, None),
    "counts": (1.0, None),
    "search": (1.0, None),
    "tag": (1.0, None),
}
LARGE = 100_000  # cards from which on those two have a goal: what is found is composed in 2 ms
TIMES = {"answer": 900, "next": 40, "next, kept": 100, "counts": 40, "search": 15, "tag": 15}
MANY = 50  # learners
WORDS = (
    *("gradient", "variance", "attention", "kernel", "index", "latency", "bias", "shard", "queue"),
    *("sample", "embedding", "quorum", "tensor", "recall", "precision", "cache", "lock", "entropy"),
    *("softmax", "convex", "batch", "token", "stride", "heap", "hash", "join", "normal", "prior"),
)
SOUGHT = "softmax saddle"  # the second word stands in one card of a hundred
TAGS = 20  # tag0 to tag19, in turn
SOUGHT_TAG = "tag7"
STABILITIES = (1, 3, 7, 15, 30, 60, 120)  # days

# Read by the other interpreter, which has Anki and nothing of ours.
PEER = """
import json, sys, time
from anki.buildinfo import version
from anki.cards_pb2 import FsrsMemoryState
from anki.collection import AddNoteRequest, Collection
from anki.scheduler_pb2 import CardAnswer

where, count, stabilities = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
words, sought = json.loads(sys.argv[4]), sys.argv[5]
tags, sought_tag = int(sys.argv[6]), sys.argv[7]
col = Collection(where + "/collection.anki2")
col.set_config("fsrs", True)
limits = col.decks.config_dict_for_deck_id(1)
limits["new"]["perDay"] = limits["rev"]["perDay"] = 9999
col.decks.update_config(limits)
kind, deck = col.models.by_name("Basic"), col.decks.id("Measured")
for start in range(0, count, 1000):
    notes = []
    for number in range(start, min(count, start + 1000)):
        note = col.new_note(kind)
        said = [words[(number * (k + 3) + 7 * k) % len(words)] for k in range(53)]
        said[30] = "saddle" if number % 100 == 0 else said[30]
        note["Front"], note["Back"] = " ".join(said[:8]), " ".join(said[8:])
        note.tags = [f"tag{number % tags}"]
        notes.append(AddNoteRequest(note=note, deck_id=deck))
    col.add_notes(notes)
now, cards = int(time.time()), []
for number, card_id in enumerate(sorted(col.find_cards("deck:Measured"))[: count // 2]):
    card, days = col.get_card(card_id), stabilities[number % len(stabilities)]
    late = 7 - number % 28
    card.type = card.queue = 2
    card.ivl, card.due, card.reps, card.factor = days, col.sched.today - late, 3, 2500
    card.memory_state = FsrsMemoryState(stability=days, difficulty=5.0)
    card.desired_retention, card.decay = 0.9, 0.1542
    card.last_review_time = now - (days + late) * 86400
    cards.append(card)
for start in range(0, len(cards), 1000):
    col.update_cards(cards[start : start + 1000])
col.decks.select(deck)

def answer():
    top = col.sched.get_queued_cards().cards[0]
    message = CardAnswer(
        card_id=top.card.id, current_state=top.states.current, new_state=top.states.good,
        rating=CardAnswer.GOOD, answered_at_millis=int(time.time() * 1000),
        milliseconds_taken=8000,
    )
    return lambda: col.sched.answer_card(message)

def opened():
    global col
    col.close()
    col = Collection(where + "/collection.anki2")
    return lambda: col.sched.get_queued_cards()

calls = {
    "answer": answer,
    "next": opened,
    "next, kept": lambda: lambda: col.sched.get_queued_cards(),
    "search": lambda: lambda: col.find_cards(sought),
    "tag": lambda: lambda: col.find_cards("tag:" + sought_tag),
    "counts": lambda: lambda: col.sched.deck_due_tree(),
}
print(json.dumps({"version": version}), flush=True)
for line in sys.stdin:
    call = calls[line.strip()]()
    begun = time.perf_counter()
    call()
    print(json.dumps({"seconds": time.perf_counter() - begun}), flush=True)
"""


class Anki:
    """Anki's backend with a collection of that many cards."""

    def __init__(self, python: Path, cards: int, directory: str) -> None:
        told = (directory, str(cards), json.dumps(STABILITIES), json.dumps(WORDS), SOUGHT)
        told += (str(TAGS), SOUGHT_TAG)
        command = [str(python), "-c", PEER, *told]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=directory
        )
        self.version = self._read()["version"]

    def time(self, what: str) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return float(self._read()["seconds"])

    def close(self) -> None:
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "Anki ended: its message stands above"
        found: dict[str, Any] = json.loads(line)
        return found


def make_deck(count: int, now: datetime) -> tuple[Any, list[Any]]:
    """A learner with the same cards, and the questions of those that are due."""
    from quizbank.content.words import column
    from quizbank.models import Card, Question, State, User
    from quizbank.scheduling import seed_of

    user = User.objects.create_user(uuid.uuid4().hex)
    questions = make_questions(count, now)
    for number, question in enumerate(questions):
        said = [WORDS[(number * (k + 3) + 7 * k) % len(WORDS)] for k in range(53)]
        said[30] = "saddle" if number % 100 == 0 else said[30]
        title, body = " ".join(said[:8]), " ".join(said[8:])
        question.search_text = column(
            title=(title,), aliases=(), tags=(f"tag{number % TAGS}",), body=(body,)
        )
    Question.objects.bulk_update(questions, ["search_text"], batch_size=500)
    today, cards, due = now.date(), [], []
    for number, question in enumerate(questions[: count // 2]):
        days, late = STABILITIES[number % len(STABILITIES)], 7 - number % 28
        day = today - timedelta(days=late)
        last = day - timedelta(days=days)
        at = datetime(last.year, last.month, last.day, 9, tzinfo=UTC)
        card = Card(
            user=user,
            question=question,
            seed=seed_of(question.path),
            created_at=at,
            state=State.REVIEW,
            stability=days,
            difficulty=5.0,
            due=datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
            due_day=day,
            first_day=last,
            last_day=last,
            last_review=at,
            interval=days,
            reps=3,
            touched=at,
        )
        cards.append(card)
        if late >= 0:
            due.append(question)
    Card.objects.bulk_create(cards, batch_size=500)
    return user, due


def ours(user: Any, due: list[Any], now: datetime) -> dict[str, Callable[[], float]]:
    """Each call, timed by itself. What is answered is due."""
    from quizbank.models import Question
    from quizbank.queries.search import matching
    from quizbank.queries.study import counts, next_item
    from quizbank.services.study import record_review

    waiting, clock = iter(due), iter(now + timedelta(seconds=10 * n) for n in range(10**6))

    def answer() -> float:
        question, at = next(waiting), next(clock)
        return seconds(
            lambda: record_review(
                user=user,
                question=question,
                rating=3,
                client_uuid=uuid.uuid4(),
                now=at,
                duration_ms=8_000,
            )
        )

    def search(text: str) -> float:
        found = matching(Question.objects.all(), text).values_list("pk", flat=True)
        return seconds(lambda: list(found))

    return {
        "answer": answer,
        "next": lambda: seconds(lambda: next_item(user, now)),
        "next, kept": lambda: seconds(lambda: next_item(user, now)),
        "search": lambda: search(SOUGHT),
        "tag": lambda: search(SOUGHT_TAG),
        "counts": lambda: seconds(lambda: counts(user, now)),
    }


def compare(python: Path, cards: int) -> list[dict[str, Any]]:
    now = datetime.now(UTC).replace(hour=9, minute=0)
    calls = ours(*make_deck(cards, now), now)
    with tempfile.TemporaryDirectory(prefix="anki-peer-") as directory:
        anki = Anki(python, cards, directory)
        rows = []
        for what in ("next", "next, kept", "counts", "search", "tag", "answer"):
            times = min(TIMES[what], cards // 8)
            mine, theirs = [], []
            for number in range(times + 3):
                pair = (calls[what](), anki.time(what))
                if number >= 3:  # the first ones warm up
                    mine.append(pair[0])
                    theirs.append(pair[1])
            has_goal = what not in ("search", "tag") or cards >= LARGE
            goal = GOALS[what] if has_goal else (None, None)
            rows.append({"cards": cards, "what": what, **_row(goal, mine, theirs)})
        anki.close()
    return rows


def many(seconds_of_one: float, now: datetime) -> dict[str, Any]:
    """Fifty learners by turns, one process: their answers a second beside Anki's one learner,
    and what an answer adds to the file."""
    from django.db import connection

    from quizbank.models import Question, User
    from quizbank.services.study import record_review

    learners = [User.objects.create_user(uuid.uuid4().hex) for _ in range(MANY)]
    questions = list(Question.objects.order_by("pk")[:40])

    def answered(at: datetime) -> float:
        return seconds(
            lambda: [
                record_review(
                    user=user, question=question, rating=3, client_uuid=uuid.uuid4(), now=at
                )
                for question in questions
                for user in learners
            ]
        )

    def size() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            return int(cursor.fetchone()[0])

    answered(now)
    before = size()
    rate = MANY * len(questions) / answered(now + timedelta(days=3))
    grown = (size() - before) / (MANY * len(questions))
    return {
        "learners": MANY,
        "answers_a_second": round(rate),
        "anki_one_learner": round(1 / seconds_of_one),
        "bytes_a_review": round(grown),
        "pass": rate > 1 / seconds_of_one,
    }


def _row(goal: Goal, mine: list[float], theirs: list[float]) -> dict[str, Any]:
    p50 = [1000 * float(np.median(each)) for each in (mine, theirs)]
    p99 = [1000 * float(np.quantile(each, 0.99)) for each in (mine, theirs)]
    middle, tail = p50[0] / p50[1], p99[0] / p99[1]
    most, most_tail = goal
    met = (most is None or middle <= most) and (most_tail is None or tail <= most_tail)
    return {
        "ours_ms": round(p50[0], 3),
        "anki_ms": round(p50[1], 3),
        "ratio": round(middle, 2),
        "ratio_p99": round(tail, 2),
        "pass": met if most else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", type=Path, required=True, metavar="PYTHON")
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    given = parser.parse_args()
    prepare()
    from quizbank.services import fits

    logging.disable(logging.WARNING)
    fits.wish_fit = lambda user: True  # there is no worker to ring
    begun = time.perf_counter()
    rows = compare(given.peer, given.cards)
    print("  cards  what        ours ms   Anki ms   p50     p99")
    for row in rows:
        met = {True: "met", False: "missed", None: ""}[row["pass"]]
        print(
            f"{row['cards']:7}  {row['what']:10}  {row['ours_ms']:7.3f}   {row['anki_ms']:7.3f}"
            f"   {row['ratio']:6.2f}  {row['ratio_p99']:6.2f}  {met}"
        )
    theirs = next(row["anki_ms"] for row in rows if row["what"] == "answer") / 1000
    crowd = many(theirs, datetime.now(UTC))
    print(crowd)
    took = round(time.perf_counter() - begun)
    told = {"what": "beside Anki", "rows": rows, "many": crowd, "took_s": took}
    report({**told, "machine": machine()}, given.json)


if __name__ == "__main__":
    main()
