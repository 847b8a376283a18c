"""The form of an experiment's parameters, built from the schema in its manifest.

What was typed is kept as it was typed; a value that is refused says so at its field.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from demos.figures import numbers
from demos.kit.declare import Text
from demos.kit.parameters import ParameterErrors, clean, cost_factor

STEPS = 200  # places of a slider that are told apart
LONGEST = 80  # characters of a typed value that are kept
UNKNOWN_SECONDS = 2.0
NUMERIC = ("number", "whole")


def plain(value: Any) -> str:
    """A value as it stands in a field and in an address."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value)


def readable(value: float) -> str:
    """A bound of a range as it is read."""
    if value and not 1e-3 <= abs(value) < 1e5:
        return numbers.number(value)
    return f"{value:g}".replace("-", "−")


def said(entry: Mapping[str, Any], value: Any) -> Mapping[str, str]:
    """A parameter's value as a person reads it."""
    for option in entry["options"]:
        if option["value"] == value:
            named: Mapping[str, str] = option["text"]
            return named
    if isinstance(value, bool):
        return {"zh": "开", "en": "on"} if value else {"zh": "关", "en": "off"}
    read = readable(value) if isinstance(value, int | float) else plain(value)
    return {"zh": read, "en": read}


@dataclass(frozen=True)
class Field:
    """One parameter: its schema entry, what was typed, and the sentence that refuses it."""

    entry: Mapping[str, Any]
    typed: str
    value: Any  # the default where what was typed is refused
    error: Text | None = None

    @property
    def name(self) -> str:
        return str(self.entry["name"])

    @property
    def kind(self) -> str:
        return "number" if self.entry["kind"] in NUMERIC else str(self.entry["kind"])

    @property
    def whole(self) -> bool:
        return bool(self.entry["kind"] == "whole")

    @property
    def text(self) -> Mapping[str, str]:
        text: Mapping[str, str] = self.entry["text"]
        return text

    @property
    def changed(self) -> bool:
        return self.error is not None or bool(self.value != self.entry["default"])

    @property
    def default(self) -> str:
        return plain(self.entry["default"])

    @property
    def default_said(self) -> Mapping[str, str]:
        return said(self.entry, self.entry["default"])

    @property
    def said(self) -> Mapping[str, str]:
        return said(self.entry, self.value)

    @property
    def low(self) -> str:
        return readable(self.entry["low"])

    @property
    def high(self) -> str:
        return readable(self.entry["high"])

    @property
    def data_low(self) -> str:
        return plain(self.entry["low"])

    @property
    def data_high(self) -> str:
        return plain(self.entry["high"])

    @property
    def log(self) -> bool:
        return bool(self.entry["scale"] == "log")

    @property
    def middle(self) -> str:
        """What lies halfway along the slider."""
        low, high = self.entry["low"], self.entry["high"]
        middle = math.sqrt(low * high) if self.log else (low + high) / 2
        return readable(float(f"{middle:.2g}") if self.log else middle)

    @property
    def position(self) -> int:
        """Where the slider stands, of STEPS."""
        low, high, value = self.entry["low"], self.entry["high"], self.value
        if high == low:
            return 0
        share = (
            math.log(value / low) / math.log(high / low)
            if self.log
            else (value - low) / (high - low)
        )
        return round(STEPS * share)


class LabForm:
    """A demo's parameters as given by an address or a posted form."""

    def __init__(
        self,
        manifest: Mapping[str, Any],
        given: Mapping[str, Any],
        default_seconds: float | None = None,
        errors: Mapping[str, Text] | None = None,
    ) -> None:
        self.schema = manifest["parameters"]
        self.default_seconds = default_seconds or UNKNOWN_SECONDS
        names = [entry["name"] for entry in self.schema]
        self.given = {name: str(given[name])[:LONGEST] for name in names if name in given}
        self.values, self.errors = self._checked()
        self.errors |= errors or {}

    def _checked(self) -> tuple[dict[str, Any], dict[str, Text]]:
        """Every value that can be used, the default elsewhere, and what was refused."""
        values: dict[str, Any] = {}
        errors: dict[str, Text] = {}
        for entry in self.schema:
            name = entry["name"]
            given = {name: self.given[name]} if name in self.given else {}
            try:
                values |= clean([entry], given)
            except ParameterErrors as refused:
                values[name] = entry["default"]
                errors |= refused.errors
        return values, errors

    @cached_property
    def fields(self) -> list[Field]:
        return [
            Field(
                entry,
                self.given.get(entry["name"], plain(entry["default"])),
                self.values[entry["name"]],
                self.errors.get(entry["name"]),
            )
            for entry in self.schema
        ]

    @property
    def changed(self) -> list[Field]:
        return [field for field in self.fields if field.changed]

    @property
    def seconds(self) -> float:
        """About how long a run with these values takes."""
        return self.default_seconds * cost_factor(self.schema, self.values)

    @property
    def query(self) -> str:
        """What the address needs to show this form again, without its question mark."""
        return urlencode({field.name: field.typed for field in self.fields if field.changed})


def query_of(schema: Any, params: Mapping[str, Any]) -> str:
    """The address's query for these values; defaults are left out."""
    defaults = {entry["name"]: entry["default"] for entry in schema}
    changed = {n: plain(v) for n, v in params.items() if n in defaults and v != defaults[n]}
    return urlencode(changed)
