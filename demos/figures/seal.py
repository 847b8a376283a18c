"""A figure before the prediction: axes and options are drawn, results wait.

No number of the y axis is written and no bound is placed, because a range tells the result.
"""

from __future__ import annotations

from collections.abc import Sequence

from demos.figures import frame as axes
from demos.figures import labels, markup, scale
from demos.figures.frame import Frame, Size
from demos.figures.labels import Label
from demos.figures.plot import Plot

LEFT = 44.0


def draw(plot: Plot, size: Size, options: Sequence[str]) -> list[str]:
    """The parts of the sealed figure; each option is an open diamond."""
    room = 0.36 * size.width
    asked = [_asked(option, room) for option in options]
    widest = max((label.width for label in asked), default=0.0)
    left = 8.0 if plot.kind == "heatmap" else LEFT
    right = size.width - max(widest + 13, 10)
    top, x = size.top(plot, left), _x(plot, left, right)
    frame = Frame(left, right, top, size.bottom, x, scale.Scale(0, 1, size.bottom, top))
    return axes.axes(frame, plot, size, bare=True) + diamonds(asked, frame)


def diamonds(asked: Sequence[Label], frame: Frame) -> list[str]:
    """The options down the right end, evenly, each with a dashed diamond."""
    step = (frame.bottom - frame.top) / max(1, len(asked))
    placed = [
        Label(frame.top + step * (i + 0.5), a.lines, a.css, a.bold) for i, a in enumerate(asked)
    ]
    drawn = []
    placed = labels.crowded(placed, 6, frame.bottom)
    for label, middle in zip(placed, labels.apart(placed, 6, frame.bottom), strict=True):
        drawn.append(markup.diamond(frame.right, middle, 7, "you open"))
        drawn.append(labels.drawn(label, frame.right + 13, middle))
    return drawn


def _asked(option: str, room: float) -> Label:
    return Label(0.0, tuple(markup.wrap(question(option), room)), "", bold=0)


def question(option: str) -> str:
    """An option as it stands before the answer: about 0.01?"""
    return f"{option}？" if any(ord(c) > 0x2E80 for c in option) else f"{option}?"


def _x(plot: Plot, left: float, right: float) -> scale.Scale:
    values = [v for s in plot.series for v in s.x if isinstance(v, float)]
    if plot.kind not in ("lines", "bars") or len(set(values)) < 2:
        return scale.Scale(0, 1, left, right)
    first = next(s.x for s in plot.series if len(s.x) > 1)
    descending = isinstance(first[0], float) and first[0] == max(values)
    ends = (right, left) if descending else (left, right)
    if plot.x.log:
        return scale.logarithmic(values, *ends, exact=True)
    return scale.with_ends(scale.linear(values, *ends, zero=False, count=4))
