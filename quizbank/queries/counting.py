"""How much there is to do, and how much was done today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from quizbank.models import Card
from quizbank.models.rows import select, taken
from quizbank.models.statements import composed, of_card, value
from quizbank.queries.due import shown
from quizbank.queries.fresh import count_unseen
from quizbank.queries.today import Today, missed

DAYS_AHEAD = 7

_STARTED = "SELECT COUNT(*) FROM quizbank_card WHERE user_id = {user} AND first_day = {day}"
_DAYS = """
SELECT due_day, COUNT(*) FROM quizbank_card WHERE {shown} AND due_day < {end} GROUP BY due_day
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
        by_day[max(0, (due_day - today.day).days)] += n
    return Counts(
        due=by_day[0],
        new=count_unseen(today, left) if left else 0,
        done_today=len(today.done),
        missed_today=missed(today.done),
        by_day=by_day,
    )


def _by_day(today: Today) -> Iterator[tuple[date, int]]:
    """How many cards are due on each day, the days ahead included."""
    end = of_card(due_day=today.day + timedelta(days=DAYS_AHEAD))
    for row in select(*composed(_DAYS, shown=shown(today), end=end)):
        due_day, n = taken(Card, ("due_day",), row[:1])[0], row[1]
        yield due_day, n
