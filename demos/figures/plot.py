"""A drawn figure, read from its JSON once: numbers are finite or None, series have colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from demos.figures.markup import words
from demos.figures.numbers import Language

# The first colour is the warm one: the effect, against the grey of its control.
COLOURS = (2, 1, 3, 4, 5)
MOST = 12  # series in one drawing; the table has them all
LOG = {"zh": "（对数轴）", "en": " (log axis)"}

Number = float | None


@dataclass(frozen=True)
class Axis:
    name: str
    log: bool
    descending: bool = False  # the largest x stands at the left


@dataclass(frozen=True)
class Series:
    label: str
    control: bool
    colour: int
    x: tuple[Number | str, ...]
    y: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    rows: tuple[tuple[Number, ...], ...] = ()  # of a heat map

    @property
    def line(self) -> str:
        return "ctl" if self.control else f"c{self.colour}"

    @property
    def fill(self) -> str:
        return "fctl" if self.control else f"f{self.colour}"

    @property
    def last(self) -> int | None:
        """The index of the last point that can be drawn."""
        usable = [i for i, y in enumerate(self.y) if y is not None]
        return usable[-1] if usable else None


@dataclass(frozen=True)
class Bound:
    value: float
    label: str


@dataclass(frozen=True)
class You:
    """What the learner said: a value, perhaps at an x."""

    value: float
    x: Number
    text: str


@dataclass(frozen=True)
class Plot:
    kind: str
    title: str
    caption: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    bounds: tuple[Bound, ...]
    you: You | None
    language: Language


def read(
    figure: Mapping[str, Any],
    language: Language,
    you: Mapping[str, Any] | None,
    most: int | None = MOST,
) -> Plot:
    """The figure in one language with at most `most` series.

    `figure` may be a manifest's, which has no numbers yet.
    """
    effects = 0
    series = []
    x = _axis(figure.get("x") or {}, language)
    for entry in list(figure.get("series") or ())[:most]:
        control = entry.get("role") == "control"
        colour = COLOURS[effects % len(COLOURS)]
        effects += not control
        own = _series(entry, control, colour, language)
        series.append(_reversed(own) if x.descending else own)
    bounds = [
        Bound(value, words(b.get("label"), language))
        for b in figure.get("bounds") or ()
        if (value := finite(b.get("value"))) is not None
    ]
    return Plot(
        kind=str(figure.get("kind")),
        title=words(figure.get("title"), language),
        caption=words(figure.get("caption"), language),
        x=x,
        y=_axis(figure.get("y") or {}, language),
        series=tuple(series),
        bounds=tuple(bounds),
        you=_you(you or figure.get("you"), language),
        language=language,
    )


def finite(value: Any) -> Number:
    """A finite float, or None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _series(entry: Mapping[str, Any], control: bool, colour: int, language: Language) -> Series:
    given = entry.get("y") or ()
    rows = tuple(tuple(map(finite, row)) for row in given if isinstance(row, Sequence))
    y = () if rows else tuple(map(finite, given))
    x = tuple(
        words(v, language) if isinstance(v, Mapping | str) else finite(v)
        for v in entry.get("x") or ()
    )
    return Series(
        label=words(entry.get("label"), language),
        control=control,
        colour=colour,
        x=x,
        y=y,
        low=_same_length(entry.get("low"), y),
        high=_same_length(entry.get("high"), y),
        rows=rows,
    )


def _reversed(series: Series) -> Series:
    if len(series.x) != len(series.y):  # edges of a histogram, columns of a heat map
        return series
    turned = {name: getattr(series, name)[::-1] for name in ("x", "y", "low", "high")}
    return replace(series, **turned)


def _same_length(given: Any, y: tuple[Number, ...]) -> tuple[Number, ...]:
    values = tuple(map(finite, given or ()))
    return (values + (None,) * len(y))[: len(y)]


def _axis(entry: Mapping[str, Any], language: Language) -> Axis:
    name, log = words(entry.get("label"), language), entry.get("scale") == "log"
    unit = words(entry.get("unit"), language)
    if unit:
        name += f"（{unit}）" if language == "zh" else f" ({unit})"
    return Axis(name + (LOG[language] if log and name else ""), log, bool(entry.get("descending")))


def _you(entry: Mapping[str, Any] | None, language: Language) -> You | None:
    value = finite((entry or {}).get("value"))
    if entry is None or value is None:
        return None
    return You(value, finite(entry.get("x")), words(entry.get("text"), language))
