"""An invented learner for simulations. Needs numpy.

They remember as well as the memory model says, times their strength. What it does not say
(the first sight of a card, the same day, how good a pass, how long it takes) are assumptions:
shares near those that other simulators of spaced repetition assume, times for questions of an
interview.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.formulas import Floats, Integers
from quizbank.scheduling.memory import AGAIN, HARD


@dataclass(frozen=True)
class Learner:
    """Shares of the ratings from Again to Easy, and seconds an answer takes.

    With a `strength` of 0.5 memories fade twice as fast as the model believes.
    """

    at_first: tuple[float, float, float, float] = (0.24, 0.09, 0.50, 0.17)
    same_day: tuple[float, float, float, float] = (0.10, 0.10, 0.75, 0.05)
    recalled: tuple[float, float, float] = (0.22, 0.63, 0.15)  # Hard, Good, Easy
    seconds_at_first: float = 90.0
    seconds_same_day: float = 20.0
    seconds_due: float = 40.0
    strength: float = 1.0

    def __post_init__(self) -> None:
        for shares in (self.at_first, self.same_day, self.recalled):
            if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
                raise ValueError(f"shares of ratings must add up to 1: {shares}")
        if self.strength <= 0:
            raise ValueError("strength must be positive")

    def rate(
        self, drawn: Floats, recall: Floats, fresh: NDArray[np.bool_], same_day: NDArray[np.bool_]
    ) -> Integers:
        """The rating of each answer, from a number drawn in [0, 1) and the chance of recall."""
        passed = HARD + _which(self.recalled, drawn / np.maximum(recall, 1e-300))
        rating = np.where(drawn < recall, passed, AGAIN)
        rating = np.where(same_day, AGAIN + _which(self.same_day, drawn), rating)
        return np.where(fresh, AGAIN + _which(self.at_first, drawn), rating)

    def seconds(self, fresh: Any, same_day: Any) -> Floats:
        """How long each answer takes."""
        later = np.where(same_day, self.seconds_same_day, self.seconds_due)
        return np.where(fresh, self.seconds_at_first, later)


def _which(shares: tuple[float, ...], drawn: Floats) -> Integers:
    """The index of the share that each number in [0, 1) falls into."""
    return np.searchsorted(np.cumsum(shares[:-1]), drawn, side="right")
