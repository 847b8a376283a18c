"""FSRS-6, the one source of memory state. The only module that imports `fsrs`.

The engine's own fuzz stays off (it draws from the global generator) and its clock is
ours: it is fed 00:00 UTC of study days, so that its "24 hours" mean one study day.
"""

from __future__ import annotations

import datetime as clock
import functools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import NamedTuple

import fsrs

from quizbank.scheduling.memory import NEW, Policy

ALGORITHM = "fsrs-6"
ENGINE = f"fsrs {version('fsrs')}"

# Ours, not fsrs.DEFAULT_PARAMETERS: a new release must not reschedule old histories.
DEFAULT_PARAMETERS: tuple[float, ...] = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip


class Trace(NamedTuple):
    """The engine's view of a card between two reviews."""

    state: int = NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    moment: datetime | None = None  # of the last review, in UTC


def check_parameters(values: Sequence[float]) -> tuple[float, ...]:
    """The 21 weights as a tuple of floats. Raises ValueError where one is out of bounds."""
    weights = tuple(float(value) for value in values)
    fsrs.Scheduler(parameters=weights, enable_fuzzing=False)
    return weights


@functools.lru_cache(maxsize=512)
def _scheduler(parameters: tuple[float, ...], policy: Policy) -> fsrs.Scheduler:
    return fsrs.Scheduler(
        parameters=parameters,
        desired_retention=policy.desired_retention,
        learning_steps=tuple(timedelta(seconds=s) for s in policy.learning_steps),
        relearning_steps=tuple(timedelta(seconds=s) for s in policy.relearning_steps),
        maximum_interval=policy.maximum_interval,
        enable_fuzzing=False,
    )


def midnight(day: date) -> datetime:
    """00:00 of a study day on the engine's clock, which takes no zone but this one."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.timezone.utc)  # noqa: UP017


def _card(trace: Trace) -> fsrs.Card:
    # Without an id the constructor sleeps for a millisecond to make one up.
    return fsrs.Card(
        card_id=1,
        state=fsrs.State(trace.state or fsrs.State.Learning),
        step=trace.step,
        stability=trace.stability,
        difficulty=trace.difficulty,
        due=trace.moment or midnight(date(1970, 1, 1)),
        last_review=trace.moment,
    )


def advance(
    trace: Trace, rating: int, moment: datetime, parameters: tuple[float, ...], policy: Policy
) -> tuple[Trace, timedelta]:
    """The card after an answer, and the wait until it is due: whole days, or a step."""
    card, _ = _scheduler(parameters, policy).review_card(
        _card(trace), fsrs.Rating(rating), review_datetime=moment
    )
    after = Trace(int(card.state), card.step, card.stability, card.difficulty, moment)
    return after, card.due - moment


def recall(stability: float, elapsed_days: int, parameters: tuple[float, ...]) -> float:
    """The probability of recall that many days after the last review."""
    origin = midnight(date(1970, 1, 1))
    card = _card(Trace(fsrs.State.Review, None, stability, 5.0, origin))
    now = origin + timedelta(days=elapsed_days)
    return float(_scheduler(parameters, Policy()).get_card_retrievability(card, now))
