"""The schema of a demo's parameters, and the check that both web and worker make of values.

Standard library only.
"""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from demos.kit.declare import Text

Schema = Sequence[Mapping[str, Any]]
NUMERAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
TRUE, FALSE = ("true", "on", "1"), ("false", "off", "0", "")


class ParameterErrors(ValueError):
    """Values that were refused: `errors` maps each field to a sentence with its range."""

    def __init__(self, errors: dict[str, Text]) -> None:
        super().__init__("; ".join(f"{name}: {text.en}" for name, text in errors.items()))
        self.errors = errors


def schema_of(params: Any) -> list[dict[str, Any]]:
    """The JSON schema of a Params instance: one entry a field, in order."""
    entries = []
    for f in dataclasses.fields(params):
        meta = dict(f.metadata)
        options = [{"value": v, "text": t.json()} for v, t in meta.get("options", {}).items()]
        help_text = meta.get("help")
        entries.append(
            {
                "name": f.name,
                "kind": meta["kind"],
                "default": getattr(params, f.name),
                "low": meta.get("low"),
                "high": meta.get("high"),
                "scale": meta.get("scale", "linear"),
                "unit": meta.get("unit", ""),
                "text": meta["text"].json(),
                "help": help_text.json() if help_text else None,
                "options": options,
                "cost": meta.get("cost", 0.0),
            }
        )
    return entries


def clean(schema: Schema, given: Mapping[str, Any], *, defaults: bool = True) -> dict[str, Any]:
    """The checked values, completed by the defaults.

    Raises:
        ParameterErrors: unknown names, wrong types, NaN, infinities, values out of range.
    """
    known = {entry["name"]: entry for entry in schema}
    errors = {
        str(name)[:60]: Text(
            f"没有这个参数；可用的是：{'、'.join(known)}。",
            f"There is no such parameter; there are: {', '.join(known)}.",
        )
        for name in given
        if name not in known
    }
    values: dict[str, Any] = {}
    for name, entry in known.items():
        if name not in given:
            if defaults:
                values[name] = entry["default"]
            continue
        value = _read(entry, given[name])
        if isinstance(value, Text):
            errors[name] = value
        else:
            values[name] = value
    if errors:
        raise ParameterErrors(errors)
    return values


def cost_factor(schema: Schema, values: Mapping[str, Any]) -> float:
    """How many times longer than the default run these values take, about."""
    factor = 1.0
    for entry in schema:
        if entry["cost"] and entry["default"]:
            factor *= max(values[entry["name"]] / entry["default"], 1e-9) ** entry["cost"]
    return factor


def _read(entry: Mapping[str, Any], raw: Any) -> Any:
    """The value, or the sentence that refuses it."""
    if entry["kind"] == "switch":
        return _read_switch(raw)
    if entry["kind"] == "choice":
        values = [option["value"] for option in entry["options"]]
        if isinstance(raw, str) and raw in values:
            return raw
        return Text(
            f"请从这些值中选一个：{'、'.join(values)}。", f"Choose one of: {', '.join(values)}."
        )
    value = _read_number(raw)
    low, high, whole = entry["low"], entry["high"], entry["kind"] == "whole"
    if value is None or (whole and not value.is_integer()) or not low <= value <= high:
        return _range(low, high, whole)
    return int(value) if whole else value


def _read_switch(raw: Any) -> bool | Text:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in TRUE + FALSE:
        return raw.strip().lower() in TRUE
    return Text("请填 true 或 false。", "Give true or false.")


def _read_number(raw: Any) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        folded = unicodedata.normalize("NFKC", raw).strip().replace("−", "-")
        if not NUMERAL.fullmatch(folded):
            return None
        raw = float(folded)
        if raw == 0 and re.search(r"[1-9]", folded.lower().split("e")[0]):
            return None  # 1e-400 is not zero, it only rounds to it
    if not isinstance(raw, int | float):
        return None
    try:
        value = float(raw)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _range(low: float, high: float, whole: bool) -> Text:
    kind_zh, kind_en = ("整数", "whole number") if whole else ("数", "number")
    return Text(
        f"请填 {low:g} 到 {high:g} 之间的{kind_zh}。",
        f"Give a {kind_en} from {low:g} to {high:g}.",
    )
