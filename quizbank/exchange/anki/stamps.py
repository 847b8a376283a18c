"""Milliseconds as the ids of a log: each is given once, as near as can be to when it was."""

from __future__ import annotations


class Stamps:
    """Milliseconds that nobody has yet."""

    def __init__(self) -> None:
        # From one that is given to another, further up or down, that may be free.
        self._up: dict[int, int] = {}
        self._down: dict[int, int] = {}

    def nearest(self, wanted: int, after: int = 0) -> int:
        """The free one nearest to that which is wanted, later than `after`."""
        later = _free(self._up, max(wanted, after + 1))
        earlier = _free(self._down, wanted)
        found = earlier if earlier > after and wanted - earlier < later - wanted else later
        self._up[found], self._down[found] = found + 1, found - 1
        return found


def _free(ways: dict[int, int], stamp: int) -> int:
    """Where the way from there ends; what lies on it leads straight there from now on."""
    passed = []
    while stamp in ways:
        passed.append(stamp)
        stamp = ways[stamp]
    ways.update(dict.fromkeys(passed, stamp))
    return stamp
