"""Which of the days that fuzz allows: the emptier ones, drawn by the same seed as fuzz.

Weights as in Anki's load balancer: a day counts 1/n^2.15 for the n cards due on it, an
earlier day a little more, 1/interval^3. A day of less work weighs as if it were fuller; one
without work, or with another card of the same question, is taken only if every day of the
window is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from quizbank.scheduling.fuzz import at_least_within, uniform, window

FARTHEST = 90  # days; beyond, nobody knows how full a day will be
CROWDING = 2.15
LATENESS = 3.0
NORMAL_WEEK = (1.0,) * 7


@dataclass(frozen=True)
class Load:
    """What is known of the days ahead.

    `due` counts the person's cards by due day, `week` has the share of a normal day's work
    for each weekday from Monday, `siblings` are the due days of the question's other cards.
    """

    due: Mapping[date, int] = field(default_factory=dict)
    week: Sequence[float] = NORMAL_WEEK
    siblings: frozenset[date] = frozenset()


def balanced(
    interval: int, *, today: date, load: Load, seed: int, maximum: int, at_least: int = 0
) -> int:
    """The interval, in days, moved inside its fuzz window towards emptier days.

    `at_least` is the interval before a passing answer, as for `fuzzed`.
    """
    lower, upper = at_least_within(*window(interval, maximum), at_least)
    days = range(lower, upper + 1)
    dates = [today + timedelta(day) for day in days]
    weights = [_weight(day, on, load) for day, on in zip(days, dates, strict=True)]
    if not any(weights):
        weights = [_crowding(load.due.get(on, 0)) for on in dates]
    reached = list(accumulate(weights))
    return min(lower + bisect_right(reached, uniform(seed) * reached[-1]), upper)


def _weight(interval: int, day: date, load: Load) -> float:
    share = load.week[day.weekday()]
    if share <= 0 or day in load.siblings:
        return 0.0
    # With half the work wanted, a day is full at half the cards.
    crowd = load.due.get(day, 0) / share
    return float(_crowding(crowd) / interval**LATENESS)


def _crowding(due: float) -> float:
    return float(max(1.0, due) ** -CROWDING)
