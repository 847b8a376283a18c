"""Long lists in pieces that a database takes as parameters of one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
LONGEST = 500


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    stream = iter(values)
    while chunk := list(islice(stream, LONGEST)):
        yield chunk
