"""Statements put together from parts that stand in one place each."""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import Any, NamedTuple

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from quizbank.models.rows import written
from quizbank.models.study import Card


class Part(NamedTuple):
    """A piece of a statement, and what its marks stand for as the driver takes it."""

    sql: str
    asked: tuple[Any, ...] = ()


NOTHING = Part("")


def composed(statement: str, **parts: Part) -> Part:
    """The statement with each part where its name stands in braces."""
    sql = statement.format(**{name: part.sql for name, part in parts.items()})
    return Part(sql, tuple(value for name in _names(statement) for value in parts[name].asked))


@cache
def _names(statement: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(statement) if name]


def value(asked: Any) -> Part:
    return Part("%s", (asked,))


def of_card(**column: Any) -> Part:
    """A value of that column of a card."""
    return Part("%s", tuple(written(Card, **column)))


def condition(part: Part) -> RawSQL:
    """For a filter of the ORM."""
    return RawSQL(part.sql, part.asked, BooleanField())  # noqa: S611 - its values are apart


def query(part: Part) -> RawSQL:
    """What is listed by a query of one column, for `in` of the ORM."""
    return RawSQL(part.sql, part.asked)  # noqa: S611 - its values are apart
