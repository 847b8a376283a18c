"""Where a card stands among its steps, as numbers that a table moves on.

The table is filled in by the engine, for any steps: learning and relearning, more or fewer
than at the answer before. Needs numpy; only `bulk` and `simulation` use it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling import engine
from quizbank.scheduling.memory import LEARNING, NEW, RATINGS, RELEARNING, REVIEW, Policy

Integers = NDArray[np.integer[Any]]

NO_STEP = -1
FRESH, KNOWN = 0, 1  # the standings NEW and REVIEW; those in steps follow
_DAY = engine.midnight(date(2000, 1, 1))


@dataclass(frozen=True)
class Table:
    """Where an answer leads, by policy, standing and rating; there is no rating 0."""

    state: NDArray[np.int8]  # [standings]
    step: NDArray[np.int8]  # [standings]; NO_STEP where there is none
    after: NDArray[np.intp]  # [policies, standings, 5]: the standing then
    wait: NDArray[np.intp]  # [policies, standings, 5]: seconds; 0 for an interval of days

    def move(self, standing: Integers, rating: Integers, policy: Integers | int = 0) -> Integers:
        """The standings after one more answer each."""
        return self._look_up(self.after, standing, rating, policy)

    def seconds(self, standing: Integers, rating: Integers, policy: Integers | int = 0) -> Integers:
        """The step to wait from those standings after that answer; 0 for days."""
        return self._look_up(self.wait, standing, rating, policy)

    def _look_up(
        self, values: Integers, standing: Integers, rating: Integers, policy: Integers | int
    ) -> Integers:
        at = standing * 5
        at += rating
        if not isinstance(policy, int) or policy:
            at += policy * (5 * len(self.state))
        return values.ravel().take(at)


def table(policies: Sequence[Policy]) -> Table:
    """Numbered for all of those policies together."""
    longest = max(
        (len(steps) for p in policies for steps in (p.learning_steps, p.relearning_steps)),
        default=0,
    )
    numbered: list[tuple[int, int | None]] = [(NEW, None), (REVIEW, None)]
    numbered += [(state, step) for state in (LEARNING, RELEARNING) for step in range(longest)]
    number = {key: n for n, key in enumerate(numbered)}
    after = np.zeros((len(policies), len(numbered), 5), np.intp)
    wait = np.zeros((len(policies), len(numbered), 5), np.intp)
    for row, policy in enumerate(policies):
        for at, key in enumerate(numbered):
            for rating in RATINGS:
                reached, gap = _answered(policy, *key, rating)
                after[row, at, rating] = number[reached]
                wait[row, at, rating] = 0 if reached[0] == REVIEW else gap.total_seconds()
    return Table(
        state=np.array([state for state, _ in numbered], np.int8),
        step=np.array([NO_STEP if step is None else step for _, step in numbered], np.int8),
        after=after,
        wait=wait,
    )


@functools.lru_cache(maxsize=4096)
def _answered(
    policy: Policy, state: int, step: int | None, rating: int
) -> tuple[tuple[int, int | None], timedelta]:
    """What the engine makes of that answer; memory does not enter into it."""
    before = engine.Trace() if state == NEW else engine.Trace(state, step, 1.0, 5.0, _DAY)
    after, gap = engine.advance(before, rating, _DAY, engine.DEFAULT_PARAMETERS, policy)
    return (after.state, after.step), gap
