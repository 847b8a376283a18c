"""How an answer in a mock interview is marked, and what the marks add up to. Pure.

Three scales from 0 to 4. Correctness counts the ideas an answer must contain, and a trap in
it allows no more than 1; depth counts what goes beyond them, with a trade-off named and an
example given; structure stands by itself.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass

BEST = 4.0
WITH_TRAP = 1.0  # the most that correctness can be when the answer walked into a trap
PARTS = (0.0, 0.5, 1.0)  # no, partly, yes
SCALES = ("correctness", "depth", "structure")
FEWEST = 8  # questions below which a mean says little about the person
# How far the scores of one person's answers lie apart, held for known as by one answer more:
# three equal scores are no proof that every other would be the same.
SPREAD = 1.0
# Student's t at 95 %, one-sided, for 1, 2, … degrees of freedom (Student 1908).
T95 = (
    6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771,
    1.761, 1.753, 1.746, 1.740, 1.734, 1.729, 1.725,
)  # fmt: skip


@dataclass(frozen=True)
class Rubric:
    """The points of one question by their index: those an answer must and those it may hold."""

    musts: frozenset[int]
    bonuses: frozenset[int]


@dataclass(frozen=True)
class Marks:
    """What somebody found in an answer. The last three are 0, 0.5 or 1."""

    points: frozenset[int]
    trap: bool
    structure: float
    trade_off: float
    example: float


@dataclass(frozen=True)
class Score:
    """Each from 0 to 4."""

    correctness: float
    depth: float
    structure: float

    @property
    def missed(self) -> bool:
        """Less than half of what the answer must contain, or a trap."""
        return self.correctness < BEST / 2


@dataclass(frozen=True)
class Mean:
    """A mean of n scores and its 90 % interval, held within the scale: that of a normal mean
    whose variance has a prior worth one answer (Gelman et al., Bayesian Data Analysis, 2013,
    section 3.3). `low` and `high` are None where one score allows no interval."""

    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def enough(self) -> bool:
        return self.n >= FEWEST


def score(rubric: Rubric, marks: Marks) -> Score:
    """The three scales of one answer. Raises ValueError for a point the rubric has not."""
    unknown = marks.points - rubric.musts - rubric.bonuses
    if unknown:
        raise ValueError(f"there are no points {sorted(unknown)}")
    correctness = BEST * _share(marks.points, rubric.musts)
    if marks.trap:
        correctness = min(correctness, WITH_TRAP)
    parts = [marks.trade_off, marks.example]
    if rubric.bonuses:
        parts.append(_share(marks.points, rubric.bonuses))
    return Score(correctness, BEST * statistics.fmean(parts), BEST * marks.structure)


def _share(found: Collection[int], wanted: Collection[int]) -> float:
    return len(set(found) & set(wanted)) / len(wanted) if wanted else 1.0


def mean(values: Sequence[float]) -> Mean | None:
    """What the scores of one interview say of the next; None where there are none."""
    n = len(values)
    if n == 0:
        return None
    middle = statistics.fmean(values)
    if n == 1:
        return Mean(middle, None, None, 1)
    variance = ((n - 1) * statistics.variance(values) + SPREAD**2) / n
    half = T95[min(n, len(T95)) - 1] * math.sqrt(variance / n)
    return Mean(middle, max(0.0, middle - half), min(BEST, middle + half), n)
