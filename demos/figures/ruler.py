"""The ruler of a prediction: what was said as a diamond, what was measured as a dot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from demos.figures import markup, numbers
from demos.figures.markup import element, line, path, px, root, text, words
from demos.figures.numbers import Language
from demos.figures.scale import Scale, linear, logarithmic

WIDE, NARROW, HEIGHT = 504, 328, 86
EDGE, LINE, MARK = 14.0, 52.0, 36.0  # px: ends of the ruler, its height, that of the marks
BELOW = 17  # px from a line of an option's words to the next
DECADES = 2.0  # orders of magnitude apart from which the ruler is logarithmic

SAID = {"zh": "你", "en": "you"}
MEASURED = {"zh": "实测", "en": "measured"}


def ruler(
    *,
    said: float | None,
    measured: float | None,
    language: Language,
    low: float | None = None,
    high: float | None = None,
    log: bool | None = None,
    width: int = WIDE,
) -> str:
    """Two drawings, `width` and 328 px wide; `low` and `high` widen the ruler.

    Without `log` the ruler is logarithmic where the two numbers are orders apart.
    """
    known = [v for v in (said, measured, low, high) if v is not None and math.isfinite(v)]
    if log is None:
        log = _logarithmic(known)
    log = log and all(v >= 0 for v in known) and any(v > 0 for v in known)
    label = _label(said, measured, log, language)
    return _both(
        width, label, lambda size: _marked(_scale(known, log, size), said, measured, language, size)
    )


def choices(
    options: Sequence[Mapping[str, Any]],
    *,
    chosen: str | None,
    right: str | None,
    language: Language,
    width: int = WIDE,
) -> str:
    """The same ruler where the answers are words: one place per option, in their order."""
    names = [words(option.get("text"), language) for option in options]
    slugs = [option.get("slug") for option in options]
    at = {slug: i for i, slug in enumerate(slugs)}
    label = _worded(
        names[at[chosen]] if chosen in at else "", names[at[right]] if right in at else "", language
    )
    return _both(
        width,
        label,
        lambda size: _placed(names, at.get(chosen), at.get(right), language, size),
        max((len(lines) for size in (width, NARROW) for lines in _names(names, size)), default=1),
    )


def _worded(said: str, found: str, language: Language) -> str:
    if language == "zh":
        guess = f"你押的是{said}" if said else "你没有押"
        return f"{guess}，实测是{found}" if found else f"{guess}，实测不在这几个答案里"
    guess = f"You said {said}" if said else "You made no prediction"
    return f"{guess}, measured {found}" if found else f"{guess}, measured none of these"


def _both(width: int, label: str, parts: Any, lines: int = 1) -> str:
    height = HEIGHT + BELOW * (lines - 1)
    drawings = (
        root(size, height, label, *parts(size), css=css)
        for size, css in ((width, "fig w"), (NARROW, "fig n"))
    )
    return f'<figure class="strip">{"".join(drawings)}</figure>'


def _logarithmic(known: list[float]) -> bool:
    sizes = [abs(v) for v in known if v != 0]
    return bool(sizes) and math.log10(max(sizes)) - math.log10(min(sizes)) >= DECADES


def _scale(known: list[float], log: bool, size: int) -> Scale:
    if log:
        return logarithmic(known, EDGE, size - EDGE)
    return linear(known, EDGE, size - EDGE, zero=bool(known) and min(known) >= 0)


def _marked(
    scale: Scale, said: float | None, measured: float | None, language: Language, size: int
) -> list[str]:
    you, found = scale.at(said), scale.at(measured)
    drawn = _graduated(scale, size)
    if you is not None and found is not None and said is not None and measured is not None:
        drawn += _distance(
            you, found, distance(said, measured, scale.log, language), language, size
        )
    return drawn + _marks(you, found, language, size)


def _graduated(scale: Scale, size: int) -> list[str]:
    """The ruler itself: long strokes with numbers, short ones between them."""
    drawn = [line(EDGE, LINE, size - EDGE, LINE, "axis")]
    drawn += [line(x, LINE, x, LINE + 5, "axis") for x in _between(scale)]
    taken = -1e9
    for x, content in sorted(scale.written()):
        drawn.append(line(x, LINE, x, LINE + 9, "axis"))
        half = markup.width(content) / 2
        centre = min(max(x, half), size - half)
        if centre - half > taken + 6:
            drawn.append(text(centre, LINE + 24, content, anchor="middle"))
            taken = centre + half
    return drawn


def _between(scale: Scale) -> list[float]:
    """Where the short strokes stand: a decade each, or a fifth of the way between numbers."""
    values = [v for v, _ in scale.ticks]
    if len(values) < 2:
        return []
    if scale.log:
        first, last = round(math.log10(scale.low)), round(math.log10(scale.high))
        inner = [float(f"1e{p}") for p in range(first, last + 1)] if last - first <= 60 else []
    else:
        step = (values[1] - values[0]) / 5
        inner = [v + k * step for v in [values[0] - 5 * step, *values] for k in range(1, 5)]
        inner = [v for v in inner if scale.low <= v <= scale.high]
    return [x for v in inner if (x := scale.at(v)) is not None]


def distance(said: float, measured: float, log: bool, language: Language) -> str:
    """How far the prediction was off, in words."""
    if said == measured:
        return "exactly as you said" if language == "en" else "和你押的一样"
    if log and said > 0 and measured > 0:
        orders = abs(math.log10(said) - math.log10(measured))
        if orders >= 1:
            n = f"{orders:.0f}"
            if language == "zh":
                return f"差 {n} 个数量级"
            return f"{n} order{'' if n == '1' else 's'} of magnitude apart"
        times = numbers.number(10**orders)
        return f"a factor {times} apart" if language == "en" else f"差 {times} 倍"
    gap = numbers.number(abs(said / 2 - measured / 2) * 2)
    return f"{gap} apart" if language == "en" else f"差 {gap}"


def _distance(you: float, found: float, content: str, language: Language, size: int) -> list[str]:
    """An arrow from what was said to what was measured, its length in words above it."""
    ahead = 1 if found > you else -1
    start, end = you + 12 * ahead, found - 9 * ahead
    drawn = []
    if (end - start) * ahead > 8:
        drawn.append(line(min(start, end), MARK, max(start, end), MARK, "gap"))
        head = f"M{px(end - 6 * ahead)} {px(MARK - 4)}l{6 * ahead} 4 {-6 * ahead} 4"
        drawn.append(path(head, "gap open"))
    between = _between_words(you, found, language, size)
    half, middle = markup.width(content) / 2, sum(between) / 2
    if between[1] - between[0] > 2 * half + 12:
        return [*drawn, text(middle, MARK - 7, content, "lab fi light", "middle")]
    right = (you + found) / 2 < size / 2  # no room between the two: towards the emptier end
    x = max(you, found) + 44 if right else min(you, found) - 44
    if 0 <= (x + 2 * half if right else x - 2 * half) <= size:
        drawn.append(text(x, MARK + 4, content, "lab fi light", "start" if right else "end"))
    return drawn


def _between_words(you: float, found: float, language: Language, size: int) -> tuple[float, float]:
    """The room between the words that stand over the two marks."""
    named = [(you, SAID[language]), (found, MEASURED[language])]
    ends = [
        (middle - markup.width(word, True) / 2, middle + markup.width(word, True) / 2)
        for middle, (_, word) in zip(_aside(named, size), named, strict=True)
    ]
    first, last = sorted(ends)
    return first[1], last[0]


def _marks(you: float | None, found: float | None, language: Language, size: int) -> list[str]:
    """Dot and diamond, each with its word; the words step aside for one another."""
    drawn: list[str] = []
    if you is not None:
        drawn.append(markup.diamond(you, MARK, 8))
    if found is not None:  # inside the diamond where the two meet
        radius = 3.4 if you is not None and abs(you - found) < 12 else 5.5
        drawn.append(element("circle", class_="dot fi", cx=found, cy=MARK, r=radius))
    named = [
        (x, w) for x, w in ((you, SAID[language]), (found, MEASURED[language])) if x is not None
    ]
    return drawn + [
        text(x, MARK - 13, word, "lab fi", "middle")
        for x, word in zip(_aside(named, size), [w for _, w in named], strict=True)
    ]


def _aside(named: list[tuple[float, str]], size: int) -> list[float]:
    """Middles of the words, at their marks where they do not meet, inside the ruler."""
    halves = [markup.width(word, bold=True) / 2 for _, word in named]
    middles = [x for x, _ in named]
    if len(named) == 2:
        sign = 1 if middles[1] >= middles[0] else -1
        short = max(0.0, sum(halves) + 8 - abs(middles[1] - middles[0])) / 2
        middles = [middles[0] - sign * short, middles[1] + sign * short]
    over = max((m + h - size for m, h in zip(middles, halves, strict=True)), default=0.0)
    under = max((h - m for m, h in zip(middles, halves, strict=True)), default=0.0)
    shift = max(0.0, under) - max(0.0, over)
    if len(named) == 2 and abs(middles[0] - middles[1]) > sum(halves) + 20:
        return [min(max(m, h), size - h) for m, h in zip(middles, halves, strict=True)]
    return [m + shift for m in middles]


def _label(said: float | None, measured: float | None, log: bool, language: Language) -> str:
    guess, found = numbers.number(said), numbers.number(measured)
    off = ""
    if said is not None and measured is not None:
        off = distance(said, measured, log, language)
    if language == "zh":
        return f"你押的是 {guess}，实测 {found}" + (f"，{off}" if off else "")
    return f"You said {guess}, measured {found}" + (f", {off}" if off else "")


def _placed(
    names: list[str], chosen: int | None, right: int | None, language: Language, size: int
) -> list[str]:
    step = _step(names, size)
    places = [EDGE + step * (i + 0.5) for i in range(len(names))]
    drawn = [line(EDGE, LINE, size - EDGE, LINE, "axis")]
    count = int((size - 2 * EDGE) // 10)
    drawn += [line(EDGE + 10 * k, LINE, EDGE + 10 * k, LINE + 4, "axis") for k in range(count + 1)]
    for i, (x, lines) in enumerate(zip(places, _names(names, size), strict=True)):
        drawn.append(line(x, LINE, x, LINE + 8, "axis"))
        css = "lab fi" if i == right else "lab note"
        drawn += [text(x, LINE + 24 + BELOW * k, s, css, "middle") for k, s in enumerate(lines)]
    you = places[chosen] if chosen is not None else None
    found = places[right] if right is not None else None
    if you is not None and found is not None and abs(you - found) > 40:
        drawn += _distance(you, found, "", language, size)[:2]
    return drawn + _marks(you, found, language, size)


def _step(names: list[str], size: int) -> float:
    return (size - 2 * EDGE) / max(1, len(names))


def _names(names: list[str], size: int) -> list[list[str]]:
    """The options' words on up to three lines each, with room for any of them in bold."""
    room = _step(names, size) - 8
    two = [markup.wrap(name, room, 2, bold=True) for name in names]
    return [
        markup.wrap(name, room, 3, bold=True) if lines and lines[-1].endswith("…") else lines
        for name, lines in zip(names, two, strict=True)
    ]
