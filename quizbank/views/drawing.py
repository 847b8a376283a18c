"""Figures as SVG, piece by piece, each drawn for a wide and for a narrow place."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, NARROW = 540, 328


def both(
    draw: Callable[[Any, int], SafeString], found: object, label: str, wide: int = WIDE
) -> SafeString:
    """The figure twice, of which a page shows the one that fits."""
    return format_html(
        "{}{}",
        _svg("w", wide, draw(found, wide), label),
        _svg("n", NARROW, draw(found, NARROW), label),
    )


def _svg(kind: str, width: int, body: SafeString, label: str) -> SafeString:
    height, inner = _split(body)
    return format_html(
        '<svg class="fig {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(kind, width, height, label, inner),
    )


class _Drawn(SafeString):
    height: int = 0


def drawn(height: int, parts: Iterable[SafeString]) -> _Drawn:
    """The parts as one figure of that height."""
    whole = _Drawn(format_html_join("", "{}", ((part,) for part in parts)))
    whole.height = height
    return whole


def _split(body: SafeString) -> tuple[int, SafeString]:
    return (body.height if isinstance(body, _Drawn) else 0), body


def text(x: float, y: float, said: object, anchor: str = "start", kind: str = "") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" class="{}">{}</text>',
        *(f"{x:.1f}", f"{y:.1f}", anchor, kind, said),
    )


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>',
        *(f"{x1:.1f}", f"{y1:.1f}", f"{x2:.1f}", f"{y2:.1f}", kind),
    )


def rect(x: float, y: float, width: float, height: float, kind: str) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>',
        *(f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{max(0.0, height):.1f}", kind),
    )


def dot(x: float, y: float, few: bool = False) -> SafeString:
    kind = "dot few" if few else "dot"
    return format_html('<circle cx="{}" cy="{}" r="4.4" class="{}"/>', f"{x:.1f}", f"{y:.1f}", kind)


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def path(points: Sequence[tuple[float, float]], kind: str) -> SafeString:
    """A line through the points."""
    return format_html('<path d="M{}" class="{}"/>', _joined(points), kind)


def area(points: Sequence[tuple[float, float]], kind: str) -> SafeString:
    """The inside of the line through the points."""
    return format_html('<path d="M{}Z" class="{}"/>', _joined(points), kind)


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def nice(most: int) -> list[int]:
    """Ticks from 0 past `most`, at most five of them."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if most <= 4 * step:
            return [step * k for k in range(math.ceil(most / step) + 1)]
    return [0, most]
