"""What a log says of a memory: how much was recalled, and how well that was predicted.

Counts only what was graded, not taken back, and asked at least a study day after the review
before it: within a day FSRS has no model of recall, and a miss that is asked again is no test of
memory. Needs numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.bulk import Floats, replay
from quizbank.scheduling.columns import Columns
from quizbank.scheduling.memory import AGAIN

MATURE = 21  # days since the review before, from which a memory counts as mature
BINS = 10


@dataclass(frozen=True)
class Share:
    """So many of n were recalled."""

    n: int
    recalled: int


@dataclass(frozen=True)
class Trials:
    """Every review that tested a memory, as columns."""

    day: NDArray[np.int64]  # the study day, as `date.toordinal` counts
    elapsed: NDArray[np.int32]  # study days since the review before, at least 1
    recalled: NDArray[np.bool_]
    predicted: Floats  # the recall that was to be expected

    def retention(self, since: int | None = None, mature: bool | None = None) -> Share:
        """What was recalled from the study day `since` on: mature, young or all memories."""
        chosen = np.ones(len(self.day), bool)
        if since is not None:
            chosen &= self.day >= since
        if mature is not None:
            chosen &= (self.elapsed >= MATURE) == mature
        return Share(int(chosen.sum()), int(self.recalled[chosen].sum()))

    def calibration(self) -> list[Bin]:
        """Predicted against observed recall, in ten bins from 0 to 1."""
        place = np.minimum((self.predicted * BINS).astype(int), BINS - 1)
        found = []
        for number in range(BINS):
            inside = place == number
            n = int(inside.sum())
            mean = float(self.predicted[inside].mean()) if n else None
            found.append(
                Bin(number / BINS, (number + 1) / BINS, n, int(self.recalled[inside].sum()), mean)
            )
        return found

    def log_loss(self) -> float | None:
        """Mean negative log-likelihood of what happened, in nats; None without a test."""
        if not len(self.day):
            return None
        held = np.clip(self.predicted, 1e-6, 1 - 1e-6)
        return float(-np.where(self.recalled, np.log(held), np.log1p(-held)).mean())


@dataclass(frozen=True)
class Bin:
    """The tests whose predicted recall lay from `low` to `high`; `predicted` is their mean."""

    low: float
    high: float
    n: int
    recalled: int
    predicted: float | None


def trials(columns: Columns, parameters: Floats) -> Trials:
    """The tests in somebody's log, predicted by the parameters they hold now: [learners, 21]."""
    reviews = columns.reviews
    replayed = replay(reviews.log, parameters, reviews.learner)
    tested = reviews.log.elapsed >= 1
    return Trials(
        day=reviews.log.day[tested].astype(np.int64),
        elapsed=reviews.log.elapsed[tested],
        recalled=reviews.log.rating[tested] > AGAIN,
        predicted=replayed.recall[tested],
    )


def per_day(columns: Columns) -> dict[int, tuple[int, int]]:
    """Study day -> how many reviews, cram included, and how many milliseconds they took."""
    graded = columns.of("review", "cram")
    days, place = np.unique(columns.day[graded], return_inverse=True)
    counts = np.bincount(place, minlength=len(days))
    spent = np.bincount(place, weights=columns.duration[graded], minlength=len(days))
    return {int(day): (int(n), int(ms)) for day, n, ms in zip(days, counts, spent, strict=True)}


def median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if len(values) else None
