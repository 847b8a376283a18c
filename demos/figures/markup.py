"""SVG elements as text, and how wide a line of 13 px text is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from html import escape
from typing import Any

from demos.figures import numbers
from demos.figures.numbers import Language

SIZE = 13  # px, the one size of text in figures
SUPERSCRIPT = 10
LEADING = 16  # px from one line of a label to the next
RISE = 4.5  # px a superscript stands above its line
# XML 1.0 knows no way to write these, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, *children: str, **attributes: float | str | None) -> str:
    """One element. `class_` is class, an underscore is a hyphen, None leaves an attribute out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value_of(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return f"<{name}{written}/>"
    return f"<{name}{written}>{''.join(children)}</{name}>"


def value_of(value: float | str) -> str:
    return attribute(value) if isinstance(value, str) else px(value)


def attribute(text: str) -> str:
    return escape(clean(text), quote=True)


def clean(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def px(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def root(
    width: float, height: float, label: str, *children: str, css: str = "fig", title_id: str = ""
) -> str:
    """The svg element: one image to a screen reader, with its essential numbers as the name."""
    return (
        f'<svg class="{attribute(css)}" viewBox="0 0 {px(width)} {px(height)}" role="img" '
        f'aria-label="{attribute(label)}"'
        + (f' aria-describedby="{attribute(title_id)}"' if title_id else "")
        + f">{''.join(children)}</svg>"
    )


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return element("line", class_=css, x1=x1, x2=x2, y1=y1, y2=y2)


def path(d: str, css: str) -> str:
    return element("path", class_=css, d=d)


def diamond(x: float, y: float, radius: float = 7, css: str = "you") -> str:
    """The mark of a prediction."""
    r = px(radius)
    return path(f"M{px(x)} {px(y - radius)}l{r} {r}-{r} {r}-{r}-{r}z", css)


def text(x: float, y: float, content: str, css: str = "", anchor: str = "start") -> str:
    """A line of text; superscript characters become raised tspans, and the line goes on below."""
    spans, lowered = [], ""
    for piece, raised in numbers.runs(clean(content)):
        if raised:
            spans.append(f'<tspan class="sup" dy="-{RISE}">{numbers.plain_digits(piece)}</tspan>')
        elif spans and lowered:
            spans.append(f'<tspan dy="{RISE}">{escape(piece)}</tspan>')
        else:
            spans.append(escape(piece))
        lowered = "yes" if raised else ""
    ends = None if anchor == "start" else anchor
    return element("text", *spans, class_=css or None, x=x, y=y, text_anchor=ends)


def width(content: str, bold: bool = False) -> float:
    """About how wide the text is, in px; on the safe side for the faces in use."""
    total = sum(
        SUPERSCRIPT * 0.6 * len(piece) if raised else sum(map(_advance, piece))
        for piece, raised in numbers.runs(content)
    )
    return total * (1.06 if bold else 1.0)


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return float(SIZE)
    if character in "×÷−±≈≤≥“”‘’…—":
        return 10.0
    if character in "ijltfrI.,:;'|!()[] /\u00a0\u202f":
        return 4.6
    if character in "mwMW%@":
        return 11.4
    return 8.8 if character.isupper() else 7.4


def fit(content: str, room: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `room`."""
    if width(content, bold) <= room:
        return content
    kept = content
    while kept and width(kept + "…", bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def wrap(content: str, room: float, lines: int = 2, bold: bool = False) -> list[str]:
    """The text on at most `lines` lines: broken at spaces, Chinese anywhere; the last is cut."""
    broken: list[str] = []
    rest = content.strip()
    if lines == 2 and room < width(rest, bold) < 2 * room - SIZE:
        even = _break(rest, width(rest, bold) / 2 + SIZE, bold)
        pair = [rest[:even].rstrip(), rest[even:].lstrip()]
        if all(width(part, bold) <= room for part in pair):
            return pair
    while rest and len(broken) < lines - 1 and width(rest, bold) > room:
        cut = _break(rest, room, bold)
        broken.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*broken, fit(rest, room, bold)] if rest else broken


def _break(content: str, room: float, bold: bool) -> int:
    """Where the first line ends: the last place to break that still fits."""
    best = 0
    for at in range(1, len(content)):
        if width(content[:at].rstrip(), bold) > room:
            return best or max(1, at - 1)
        before, after = content[at - 1], content[at]
        wide = unicodedata.east_asian_width(before) in "WF" and after not in "，。：；、）？！」"
        if before in " -/" or (wide and before not in "（「"):
            best = at
    return best or len(content)


def words(content: Mapping[str, Any] | str | None, language: Language) -> str:
    """A text in one language; an author's plain string stays as it is."""
    if content is None:
        return ""
    if isinstance(content, str):
        return numbers.typeset(content)
    return numbers.typeset(str(content.get(language) or next(iter(content.values()), "")))
