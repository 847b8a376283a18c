"""Drawn figures for the tests of the drawing code, one of every kind and some awkward ones."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from typing import Any

from demos.figures import markup

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]


def text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def axis(zh: str, en: str, scale: str = "linear", unit: str = "") -> dict[str, Any]:
    return {"label": text(zh, en), "scale": scale, "unit": unit}


def series(label: str, x: list[Any], y: list[Any], role: str = "effect", **more: Any) -> Any:
    return {"label": text(f"{label}曲线", label), "role": role, "x": x, "y": y} | {
        "low": more.get("low"),
        "high": more.get("high"),
    }


def figure(kind: str, lines: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": text("梯度的大小", "Size of the gradient"),
        "caption": text("带子盖住 95 % 的种子。", "Bands hold 95 % of seeds."),
        "x": axis("层", "layer"),
        "y": axis("梯度 ÷ 最后一层", "gradient ÷ last layer"),
        "series": lines,
        "bounds": [],
        "you": None,
    } | more


def decaying() -> dict[str, Any]:
    """Five curves over nineteen orders of magnitude, three of which end close together."""
    x = list(range(1, 31))
    found = []
    rates = {"sigmoid": 0.62, "tanh": 0.02, "ReLU": 0.14, "wide": 0.021, "identity": 0.0005}
    for name, rate in rates.items():
        y = [10 ** (-rate * step) for step in x]
        low, high = [v * 0.8 for v in y], [v * 1.2 for v in y]
        role = "control" if name == "identity" else "effect"
        found.append(series(name, x, y, role, low=low, high=high))
    bound = {"value": 1e-12, "label": text("界", "bound"), "axis": "y"}
    return figure("lines", found, y=axis("梯度", "gradient", "log"), bounds=[bound])


def bars() -> dict[str, Any]:
    names = {"zero": 1.02, "constant": 0.62, "random": 0.09}
    one = [
        series(n, [text(f"{n}曲线", n)], [v], low=[v * 0.8], high=[v * 1.3])
        for n, v in names.items()
    ]
    return figure("bars", one, bounds=[{"value": 0.5, "label": text("界", "bound"), "axis": "y"}])


def histogram() -> dict[str, Any]:
    edges = [-3 + 0.15 * k for k in range(41)]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
    own = [math.exp(-(v + 1)) if v > -1 else 0.0 for v in middles]
    other = [math.exp(-v * v / 2) / 2.5 for v in middles]
    return figure(
        "histogram",
        [series("exponential", edges, own), series("Gaussian", edges, other, "control")],
    )


def scatter() -> dict[str, Any]:
    x = [math.sin(7 * k) for k in range(150)]
    return figure(
        "scatter",
        [
            series("penalty", x, [v * v for v in x]),
            series("none", x, [abs(v) for v in x], "control"),
        ],
    )


def heatmap() -> dict[str, Any]:
    rows = [[math.exp(-abs(i - j) / 3) for j in range(16)] for i in range(16)]
    return figure("heatmap", [series("masked", list(range(16)), rows)])


def kinds() -> dict[str, dict[str, Any]]:
    return {
        "lines": decaying(),
        "bars": bars(),
        "histogram": histogram(),
        "scatter": scatter(),
        "heatmap": heatmap(),
    }


def parse(markup_text: str) -> ET.Element:
    return ET.fromstring(markup_text)  # what it reads was drawn a line above


def texts(root: ET.Element) -> list[tuple[str, Box]]:
    """Every text of a drawing with the box it covers."""
    found = []
    for element in root.iter("text"):
        content = "".join(element.itertext())
        raised = "".join(t.text or "" for t in element.iter("tspan") if t.get("class") == "sup")
        bold = "lab" in (element.get("class") or "").split()
        wide = markup.width(content, bold)
        wide -= markup.width(raised, bold) - markup.width("²" * len(raised), bold)
        x, y = float(element.get("x", "0")), float(element.get("y", "0"))
        start = {"middle": x - wide / 2, "end": x - wide}.get(element.get("text-anchor", ""), x)
        found.append((content, (start, y - 9.5, start + wide, y + 2.5)))
    return found


def overlapping(boxes: list[tuple[str, Box]]) -> list[tuple[str, str]]:
    pairs = []
    for i, (first, a) in enumerate(boxes):
        for second, b in boxes[i + 1 :]:
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                pairs.append((first, second))
    return pairs
