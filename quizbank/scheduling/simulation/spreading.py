"""Fuzz and load balancing for many answers at once, with the draws of `fuzz` and `balance`.

Needs numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.balance import Load, balanced
from quizbank.scheduling.formulas import Integers
from quizbank.scheduling.fuzz import RANGES, SHORTEST_FUZZED, uniform


def fuzzed(
    interval: Integers, seed: Integers, maximum: int | Integers, at_least: Integers
) -> Integers:
    """`fuzz.fuzzed` of each: the interval in days, moved inside its window."""
    interval = np.minimum(interval, maximum)
    delta = np.ones(len(interval))
    for start, end, factor in RANGES:
        delta += factor * np.maximum(np.minimum(interval, end) - start, 0)
    # round() and rint() both go to the even neighbour.
    lower = np.maximum(2, np.rint(interval - delta))
    upper = np.minimum(np.rint(interval + delta), maximum)
    lower = np.where((lower < at_least) & (at_least <= upper), at_least, lower)
    drawn = np.array([uniform(each) for each in seed.tolist()])
    moved = np.floor(lower + drawn * (1 + upper - lower))
    return np.where(interval < SHORTEST_FUZZED, interval, moved).astype(np.int64)


@dataclass(frozen=True)
class Ahead:
    """How many cards are due on each day ahead, in each repeat of a course."""

    origin: int  # the first day, as `date.toordinal` counts
    due: NDArray[np.int64]  # [repeats, days]
    week: tuple[float, ...]

    def move(self, repeat: int, before: int, after: int) -> None:
        """A card's due day changes. Days outside of what is counted do not matter."""
        for day, change in ((before, -1), (after, 1)):
            if 0 <= day - self.origin < self.due.shape[1]:
                self.due[repeat, day - self.origin] += change

    def choose(self, repeat: int, day: int, interval: int, **facts: int) -> int:
        """`balance.balanced` on that day."""
        load = Load(due=_Days(self, repeat), week=self.week)
        return balanced(interval, today=date.fromordinal(day), load=load, **facts)


@dataclass(frozen=True)
class _Days(Mapping[date, int]):
    """The counts of one repeat, as a load is asked for them."""

    ahead: Ahead
    repeat: int

    def __getitem__(self, day: date) -> int:
        return int(self.ahead.due[self.repeat, day.toordinal() - self.ahead.origin])

    def __len__(self) -> int:
        return int(self.ahead.due.shape[1])

    def __iter__(self) -> Iterator[date]:
        return (date.fromordinal(self.ahead.origin + n) for n in range(len(self)))
