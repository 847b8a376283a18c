"""What a simulation takes and gives: a deck, how it is studied, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.aim import Aim
from quizbank.scheduling.balance import NORMAL_WEEK
from quizbank.scheduling.days import start_of_day
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.formulas import Floats, Integers
from quizbank.scheduling.memory import LEARNING, RELEARNING, Memory, Policy
from quizbank.scheduling.simulation.learner import Learner
from quizbank.scheduling.standing import FRESH, KNOWN, Table, table

ONE_SECOND = timedelta(seconds=1)


@dataclass
class Deck:
    """What is known of each card, one entry a card; days count as `date.toordinal` does."""

    seed: NDArray[np.int64]  # of its fuzz
    standing: NDArray[np.intp]  # as `standing.Table` numbers them
    stability: Floats
    difficulty: Floats
    last_day: NDArray[np.int64]
    due_day: NDArray[np.int64]
    due_second: NDArray[np.int64]  # of a card in steps, from the turn of that day
    interval: NDArray[np.int64]
    reps: NDArray[np.int64]
    lapses: NDArray[np.int64]
    suspended: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seed)

    def repeated(self, times: int) -> Deck:
        """So many copies, one after the other."""
        return Deck(*(np.tile(getattr(self, each.name), times) for each in fields(self)))


def new_deck(cards: int, seed: int = 0) -> Deck:
    """Cards nobody has studied."""

    def zeros() -> NDArray[np.int64]:
        return np.zeros(cards, np.int64)

    return Deck(
        seed=np.random.default_rng(seed).integers(0, 2**62, cards),
        standing=np.full(cards, FRESH, np.intp),
        stability=np.full(cards, np.nan),
        difficulty=np.full(cards, np.nan),
        last_day=zeros(),
        due_day=zeros(),
        due_second=zeros(),
        interval=zeros(),
        reps=zeros(),
        lapses=zeros(),
        suspended=np.zeros(cards, bool),
    )


def held_deck(held: Sequence[tuple[int, Memory]], policy: Policy, zone: str) -> Deck:
    """The deck of cards as somebody holds them: the seed and the memory of each.

    A buried card is taken as due on the day it rises.
    """
    deck, moves = new_deck(len(held)), table([policy])
    for index, (seed, memory) in enumerate(held):
        deck.seed[index], deck.suspended[index] = seed, memory.suspended
        if memory.last_day is None or memory.due_day is None or memory.due is None:
            continue
        deck.standing[index] = _standing(memory, policy, moves)
        deck.stability[index], deck.difficulty[index] = memory.stability, memory.difficulty
        deck.last_day[index] = memory.last_day.toordinal()
        risen = max(memory.due_day, memory.buried_until or memory.due_day)
        deck.due_day[index] = risen.toordinal()
        if risen == memory.due_day:
            turn = start_of_day(risen, zone, policy.rollover)
            deck.due_second[index] = max(0, (memory.due - turn) // ONE_SECOND)
        deck.interval[index], deck.reps[index] = memory.interval, memory.reps
        deck.lapses[index] = memory.lapses
    return deck


def _standing(memory: Memory, policy: Policy, moves: Table) -> int:
    """A step that the policy no longer has is taken for the last one it has."""
    steps = {LEARNING: policy.learning_steps, RELEARNING: policy.relearning_steps}
    left = len(steps.get(memory.state, ()))
    if not left or memory.step is None:
        return KNOWN
    at = (moves.state == memory.state) & (moves.step == min(memory.step, left - 1))
    return int(np.flatnonzero(at)[0])


def joined(first: Deck, second: Deck) -> Deck:
    """Both, the first one's cards first."""
    columns = ((getattr(first, each.name), getattr(second, each.name)) for each in fields(Deck))
    return Deck(*map(np.concatenate, columns))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the deck is studied."""

    policy: Policy = field(default_factory=Policy)
    parameters: tuple[float, ...] = DEFAULT_PARAMETERS
    new_per_day: int = 10
    learner: Learner = field(default_factory=Learner)
    balancing: bool = True
    week: tuple[float, ...] = NORMAL_WEEK  # as in `balance.Load`
    aim: Aim | None = None  # of every card
    session: int = 16 * 3600  # when a day's studying begins, in seconds from its turn


@dataclass(frozen=True)
class Course:
    """What came of it: [repeats, days], each repeat another course of the same deck."""

    fresh: Floats  # first answers to new cards
    same_day: Floats  # answers to cards answered before on that day
    due: Floats  # answers to cards last answered on an earlier day
    recalled: Floats  # of these, the ones remembered
    seconds: Floats
    known: Floats  # cards that would be recalled at the end of the day

    @property
    def answers(self) -> Floats:
        return self.fresh + self.same_day + self.due


@dataclass(frozen=True)
class Round:
    """The answers given at one turn, in their order; no card stands there twice."""

    card: NDArray[np.intp]
    day: int
    second: Integers  # from the turn of the day
    fresh: NDArray[np.bool_]
    elapsed: Integers  # days; 0 for a fresh card
    rating: Integers
    raw: Integers  # days before fuzz; 0 in steps
    chosen: Integers  # days; 0 in steps

    @property
    def same_day(self) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = ~self.fresh & (self.elapsed == 0)
        return same

    @property
    def due(self) -> NDArray[np.bool_]:
        return self.elapsed > 0
