"""Spread cards learnt together over the days around their interval, repeatably.

Anki's window and rule (floor(lower + u * (1 + upper - lower))), with a seed that is a
function of the card and its number of reviews: the same log gives the same days.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

SHORTEST_FUZZED = 2.5  # days
RANGES = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, float("inf"), 0.05))


def seed_of(name: str) -> int:
    """A seed below 2**62 for a card of that name, leaving room for its reviews."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 2


def uniform(seed: int) -> float:
    """A number in [0, 1) that depends on the seed alone, on any machine."""
    digest = hashlib.sha256(seed.to_bytes(8)).digest()
    return (int.from_bytes(digest[:8]) >> 11) * 2.0**-53


@lru_cache(maxsize=4_096)
def window(interval: int, maximum: int) -> tuple[int, int]:
    """First and last day the interval may become. The maximum is applied first."""
    interval = min(interval, maximum)
    if interval < SHORTEST_FUZZED:
        return interval, interval
    delta = 1.0 + sum(
        factor * max(min(float(interval), end) - start, 0.0) for start, end, factor in RANGES
    )
    return max(2, round(interval - delta)), min(round(interval + delta), maximum)


def at_least_within(lower: int, upper: int, at_least: int) -> tuple[int, int]:
    """The window from that day on, if it reaches that far; else all of it."""
    return (at_least, upper) if lower < at_least <= upper else (lower, upper)


def fuzzed(interval: int, *, seed: int, maximum: int, at_least: int = 0) -> int:
    """The interval, in days, moved inside its window.

    `at_least` is the interval before a passing answer: it is not undercut as long as
    the window reaches that far.
    """
    lower, upper = at_least_within(*window(interval, maximum), at_least)
    return int(lower + uniform(seed) * (1 + upper - lower))
