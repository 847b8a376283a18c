"""Compare two ways of doing one thing in one process: A, B, A, B …, and the ratio's median."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from demos.kit.judge import median_interval

PAIRS = 7


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def ratios(slow: Callable[[], Any], fast: Callable[[], Any], pairs: int = PAIRS) -> dict[str, Any]:
    """slow / fast over alternating pairs after one warm-up of each.

    Returns the median ratio, its exact interval and the median seconds of both.
    """
    slow(), fast()
    measured = [(seconds(slow), seconds(fast)) for _ in range(pairs)]
    quotients = np.array([a / b for a, b in measured])
    middle, low, high = median_interval(quotients, 0.9)
    return {
        "ratio": round(middle, 3),
        "interval": [round(low, 3), round(high, 3)],
        "slow_s": round(float(np.median([a for a, _ in measured])), 4),
        "fast_s": round(float(np.median([b for _, b in measured])), 4),
        "pairs": pairs,
    }


def machine() -> dict[str, Any]:
    """What the numbers depend on, with the matrix-multiply rate of this minute."""
    torch.set_num_threads(1)
    a = torch.randn(512, 512)
    a @ a
    best = min(seconds(lambda: a @ a) for _ in range(50))
    return {
        "cpu": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": str(torch.__version__).split("+")[0],
        "gemm_gflops": round(2 * 512**3 / best / 1e9, 1),
    }


def arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result")
    parser.add_argument("--pairs", type=int, default=PAIRS)
    return parser.parse_args()


def report(result: dict[str, Any], target: Path | None) -> None:
    text = json.dumps(result, ensure_ascii=False, indent=1)
    print(text)
    if target:
        target.write_text(text + "\n", "utf-8")
