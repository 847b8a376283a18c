"""Clouds of points, one a seed."""

from __future__ import annotations

from demos.figures import bars, markup, scale
from demos.figures import frame as axes
from demos.figures.frame import Frame, Size
from demos.figures.markup import path, px, text
from demos.figures.plot import Plot, Series

BUDGET = 1500  # points of all clouds together


def draw(plot: Plot, size: Size) -> list[str]:
    """The parts of a scatter figure."""
    left, right = axes.left_of(_y(plot, 0.0, 1.0, size.ticks), size), size.width - 14
    legend = bars.legend_rows(plot, size.width - left) if len(plot.series) > 1 else []
    name, top = size.top(plot, left) - 20, size.top(plot, left) + bars.legend_height(legend)
    y = _y(plot, size.bottom, top, size.ticks)
    frame = Frame(left, right, top, size.bottom, _x(plot, left, right), y)
    points = [p for s in plot.series for p in _points(s, frame)]
    parts = axes.axes(frame, plot, size)
    parts += bars.legend_text(legend, left, name + markup.LEADING * 1.3)
    most = max(1, BUDGET // max(1, len(plot.series)))
    for series in sorted(plot.series, key=lambda s: not s.control):
        dots = "".join(f"M{px(x)} {px(y)}h0" for x, y in _points(series, frame)[:most])
        if dots:
            parts.append(path(dots, f"cloud {'k0' if series.control else series.line}"))
    parts += axes.bounds(frame, plot, points)
    return parts + _you(plot, frame)


def _points(series: Series, frame: Frame) -> list[tuple[float, float]]:
    found = []
    for x, y in zip(series.x, series.y, strict=False):
        at = frame.x.at(x if isinstance(x, float) else None), frame.y.at(y)
        if at[0] is not None and at[1] is not None:
            found.append((at[0], at[1]))
    return found


def _x(plot: Plot, left: float, right: float) -> scale.Scale:
    values = [v for s in plot.series for v in s.x if isinstance(v, float)]
    if plot.you is not None:
        values += [plot.you.x] if plot.you.x is not None else []
    if plot.x.log:
        return scale.logarithmic(values, left + 8, right)
    return scale.linear(values, left + 8, right, zero=False)


def _y(plot: Plot, bottom: float, top: float, ticks: int) -> scale.Scale:
    values = [v for s in plot.series for v in s.y if v is not None]
    values += [b.value for b in plot.bounds] + ([plot.you.value] if plot.you else [])
    if plot.y.log:
        return scale.logarithmic(values, bottom, top, ticks)
    return scale.linear(values, bottom, top, zero=True, count=ticks)


def _you(plot: Plot, frame: Frame) -> list[str]:
    if plot.you is None:
        return []
    y = frame.y.at(plot.you.value)
    x = frame.x.at(plot.you.x) if plot.you.x is not None else frame.left
    if x is None or y is None:
        return []
    content = axes.you_text(plot.you, plot)
    ahead = x + 14 + markup.width(content, bold=True) < frame.right
    anchor = "start" if ahead else "end"
    name = text(x + (13 if ahead else -13), y + axes.BASE, content, "lab fi", anchor)
    return [markup.diamond(x, y), name]
