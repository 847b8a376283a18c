"""Bars over categories, each with the interval of its seeds as a whisker.

On a logarithmic axis a bar has no honest foot, so the value is a dot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from demos.figures import frame as axes
from demos.figures import markup, numbers, scale
from demos.figures.frame import Frame, Size
from demos.figures.markup import element, line, path, px, text
from demos.figures.plot import Number, Plot, Series

MOST = 120  # bars; beyond that evenly chosen categories
NAMED = 14  # bars up to which each carries its number
WIDEST = 64.0


@dataclass(frozen=True)
class Bar:
    series: Series
    left: float
    wide: float
    value: float
    low: Number
    high: Number

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2


def draw(plot: Plot, size: Size) -> list[str]:
    """The parts of a bars figure."""
    categories = _categories(plot)
    left = axes.left_of(_y_scale(plot, 0.0, 1.0, size.ticks), size)
    legend = [] if _own(plot) else legend_rows(plot, size.width - left)
    name, top = size.top(plot, left) - 20, size.top(plot, left) + legend_height(legend)
    guess = markup.width(axes.you_text(plot.you, plot), bold=True) + 15 if plot.you else 4
    right = size.width - guess
    names = _category_names(categories, (right - left) / max(1, len(categories)), size)
    lower = markup.LEADING * (max(map(len, names), default=1) - 1)
    bottom = size.bottom - max(0, lower - (0 if plot.x.name or size.small else markup.LEADING))
    y = _y_scale(plot, bottom, top, size.ticks)
    frame = Frame(left, right, top, bottom, scale.Scale(0, 1, left, right), y)
    slots = _slots(categories, frame)
    bars = list(_bars(plot, categories, slots, frame))
    parts = axes.axes(frame, plot, size)[:-1]  # its x name comes after the categories
    parts += legend_text(legend, frame.left, name + markup.LEADING * 1.3)
    parts += [d for bar in bars for d in _bar(bar, plot, frame)]
    parts += axes.bounds(frame, plot, [p for b in bars for p in _covered(b, plot, frame)])
    parts += _numbers(bars, frame)
    parts += _named(names, slots, frame)
    below = replace(frame, bottom=bottom + lower)
    return [*parts, axes.x_name(below, plot, size), *_you(plot, frame)]


def _own(plot: Plot) -> bool:
    """Whether every series is one bar that the category names."""
    return all(s.x == (s.label,) for s in plot.series)


def _categories(plot: Plot) -> list[str | float]:
    found = dict.fromkeys(x for s in plot.series for x in s.x if x is not None)
    numeric = all(isinstance(x, float) for x in found)
    every = sorted(found) if numeric else list(found)
    most = MOST // max(1, 1 if _own(plot) else len(plot.series))
    if len(every) <= most:
        return every
    return [every[round(i * (len(every) - 1) / (most - 1))] for i in range(most)]


def _slots(categories: list[str | float], frame: Frame) -> list[float]:
    """The middle of each category."""
    each = (frame.right - frame.left) / max(1, len(categories))
    return [frame.left + each * (i + 0.5) for i in range(len(categories))]


def _bars(
    plot: Plot, categories: list[str | float], slots: list[float], frame: Frame
) -> Iterable[Bar]:
    each = (frame.right - frame.left) / max(1, len(categories))
    side = 1 if _own(plot) else max(1, len(plot.series))
    wide = min(WIDEST, 0.68 * each / side)
    where = dict(zip(categories, slots, strict=True))
    for i, series in enumerate(plot.series):
        for x, value, low, high in zip(series.x, series.y, series.low, series.high, strict=False):
            if x is None or x not in where or value is None:
                continue
            start = where[x] + (0 if side == 1 else (i - side / 2 + 0.5) * (wide + 1))
            yield Bar(series, start - wide / 2, wide, value, low, high)


def _bar(bar: Bar, plot: Plot, frame: Frame) -> Iterable[str]:
    top, ground = frame.y.at(bar.value), frame.y.at(0.0)
    if top is None:
        return
    kind = "bar hollow" if bar.series.control else f"bar {bar.series.fill}"
    if not plot.y.log and ground is not None:
        yield element(
            "rect",
            class_=kind,
            x=bar.left,
            y=min(top, ground),
            width=bar.wide,
            height=max(0.8, abs(ground - top)),
        )
    low, high = frame.y.at(bar.low), frame.y.at(bar.high)
    if low is not None and high is not None and low - high > 1.5:
        high, low = max(high, frame.top - 6), min(low, frame.bottom)
        cap = min(4.0, bar.wide / 2)
        ends = "".join(f"M{px(bar.middle - cap)} {px(at)}h{px(2 * cap)}" for at in (low, high))
        yield path(f"M{px(bar.middle)} {px(high)}V{px(low)}{ends}", "whisker")
    if plot.y.log:
        css = "dot hollow" if bar.series.control else f"dot {bar.series.fill}"
        yield element("circle", class_=css, cx=bar.middle, cy=top, r=4.5)


def _covered(bar: Bar, plot: Plot, frame: Frame) -> Iterable[tuple[float, float]]:
    """Points of a bar, for labels to keep away from."""
    top, ground = frame.y.at(bar.value), frame.y.at(0.0)
    if top is None:
        return
    ends = (top, top) if plot.y.log or ground is None else (min(top, ground), max(top, ground))
    yield from ((bar.middle + away, ends[0] - up) for away in (-12, 0, 12) for up in (8, 16))
    for k in range(int((ends[1] - ends[0]) // 6) + 1):
        yield from ((bar.left + bar.wide * share, ends[0] + 6 * k) for share in (0.1, 0.5, 0.9))


def _numbers(bars: list[Bar], frame: Frame) -> list[str]:
    """Each bar's value above its whisker, while there is room for it."""
    if len(bars) > NAMED:
        return []
    drawn: list[str] = []
    taken: list[axes.Box] = []
    for bar in bars:
        ends = [at for v in (bar.value, bar.high) if (at := frame.y.at(v)) is not None]
        if not ends:
            continue
        content = numbers.number(bar.value)
        half = markup.width(content, bold=True) / 2
        foot = max(min(ends), frame.top) - 7
        box = (bar.middle - half, foot - 12, bar.middle + half, foot + 2)
        if any(axes.overlap(box, other) for other in taken):
            continue
        taken.append(box)
        drawn.append(text(bar.middle, foot, content, f"lab {bar.series.fill}", "middle"))
    return drawn


