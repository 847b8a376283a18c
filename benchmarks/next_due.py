"""The next due card, among a million cards of many learners.

    python -m benchmarks.next_due --rows 1000000

One SQLite file with the site's own tables and indexes. What the queries ask of the database is
listened to once for some learners of all, then run by the driver with its rows fetched, in turn
with a look-up by primary key of as many columns: the card that is due soonest (a list's first),
and what a session asks for the most fragile one, which is the cards in steps and the choice among
up to two hundred in review. For learners with a hundred cards due, with ten and with none. Goal:
at most 1.3 times the look-up.
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
DECK = 1_000  # cards of a learner
DUE = (100, 10, 0)  # of those, of each third of the learners
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
    """A deck for each learner, with as many due as `DUE` says in turn. Their ids in order."""
    from django.db import connection, transaction

    from quizbank.models import User

    make_questions(DECK, NOW)
    users = User.objects.bulk_create(User(username=f"measured{n}") for n in range(learners))
    ids = [user.pk for user in users]
    moments = {"now": str(NOW)[:19], "then": str(NOW - timedelta(days=400))[:19]}
    for number, pk in enumerate(ids):
        asked = {"first": pk, "last": pk, "due": DUE[number % len(DUE)], "late": 400}
        with transaction.atomic():
            connection.connection.execute(CARDS.replace("%%", "%"), moments | asked)
    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ids


def soonest(user: Any) -> None:
    from quizbank.queries.study import cards_due

    cards_due(user, NOW).first()


def most_fragile(user: Any) -> None:
    from quizbank.models.statements import NOTHING
    from quizbank.queries import due
    from quizbank.queries.today import today_of

    today = today_of(user, NOW)
    due.steps_ahead(today, NOTHING)
    due.most_fragile(today, NOTHING)


def statements(ask: Callable[[Any], None], users: list[int]) -> Callable[[], None]:
    """Run what that asks about cards, for the next learner in turn."""
    from django.db import connection

    from quizbank.models import User

    heard: list[list[tuple[str, Any]]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "quizbank_card" in sql:
            heard[-1].append((sql.replace("%s", "?"), params))
        return execute(sql, params, many, context)

    for user in User.objects.filter(pk__in=users):
        heard.append([])
        with connection.execute_wrapper(listen):
            ask(user)
    turn = itertools.cycle(heard)
    run = connection.connection.cursor().execute

    def work() -> None:
        for _ in range(MANY):
            for sql, params in next(turn):
                run(sql, params).fetchall()

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
    rows: list[dict[str, Any]] = []
    asked = {"soonest": soonest, "most fragile": most_fragile}
    for (name, ask), (third, due) in itertools.product(asked.items(), enumerate(DUE)):
        those = ids[third :: len(DUE)]
        users = those[:: max(1, len(those) // MANY)][:MANY]
        found = ratios(statements(ask, users), look_ups(users), given.pairs)
        what = f"{name} of {due or 'none'}"
        rows.append({"what": what, **found, "pass": found["ratio"] <= GOAL})
        print(f"{what:32} {found['ratio']:7.2f}  {found['interval']}")
    report(
        {"what": "next due", "cards": given.rows, "rows": rows, "machine": machine()}, given.json
    )


if __name__ == "__main__":
    main()
