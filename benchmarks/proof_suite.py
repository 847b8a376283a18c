"""All demos at 128 seeds: batched against the naive loop of one seed at a time.

    python -m benchmarks.proof_suite --json suite.json

Goals: geometric mean at least 8, no demo below 1, none over 5 s on one thread. A demo whose
instances cost microseconds is measured at 128 seeds like the others.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import torch

from benchmarks.pairs import arguments, machine, ratios, report, seconds
from demos import registry
from demos.kit.draws import Seeds
from demos.kit.measure import Batch

SEEDS = 128
NAIVE = 16  # seeds of the naive loop that are timed and scaled up; it is linear


def batched(slug: str, n: int = SEEDS) -> None:
    demo, label = registry.get(slug), Batch().label(slug)
    for start in range(0, n, demo.chunk):
        seeds = Seeds(label, range(start, min(start + demo.chunk, n)))
        demo.run(demo.params, seeds, "cpu")


def naive(slug: str, n: int = NAIVE) -> None:
    demo, label = registry.get(slug), Batch().label(slug)
    for number in range(n):
        demo.run(demo.params, Seeds(label, [number]), "cpu")


def one_demo(slug: str, pairs: int) -> dict[str, Any]:
    measured = ratios(lambda: naive(slug), lambda: batched(slug), pairs)
    factor = SEEDS / NAIVE
    return {
        "slug": slug,
        "ratio": round(measured["ratio"] * factor, 2),
        "interval": [round(end * factor, 2) for end in measured["interval"]],
        "batched_s": measured["fast_s"],
        "naive_s": round(measured["slow_s"] * factor, 3),
    }


def _prepare() -> None:
    torch.set_num_threads(1)
    for slug in registry.slugs():
        batched(slug, 2)


def suite_seconds(workers: int) -> float:
    """Wall seconds of the whole suite over warm worker processes."""
    with ProcessPoolExecutor(workers, get_context("fork"), initializer=_prepare) as pool:
        list(pool.map(_nothing, range(8 * workers)))
        return seconds(lambda: list(pool.map(batched, registry.slugs())))


def _nothing(_: int) -> None:
    time.sleep(0.05)


def main() -> None:
    given = arguments(__doc__)
    torch.set_num_threads(1)
    demos = [one_demo(slug, given.pairs) for slug in registry.slugs()]
    mean = math.exp(sum(math.log(d["ratio"]) for d in demos) / len(demos))
    one, two = suite_seconds(1), suite_seconds(2)
    slowest = max(d["batched_s"] for d in demos)
    report(
        {
            "what": f"{len(demos)} demos x {SEEDS} seeds, batched against one seed at a time",
            "ratio": round(mean, 2),
            "interval": [min(d["ratio"] for d in demos), max(d["ratio"] for d in demos)],
            "goal": "geometric mean >= 8, none below 1, none over 5 s",
            "pass": mean >= 8 and min(d["ratio"] for d in demos) >= 1 and slowest <= 5,
            "pairs": given.pairs,
            "one_worker_s": round(one, 2),
            "two_workers_s": round(two, 2),
            "demos": demos,
            "machine": machine(),
        },
        given.json,
    )


if __name__ == "__main__":
    main()
