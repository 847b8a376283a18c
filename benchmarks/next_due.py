"""The statements that find the next due card, among a million cards of many learners.

    python -m benchmarks.next_due --rows 1000000

One SQLite file with the site's own tables and indexes. Each statement is the one that the queries
compose, run by the driver with its rows fetched, in turn with a look-up by primary key of as many
columns: the card that is due soonest, and the up to two hundred of which the most fragile is
chosen. For learners with a hundred cards due and for learners with none. Goal: at most 1.3 times
the look-up.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.answer_card import make_questions, prepare
from benchmarks.pairs import machine, ratios, report

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
DECK, DUE = 1_000, 100  # cards of a learner, and of those the due ones
MANY = 200  # look-ups in one timing, each of another learner
GOAL = 1.3

CARDS = """
INSERT INTO quizbank_card (
    id, user_id, question_id, form, seed, created_at, state, stability, difficulty, due, due_day,
    first_day, last_day, last_review, interval, reps, lapses, leech, suspended, touched)
SELECT printf('%032x', u.id * 100000 + q.position), u.id, q.id, 'recall', q.position, :then, 2,
    1.0 + q.position %% 90, 5.0,
    datetime(:now, printf('%%+d days', (q.position * 37) %% 365 + 1 - :late * (q.position < :due))),
    date(:now, printf('%%+d days', (q.position * 37) %% 365 + 1 - :late * (q.position < :due))),
    date(:then), date(:then), :then, 30, 3, 0, 0, 0, :then
FROM quizbank_user u CROSS JOIN quizbank_question q WHERE u.id BETWEEN :first AND :last
"""


def make_cards(learners: int) -> list[int]:
    """A deck for each learner; every other one has nothing due. Their ids in order."""
    from django.db import connection, transaction

    from quizbank.models import User

    make_questions(DECK, NOW)
    users = User.objects.bulk_create(User(username=f"measured{n}") for n in range(learners))
    ids = [user.pk for user in users]
    moments = {"now": str(NOW)[:19], "then": str(NOW - timedelta(days=400))[:19]}
    with transaction.atomic():
        for number, pk in enumerate(ids):
            asked = {"first": pk, "last": pk, "due": 0 if number % 2 else DUE, "late": 400}
            connection.connection.execute(CARDS.replace("%%", "%"), moments | asked)
        connection.connection.execute("ANALYZE")
    return ids


def statements(users: list[int], take: int) -> Callable[[], None]:
    """Run what `cards_due` composes, for the next learners in turn."""
    from django.db import connection

    from quizbank.models import User
    from quizbank.queries.study import cards_due

    found = [cards_due(user, NOW) for user in User.objects.filter(pk__in=users)]
    if take > 1:  # what is compared is all that is read of them
        found = [cards.values("pk", "stability", "last_day") for cards in found]
    composed = [cards[:take].query.sql_with_params() for cards in found]
    run = connection.connection.cursor().execute
    plain = [
        (sql.replace("%s", "?"), [str(p) if hasattr(p, "year") else p for p in params])
        for sql, params in composed
    ]
    turn = itertools.cycle(plain)

    def work() -> None:
        for _ in range(MANY):
            run(*next(turn)).fetchall()

    return work


def look_ups(users: list[int]) -> Callable[[], None]:
    """As many cards by their keys, with question and topic as above."""
    from django.db import connection

    from quizbank.models import Card

    keys = Card.objects.filter(user__in=users, question__position=7).values_list("pk", flat=True)
    composed = Card.objects.select_related("question__topic").filter(pk=keys[0])
    sql, _ = composed.query.sql_with_params()
    turn = itertools.cycle([key.hex for key in keys])
    run = connection.connection.cursor().execute
    sql = sql.replace("%s", "?")

    def work() -> None:
        for _ in range(MANY):
            run(sql, (next(turn),)).fetchall()

    return work


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    given = parser.parse_args()
    prepare()
    ids = make_cards(max(4, given.rows // DECK))
    busy, idle = ids[0::2][:MANY], ids[1::2][:MANY]
    rows: list[dict[str, Any]] = []
    for what, users, take in (
        ("soonest of a hundred due", busy, 1),
        ("nothing due", idle, 1),
        ("those compared, a hundred due", busy, 200),
        ("those compared, nothing due", idle, 200),
    ):
        found = ratios(statements(users, take), look_ups(users), given.pairs)
        rows.append({"what": what, **found, "pass": found["ratio"] <= GOAL})
        print(f"{what:32} {found['ratio']:7.2f}  {found['interval']}")
    report(
        {"what": "next due", "cards": given.rows, "rows": rows, "machine": machine()}, given.json
    )


if __name__ == "__main__":
    main()
