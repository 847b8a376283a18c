"""Fitting the memory model: one long log, and a thousand people at once against one by one.

    python -m benchmarks.fit_parameters

Goals: 50,000 reviews in less than a second on one thread, and 1,000 people of 1,000 reviews
fitted together at least ten times as fast as one by one (20 of them timed, scaled).
"""

from __future__ import annotations

import numpy as np

from benchmarks.pairs import arguments, machine, ratios, report, seconds
from quizbank.scheduling.bulk import Log
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.fitting import fit
from tests.quizbank.fitting_cast import simulated

PEOPLE, TIMED, CARDS = 1_000, 20, 85
LONG = 4_270  # cards, some 50,000 reviews


def joined(logs: list[Log]) -> tuple[Log, np.ndarray]:
    """Many people's logs as one, and whose each chain is."""
    counts = [len(log.lengths) for log in logs]
    before = np.cumsum(counts) - counts
    chain = np.concatenate([log.chain + n for log, n in zip(logs, before, strict=True)])
    rating = np.concatenate([log.rating for log in logs])
    day = np.concatenate([log.day for log in logs])
    return Log(chain, rating, day), np.repeat(np.arange(len(logs)), counts)


def main() -> None:
    given = arguments(__doc__)
    long = simulated(LONG, 1)
    fit(long, long.day, [DEFAULT_PARAMETERS])
    alone = sorted(seconds(lambda: fit(long, long.day, [DEFAULT_PARAMETERS])) for _ in range(5))[2]
    logs = [simulated(CARDS, seed) for seed in range(TIMED)]
    many, learner = joined([logs[i % TIMED] for i in range(PEOPLE)])
    held = [DEFAULT_PARAMETERS] * PEOPLE

    def one_by_one() -> None:
        for log in logs:
            fit(log, log.day, [DEFAULT_PARAMETERS])

    found = ratios(one_by_one, lambda: fit(many, many.day, held, learner), given.pairs)
    scale = PEOPLE / TIMED
    low, high = (scale * end for end in found["interval"])
    report(
        {
            "what": f"{PEOPLE} people of {len(logs[0])} reviews, one by one over together",
            "ratio": round(scale * found["ratio"], 1),
            "interval": [round(low, 1), round(high, 1)],
            "goal": "at least 10; 50,000 reviews in less than 1 s",
            "pass": low >= 10 and alone < 1,
            "pairs": given.pairs,
            "together_s": found["fast_s"],
            "one_by_one_s": round(scale * found["slow_s"], 2),
            "long_log": {"reviews": len(long), "seconds": round(alone, 3)},
            "machine": machine(),
        },
        given.json,
    )


if __name__ == "__main__":
    main()
