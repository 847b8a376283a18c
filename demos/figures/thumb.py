"""A plate of the gallery: the same figure, 336 by 150, with a word at each line's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from demos.figures import markup, plot, seal, svg
from demos.figures.describe import describe
from demos.figures.frame import Frame, Size
from demos.figures.labels import Label
from demos.figures.markup import line, text, words
from demos.figures.numbers import Language
from demos.figures.plot import Plot
from demos.figures.scale import Scale

WIDE, TALL = 336, 150


def thumb(
    figure: Mapping[str, Any],
    language: Language,
    *,
    sealed: bool = False,
    options: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The small drawing; when `sealed` only axes and options, from a manifest's figure."""
    read = plot.read(figure, language, None)
    if sealed:
        said = [words(option.get("text"), language) for option in options][:3]
        parts = _sealed(read, said)
    else:
        parts = svg.parts(read, Size(WIDE, TALL, small=True))
    return markup.root(WIDE, TALL, describe(read, sealed=sealed), *parts, css="fig")


def _sealed(read: Plot, options: list[str]) -> list[str]:
    left, right, top, bottom = 30.0, WIDE - 20.0, 12.0, 126.0
    frame = Frame(left, 100.0, top, bottom, Scale(0, 1, left, right), Scale(0, 1, bottom, top))
    drawn = [line(left, y, right, y, "grid") for y in (top, (top + bottom) / 2)]
    drawn.append(line(left, bottom, right, bottom, "axis"))
    drawn.append(text(right, 144, markup.fit(read.x.name, right - left), anchor="end"))
    room = right - frame.right - 14
    asked = [Label(0, (markup.fit(seal.question(option), room),), "", bold=0) for option in options]
    return drawn + seal.diamonds(asked, frame)
