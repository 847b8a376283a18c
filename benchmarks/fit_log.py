"""Whether a fit to somebody's real log is taken over: only if it does better on the latest fifth.

    python -m benchmarks.fit_log REVIEWS.csv

Not a timing. The file has a row a review with `card_id`, `review_rating` (1 to 4) and
`review_time` (ISO, with its zone), in any order, as the tests of `fsrs` have one of 12,580.
"""

from __future__ import annotations

import argparse
import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from quizbank.scheduling.bulk import Log
from quizbank.scheduling.engine import DEFAULT_PARAMETERS
from quizbank.scheduling.fitting import fit, log_loss

ROLLOVER = timedelta(hours=4)


def read(path: Path) -> Log:
    """Study days in UTC, which turn at four."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["card_id"], datetime.fromisoformat(row["review_time"]), int(row["review_rating"]))
            for row in csv.DictReader(file)
        ]
    rows.sort()
    _, card = np.unique([name for name, _, _ in rows], return_inverse=True)
    day = [(at.astimezone(UTC) - ROLLOVER).date().toordinal() for _, at, _ in rows]
    return Log(card, np.array([rating for _, _, rating in rows]), np.array(day))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, metavar="REVIEWS.csv")
    log = read(parser.parse_args().file)
    (found,) = fit(log, log.day, [DEFAULT_PARAMETERS])
    print(f"{len(log)} reviews, {found.scored} scored: {found.reason}")
    print(f"log loss of all, published parameters: {log_loss(log, DEFAULT_PARAMETERS):.5f}")
    print(f"log loss of all, after the fit:        {log_loss(log, found.parameters):.5f}")


if __name__ == "__main__":
    main()
