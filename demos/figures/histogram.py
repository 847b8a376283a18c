"""Distributions over shared edges: the effect filled, the control a dashed outline."""

from __future__ import annotations

from collections.abc import Iterator

from demos.figures import frame as axes
from demos.figures import markup, numbers, scale
from demos.figures.frame import Frame, Size
from demos.figures.markup import line, path, px, text
from demos.figures.plot import Plot, Series

LEFT = 12.0
Bin = tuple[float, float, float]  # left, right, height


def draw(plot: Plot, size: Size) -> list[str]:
    """The parts of a histogram. Densities carry no numbers: only shapes are compared."""
    right, top = size.width - 8, size.top(plot, LEFT)
    edges = [x for s in plot.series for x in s.x if isinstance(x, float)]
    edges += [b.value for b in plot.bounds] + ([plot.you.value] if plot.you else [])
    x = _x(plot, edges, LEFT, right)
    tallest = max((h for s in plot.series for _, _, h in _bins(s)), default=1.0)
    y = scale.Scale(0.0, tallest or 1.0, size.bottom, top + 8)
    frame = Frame(LEFT, right, top, size.bottom, x, y)
    order = sorted(plot.series, key=lambda s: s.control)
    parts = axes.axes(frame, plot, size)
    parts += [d for s in order for d in _shape(s, frame, len(order))]
    return [*parts, *_marks(plot, frame), *_names(plot, frame)]


def _x(plot: Plot, edges: list[float], left: float, right: float) -> scale.Scale:
    if plot.x.log and any(v > 0 for v in edges):
        return scale.logarithmic(edges, left, right, exact=True)
    return scale.linear(edges, left, right, zero=False)


def _bins(series: Series) -> Iterator[Bin]:
    for low, high, tall in zip(series.x, series.x[1:], series.y, strict=False):
        if isinstance(low, float) and isinstance(high, float) and tall is not None and tall >= 0:
            yield low, high, tall


def _shape(series: Series, frame: Frame, many: int) -> Iterator[str]:
    d, open_ = "", False
    for low, high, tall in _bins(series):
        left, right, y = frame.x.at(low), frame.x.at(high), frame.y.at(tall)
        if left is None or right is None or y is None:
            open_ = False
            continue
        if not open_:
            d += ("" if not d else f"V{px(frame.bottom)}") + f"M{px(left)} {px(frame.bottom)}"
        d += f"V{px(y)}H{px(right)}"
        open_ = True
    if not d:
        return
    d += f"V{px(frame.bottom)}"
    if not series.control:
        yield path(f"{d}z", f"hist {series.fill}" + (" faint" if many > 2 else ""))
    yield path(d, f"line thin {series.line}")


def _marks(plot: Plot, frame: Frame) -> list[str]:
    """Bounds of a distribution stand upright; so does the learner's number."""
    drawn: list[str] = []
    for bound in plot.bounds:
        x = frame.x.at(bound.value)
        if x is None:
            continue
        drawn.append(line(x, frame.top, x, frame.bottom, "bound"))
        content = axes.bound_text(bound, plot)
        right = x + 6 + markup.width(content) < frame.right
        anchor = "start" if right else "end"
        drawn.append(text(x + (6 if right else -6), frame.top + 12, content, "lab note", anchor))
    x = frame.x.at(plot.you.value) if plot.you else None
    if plot.you is not None and x is not None:
        content = axes.you_text(plot.you, plot)
        half = markup.width(content, bold=True) / 2
        middle = min(max(x, half), frame.right - half)
        drawn.append(markup.diamond(x, frame.bottom))
        drawn.append(text(middle, frame.bottom - 14, content, "lab fi", "middle"))
    return drawn


def _names(plot: Plot, frame: Frame) -> list[str]:
    """The names in the emptier upper corner, with where each distribution lies."""
    rows = [(f"{s.label} {centre}".strip(), s) for s in plot.series for centre in (_centre(s),)]
    wide = max((markup.width(t, bold=True) for t, _ in rows), default=0.0)
    top = frame.top + 10 + (18 if plot.bounds else 0)
    right = _mass(plot, frame, left=False) <= _mass(plot, frame, left=True)
    x = max(frame.left, frame.right - wide - 4) if right else frame.left + 8
    room = frame.right - x
    return [
        text(x, top + 11 + markup.LEADING * i, markup.fit(t, room, True), f"lab {s.fill}")
        for i, (t, s) in enumerate(rows)
    ]


def _centre(series: Series) -> str:
    """The median of the binned values."""
    bins = list(_bins(series))
    total = sum((high / 2 - low / 2) * tall for low, high, tall in bins)
    if not total > 0:
        return ""
    below = 0.0
    for low, high, tall in bins:
        share = (high / 2 - low / 2) * tall / total
        if below + share >= 0.5:
            return numbers.number(low + (high - low) * (0.5 - below) / share)
        below += share
    return ""


def _mass(plot: Plot, frame: Frame, *, left: bool) -> float:
    """How high the shapes reach in the left or the right third."""
    third = (frame.right - frame.left) / 3
    edge = frame.left + third if left else frame.right - third
    heights = [0.0]
    for series in plot.series:
        for low, _, tall in _bins(series):
            x = frame.x.at(low)
            if x is not None and (x < edge if left else x > edge):
                heights.append(frame.bottom - (frame.y.at(tall) or frame.bottom))
    return max(heights)
