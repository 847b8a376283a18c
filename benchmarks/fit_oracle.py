"""What the optimiser of `fsrs` makes of the logs that our fit is held against.

    python3 -m venv PEER && PEER/bin/pip install 'fsrs[optimizer]==6.3.2' numpy
    PEER/bin/python -m benchmarks.fit_oracle --json tests/quizbank/fitting_oracle.json

Not a timing: the losses are kept as a fixture, and `tests/quizbank/test_fitting.py` asks ours to
be within 0.001 of each. The longest log takes it some ten minutes.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fsrs import Optimizer, Rating, ReviewLog

from quizbank.scheduling.bulk import Log
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.fitting import log_loss
from tests.quizbank.fitting_cast import simulated

LOGS = ((180, 11), (420, 12), (4_270, 1))  # cards and seed
HELD_OUT = {"cards": 700, "seed": 99}
START = datetime(2020, 1, 1, tzinfo=UTC)


def review_logs(log: Log) -> list[ReviewLog]:
    return [
        ReviewLog(int(card), Rating(int(rating)), START + timedelta(days=int(day)), None)
        for card, rating, day in zip(log.chain, log.rating, log.day, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    given = parser.parse_args()
    other = simulated(**HELD_OUT)
    rows = []
    for cards, seed in LOGS:
        log, began = simulated(cards, seed), time.perf_counter()
        found = Optimizer(review_logs(log)).compute_optimal_parameters()
        loss = round(log_loss(other, tuple(found)), 6)
        rows.append({"cards": cards, "seed": seed, "reviews": len(log), "held_out_loss": loss})
        print(f"{len(log):7} reviews  {loss:.6f}  {time.perf_counter() - began:8.0f} s", flush=True)
    told = {
        "what": "held-out log loss of fsrs.Optimizer (fsrs 6.3.2, 5 epochs, seed 42) on logs of"
        " tests/quizbank/fitting_cast.simulated",
        "held_out": HELD_OUT,
        "default": log_loss(other, DEFAULT_PARAMETERS),
        "logs": rows,
    }
    if given.json:
        given.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
