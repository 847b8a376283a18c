"""A million reviews replayed at once, against a loop over `fsrs` card by card.

    python -m benchmarks.bulk_replay --json replay.json

Goal: at least 200 times as fast, equal to 1e-12. Both start from the same columns and give
stability, difficulty, state and step of every card. The loop is timed on a random sample of
the cards and scaled, since it is linear. The ratio to a loop that is given its dates and grades
ready-made is told beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import fsrs
import numpy as np

from benchmarks.pairs import arguments, machine, ratios, report
from quizbank.scheduling import DEFAULT_PARAMETERS, Policy, bulk, engine

CARDS, MEAN, MOST = 100_000, 10, 200  # reviews a card: geometric, cut
SAMPLE = 4_000  # cards of the loop
LEARNERS = 1_000
SHARES = (0.12, 0.10, 0.65, 0.13)
START = datetime(2024, 1, 1, tzinfo=UTC)
GOAL, CLOSE = 200, 1e-12

Columns = tuple[Any, Any, Any]


def make(rng: np.random.Generator) -> Columns:
    """Chain, rating and study day of each review; gaps that double up to 200 days."""
    lengths = np.minimum(rng.geometric(1 / MEAN, CARDS), MOST)
    chain = np.repeat(np.arange(CARDS), lengths)
    first = np.cumsum(lengths) - lengths
    number = np.arange(len(chain)) - first[chain]
    gap = rng.exponential(np.minimum(2.0 ** np.minimum(number, 8), 200)).astype(np.int64)
    day = np.cumsum(gap)
    day += START.date().toordinal() - day[first][chain]
    rating = rng.choice([1, 2, 3, 4], len(chain), p=SHARES)
    return chain.astype(np.int32), rating.astype(np.int8), day.astype(np.int32)


def at_once(columns: Columns, parameters: Any, learner: Any = None) -> tuple[Any, ...]:
    log = bulk.Log(*columns)
    memory, left = bulk.replay(log, parameters, learner), bulk.standings(log, [Policy()])
    return *memory.final, *left.final


def told(columns: Columns, chosen: Any) -> list[list[tuple[fsrs.Rating, datetime]]]:
    """The reviews of the chosen cards, as the loop wants them."""
    chain, rating, day = columns
    ends = np.searchsorted(chain, chosen, side="right")
    starts = np.searchsorted(chain, chosen)
    return [
        [
            (fsrs.Rating(int(grade)), engine.midnight(datetime.fromordinal(int(when)).date()))
            for grade, when in zip(rating[start:end], day[start:end], strict=True)
        ]
        for start, end in zip(starts, ends, strict=True)
    ]


def one_by_one(histories: list[list[tuple[fsrs.Rating, datetime]]]) -> list[fsrs.Card]:
    scheduler, cards = fsrs.Scheduler(enable_fuzzing=False), []
    for number, history in enumerate(histories):
        # Without an id the constructor sleeps for a millisecond to make one up.
        card = fsrs.Card(card_id=number, due=START)
        for rating, moment in history:
            card, _ = scheduler.review_card(card, rating, moment)
        cards.append(card)
    return cards


def difference(columns: Columns, chosen: Any, cards: list[fsrs.Card]) -> float:
    """The largest relative one in stability and difficulty; states and steps must be equal."""
    *memory, state, step = at_once(columns, DEFAULT_PARAMETERS)
    for chain, card in zip(chosen, cards, strict=True):
        assert (state[chain], step[chain]) == (card.state, -1 if card.step is None else card.step)
    worst = 0.0
    for ours, name in zip(memory, ("stability", "difficulty"), strict=True):
        theirs = np.array([getattr(card, name) for card in cards])
        worst = max(worst, float(np.abs(ours[chosen] / theirs - 1).max()))
    return worst


def main() -> None:
    given = arguments(__doc__)
    rng = np.random.default_rng(0)
    columns = make(rng)
    chosen = np.sort(rng.permutation(CARDS)[:SAMPLE])
    histories = told(columns, chosen)
    events, sampled = len(columns[0]), sum(map(len, histories))
    factor = events / sampled
    many = np.array([DEFAULT_PARAMETERS] * LEARNERS), rng.integers(0, LEARNERS, CARDS)

    def fast() -> Any:
        return at_once(columns, DEFAULT_PARAMETERS)

    one = ratios(lambda: one_by_one(told(columns, chosen)), fast, given.pairs)
    bare = ratios(lambda: one_by_one(histories), fast, given.pairs)
    several = ratios(
        lambda: one_by_one(told(columns, chosen)), lambda: at_once(columns, *many), given.pairs
    )
    off = difference(columns, chosen, one_by_one(histories))
    report(
        {
            "what": f"replay of {events} reviews at once, against a loop over fsrs",
            "ratio": round(one["ratio"] * factor, 1),
            "interval": [round(end * factor, 1) for end in one["interval"]],
            "goal": f"at least {GOAL}, equal to {CLOSE}",
            "pass": one["interval"][0] * factor >= GOAL and off <= CLOSE,
            "pairs": given.pairs,
            "bulk_s": one["fast_s"],
            "loop_s": round(one["slow_s"] * factor, 2),
            "loop_sampled": sampled,
            "difference": off,
            "to_a_loop_given_objects": round(bare["ratio"] * factor, 1),
            "with_1000_parameter_sets": round(several["ratio"] * factor, 1),
            "machine": machine(),
        },
        given.json,
    )


if __name__ == "__main__":
    main()
