"""What people's logs say, as columns: for statistics, fitting and bulk replay. Needs numpy."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.bulk import Floats, Log, replay, standings
from quizbank.scheduling.memory import AGAIN, NEW, REVIEW, Policy
from quizbank.scheduling.standing import NO_STEP

Integers = NDArray[np.integer[Any]]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The events that count, card by card, each card's in their total order.

    What was undone, and the undos themselves, are left out; a card of which nothing is left
    has no events. The first three fields name what the columns number.
    """

    learners: Sequence[int]  # ids of users
    cards: Sequence[UUID]
    kinds: Sequence[str]

    learner: Integers  # [cards]: whose each card is
    card: Integers  # [events], like all that follow
    event: Integers  # id
    kind: Integers
    rating: Integers  # 1 to 4; 0 where nothing was graded
    day: Integers  # the study day, as `date.toordinal` counts
    at: Integers  # microseconds since 1970, UTC
    duration: Integers  # milliseconds; 0 where it was not measured
    policy: Integers  # id; 0 where none was recorded

    def __len__(self) -> int:
        return len(self.event)

    def of(self, *kinds: str) -> Flags:
        """Which events are of one of those kinds. Raises ValueError for an unknown one."""
        return np.isin(self.kind, [self.kinds.index(kind) for kind in kinds])

    @functools.cached_property
    def reviews(self) -> Reviews:
        return _reviews(self)


@dataclass(frozen=True)
class Reviews:
    """The graded reviews, cram left out, in chains that a reset ends."""

    log: Log  # for `bulk.replay`
    row: NDArray[np.intp]  # [reviews]: where each stands in the columns
    card: Integers  # [chains]
    learner: Integers  # [chains]
    current: Flags  # [chains]: false where the card was reset afterwards


def _reviews(columns: Columns) -> Reviews:
    row = np.flatnonzero(columns.of("review"))
    card, rating = columns.card[row], columns.rating[row]
    resets = np.cumsum(columns.of("reset"))
    anew = (np.diff(card, prepend=-1) != 0) | (np.diff(resets[row], prepend=-1) != 0)
    log = Log(np.cumsum(anew) - 1, rating, columns.day[row])
    of_chain = card[log.first]
    ends = np.searchsorted(columns.card, of_chain, side="right") - 1
    return Reviews(
        log=log,
        row=row,
        card=of_chain,
        learner=columns.learner[of_chain],
        current=resets[row[log.last]] == resets[ends],
    )


def last_known(
    columns: Columns, parameters: Floats, policies: Mapping[int, Policy]
) -> dict[str, NDArray[Any]]:
    """What is remembered of each card at the end, by name of the field: [cards].

    `parameters` is [learners, 21], `policies` by id. What a card has none of is 0, its step
    `NO_STEP`. Due dates are left out: they follow from more than the reviews.
    """
    reviews = columns.reviews
    log = reviews.log
    used, under = np.unique(columns.policy[reviews.row], return_inverse=True)
    left = standings(log, [policies[pk] for pk in used.tolist()], under)
    state, step = left.final
    stability, difficulty = replay(log, parameters, reviews.learner).final
    before = np.roll(left.state, 1)
    before[log.first] = NEW
    lapsed = (before == REVIEW) & (log.rating == AGAIN)
    reached = log.day[log.first] + np.bincount(log.chain, log.elapsed, len(log.first)).astype(int)
    acts = np.flatnonzero(~columns.of("cram"))
    found = {
        "state": (NEW, state),
        "step": (NO_STEP, step),
        "stability": (0.0, stability),
        "difficulty": (0.0, difficulty),
        "first_day": (0, log.day[log.first]),
        "last_day": (0, reached),
        "last_review": (0, columns.at[reviews.row[log.last]]),
        "reps": (0, log.lengths),
        "lapses": (0, np.bincount(log.chain, lapsed, len(log.first)).astype(int)),
        "last_event_id": (0, columns.event[reviews.row[log.last]]),
    }
    known = {
        name: _of_cards(columns, none, reviews.card[reviews.current], values[reviews.current])
        for name, (none, values) in found.items()
    }
    # Of several events of one card the last one stays.
    known["touched"] = _of_cards(columns, 0, columns.card[acts], columns.at[acts])
    return known


def _of_cards(columns: Columns, none: float, card: Integers, values: NDArray[Any]) -> NDArray[Any]:
    of_cards = np.full(len(columns.cards), none, dtype=values.dtype)
    of_cards[card] = values
    return of_cards
