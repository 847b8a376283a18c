"""What a way of studying costs a day, and what it leaves known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from quizbank.scheduling.simulation.course import simulate
from quizbank.scheduling.simulation.deck import Course, Deck, Settings
from quizbank.scheduling.standing import FRESH

RETENTIONS = (0.80, 0.85, 0.90, 0.95)


@dataclass(frozen=True)
class Cost:
    """Means over the repeats. A day of `begin` still has new cards; `steady` is the second
    half of the course, and `most` is not exceeded on 95 of 100 of its days."""

    retention: float  # desired
    begin_answers: float  # a day
    begin_minutes: float
    steady_answers: float
    steady_most: float
    steady_minutes: float
    recalled: float | None  # share of the answers to cards not seen that day; None without any
    known: float  # cards that would be recalled on the last day


def costs(
    deck: Deck,
    settings: Settings,
    *,
    today: date,
    days: int,
    seed: int,
    repeats: int,
    retentions: Sequence[float] = RETENTIONS,
) -> list[Cost]:
    """The same deck studied towards each desired retention, from `today`."""
    new = int((deck.standing == FRESH).sum())
    begin = min(days, -(-new // settings.new_per_day)) if settings.new_per_day else 0
    found = []
    for retention in retentions:
        towards = replace(settings, policy=replace(settings.policy, desired_retention=retention))
        course = simulate(deck, towards, today=today, days=days, seed=seed, repeats=repeats)
        found.append(_cost(course, retention, begin, days // 2))
    return found


def _cost(course: Course, retention: float, begin: int, steady: int) -> Cost:
    early, late = course.answers[:, :begin], course.answers[:, steady:]
    due = course.due.sum()
    return Cost(
        retention=retention,
        begin_answers=float(early.mean()) if begin else 0.0,
        begin_minutes=float(course.seconds[:, :begin].mean()) / 60 if begin else 0.0,
        steady_answers=float(late.mean()),
        steady_most=float(np.quantile(late, 0.95)),
        steady_minutes=float(course.seconds[:, steady:].mean()) / 60,
        recalled=float(course.recalled.sum() / due) if due else None,
        known=float(course.known[:, -1].mean()),
    )
