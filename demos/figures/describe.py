"""What a figure says, for those who hear it: its name and its essential numbers."""

from __future__ import annotations

from demos.figures import frame, numbers
from demos.figures.plot import Plot, Series

_SEALED = {
    "zh": "还没有预测：坐标轴已画好，结果未展开",
    "en": "not predicted yet: axes only, results withheld",
}
_NONE = {"zh": "没有可画的数", "en": "no number to draw"}
_JOIN = {"zh": ("；", "："), "en": ("; ", ": ")}
MOST = 700  # characters


def describe(plot: Plot, *, sealed: bool = False) -> str:
    """One sentence: the title, then every series with its last value, the bounds, the guess."""
    between, after = _JOIN[plot.language]
    if sealed:
        return (
            f"{plot.title}{after}{_SEALED[plot.language]}" if plot.title else _SEALED[plot.language]
        )
    said = [f"{s.label} {value}".strip() for s in plot.series if (value := _value(s))]
    said = said or [_NONE[plot.language]]
    said += [frame.bound_text(b, plot) for b in plot.bounds]
    if plot.you is not None:
        said.append(frame.you_text(plot.you, plot))
    sentence = between.join(said)
    if len(sentence) > MOST:
        sentence = sentence[:MOST] + "…"
    return after.join(filter(None, (plot.title, sentence)))


def _value(series: Series) -> str:
    """The number a series comes to: its last value with the interval, or its range."""
    if series.rows:
        cells = [v for row in series.rows for v in row if v is not None]
        return f"{numbers.number(min(cells))} … {numbers.number(max(cells))}" if cells else ""
    at = series.last
    if at is None:
        return ""
    if at >= len(series.x) or len(series.x) > len(series.y):  # a histogram: where it peaks
        return _peak(series)
    named = [
        f"{x} {numbers.measured(y, low, high)}"
        for x, y, low, high in zip(series.x, series.y, series.low, series.high, strict=False)
        if isinstance(x, str) and x != series.label
    ]
    if named:
        return " ".join(named)
    return numbers.measured(series.y[at], series.low[at], series.high[at])


def _peak(series: Series) -> str:
    tallest = max((y, -i) for i, y in enumerate(series.y) if y is not None)
    edges = series.x[-tallest[1] : -tallest[1] + 2]
    ends = [v for v in edges if isinstance(v, float)]
    return f"↑ {numbers.interval(ends[0], ends[1])}" if len(ends) == 2 else ""
