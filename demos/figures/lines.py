"""Curves with their bands, the control dashed, each named at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demos.figures import frame as axes
from demos.figures import labels, markup, numbers, scale
from demos.figures.frame import Frame, Size
from demos.figures.labels import Label
from demos.figures.markup import element, path, px, text
from demos.figures.plot import Number, Plot, Series

BUDGET = 1000  # points of all curves together
MARKED = 12  # points a curve may have and still show each
SPILL = 0.6  # how far beyond the medians, in their range, the axis follows a band
SETTLED = 0.96  # share of the medians that the axis always shows
LONG = 40  # points from which a curve may begin with a jump that is cut
Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A series thinned to what can be seen, in numbers."""

    series: Series
    x: tuple[float, ...]
    y: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]


def draw(plot: Plot, size: Size) -> list[str]:
    """The parts of a lines figure."""
    curves = [_thinned(s, len(plot.series)) for s in plot.series]
    frame, names = _frame(plot, curves, size)
    points = [p for c in curves for run in _runs(c, frame) for p in _filled(run)]
    parts = axes.axes(frame, plot, size)
    order = sorted(curves, key=lambda c: not c.series.control)
    bands = [path(d, f"band {c.series.fill}") for c in curves if (d := _band(c, frame))]
    parts += _cut(bands, frame)
    parts += axes.bounds(frame, plot, points)
    parts += _cut([d for c in order for d in _curve(c, frame)], frame)
    parts += [d for c in order for d in _ends(c, frame)]
    parts += [] if size.small else _spilled(curves, frame)
    return parts + _names(names, plot, frame)


