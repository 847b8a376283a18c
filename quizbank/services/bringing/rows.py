"""Rows of a JSON file as rows of ours: checked field by field, markup sanitised anew."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction

from quizbank.importing.display import sanitised

M = TypeVar("M", bound=models.Model)
DEEPEST = 20
YEARS = range(1900, 2300)  # every zone has those days, and some later
MILLISECOND = timedelta(milliseconds=1)  # older files cut their moments to it
UNKEPT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores neither
# What "cannot be" looks like to the fields of Django.
WRONG = (ValidationError, TypeError, ValueError, OverflowError, AttributeError)


class BadRow(Exception):
    """A row that is left out; `reason` is a key of `report.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def instance(model: type[M], row: object, *, without: Collection[str] = (), **given: Any) -> M:
    """An unsaved row of the model: `given` as it is, all else from `row` but what it is
    `without`. Raises BadRow.

    A column that the file lacks keeps its default. Relations are never read from the file.
    """
    if not isinstance(row, Mapping) or not storable(row):
        raise BadRow("shape")
    values = dict(given)
    for field in model._meta.concrete_fields:
        if field.name in given or field.name in without or field.is_relation:
            continue
        if field.name not in row and (field.has_default() or field.null):
            continue
        values[field.name] = _value(field, row.get(field.name))
    return model(**values)


def _value(field: models.Field[Any, Any], told: object) -> Any:
    try:
        value = field.clean(told, None)
    except WRONG:
        raise BadRow("shape") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise BadRow("zone")
    if isinstance(value, date) and value.year not in YEARS:
        raise BadRow("shape")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRow("shape")
    if isinstance(value, str) and "html" in field.name:
        return markup(value)
    return value


def stored(row: M) -> M:
    """The row, inserted. Raises BadRow where the database does not take it."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except (IntegrityError, DataError):
        raise BadRow("shape") from None
    return row


def name_of(row: Mapping[str, Any], column: str) -> str | int | None:
    """What a row calls itself or another. Raises BadRow."""
    told = row.get(column)
    if told is not None and type(told) not in (str, int):
        raise BadRow("shape")
    return told


def floored(at: datetime) -> datetime:
    """The millisecond in which it lies."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def begun(at: datetime) -> dict[str, datetime]:
    """A filter for what began in that millisecond."""
    return {"created_at__gte": floored(at), "created_at__lt": floored(at) + MILLISECOND}


def markup(text: str) -> str:
    """Markup that a sanitiser has seen; ours as it was, to the letter."""
    clean = sanitised(text)
    # What Django escaped is the same with two characters spelt otherwise. Inside of an attribute
    # this would not come out equal, and then the sanitiser's own is taken.
    spelt = text.replace("&#x27;", "'").replace("&quot;", '"')
    return text if spelt == clean else clean


def clean(value: Any) -> Any:
    """The same JSON, with every string below a key that names markup sanitised."""
    if isinstance(value, dict):
        return {
            name: _as_markup(inner) if "html" in name else clean(inner)
            for name, inner in value.items()
        }
    return [clean(inner) for inner in value] if isinstance(value, list) else value


def _as_markup(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_markup(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_markup(inner) for inner in value]
    return markup(value) if isinstance(value, str) else value


def storable(value: object, depth: int = 0) -> bool:
    """Whether the database keeps every string in it, and it is not nested without end."""
    if depth > DEEPEST:
        return False
    if isinstance(value, str):
        return not UNKEPT.search(value)
    if isinstance(value, Mapping):
        return all(storable(k) and storable(inner, depth + 1) for k, inner in value.items())
    if isinstance(value, list):
        return all(storable(inner, depth + 1) for inner in value)
    return True
