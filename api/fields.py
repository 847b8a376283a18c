"""Fields that take a value as it is meant or refuse it: "10" is no number, 1 no truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, NoReturn
from uuid import UUID

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.errors import refused
from demos.kit.declare import Text

MISSING = Text("缺少这个字段。", "This field is missing.")
UNKNOWN = Text("没有这个字段。", "There is no such field.")
EMPTY = Text("这个字段不能是 null。", "This field may not be null.")
NUL = "\x00"


class Refusal(serializers.ValidationError):
    """A value that cannot be, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def refuse(zh: str, en: str) -> NoReturn:
    raise Refusal(Text(zh, en))


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        low, high = self.min_value, self.max_value
        if (
            isinstance(data, bool)
            or not isinstance(data, int)
            or (low is not None and data < low)
            or (high is not None and data > high)
        ):
            refuse(
                f"请填 {low} 到 {high} 之间的整数。", f"Give a whole number from {low} to {high}."
            )
        return data


class Number(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        low, high = self.min_value, self.max_value
        if (
            isinstance(data, bool)
            or not isinstance(data, int | float)
            or (low is not None and data < low)
            or (high is not None and data > high)
        ):
            refuse(f"请填 {low} 到 {high} 之间的数。", f"Give a number from {low} to {high}.")
        return float(data)


@extend_schema_field({"type": "array", "items": {"type": "number"}, "maxItems": 10})
class Numbers(serializers.Field[list[Any], Any, Any, Any]):
    """A list of at most ten numbers; which ones may be is for the service to say."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if (
            not isinstance(data, list)
            or len(data) > 10
            or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in data)
        ):
            refuse("请填最多 10 个数的列表。", "Give a list of at most ten numbers.")
        return data


class Words(serializers.CharField):
    """Text of at most `max_length` characters, nothing trimmed or turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            refuse("请填文字。", "Give text.")
        if NUL in data:
            refuse("文字中不能有 NUL。", "Text must not hold NUL.")
        if not data and not self.allow_blank:
            refuse("不能为空。", "This may not be empty.")
        if self.max_length is not None and len(data) > self.max_length:
            refuse(f"最多 {self.max_length} 个字符。", f"At most {self.max_length:,} characters.")
        return data

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField would strip, and turn the empty string into a complaint of its own.
        return serializers.Field.run_validation(self, data)


class Switch(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            refuse("请填 true 或 false。", "Give true or false.")
        return data


class OneOf(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            names = [str(name) for name in self.choices]
            refuse(
                f"请从这些值中选一个：{'、'.join(names)}。", f"Choose one of: {', '.join(names)}."
            )
        return data


class Identity(serializers.UUIDField):
    def to_internal_value(self, data: Any) -> UUID:
        try:
            if isinstance(data, str) and len(data) == 36:
                return UUID(data)
        except ValueError:
            pass
        refuse(
            "请填 UUID，如 7c9e6679-7425-40de-944b-e07fc1f90ae7。", "Give a UUID with its dashes."
        )


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[datetime, Any, Any, Any]):
    """ISO 8601 with a time zone."""

    def to_internal_value(self, data: Any) -> datetime:
        found = None
        if isinstance(data, str) and len(data) <= 40 and data.isascii():
            try:
                found = parse_datetime(data)
            except ValueError:
                found = None
        if found is None or found.tzinfo is None:
            refuse(
                "请填带时区的 ISO 8601 时间，如 2026-01-05T09:00:00Z。",
                "Give an ISO 8601 time with its zone, such as 2026-01-05T09:00:00Z.",
            )
        return found


@extend_schema_field(OpenApiTypes.DATE)
class Day(serializers.Field[date, Any, Any, Any]):
    """A date as ISO 8601 writes it."""

    def to_internal_value(self, data: Any) -> date:
        try:
            if isinstance(data, str) and len(data) == 10:
                return date.fromisoformat(data)
        except ValueError:
            pass
        refuse("请填日期，如 2026-12-12。", "Give a date, such as 2026-12-12.")


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnyObject(serializers.Field[dict[str, Any], Any, Any, Any]):
    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            refuse("请填 JSON 对象。", "Give a JSON object.")
        return data


@extend_schema_field(
    {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}
)
class Ticks(serializers.Field[list[str | int], Any, Any, Any]):
    def to_internal_value(self, data: Any) -> list[str | int]:
        if not isinstance(data, list) or not all(type(tick) in (str, int) for tick in data):
            refuse("请填文字或整数的列表。", "Give a list of strings or whole numbers.")
        return data


class Given(serializers.Serializer[Any]):
    """What a client sends. Fields that are not declared are refused, not ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values, errors = self.read(data)
        if errors:
            raise refused(errors)
        return values

    def read(self, data: Any) -> tuple[dict[str, Any], dict[str, Text]]:
        """The values, and what was refused by field."""
        if not isinstance(data, Mapping):
            return {}, {"": Text("请填 JSON 对象。", "Give a JSON object.")}
        values: dict[str, Any] = {}
        errors = {str(name)[:60]: UNKNOWN for name in data if name not in self.fields}
        for name, field in self.fields.items():
            if name not in data:
                if field.required:
                    errors[name] = MISSING
                elif field.default is not serializers.empty:
                    values[name] = field.default
                continue
            self._read_field(name, field, data[name], values, errors)
        return values, errors

    def _read_field(
        self,
        name: str,
        field: Any,
        raw: Any,
        values: dict[str, Any],
        errors: dict[str, Text],
    ) -> None:
        if raw is None:
            if field.allow_null:
                values[name] = None
            else:
                errors[name] = EMPTY
        elif isinstance(field, Given):
            values[name], inner = field.read(raw)
            errors |= {f"{name}.{key}".rstrip("."): text for key, text in inner.items()}
        else:
            try:
                values[name] = field.to_internal_value(raw)
            except Refusal as refusal:
                errors[name] = refusal.text


def given(serializer: type[Given], data: Any) -> dict[str, Any]:
    """The checked values of a body or a query. Raises Problem 400 that names each field."""
    values, errors = _reader(serializer).read(data)
    if errors:
        raise refused(errors)
    return values


@cache
def _reader(serializer: type[Given]) -> Given:
    """Made once: a serializer copies all of its fields to begin with."""
    return serializer()
