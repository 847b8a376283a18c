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
    return [*parts, *_marks(plot, frame), *_names(plot, frame, size)]


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
        if left is None or right is None or y is None or tall == 0:
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


def _names(plot: Plot, frame: Frame, size: Size) -> list[str]:
    """The names where they cover least, with the median of each distribution."""
    rows = [(_named(s, plot, size), s) for s in plot.series]
    wide = max((markup.width(t, bold=True) for t, _ in rows), default=0.0)
    tall = markup.LEADING * len(rows)
    upright = [x for b in plot.bounds if (x := frame.x.at(b.value)) is not None]
    tops = list(_tops(plot, frame))

    def covered(box: axes.Box) -> float:
        shapes = sum(x2 > box[0] and x1 < box[2] and y < box[3] for x1, x2, y in tops)
        lines = sum(box[0] - 4 < x < box[2] + 4 for x in upright)
        return shapes + 1.5 * lines + 1000 * (box[0] < frame.left or box[2] > frame.right + 8)

    starts = [frame.right - wide, frame.left + 6, (frame.left + frame.right - wide) / 2]
    starts += [x + 8 for x in upright] + [x - 8 - wide for x in upright]
    below = frame.top + (20 if upright else 2)
    boxes = [(x, below, x + wide, below + tall) for x in starts]
    x, top = min(boxes, key=covered)[:2]
    x = max(x, frame.left)
    return [
        text(
            x,
            top + 12 + markup.LEADING * i,
            markup.fit(t, frame.right + 8 - x, True),
            f"lab {s.fill}",
        )
        for i, (t, s) in enumerate(rows)
    ]


def _named(series: Series, plot: Plot, size: Size) -> str:
    centre = _centre(series)
    if not centre or size.small:
        return f"{series.label} {centre}".strip()
    word = "，中位数" if plot.language == "zh" else ", median"
    return f"{series.label}{word} {centre}"


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
            middle = low + (high - low) * (0.5 - below) / share
            # A hundredth of a bin says nothing: what is that close to zero is zero.
            return numbers.number(0.0 if abs(middle) < (high - low) / 100 else middle)
        below += share
    return ""


def _tops(plot: Plot, frame: Frame) -> Iterator[Bin]:
    """Left, right and upper pixel of every bin."""
    for series in plot.series:
        for low, high, tall in _bins(series):
            left, right, y = frame.x.at(low), frame.x.at(high), frame.y.at(tall)
            if left is not None and right is not None and y is not None and tall > 0:
                yield left, right, y
