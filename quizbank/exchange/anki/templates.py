"""A card's two sides out of its note type's templates, in the simple and faithful cases.

Filters other than `cloze` and `type` give the field as it stands. On the front a field to be
typed stays empty: it is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from quizbank.exchange.anki import cloze

TAG = re.compile(r"\{\{([^{}]*)\}\}")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
REPEATED = re.compile(r"\s*\{\{\s*FrontSide\s*\}\}(?:\s*<hr\b[^>]*>)?", re.IGNORECASE)
MARKUP = re.compile(r"<[^>]*>")
SEEN = re.compile(r"<(?:img|audio|video|object|svg|math)\b", re.IGNORECASE)
LONGEST = 500_000


@dataclass(frozen=True)
class Template:
    front: str
    back: str


@dataclass(frozen=True)
class Sides:
    front: str
    back: str


def sides(
    template: Template, fields: Mapping[str, str], ordinal: int, *, gaps: bool = False
) -> Sides:
    """The two sides of card `ordinal` (from 0); `gaps` for a note type of clozes.

    A back that begins by repeating the front is given without it.
    """
    front = _filled(template.front, fields, ordinal, gaps, question=True)
    plain = REPEATED.sub("", COMMENT.sub("", template.back), count=1)
    starts = REPEATED.match(COMMENT.sub("", template.back))
    source = plain if starts else template.back
    back = _filled(source, {**fields, "FrontSide": front}, ordinal, gaps, question=False)
    return Sides(front.strip(), back.strip())


def blank(html: str) -> bool:
    """Whether nothing would be seen."""
    words = MARKUP.sub("", html).replace("&nbsp;", " ").strip()
    return not words and not SEEN.search(html)


def _filled(
    template: str, fields: Mapping[str, str], ordinal: int, gaps: bool, *, question: bool
) -> str:
    """The template with its fields; sections that do not apply are left out."""
    out: list[str] = []
    size = at = 0
    open_sections: list[tuple[str, bool]] = []  # name, whether it is shown
    template = COMMENT.sub("", template)
    for tag in TAG.finditer(template):
        shown = all(applies for _, applies in open_sections)
        name = tag[1].strip()
        if shown:
            out.append(template[at : tag.start()])
        at = tag.end()
        if name[:1] in ("#", "^"):
            holds = _holds(name[1:].strip(), fields, ordinal, gaps)
            open_sections.append((name[1:].strip(), holds is (name[0] == "#")))
        elif name[:1] == "/":
            if open_sections and open_sections[-1][0] == name[1:].strip():
                open_sections.pop()
        elif shown:
            out.append(_field(name, fields, ordinal, question))
            size += len(out[-1])
            if size > LONGEST:  # a template may name a long field a thousand times
                return "".join(out)
    if all(applies for _, applies in open_sections):
        out.append(template[at:])
    return "".join(out)


def _holds(name: str, fields: Mapping[str, str], ordinal: int, gaps: bool) -> bool:
    if gaps and re.fullmatch(r"c[0-9]+", name):
        return int(name[1:]) == ordinal + 1
    return not blank(fields.get(name, ""))


def _field(name: str, fields: Mapping[str, str], ordinal: int, question: bool) -> str:
    *filters, field = name.split(":")
    value = fields.get(field.strip(), "")
    names = {part.strip().split(" ")[0] for part in filters}
    if "type" in names and question:
        return ""
    if "cloze" in names:
        side = cloze.question if question else cloze.answer
        return side(value, ordinal + 1)
    return "" if "tts" in names else value
