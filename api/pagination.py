"""Lists by cursor: nothing is skipped or shown twice while rows come and go."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.errors import refused
from demos.kit.declare import Text

CURSOR = Text("这个 cursor 无效，请从头列起。", "This cursor is not valid: start the list again.")
PAGE, LONGEST = 50, 100
SIZE = Text(f"请填 1 到 {LONGEST} 之间的整数。", f"Give a whole number from 1 to {LONGEST}.")
BIGGEST = 10**18


@dataclass(frozen=True)
class Cursor:
    """The rows that come after that one, or before it if `back`; without a row, those at the
    beginning or at the end of the list."""

    back: bool = False
    row: tuple[Any, ...] = ()


class Pages:
    """`ordering` names fields that tell every row of the list from every other."""

    def __init__(self, *ordering: str) -> None:
        self._ordering = ordering
        self._names = [name.lstrip("-") for name in ordering]
        self._links: dict[str, str | None] = {}

    def rows(self, request: Request, found: QuerySet[Any]) -> list[Any]:
        """The rows of the page asked for. Raises Problem 400."""
        size, cursor = self._size(request), self._cursor(request)
        ordering = tuple(map(_reversed, self._ordering)) if cursor.back else self._ordering
        if cursor.row:
            found = found.filter(self._beyond(ordering, cursor.row))
        rows = list(found.order_by(*ordering)[: size + 1])
        page, more = rows[:size], len(rows) > size
        before, after = (more, bool(cursor.row)) if cursor.back else (bool(cursor.row), more)
        if cursor.back:
            page.reverse()
        address = request.build_absolute_uri()
        # From a page that was left empty, the list goes on at that end.
        first, last = (self._row(page[0]), self._row(page[-1])) if page else ((), ())
        self._links = {
            "next": _link(address, Cursor(row=last)) if after else None,
            "previous": _link(address, Cursor(back=True, row=first)) if before else None,
        }
        return page

    def json(self, results: list[Any]) -> dict[str, Any]:
        return {**self._links, "results": results}

    def _beyond(self, ordering: tuple[str, ...], row: tuple[Any, ...]) -> Q:
        """What comes after the row in this order."""
        beyond = Q()
        for place, name in reversed(list(enumerate(self._names))):
            side = "lt" if ordering[place].startswith("-") else "gt"
            further, same = Q((f"{name}__{side}", row[place])), Q((name, row[place]))
            beyond = further | (same & beyond) if beyond else further
            if place == 0:
                # Said apart, so that an index on the first field is read from there on.
                beyond &= Q((f"{name}__{side}e", row[place]))
        return beyond

    def _row(self, row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in self._names)

    def _size(self, request: Request) -> int:
        raw = request.query_params.get("page_size")
        if raw is None:
            return PAGE
        if raw.isascii() and raw.isdecimal() and len(raw) <= 3 and 1 <= int(raw) <= LONGEST:
            return int(raw)
        raise refused({"page_size": SIZE})

    def _cursor(self, request: Request) -> Cursor:
        raw = request.query_params.get("cursor")
        if not raw:
            return Cursor()
        try:
            back, *row = json.loads(urlsafe_b64decode(raw))
            if not isinstance(back, bool) or (row and len(row) != len(self._names)):
                raise ValueError(raw)
            read = [READS[name](value) for name, value in zip(self._names, row, strict=False)]
            return Cursor(back, tuple(read))
        except (TypeError, ValueError, RecursionError):
            raise refused({"cursor": CURSOR}) from None


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _link(address: str, cursor: Cursor) -> str:
    values = [value if isinstance(value, int) else _text(value) for value in cursor.row]
    written = json.dumps([cursor.back, *values], separators=(",", ":"))
    return replace_query_param(address, "cursor", urlsafe_b64encode(written.encode()).decode())


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= BIGGEST:
        raise ValueError(value)
    return value


def words(value: Any) -> str:
    """Raises ValueError also for what no database takes."""
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value.encode().decode()


def moment(value: Any) -> datetime:
    found = parse_datetime(words(value))
    if found is None or found.tzinfo is None:
        raise ValueError(value)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(value) from None


def identity(value: Any) -> UUID:
    return UUID(words(value))


READS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("id", "position", "rank"), whole),
    **dict.fromkeys(("created_at", "due"), moment),
    "path": words,
    "pk": identity,
}
