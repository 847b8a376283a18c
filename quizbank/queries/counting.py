"""How much there is to do, and how much was done today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from quizbank.models import Card
from quizbank.models.rows import select, taken
from quizbank.models.statements import composed, of_card, value
from quizbank.queries.due import living
from quizbank.queries.fresh import count_unseen
from quizbank.queries.today import Today, missed

DAYS_AHEAD = 7

_STARTED = "SELECT COUNT(*) FROM quizbank_card WHERE user_id = {user} AND first_day = {day}"
_DAYS = """
SELECT due_day, COUNT(*), SUM(CASE WHEN buried_until > {day} THEN 1 ELSE 0 END)
FROM quizbank_card WHERE {living} AND due_day < {end} GROUP BY due_day
"""
_BURIED = """
SELECT due_day, buried_until FROM quizbank_card
WHERE {living} AND due_day < {end} AND buried_until > {day}
"""


@dataclass(frozen=True)
class Counts:
    """`due` is what today still asks for; `by_day` starts with today and counts due cards."""

    due: int
    new: int
    done_today: int
    missed_today: int
    by_day: list[int]


def counted(today: Today) -> Counts:
    day = of_card(first_day=today.day)
    ((started,),) = select(*composed(_STARTED, user=value(today.user_id), day=day))
    left = max(0, today.new_per_day - started)
    by_day = [0] * DAYS_AHEAD
    for due_day, n in _by_day(today):
        ahead = max(0, (due_day - today.day).days)
        if ahead < DAYS_AHEAD:
            by_day[ahead] += n
    return Counts(
        due=by_day[0],
        new=count_unseen(today, left) if left else 0,
        done_today=len(today.done),
        missed_today=missed(today.done),
        by_day=by_day,
    )


def _by_day(today: Today) -> Iterator[tuple[date, int]]:
    """How many cards are due on which day, what is buried on the day it comes back."""
    asked = {
        "living": living(today),
        "day": of_card(buried_until=today.day),
        "end": of_card(due_day=today.day + timedelta(days=DAYS_AHEAD)),
    }
    buried = 0
    for day, n, hidden in select(*composed(_DAYS, **asked)):
        yield taken(Card, ("due_day",), (day,))[0], n - hidden
        buried += hidden
    if buried:
        for row in select(*composed(_BURIED, **asked)):
            yield max(taken(Card, ("due_day", "buried_until"), row)), 1
