"""Lists by cursor: nothing is skipped or shown twice while rows come and go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from api.errors import Problem, refused
from demos.kit.declare import Text

CURSOR = Text("这个 cursor 无效，请从头列起。", "This cursor is not valid: start the list again.")


PAGE, LONGEST = 50, 100


class Pages(CursorPagination):
    """`ordering` names the fields; `reads` reads the first of them from a cursor."""

    page_size_query_param = "page_size"

    def __init__(self, *ordering: str, reads: Callable[[str], Any]) -> None:
        self.ordering = ordering
        self._reads = reads

    def rows(self, request: Request, found: QuerySet[Any]) -> list[Any]:
        """The rows of the page asked for. Raises Problem 400."""
        try:
            return list(self.paginate_queryset(found, request) or [])
        except NotFound:
            raise refused({"cursor": CURSOR}) from None

    def get_page_size(self, request: Request) -> int:
        raw = request.query_params.get("page_size")
        if raw is None:
            return PAGE
        if raw.isascii() and raw.isdecimal() and len(raw) <= 3 and 1 <= int(raw) <= LONGEST:
            return int(raw)
        raise self._bad_size()

    def decode_cursor(self, request: Request) -> Any:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                self._reads(str(cursor.position))
            except ValueError:
                raise NotFound from None
        return cursor

    def _bad_size(self) -> Problem:
        high = str(LONGEST)
        text = Text(f"请填 1 到 {high} 之间的整数。", f"Give a whole number from 1 to {high}.")
        return refused({"page_size": text})

    def json(self, results: list[Any]) -> dict[str, Any]:
        return {
            "next": self.get_next_link(),
            "previous": self.get_previous_link(),
            "results": results,
        }


def whole(position: str) -> int:
    if len(position) > 18 or not position.lstrip("-").isdecimal() or not position.isascii():
        raise ValueError(position)
    return int(position)


def moment(position: str) -> datetime:
    found = parse_datetime(position)
    if found is None or found.tzinfo is None:
        raise ValueError(position)
    return found


def identity(position: str) -> UUID:
    return UUID(position)
