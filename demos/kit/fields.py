"""The fields of a demo's Params: default, range, scale, unit and label in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from demos.kit.text import Text


def _parameter(default: Any, kind: str, text: Text, **facts: Any) -> Any:
    return field(default=default, metadata={"kind": kind, "text": text, **facts})


def number(
    default: float,
    low: float,
    high: float,
    *,
    text: Text,
    help: Text | None = None,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    cost: float = 0.0,
) -> Any:
    """A real parameter in low..high. A run takes about (value / default) ** cost times as long."""
    return _parameter(
        default, "number", text, help=help, low=low, high=high, scale=scale, unit=unit, cost=cost
    )


def whole(
    default: int,
    low: int,
    high: int,
    *,
    text: Text,
    help: Text | None = None,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    cost: float = 0.0,
) -> Any:
    """An integer parameter in low..high; `cost` as for `number`."""
    return _parameter(
        default, "whole", text, help=help, low=low, high=high, scale=scale, unit=unit, cost=cost
    )


def choice(
    default: str, options: Mapping[str, Text], *, text: Text, help: Text | None = None
) -> Any:
    """A parameter that takes one of the named values."""
    return _parameter(default, "choice", text, help=help, options=dict(options))


def switch(default: bool, *, text: Text, help: Text | None = None) -> Any:
    """A parameter that is on or off."""
    return _parameter(default, "switch", text, help=help)
