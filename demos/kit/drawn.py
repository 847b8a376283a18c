"""From measurements to the numbers of a figure: medians over seeds with their 95 % range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from demos.kit.declare import Demo, Figure, Series

Floats = npt.NDArray[np.float64]
BINS = 40
CLOUD = 300  # points of a scatter that are kept


def drawn(demo: Demo, params: Any, metrics: Mapping[str, Floats]) -> dict[str, Any]:
    """The drawn figure as JSON; non-finite values are null."""
    figure = demo.figure
    draw = {
        "lines": _lines,
        "bars": _bars,
        "histogram": _histogram,
        "scatter": _scatter,
        "heatmap": _heatmap,
    }[figure.kind]
    return {
        "kind": figure.kind,
        "title": figure.title.json(),
        "caption": figure.caption.json(),
        "x": figure.x.json(),
        "y": figure.y.json(),
        "series": [
            {"label": s.label.json(), "role": s.role, "low": None, "high": None}
            | draw(figure, s, params, metrics)
            for s in figure.series
        ],
        "bounds": [{"value": b.value, "label": b.label.json(), "axis": "y"} for b in figure.bounds],
        "you": None,
    }


def finite(values: Any) -> list[float | None]:
    """Numbers for JSON: five significant digits, null where not finite."""
    return [float(f"{v:.5g}") if math.isfinite(v) else None for v in np.ravel(values).tolist()]


def _spread(x: Floats) -> dict[str, list[float | None]]:
    """Median and 2.5-97.5 % range over the seed axis of x [S, ...]."""
    safe = np.where(np.isfinite(x), x, np.nan)
    if not np.isfinite(safe).any():
        return {"y": finite(safe[0]), "low": finite(safe[0]), "high": finite(safe[0])}
    quantiles = np.full((3, *safe.shape[1:]), np.nan)
    usable = np.isfinite(safe).any(axis=0)
    quantiles[:, usable] = np.nanquantile(safe[:, usable], (0.025, 0.5, 0.975), axis=0)
    low, middle, high = quantiles
    return {"y": finite(middle), "low": finite(low), "high": finite(high)}


def _lines(
    figure: Figure, series: Series, params: Any, metrics: Mapping[str, Floats]
) -> dict[str, Any]:
    y = metrics[series.metric]
    x = figure.x_values(params) if figure.x_values else range(1, y.shape[1] + 1)
    keep = np.unique(np.linspace(0, y.shape[1] - 1, min(y.shape[1], 200)).astype(int))
    return {"x": finite(np.asarray(list(x), float)[keep]), **_spread(y[:, keep])}


def _bars(
    figure: Figure, series: Series, params: Any, metrics: Mapping[str, Floats]
) -> dict[str, Any]:
    values = metrics[series.metric]
    if values.ndim == 1:
        return {"x": [series.label.json()], **_spread(values[:, None])}
    x = figure.x_values(params) if figure.x_values else range(1, values.shape[1] + 1)
    return {"x": finite(list(x)), **_spread(values)}


def _histogram(
    figure: Figure, series: Series, params: Any, metrics: Mapping[str, Floats]
) -> dict[str, Any]:
    pooled = np.concatenate([np.ravel(metrics[s.metric]) for s in figure.series])
    pooled = pooled[np.isfinite(pooled)]
    edges = np.histogram_bin_edges(pooled, BINS)
    own = metrics[series.metric]
    density, _ = np.histogram(own[np.isfinite(own)], edges, density=True)
    return {"x": finite(edges), "y": finite(density)}


def _scatter(
    figure: Figure, series: Series, params: Any, metrics: Mapping[str, Floats]
) -> dict[str, Any]:
    x, y = metrics[series.against].ravel()[:CLOUD], metrics[series.metric].ravel()[:CLOUD]
    return {"x": finite(x), "y": finite(y)}


def _heatmap(
    figure: Figure, series: Series, params: Any, metrics: Mapping[str, Floats]
) -> dict[str, Any]:
    first = metrics[series.metric][0]
    return {"x": list(range(first.shape[1])), "y": [finite(row) for row in first]}
