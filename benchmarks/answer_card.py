"""Answering a card through the service, against raw SQL and `fsrs`.

    python -m benchmarks.answer_card --json answer.json

The service locks, checks the UUID, folds, chooses a day by the load of the days and writes event
and card in one transaction. Raw is the least that keeps the same: read the card, `fsrs`, insert
the event with the same columns, update the card. Both write to one SQLite file (WAL,
synchronous=NORMAL) and alternate review by review. Goal: at most 2.5 times raw.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import fsrs
import numpy as np

from benchmarks.pairs import arguments, machine, report, seconds
from demos.kit.judge import median_interval

CARDS, ANSWERS = 500, 600
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
GOAL = 2.5


def prepare() -> None:
    """A database of its own, migrated, before anything of Django is imported."""
    directory = tempfile.mkdtemp(prefix="answer-card-")
    os.environ["DATA_DIR"] = directory
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_questions(count: int, now: datetime) -> list[Any]:
    from quizbank.models import Question, Topic

    topic = Topic.objects.create(slug="measured", title_zh="测", title_en="Measured", position=0)
    made = [
        Question(
            path=f"measured/q{number}",
            slug=f"q{number}",
            topic=topic,
            level="core",
            position=number,
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    ]
    return Question.objects.bulk_create(made)


def make_deck() -> tuple[Any, list[Any]]:
    """A learner with that many cards in review, due over the next weeks."""
    from quizbank.models import User
    from quizbank.services.study import record_review

    user, questions = User.objects.create_user("measured"), make_questions(CARDS, START)
    for question in questions:
        record_review(user=user, question=question, rating=4, client_uuid=uuid.uuid4(), now=START)
    return user, questions


class Raw:
    """The same answer with the driver alone."""

    def __init__(self, user: Any) -> None:
        from django.db import connection

        self.connection, self.user = connection.connection, user.pk
        rows = self.connection.execute("PRAGMA table_info(quizbank_reviewevent)").fetchall()
        self.columns = [row[1] for row in rows if row[1] != "id"]
        found = self.connection.execute("SELECT * FROM quizbank_reviewevent LIMIT 1").fetchone()
        names = [row[1] for row in rows]
        self.sample = dict(zip(names, found, strict=True))
        marks = ", ".join(f":{name}" for name in self.columns)
        self.insert = (
            f"INSERT INTO quizbank_reviewevent ({', '.join(self.columns)}) VALUES ({marks})"
        )
        self.scheduler = fsrs.Scheduler(enable_fuzzing=False)

    def answer(self, card_id: str, rating: int, now: datetime) -> None:
        run = self.connection.execute
        run("BEGIN IMMEDIATE")
        stability, difficulty, state, step, due, last = run(
            "SELECT stability, difficulty, state, step, due, last_review"
            " FROM quizbank_card WHERE id = ?",
            (card_id,),
        ).fetchone()
        card = fsrs.Card(
            card_id=1,
            state=fsrs.State(state),
            step=step,
            stability=stability,
            difficulty=difficulty,
            due=due.replace(tzinfo=UTC),
            last_review=last.replace(tzinfo=UTC),
        )
        card, _ = self.scheduler.review_card(card, fsrs.Rating(rating), now)
        at = now.replace(tzinfo=None).isoformat(" ")
        written = run(
            self.insert,
            {
                **self.sample,
                "client_uuid": uuid.uuid4().hex,
                "card_id": card_id,
                "rating": rating,
                "reviewed_at": at,
                "received_at": at,
                "after_stability": card.stability,
                "after_difficulty": card.difficulty,
            },
        )
        run(
            "UPDATE quizbank_card SET stability = ?, difficulty = ?, due = ?, last_review = ?,"
            " reps = reps + 1, last_event_id = ? WHERE id = ?",
            (
                card.stability,
                card.difficulty,
                card.due.replace(tzinfo=None).isoformat(" "),
                at,
                written.lastrowid,
                card_id,
            ),
        )
        run("COMMIT")


def answers(user: Any, questions: list[Any]) -> dict[str, Any]:
    """Half of the cards answered by either, one after the other."""
    from quizbank.models import Card
    from quizbank.services.study import record_review

    raw, rng = Raw(user), np.random.default_rng(0)
    ids = {
        path: pk.hex
        for pk, path in Card.objects.filter(user=user).values_list("pk", "question__path")
    }
    half = CARDS // 2
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(ANSWERS):
        now = START + timedelta(days=8, minutes=number)
        rating = int(rng.choice([1, 2, 3, 4], p=[0.1, 0.1, 0.7, 0.1]))
        question = questions[number % half]
        other = ids[questions[half + number % half].path]

        def service(question: Any = question, rating: int = rating, now: datetime = now) -> None:
            record_review(
                user=user, question=question, rating=rating, client_uuid=uuid.uuid4(), now=now
            )

        def driver(other: str = other, rating: int = rating, now: datetime = now) -> None:
            raw.answer(other, rating, now)

        both: list[tuple[list[float], Callable[[], None]]] = [(ours, service), (theirs, driver)]
        for found, work in both if number % 2 else reversed(both):
            found.append(seconds(work))
    middle, low, high = median_interval(np.array(ours) / np.array(theirs), 0.9)
    return {
        "ratio": round(middle, 2),
        "interval": [round(low, 2), round(high, 2)],
        "ratio_p99": round(float(np.quantile(ours, 0.99) / np.quantile(theirs, 0.99)), 2),
        "service_ms": round(1000 * float(np.median(ours)), 3),
        "raw_ms": round(1000 * float(np.median(theirs)), 3),
    }


def main() -> None:
    given = arguments(__doc__)
    prepare()
    user, questions = make_deck()
    found = answers(user, questions)
    report(
        {
            "what": "an answer through the service, against raw SQL and fsrs",
            **found,
            "goal": f"at most {GOAL}",
            "pass": found["interval"][1] <= GOAL,
            "pairs": ANSWERS,
            "machine": machine(),
        },
        given.json,
    )


if __name__ == "__main__":
    main()
