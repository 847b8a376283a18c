"""Replay the reviews of many cards at once: a scan over review number, vectorised over cards.

`replay.fold` is the truth, bit for bit; this agrees with it to about 1e-14 relative and is
some hundred times faster. It needs numpy, which a web process otherwise does not load, so
import it inside the function that uses it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quizbank.scheduling.formulas import Floats as Floats
from quizbank.scheduling.formulas import Integers, Weights, advance, recall
from quizbank.scheduling.formulas import interval as interval
from quizbank.scheduling.formulas import weights as weights
from quizbank.scheduling.memory import Policy
from quizbank.scheduling.standing import FRESH, Table, table


@dataclass(frozen=True)
class Log:
    """Reviews as columns, chain by chain, each chain's in their order.

    A chain is what happened to a card from its first review, or from the one that follows a
    reset. Chains are numbered from 0 without a gap.
    """

    chain: Integers
    rating: Integers  # 1 to 4
    day: Integers  # the study day, as `date.toordinal` counts

    def __post_init__(self) -> None:
        if not len(self.chain) == len(self.rating) == len(self.day):
            raise ValueError("the columns of a log must be of one length")
        if not len(self):
            return
        steps = np.diff(self.chain)
        if self.chain[0] != 0 or (len(steps) and not 0 <= steps.min() <= steps.max() <= 1):
            raise ValueError("the reviews of a chain must stand together, chains numbered from 0")
        if not 1 <= self.rating.min() <= self.rating.max() <= 4:
            raise ValueError("a rating must lie between 1 and 4")

    def __len__(self) -> int:
        return len(self.chain)

    @functools.cached_property
    def first(self) -> NDArray[np.intp]:
        """Where each chain begins."""
        begins = self.chain[1:] != self.chain[:-1]
        return np.concatenate([[0], np.flatnonzero(begins) + 1])[: len(self)]

    @functools.cached_property
    def lengths(self) -> NDArray[np.intp]:
        """How many reviews each chain has."""
        return np.diff(self.first, append=len(self))

    @functools.cached_property
    def last(self) -> NDArray[np.intp]:
        """Where each chain ends."""
        return self.first + self.lengths - 1

    @functools.cached_property
    def elapsed(self) -> NDArray[np.int32]:
        """Study days since the review before, never negative; 0 for the first of a chain."""
        elapsed = np.empty(len(self), np.int32)
        np.subtract(self.day[1:], self.day[:-1], out=elapsed[1:], casting="unsafe")
        elapsed[self.first] = 0
        if len(elapsed) and elapsed.min() < 0:
            # The last day never moves back: a running maximum that starts anew with each chain.
            day = self.day.astype(np.int64) - self.day.min()
            anew = (int(day.max()) + 1) * self.chain.astype(np.int64)
            reached = np.maximum.accumulate(day + anew)
            elapsed = np.diff(reached, prepend=0).astype(np.int32)
            elapsed[self.first] = 0
        return elapsed

    @functools.cached_property
    def turns(self) -> Turns:
        return _turns(self)


@dataclass(frozen=True)
class Replayed:
    """Stability (days) and difficulty after each review, or after the last of each chain.

    Held by turns; what is asked for is put into the order of the log.
    """

    log: Log
    weights: Weights  # one row a chain
    stability_by_turn: Floats
    difficulty_by_turn: Floats

    @functools.cached_property
    def stability(self) -> Floats:
        return self.log.turns.back(self.stability_by_turn)

    @functools.cached_property
    def difficulty(self) -> Floats:
        return self.log.turns.back(self.difficulty_by_turn)

    @functools.cached_property
    def final(self) -> tuple[Floats, Floats]:
        """Stability and difficulty of each chain at its end."""
        last = self.log.turns.last
        return self.stability_by_turn[last], self.difficulty_by_turn[last]

    @functools.cached_property
    def recall(self) -> Floats:
        """Predicted before each review; not a number for the first of a chain.

        On the day of the review before it is 1: the model says nothing about recall within a
        day.
        """
        before = np.roll(self.stability, 1)
        before[self.log.first] = np.nan
        return recall(self.weights.pick(self.log.chain), before, self.log.elapsed)


def replay(log: Log, parameters: ArrayLike, learner: Integers | None = None) -> Replayed:
    """The memory after each review under the parameters given, those adopted last.

    `parameters` is [21], or [learners, 21] with the `learner` of each chain. Raises
    ValueError for another shape.
    """
    turns = log.turns
    of_chains = weights(parameters, None if learner is None else np.asarray(learner))
    held = of_chains.pick(turns.order)
    elapsed = turns.lay(log.elapsed)
    after = Replayed(log, of_chains, np.empty(len(log)), np.empty(len(log)))
    stability = difficulty = np.zeros(0)
    for at in turns.slices:
        if at.start == 0:
            stability = held.table("first_stability", turns.rating[at])
            difficulty = held.table("first_difficulty", turns.rating[at])
        else:
            n = at.stop - at.start
            stability, difficulty = advance(
                held, stability[:n], difficulty[:n], turns.rating[at], elapsed[at]
            )
        after.stability_by_turn[at], after.difficulty_by_turn[at] = stability, difficulty
    return after


@dataclass(frozen=True)
class Standings:
    """State and step after each review, or after the last of each chain; NO_STEP for none."""

    turns: Turns
    table: Table
    by_turn: NDArray[np.int16]

    @functools.cached_property
    def state(self) -> NDArray[np.int8]:
        return self.table.state.take(self.turns.back(self.by_turn))

    @functools.cached_property
    def step(self) -> NDArray[np.int8]:
        return self.table.step.take(self.turns.back(self.by_turn))

    @functools.cached_property
    def final(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """State and step of each chain at its end."""
        last = self.by_turn[self.turns.last]
        return self.table.state.take(last), self.table.step.take(last)


def standings(log: Log, policies: Sequence[Policy], policy: Integers | None = None) -> Standings:
    """Where each review left its card.

    `policy` says of each review which of the policies it was scheduled under.
    """
    turns, moves = log.turns, table(policies)
    under = None if policy is None else turns.lay(np.asarray(policy, np.intp))
    reached = np.empty(len(log), np.int16)
    standing: Integers = np.zeros(0, np.intp)
    for at in turns.slices:
        standing = standing[: at.stop - at.start] if at.start else np.full(at.stop, FRESH)
        standing = moves.move(standing, turns.rating[at], 0 if under is None else under[at])
        reached[at] = standing
    return Standings(turns, moves, reached)


@dataclass(frozen=True)
class Turns:
    """A log laid out by review number: the k-th reviews of all chains side by side.

    The chains stand by length, the longest first, so that those with a k-th review are the
    first ones: no padding.
    """

    order: NDArray[np.intp]  # the chains
    source: NDArray[np.intp]  # where in the log each review of this layout stands
    slices: list[slice]  # the k-th reviews, one k after another
    last: NDArray[np.intp]  # where in this layout the last review of each chain stands
    rating: NDArray[np.intp]  # in this layout, since every replay asks for it

    def lay(self, column: NDArray[Any]) -> NDArray[Any]:
        return column.take(self.source)

    def back(self, laid: NDArray[Any]) -> NDArray[Any]:
        column = np.empty_like(laid)
        column[self.source] = laid
        return column


def _turns(log: Log) -> Turns:
    longest = int(log.lengths.max(initial=0))
    # Small numbers are sorted by their digits, which is several times as fast.
    order = np.argsort((longest - log.lengths).astype(np.min_scalar_type(longest)), kind="stable")
    first, lengths = log.first[order], log.lengths[order]
    sizes = len(order) - np.cumsum(np.bincount(lengths))[:-1]
    starts = np.cumsum(sizes) - sizes
    source = np.empty(len(log), np.intp)
    slices = [
        slice(start, start + n) for start, n in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]
    for number, at in enumerate(slices):
        np.add(first[: at.stop - at.start], number, out=source[at])
    last = np.empty_like(order)
    last[order] = starts[lengths - 1] + np.arange(len(order))
    return Turns(order, source, slices, last, log.rating.take(source).astype(np.intp))
