"""Which grade a ticked rubric suggests. The learner decides; both are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quizbank.scheduling.memory import AGAIN, EASY, GOOD, HARD

Confidence = Literal["low", "mid", "high"]
# Percentages of the musts. Compared as integers: 4 of 5 is 80 %, not 0.8 - 1 ulp.
HALF, MOST = 50, 80


@dataclass(frozen=True)
class Ticks:
    """What the learner's answer contained, as they ticked it."""

    musts: int
    musts_total: int
    bonuses: int = 0
    bonuses_total: int = 0
    trap: bool = False

    @property
    def everything(self) -> bool:
        return (self.musts, self.bonuses) == (self.musts_total, self.bonuses_total)


def suggest(
    ticks: Ticks,
    *,
    confidence: Confidence | None = None,
    hint_used: bool = False,
    fast: bool = False,
) -> int | None:
    """A rating from 1 to 4, or None where nothing was ticked.

    `fast` means quicker than the learner's own median.
    """
    if not (ticks.musts or ticks.bonuses or ticks.trap):
        return None
    share = 100 * ticks.musts
    if ticks.trap or share < HALF * ticks.musts_total:
        return AGAIN
    if hint_used or share < MOST * ticks.musts_total:
        return HARD
    if ticks.everything and confidence == "high" and fast:
        return EASY
    return GOOD
