"""A matrix in five shades of pencil; several stand side by side, or below each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from demos.figures import markup, numbers
from demos.figures.frame import Size
from demos.figures.markup import element, line, path, px, text
from demos.figures.plot import Number, Plot, Series

SHADES = 5
CELLS = 1024  # cells of all panels together; larger matrices are averaged in blocks
PANELS = 4
GAP = 24.0


@dataclass(frozen=True)
class Panel:
    """One matrix `side` px wide at x, y, its name above it."""

    series: Series
    cells: list[list[Number]]
    x: float
    y: float
    wide: float
    tall: float


def draw(plot: Plot, size: Size) -> list[str]:
    """The parts of a heat map: panels, axis names, the key to the shades."""
    panels = _panels(plot, size)
    values = [v for p in panels for row in p.cells for v in row if v is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    parts = [] if size.small else [text(0, 16, markup.fit(plot.y.name, size.width))]
    for panel in panels:
        name = markup.fit(panel.series.label, panel.wide, bold=True)
        parts.append(text(panel.x, panel.y - 8, name, f"lab {panel.series.fill}"))
        parts += _shades(panel, low, high)
        parts += [] if size.small else _ends(panel)
    if panels and not size.small:
        right = panels[-1].x + panels[-1].wide
        name = markup.fit(plot.x.name, right)
        parts.append(text(right, panels[-1].y + panels[-1].tall + 34, name, anchor="end"))
    return parts if size.small else parts + _key(low, high, size.height)


def size_for(plot: Plot, width: float) -> Size:
    """As tall as the panels need."""
    panels = _panels(plot, Size.of(width))
    return Size(width, max((p.y + p.tall + 68 for p in panels), default=120.0))


def _panels(plot: Plot, size: Size) -> list[Panel]:
    shown = [s for s in plot.series if s.rows][: 2 if size.small else PANELS]
    across = len(shown) if size.small else 1 if size.width < 400 or len(shown) == 1 else 2
    wide = (size.width - GAP * (across - 1)) / max(1, across)
    wide = min(wide, 300.0) if across == 1 else wide
    y, most = (22.0, size.height - 26) if size.small else (44.0, 300.0)
    panels: list[Panel] = []
    for start in range(0, len(shown), max(1, across)):
        tallest = 0.0
        for i, series in enumerate(shown[start : start + across]):
            cells = averaged(series.rows, math.isqrt(CELLS // len(shown)))
            columns = max((len(r) for r in cells), default=1)
            square = wide * len(cells) / max(1, columns)
            tall = min(max(square, 24.0), most)
            narrow = wide * min(1.0, 1.5 * tall / square) if square > 0 else wide
            tallest = max(tallest, tall)
            panels.append(Panel(series, cells, i * (wide + GAP), y, narrow, tall))
        y += tallest + 56
    return panels


def averaged(rows: tuple[tuple[Number, ...], ...], side: int) -> list[list[Number]]:
    """The matrix with at most `side` cells a side: means of blocks, None for an empty block."""
    columns = max((len(row) for row in rows), default=0)
    down, across = min(len(rows), side), min(columns, side)
    found: list[list[Number]] = []
    for i in range(down):
        block = rows[i * len(rows) // down : (i + 1) * len(rows) // down]
        cells: list[Number] = []
        for j in range(across):
            part = slice(j * columns // across, (j + 1) * columns // across)
            known = [v for row in block for v in row[part] if v is not None]
            cells.append(sum(v / len(known) for v in known) if known else None)
        found.append(cells)
    return found


def shade(value: float, low: float, high: float) -> int:
    """1 (lightest) to 5 for a value within low..high."""
    if not high > low:
        return 3
    share = (value / 2 - low / 2) / (high / 2 - low / 2)
    return min(SHADES, 1 + int(share * SHADES))


def _shades(panel: Panel, low: float, high: float) -> Iterator[str]:
    """One path a shade; neighbours in a row that share it are one rectangle."""
    data = dict.fromkeys(range(1, SHADES + 1), "")
    tall = panel.tall / max(1, len(panel.cells))
    for i, row in enumerate(panel.cells):
        wide = panel.wide / max(1, len(row))
        levels = [None if v is None else shade(v, low, high) for v in row]
        start = 0
        while start < len(levels):
            stop, level = start + 1, levels[start]
            while stop < len(levels) and levels[stop] == level:
                stop += 1
            if level is not None:
                x, y = px(panel.x + start * wide), px(panel.y + i * tall)
                across = px((stop - start) * wide)
                data[level] += f"M{x} {y}h{across}v{px(tall)}h-{across}z"
            start = stop
    for level, d in data.items():
        if d:
            yield path(d, f"pn{level}")


def _ends(panel: Panel) -> list[str]:
    """The axis below a panel with its first and last column."""
    y, columns = panel.y + panel.tall, len(panel.series.x)
    drawn = [line(panel.x, y + 3, panel.x + panel.wide, y + 3, "axis")]
    names = [panel.series.x[0], panel.series.x[-1]] if columns > 1 else []
    for name, x, anchor in zip(
        names, (panel.x, panel.x + panel.wide), ("start", "end"), strict=False
    ):
        said = name if isinstance(name, str) else numbers.tick(name or 0.0)
        drawn.append(text(x, y + 18, markup.fit(said, panel.wide / 2 - 4), anchor=anchor))
    return drawn


def _key(low: float, high: float, height: float) -> list[str]:
    """Five swatches between the smallest and the largest value."""
    left, right = numbers.number(low), numbers.number(high)
    x = markup.width(left) + 8
    drawn = [text(0, height - 6, left)]
    drawn += [
        element("rect", class_=f"pn{k + 1}", x=x + 26 * k, y=height - 16, width=26, height=10)
        for k in range(SHADES)
    ]
    return [*drawn, text(x + 26 * SHADES + 8, height - 6, right)]
