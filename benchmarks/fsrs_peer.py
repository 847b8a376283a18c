"""The memory model against a second implementation of it, written in another language.

    python3 -m venv PEER && PEER/bin/pip install fsrs-rs-python
    python -m benchmarks.fsrs_peer --peer PEER/bin/python

Random histories go through our engine and, in the other interpreter, through the Rust crate;
stability and difficulty are compared after every review. No timing: a check of numbers. The
Rust side computes in 32 bits, so agreement is 1e-4, relative for stability.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.pairs import report
from quizbank.scheduling import DEFAULT_PARAMETERS, RATINGS, Policy
from quizbank.scheduling.engine import ENGINE, Trace, advance, midnight

GOAL = 1e-4
LONGEST = 30  # reviews
GAPS = (0, 0, 0, 1, 1, 2, 3, 5, 8, 14, 30, 90, 365)  # days between reviews
History = list[tuple[int, int]]  # rating, days since the review before

# Read by the other interpreter, which has the Rust binding and nothing of ours.
PEER = """
import json, sys
from importlib.metadata import version
import fsrs_rs_python as rs
asked = json.load(sys.stdin)
model = rs.FSRS(asked["parameters"])
found = []
for history in asked["histories"]:
    reviews, states = [], []
    for rating, days in history:
        reviews.append(rs.FSRSReview(rating, days))
        state = model.memory_state(rs.FSRSItem(list(reviews)))
        states.append([state.stability, state.difficulty])
    found.append(states)
json.dump({"version": version("fsrs-rs-python"), "states": found}, sys.stdout)
"""


def histories(count: int, seed: int) -> list[History]:
    draw = random.Random(seed)
    return [
        [
            (draw.choice(RATINGS), draw.choice(GAPS) if index else 0)
            for index in range(draw.randint(1, LONGEST))
        ]
        for _ in range(count)
    ]


def ours(history: History) -> list[tuple[float, float]]:
    """Stability and difficulty after each review."""
    trace, day, states = Trace(), date(2026, 1, 5), []
    for rating, days in history:
        day += timedelta(days=days)
        trace, _ = advance(trace, rating, midnight(day), DEFAULT_PARAMETERS, Policy())
        assert trace.stability is not None
        assert trace.difficulty is not None
        states.append((trace.stability, trace.difficulty))
    return states


def theirs(peer: str, asked: list[History]) -> dict[str, Any]:
    """Raises CalledProcessError where the other interpreter cannot do it; it says why."""
    question = json.dumps({"parameters": DEFAULT_PARAMETERS, "histories": asked})
    answer = subprocess.run(
        [peer, "-c", PEER], input=question, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def compare(peer: str, count: int, seed: int) -> dict[str, Any]:
    asked = histories(count, seed)
    found = theirs(peer, asked)
    stability = difficulty = 0.0
    states = 0
    for history, other in zip(asked, found["states"], strict=True):
        for (s, d), (rust_s, rust_d) in zip(ours(history), other, strict=True):
            stability = max(stability, abs(s - rust_s) / s)
            difficulty = max(difficulty, abs(d - rust_d))
            states += 1
    return {
        "what": f"{ENGINE} against fsrs-rs-python {found['version']}",
        "histories": count,
        "states": states,
        "seed": seed,
        "stability_relative": stability,
        "difficulty_absolute": difficulty,
        "goal": GOAL,
        "pass": max(stability, difficulty) <= GOAL,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="a Python that has fsrs-rs-python")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    given = parser.parse_args()
    result = compare(given.peer, given.histories, given.seed)
    report(result, given.json)
    raise SystemExit(not result["pass"])


if __name__ == "__main__":
    main()
