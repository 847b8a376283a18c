"""The days up to an interview lived through, and how much is recalled there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.aim import Aim
from quizbank.scheduling.formulas import Floats, recall, weights
from quizbank.scheduling.simulation.course import Running
from quizbank.scheduling.simulation.deck import Deck, Settings
from quizbank.scheduling.standing import FRESH

DRAWS = 25  # interviews for each course


@dataclass(frozen=True)
class Rehearsal:
    """`answers` [repeats, days] counts all answers of a day, `fresh` those to new cards,
    `seconds` what they take. `known` [repeats, days + 1] are the cards to expect recalled at
    the start of each day, the interview's the last; `recalled` [repeats * DRAWS] those
    recalled in as many interviews on it."""

    answers: Floats
    fresh: Floats
    seconds: Floats
    known: Floats
    recalled: NDArray[np.int64]

    def between(self, share: float) -> tuple[float, float]:
        """The cards recalled in that share of the interviews, as the two ends of it."""
        low, high = np.quantile(self.recalled, [(1 - share) / 2, (1 + share) / 2])
        return float(low), float(high)


def rehearse(
    deck: Deck, settings: Settings, aim: Aim, *, today: date, seed: int, repeats: int
) -> Rehearsal:
    """Study the deck from `today` until the day before the interview.

    Cards never seen by then are not recalled.
    """
    days = max(0, (aim.day - today).days)
    towards = replace(settings, aim=aim)
    running = Running(deck, towards, today=today, days=days, seed=seed, repeats=repeats)
    answers, fresh, seconds = (np.zeros((repeats, days)) for _ in range(3))
    known = np.zeros((repeats, days + 1))
    for number, day in enumerate(running.days):
        known[:, number] = running.chances(day).sum(axis=1)
        for given in running.live(day):
            took = settings.learner.seconds(given.fresh, given.same_day)
            answers[:, number] += running.sums(given.card, np.ones(len(given.card)))
            fresh[:, number] += running.sums(given.card, given.fresh)
            seconds[:, number] += running.sums(given.card, took)
    chance = running.chances(today.toordinal() + days)
    known[:, days] = chance.sum(axis=1)
    random = np.random.default_rng([seed, 1])
    drawn = random.random((DRAWS, *chance.shape)) < chance
    return Rehearsal(answers, fresh, seconds, known, drawn.sum(axis=2).ravel())


def unattended(deck: Deck, parameters: tuple[float, ...], *, today: date, days: int) -> Floats:
    """[days]: the cards to expect recalled on each day from today on if none is studied."""
    held = np.flatnonzero(deck.standing != FRESH)
    w, first = weights(parameters), today.toordinal()
    elapsed = [np.maximum(0, first + n - deck.last_day[held]) for n in range(days)]
    return np.array([recall(w, deck.stability[held], gone).sum() for gone in elapsed])
