"""A document we know, by the hash of its text in any encoding: its units are its passages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from quizbank.content.words import fold
from quizbank.importing.passages import Kind, Span, bare
from quizbank.importing.source import Source

ENDINGS = " :：。.?？"


@dataclass(frozen=True)
class OutlineUnit:
    slug: str
    line: int
    line_end: int
    level: int
    heading: str


@dataclass(frozen=True)
class Outline:
    """Where the units of one document stand; `slug` is the document's name ("d0")."""

    slug: str
    sha256: str
    units: tuple[OutlineUnit, ...]


def recognised(source: Source, outlines: Iterable[Outline]) -> Outline | None:
    """The document this file is, whatever its encoding and line ends."""
    digests = {hashlib.sha256(bytes_).hexdigest() for bytes_ in (source.data, source.canonical)}
    return next((outline for outline in outlines if outline.sha256 in digests), None)


def spans_of(source: Source, outline: Outline) -> list[Span]:
    """One span for each unit of the outline, sections included."""
    last = len(source.lines)
    spans = []
    for unit in outline.units:
        if unit.line > last:
            continue
        text = source.lines[unit.line - 1].text
        whole = fold(bare(text)).strip(ENDINGS) == fold(unit.heading).strip(ENDINGS)
        kind: Kind = "heading" if text.lstrip(" >").startswith("#") else "item"
        # A heading of one level may hide its number or its marks; the outline has neither.
        skip = 1 if whole or kind == "heading" else 0
        spans.append(
            Span(
                unit.line, min(unit.line_end, last), unit.level, kind, unit.heading, skip, unit.slug
            )
        )
    return spans