def _thinned(series: Series, many: int) -> Curve:
    x = [v if isinstance(v, float) else float(i) for i, v in enumerate(series.x)]
    n = min(len(x), len(series.y))
    most = max(2, min(200, BUDGET // many))
    keep = sorted({round(i * (n - 1) / (most - 1)) for i in range(most)} if n > most else range(n))
    if series.last is not None and series.last < n:
        keep = sorted({*keep, series.last})

    def pick(values: tuple[Number, ...]) -> tuple[Number, ...]:
        return tuple(values[i] for i in keep)

    return Curve(
        series, tuple(x[i] for i in keep), pick(series.y), pick(series.low), pick(series.high)
    )


def _frame(plot: Plot, curves: list[Curve], size: Size) -> tuple[Frame, list[tuple[Label, Point]]]:
    left = axes.left_of(_y_scale(plot, curves, 0.0, 1.0, size.ticks), size)
    room = 0.3 * size.width
    named = [(c, _name(c, 0.0, room)) for c in curves if c.series.last is not None]
    widest = max([label.width for _, label in named] + [_you_width(plot)], default=0.0)
    right = size.width - max(widest + 11, 10 if named else 6)
    top = size.top(plot, left)
    x = _x_scale(plot, curves, left, right)
    y = _y_scale(plot, curves, size.bottom, top, size.ticks)
    frame = Frame(left, right, top, size.bottom, x, y)
    placed = []
    for curve, _ in named:
        end = [p for run in _runs(curve, frame) for p in run]
        if end:
            placed.append((_name(curve, end[-1][1], room), end[-1]))
    return frame, placed


def _you_width(plot: Plot) -> float:
    return markup.width(axes.you_text(plot.you, plot), bold=True) + 4 if plot.you else 0.0


def _name(curve: Curve, y: float, room: float) -> Label:
    last = curve.series.last
    value = numbers.number(curve.series.y[last]) if last is not None else ""
    return labels.label_of(curve.series.label, value, y, curve.series.fill, room)


def _x_scale(plot: Plot, curves: list[Curve], left: float, right: float) -> scale.Scale:
    values = [v for c in curves for v in c.x]
    descending = any(len(c.x) > 1 and c.x[0] > c.x[-1] for c in curves)
    ends = (right, left) if descending else (left, right)
    if plot.x.log and any(v > 0 for v in values):
        return scale.logarithmic(values, *ends, exact=True)
    return scale.with_ends(scale.linear(values, *ends, zero=False, count=4))


def _y_scale(plot: Plot, curves: list[Curve], bottom: float, top: float, ticks: int) -> scale.Scale:
    medians = [v for c in curves for v in c.y if v is not None]
    medians += [b.value for b in plot.bounds] + ([plot.you.value] if plot.you else [])
    band = [v for c in curves for v in (*c.low, *c.high) if v is not None]
    if plot.y.log:
        return scale.logarithmic([*medians, *(v for v in band if v > 0)], bottom, top, ticks)
    low, high = _settled(curves)
    kept = [b.value for b in plot.bounds] + ([plot.you.value] if plot.you else [])
    low, high = min([low, *kept]), max([high, *kept])
    spill = SPILL * (high / 2 - low / 2) * 2
    seen = [min(max(v, low - spill), high + spill) for v in band]
    return scale.linear([low, high, *seen], bottom, top, zero=True, count=ticks)


def _settled(curves: list[Curve]) -> tuple[float, float]:
    """The range of the medians, without the jump that a long curve may begin or break off with.

    What is left out is cut at the edge of the plot, and a note says how far it went.
    """
    every = sorted(v for c in curves for v in c.y if v is not None)
    low, high = min([0.0, *every]), max([0.0, *every])
    if len(every) < LONG:
        return low, high
    ends = [
        v for c in curves if (i := c.series.last) is not None if (v := c.series.y[i]) is not None
    ]
    inner_high = max(0.0, every[int(SETTLED * (len(every) - 1))], *ends)
    inner_low = min(0.0, every[int((1 - SETTLED) * (len(every) - 1))], *ends)
    span = inner_high / 2 - inner_low / 2
    high = inner_high if high / 2 - inner_high / 2 > span else high
    low = inner_low if inner_low / 2 - low / 2 > span else low
    return low, high


def _runs(curve: Curve, frame: Frame) -> Iterator[list[Point]]:
    """The pixels of the curve, cut where a value is missing."""
    run: list[Point] = []
    for x, y in zip(curve.x, curve.y, strict=True):
        at = frame.x.at(x), frame.y.at(y)
        if at[0] is None or at[1] is None:
            if run:
                yield run
            run = []
        else:
            run.append((at[0], at[1]))
    if run:
        yield run


def _filled(run: list[Point]) -> Iterator[Point]:
    """The points of a run with steps between them, to see what a label would cover."""
    for (x1, y1), (x2, y2) in zip(run, run[1:] or run, strict=False):
        steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) // 6))
        yield from ((x1 + (x2 - x1) * k / steps, y1 + (y2 - y1) * k / steps) for k in range(steps))
    yield run[-1]


def trace(run: list[Point]) -> str:
    """Path data through the points; a single point is a dot of the line's width."""
    first = f"M{px(run[0][0])} {px(run[0][1])}"
    rest = " ".join(f"{px(x)} {px(y)}" for x, y in run[1:])
    return first + (f"L{rest}" if rest else "h0")


def _curve(curve: Curve, frame: Frame) -> Iterator[str]:
    runs = list(_runs(curve, frame))
    if runs:
        yield path("".join(map(trace, runs)), f"line {curve.series.line}")


def _ends(curve: Curve, frame: Frame) -> Iterator[str]:
    """A dot at the end, at every point of a short curve; a cross where the numbers stop."""
    points = [p for run in _runs(curve, frame) for p in run]
    if not points:
        return
    series, end = curve.series, points[-1]
    few = len(points) <= MARKED and not series.control
    for x, y in points if few else [end]:
        if frame.top - 4 <= y <= frame.bottom + 4:
            yield element("circle", class_=f"dot {series.fill}", cx=x, cy=y, r=3.8)
    if series.last is not None and series.last < len(series.y) - 1:
        corner = f"M{px(end[0] - 4.5)} {px(end[1] - 4.5)}"
        yield path(f"{corner}l9 9m0-9l-9 9", f"stop {series.line}")


def _cut(drawn: list[str], frame: Frame) -> list[str]:
    """The parts in an inner viewport that ends where the plot does, a stroke's width around it."""
    if not drawn:
        return []
    x, y = frame.left - 4, frame.top - 4
    wide, tall = frame.right - frame.left + 8, frame.bottom - frame.top + 8
    box = f"{px(x)} {px(y)} {px(wide)} {px(tall)}"
    return [element("svg", *drawn, x=x, y=y, width=wide, height=tall, viewBox=box)]


def _band(curve: Curve, frame: Frame) -> str:
    """Path data around the band, a new piece wherever a number is missing."""
    pieces: list[str] = []
    edge: list[tuple[float, float, float]] = []  # x, top, bottom
    for x, low, high in zip((*curve.x, None), (*curve.low, None), (*curve.high, None), strict=True):
        at, bottom, top = frame.x.at(x), frame.y.at(low), frame.y.at(high)
        if at is not None and bottom is not None and top is not None:
            edge.append((at, top, bottom))
            continue
        if any(bottom - top > 0.4 for _, top, bottom in edge):
            half = 3.0 if len(edge) == 1 else 0.0  # of a single point: a short column
            upper = [(x - half, top) for x, top, _ in edge] + [(x + half, t) for x, t, _ in edge]
            lower = [(x, bottom) for x, _, bottom in reversed(edge)]
            lower = [(x + half, y) for x, y in lower] + [(x - half, y) for x, y in lower]
            sides = upper + lower if half else upper[: len(edge)] + lower[: len(edge)]
            pieces.append(trace(sides) + "z")
        edge = []
    return "".join(pieces)


def _spilled(curves: list[Curve], frame: Frame) -> list[str]:
    """Where a curve or its band leaves the plot, how far it goes."""
    drawn: list[str] = []
    taken: list[axes.Box] = []
    for curve in curves:
        tops = [
            (v, x)
            for values in (curve.y, curve.high)
            for v, x in zip(values, curve.x, strict=True)
            if v is not None
        ]
        value, x = max(tops, default=(0.0, 0.0))
        at, y = frame.x.at(x), frame.y.at(value)
        if at is None or y is None or y >= frame.top - 1:
            continue
        content = f"↑ {numbers.number(value)}"
        wide = markup.width(content)
        start = min(max(at + 7, frame.left + 3), frame.right - wide)
        box = (start, frame.top + 2, start + wide, frame.top + 18)
        while any(axes.overlap(box, other) for other in taken):
            box = (box[0], box[1] + markup.LEADING, box[2], box[3] + markup.LEADING)
        taken.append(box)
        drawn.append(text(start, box[1] + 12, content, f"lab light {curve.series.fill}"))
    return drawn


def _names(named: list[tuple[Label, Point]], plot: Plot, frame: Frame) -> list[str]:
    """Every curve's name beside its end, and the learner's diamond among them."""
    all_labels, ends = [label for label, _ in named], [end for _, end in named]
    drawn, marked = [], None
    if plot.you is not None:
        y = frame.y.at(plot.you.value)
        x = frame.x.at(plot.you.x) if plot.you.x is not None else frame.right
        if y is not None and x is not None:
            marked = (min(max(x, frame.left), frame.right), min(max(y, frame.top), frame.bottom))
            all_labels.insert(0, Label(marked[1], (axes.you_text(plot.you, plot),), "fi", weight=9))
            ends.insert(0, marked)
    shown = labels.crowded(all_labels, 4, frame.bottom + 5)
    middles = labels.apart(shown, 4, frame.bottom + 5)
    for label, end, middle in zip(shown, ends, middles, strict=False):
        away = 13 if end is marked else 9
        drawn.append(labels.drawn(label, frame.right + away, middle))
    if marked:
        drawn.append(markup.diamond(*marked))
    return drawn
