"""A claim's evidence on one line: the region it needs, dot and whisker, the control hollow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from demos.figures import markup, numbers
from demos.figures.markup import element, line, path, px, root, text
from demos.figures.numbers import Language
from demos.figures.plot import finite
from demos.figures.ruler import DECADES, EDGE
from demos.figures.scale import Scale, linear, logarithmic

WIDE, NARROW, HEIGHT = 504, 328, 80
LINE, MARK = 50.0, 34.0
CONTROL = {"zh": "对照", "en": "control"}
REGION = {"zh": "结论：", "en": "claim:"}
TOP = 18.0


def intervals(finding: Mapping[str, Any], language: Language, *, width: int = WIDE) -> str:
    """Two drawings, `width` and 328 px wide; nothing where the claim has no number."""
    median, control = finite(finding.get("median")), finite(finding.get("control_median"))
    if median is None:
        return ""
    ends = finite(finding.get("median_low")), finite(finding.get("median_high"))
    region = _region(finding)
    label = numbers.measured(median, *ends)
    if control is not None:
        label += f"; {CONTROL[language]} {numbers.number(control)}"
    drawings = []
    for size, css in ((width, "fig w"), (NARROW, "fig n")):
        scale = _scale([median, control, *ends, *region], [median, *region], size)
        parts = [*_shaded(scale, region, size, language), *_axis(scale, size)]
        parts += _marks(scale, median, ends, control, size, language)
        drawings.append(root(size, HEIGHT, label, *parts, css=css))
    return f'<figure class="strip">{"".join(drawings)}</figure>'


def _region(finding: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Where the claim says its number lies, from the clause that was the hardest to keep."""
    for clause in finding.get("clauses") or ():
        if clause.get("metric") == finding.get("metric") and not clause.get("guard"):
            return finite(clause.get("above")), finite(clause.get("below"))
    return None, None


def _scale(values: list[float | None], important: list[float | None], size: int) -> Scale:
    """Logarithmic where the number and the region would else be lost at the end of the line."""
    known = [v for v in values if v is not None]
    sizes = [abs(v) for v in important if v]
    apart = sizes and math.log10(max(map(abs, known))) - math.log10(min(sizes)) >= DECADES
    if apart and min(known) >= 0:
        return logarithmic(known, EDGE, size - EDGE)
    return linear(known, EDGE, size - EDGE, zero=min(known, default=0.0) >= 0)


def _shaded(
    scale: Scale, region: tuple[float | None, float | None], size: int, language: Language
) -> list[str]:
    above, below = region
    if above is None and below is None:
        return []
    left = scale.at(above) if above is not None else EDGE
    right = scale.at(below) if below is not None else size - EDGE
    left, right = EDGE if left is None else left, size - EDGE if right is None else right
    if right <= left:
        return []
    drawn = [element("rect", class_="region", x=left, y=TOP, width=right - left, height=LINE - TOP)]
    drawn += [line(x, TOP, x, LINE, "bound") for x in (left, right) if EDGE < x < size - EDGE]
    said = _said(above, below, language)
    half = markup.width(said) / 2
    middle = min(max((left + right) / 2, half), size - half)
    return [*drawn, text(middle, TOP - 5, said, "note", "middle")]


def _said(above: float | None, below: float | None, language: Language) -> str:
    """The region in words and numbers, as the claim sets it."""
    if above is None or below is None:
        sign, value = ("<", below) if above is None else (">", above)
        return f"{REGION[language]} {sign} {numbers.tick(value or 0.0, 3)}"
    ends = (numbers.tick(v, 3) for v in (above, below))
    return f"{REGION[language]} {' … '.join(ends)}"


def _axis(scale: Scale, size: int) -> list[str]:
    drawn = [line(EDGE, LINE, size - EDGE, LINE, "axis")]
    taken = -1e9
    for x, content in sorted(scale.written()):
        drawn.append(line(x, LINE, x, LINE + 4, "axis"))
        half = markup.width(content) / 2
        centre = min(max(x, half), size - half)
        if centre - half > taken + 6:
            drawn.append(text(centre, LINE + 19, content, anchor="middle"))
            taken = centre + half
    return drawn


def _marks(
    scale: Scale,
    median: float,
    ends: tuple[float | None, float | None],
    control: float | None,
    size: int,
    language: Language,
) -> list[str]:
    drawn = []
    other = scale.at(control)
    if other is not None:
        drawn.append(element("circle", class_="dot hollow", cx=other, cy=MARK, r=5))
        anchor = "start" if other < size - 70 else "end"
        away = 10 if anchor == "start" else -10
        drawn.append(text(other + away, MARK + 4.5, CONTROL[language], "lab fctl light", anchor))
    left, right = scale.at(ends[0]), scale.at(ends[1])
    if left is not None and right is not None and right - left > 2:
        drawn.append(path(f"M{px(left)} {px(MARK)}H{px(right)}", "whisker"))
    here = scale.at(median)
    if here is not None:
        drawn.append(element("circle", class_="dot fi", cx=here, cy=MARK, r=5.5))
    return drawn