def _category_names(categories: list[str | float], each: float, size: Size) -> list[list[str]]:
    """The lines of each category's name, as many as its slot asks for."""
    most = 2 if size.small else 4
    return [
        [numbers.tick(c)]
        if isinstance(c, float)
        else markup.wrap(c, max(each - 6, 24), most if markup.width(c) > 1.5 * each else 2)
        for c in categories
    ]


def _named(names: list[list[str]], slots: list[float], frame: Frame) -> list[str]:
    """The names below their slots; one that would touch its neighbour is left out."""
    drawn, taken = [], -1e9
    for lines, x in zip(names, slots, strict=True):
        half = max((markup.width(part) for part in lines), default=0.0) / 2
        if x - half < taken + 5:
            continue
        taken = x + half
        for i, content in enumerate(lines):
            y = frame.bottom + 18 + markup.LEADING * i
            drawn.append(text(x, y, content, anchor="middle"))
    return drawn


def _y_scale(plot: Plot, bottom: float, top: float, ticks: int) -> scale.Scale:
    values = [v for s in plot.series for v in (*s.y, *s.low, *s.high) if v is not None]
    values += [b.value for b in plot.bounds] + ([plot.you.value] if plot.you else [])
    if plot.y.log:
        return scale.logarithmic(values, bottom, top, ticks)
    return scale.linear(values, bottom, top, zero=True, count=ticks)


def _you(plot: Plot, frame: Frame) -> list[str]:
    """The learner's diamond on the right edge of the plot, with a hairline across."""
    at = frame.y.at(plot.you.value) if plot.you else None
    if plot.you is None or at is None:
        return []
    content = axes.you_text(plot.you, plot)
    return [
        line(frame.left, at, frame.right, at, "reach"),
        markup.diamond(frame.right, at),
        text(frame.right + 12, at + axes.BASE, content, "lab fi"),
    ]


def legend_rows(plot: Plot, room: float) -> list[list[tuple[float, Series]]]:
    """The names of the series side by side, wrapped to the room: (x, series) per row."""
    rows: list[list[tuple[float, Series]]] = [[]]
    at = 0.0
    for series in plot.series:
        wide = min(room, markup.width(series.label, bold=True) + 17)
        if rows[-1] and at + wide > room:
            rows.append([])
            at = 0.0
        rows[-1].append((at, series))
        at += wide + 16
    return [row for row in rows if row]


def legend_height(rows: list[list[tuple[float, Series]]]) -> float:
    return markup.LEADING * (len(rows) + 0.4) if rows else 0.0


def legend_text(rows: list[list[tuple[float, Series]]], left: float, y: float) -> list[str]:
    drawn = []
    for i, row in enumerate(rows):
        foot = y + markup.LEADING * i
        for x, series in row:
            css = "bar hollow" if series.control else f"bar {series.fill}"
            drawn.append(
                element("rect", class_=css, x=left + x + 1, y=foot - 9, width=10, height=10)
            )
            drawn.append(text(left + x + 17, foot, series.label, f"lab {series.fill}"))
    return drawn
