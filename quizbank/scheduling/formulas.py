"""FSRS-6's formulas over arrays of cards. Needs numpy; only `bulk` and `simulation` use it.

Written for speed, so not in the engine's words: powers are exponentials of logarithms. They
agree with it to about 1e-14 for parameters as people have them. A result of which the engine
itself keeps few digits, such as S**0.001 - 1, agrees no better than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]
Numbers = Floats | Integers

STABILITY_MIN = 0.001
DIFFICULTY = (1.0, 10.0)
GRADES = np.arange(5)  # 0 stands for no grade, so that a rating is its own index


@dataclass(frozen=True)
class Weights:
    """What the formulas need of the 21 parameters, one row a learner.

    Columns hold one number for each row of cards they are applied to, or a single one for
    all; tables hold five, by rating.
    """

    columns: dict[str, Floats]  # name -> [1] or [cards]
    tables: dict[str, Floats]  # name -> [5 * learners]
    base: Integers | None  # [cards]: where the card's learner stands in a table; None for one

    def column(self, name: str, n: int) -> Floats | np.float64:
        """That constant of the first n cards."""
        values = self.columns[name]
        return values[:n] if self.base is not None else values[0]

    def table(self, name: str, rating: Integers) -> Floats:
        """That constant by rating, for the first len(rating) cards."""
        at = rating if self.base is None else self.base[: len(rating)] + rating
        return self.tables[name].take(at)

    def pick(self, cards: slice | Integers) -> Weights:
        """The same for some of the cards."""
        if self.base is None:
            return self
        columns = {name: values[cards] for name, values in self.columns.items()}
        return Weights(columns, self.tables, self.base[cards])


def weights(parameters: ArrayLike, learner: Integers | None = None) -> Weights:
    """The constants of parameters [21], or [learners, 21] with each card's learner.

    Raises ValueError for another shape.
    """
    w = np.asarray(parameters, dtype=float)
    if w.shape[-1:] != (21,) or w.ndim != (1 if learner is None else 2):
        raise ValueError(f"parameters must be [21], or [learners, 21] with learners; not {w.shape}")
    if learner is not None and len(learner) and not 0 <= learner.min() <= learner.max() < len(w):
        raise ValueError(f"a card's learner is none of the {len(w)} rows of parameters")
    w = np.atleast_2d(w).T  # [21, learners]
    rows = slice(None) if learner is None else learner
    columns = {name: values[rows] for name, values in _columns(w).items()}
    tables = {name: np.ascontiguousarray(values.T).ravel() for name, values in _tables(w).items()}
    return Weights(columns, tables, None if learner is None else 5 * np.asarray(learner))


def _columns(w: Floats) -> dict[str, Floats]:
    decay = -w[20]
    easy = w[4] - np.exp(3 * w[5]) + 1
    return {
        "decay": decay,
        "factor": np.expm1(np.log(0.9) / decay),
        "recall_power": -w[9],
        "recall_gain": w[10],
        "forget_scale": w[11],
        "forget_difficulty": -w[12],
        "forget_power": w[13],
        "forget_gain": w[14],
        "forget_most": np.exp(-w[17] * w[18]),
        "short_power": -w[19],
        "anchor": w[7] * easy,  # what difficulty reverts to
        "keep": 1 - w[7],
    }


def _tables(w: Floats) -> dict[str, Floats]:
    """Each [5, learners]."""
    none, one = np.zeros_like(w[0]), np.ones_like(w[0])
    grades = GRADES[:, None]
    return {
        "first_stability": np.maximum(np.stack([none, *w[:4]]), STABILITY_MIN),
        "first_difficulty": np.clip(w[4] - np.exp(w[5] * (grades - 1)) + 1, *DIFFICULTY),
        "growth": np.exp(w[8]) * np.stack([none, none, w[15], one, w[16]]),
        "short": np.exp(w[17] * (grades - 3 + w[18])),
        "short_least": np.stack([none, none, one, one, one]),
        "drift": -w[6] * (grades - 3) / 9,
    }


def recall(w: Weights, stability: Floats, elapsed: Numbers) -> Floats:
    """The probability of recall that many days after the last review."""
    n = len(stability)
    odds = np.log1p(w.column("factor", n) * elapsed / stability)
    odds *= w.column("decay", n)
    return np.exp(odds, out=odds)


def advance(
    w: Weights, stability: Floats, difficulty: Floats, rating: Integers, elapsed: Numbers
) -> tuple[Floats, Floats]:
    """Stability and difficulty after one more review of each card."""
    n = len(stability)
    missing = 1 - recall(w, stability, elapsed)
    logs = np.log(stability)
    after = np.exp(logs * w.column("recall_power", n))
    after *= np.exp(missing * w.column("recall_gain", n)) - 1  # the engine rounds here too
    after *= w.table("growth", rating)
    after *= 11 - difficulty
    after += 1
    after *= stability
    lapsed = np.flatnonzero(rating == 1)
    if len(lapsed):
        after[lapsed] = _forgotten(
            w.pick(lapsed), stability[lapsed], difficulty[lapsed], missing[lapsed]
        )
    same_day = np.flatnonzero(elapsed < 1)
    if len(same_day):
        part, grade = w.pick(same_day), rating[same_day]
        power = np.exp(logs[same_day] * part.column("short_power", len(grade)))
        gain = np.maximum(part.table("short", grade) * power, part.table("short_least", grade))
        after[same_day] = stability[same_day] * gain
    return np.maximum(after, STABILITY_MIN, out=after), _harder(w, difficulty, rating)


def _forgotten(w: Weights, stability: Floats, difficulty: Floats, missing: Floats) -> Floats:
    n = len(stability)
    after = np.exp(np.log(difficulty) * w.column("forget_difficulty", n))
    after *= np.expm1(np.log1p(stability) * w.column("forget_power", n))
    after *= np.exp(missing * w.column("forget_gain", n))
    after *= w.column("forget_scale", n)
    return np.minimum(after, stability * w.column("forget_most", n), out=after)


def _harder(w: Weights, difficulty: Floats, rating: Integers) -> Floats:
    n = len(difficulty)
    after = (10 - difficulty) * w.table("drift", rating)
    after += difficulty
    after *= w.column("keep", n)
    after += w.column("anchor", n)
    return np.clip(after, *DIFFICULTY, out=after)


def interval(
    w: Weights, stability: Floats, retention: ArrayLike, maximum: ArrayLike
) -> NDArray[np.int64]:
    """Whole days until recall falls to `retention`, before fuzz; at least one."""
    n = len(stability)
    reach = np.expm1(np.log(retention) / w.column("decay", n)) / w.column("factor", n)
    days = np.rint(stability * reach)
    return np.clip(days, 1, maximum).astype(np.int64)
