"""Learners whose memory is known, so that what is fitted can be held against the truth."""

from __future__ import annotations

import numpy as np

from quizbank.scheduling.bulk import Log
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.formulas import advance, interval, recall, weights

# Somebody unlike the published parameters.
TRUTH = (
    0.40, 1.10, 3.40, 12.0, 6.90, 0.55, 2.60, 0.02, 1.55, 0.20, 0.70, 1.60, 0.04, 0.33, 1.90, 0.50,
    1.90, 0.60, 0.20, 0.10, 0.28,
)  # fmt: skip
FIRST = (0.24, 0.10, 0.52, 0.14)  # how often each rating is given at first sight
PASSED = (0.10, 0.78, 0.12)  # Hard, Good, Easy where the card was recalled


def simulated(cards: int, seed: int, truth=TRUTH, days: int = 500) -> Log:
    """Cards scheduled by the published parameters and answered by somebody with other ones.

    A missed card is asked again the day after.
    """
    draw = np.random.default_rng(seed)
    planner, memory = weights(DEFAULT_PARAMETERS), weights(truth)
    card, day = np.arange(cards), draw.integers(0, 200, cards)
    rating = draw.choice([1, 2, 3, 4], cards, p=FIRST)
    planned, real = (
        (w.table("first_stability", rating), w.table("first_difficulty", rating))
        for w in (planner, memory)
    )
    rows = [(card, day, rating)]
    while len(card):
        wait = np.where(rating == 1, 1, interval(planner, planned[0], 0.9, 36_500))
        kept = day + wait < days
        card, day, wait = card[kept], (day + wait)[kept], wait[kept]
        planned, real = ((stability[kept], hard[kept]) for stability, hard in (planned, real))
        passed = draw.random(len(card)) < recall(memory, real[0], wait)
        rating = np.where(passed, draw.choice([2, 3, 4], len(card), p=PASSED), 1)
        planned = advance(planner, *planned, rating, wait)[:2]
        real = advance(memory, *real, rating, wait)[:2]
        rows.append((card, day, rating))
    card, day, rating = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((day, card))
    return Log(card[order], rating[order], day[order])
