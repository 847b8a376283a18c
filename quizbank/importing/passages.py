"""The tree of passages: slices of the file that follow each other without a gap.

A span says where a heading and all below it stand. Spans nest; the slices between their
beginnings and ends are the passages, so that joined in order they are the file again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from quizbank.importing.source import Source

Kind = Literal["heading", "item", "record", "text"]
MOST = 5_000


@dataclass(frozen=True)
class Span:
    """Lines (counted from 1, both ends included) of a heading with all that stands below it.

    The heading alone takes up the first `skip` lines (0 where its line says more than the
    heading); `unit` is its id in a known document.
    """

    line: int
    line_end: int
    level: int
    kind: Kind
    heading: str
    skip: int = 1
    unit: str = ""


@dataclass(frozen=True)
class Passage:
    """A slice of the file: bytes `start` to `end`, lines `line` to `line_end`.

    `parent` is the place of another passage in the list. `body` is what to show below the
    heading, as Markdown, and begins on `body_line`; `span_end` is the last line of all that
    stands below the heading.
    """

    start: int
    end: int
    line: int
    line_end: int
    level: int
    kind: Kind
    heading: str
    parent: int | None
    body: str
    unit: str = ""
    span_end: int = 0
    body_line: int = 0


def cut(source: Source, spans: Iterable[Span]) -> list[Passage]:
    """The passages of the file: one for each span, and one for each text between them."""
    ordered = sorted(spans, key=lambda span: (span.line, -span.line_end))
    starts = {span.line: span for span in ordered}
    last = len(source.lines)
    borders = {1, *starts, *(span.line_end + 1 for span in ordered)}
    bounds = sorted(line for line in borders if line <= last)
    passages: list[Passage] = []
    open_spans: list[tuple[Span, int]] = []
    for line, following in zip(bounds, [*bounds[1:], last + 1], strict=True):
        while open_spans and open_spans[-1][0].line_end < line:
            open_spans.pop()
        span = starts.get(line)
        piece = source.lines[line - 1 : following - 1]
        if span is None and passages and not any(one.text.strip() for one in piece):
            passages[-1] = _longer(passages[-1], piece[-1].end, following - 1)
            continue
        parent = open_spans[-1][1] if open_spans else None
        level = open_spans[-1][0].level + 1 if open_spans else 0
        lines = [one.text for one in piece[span.skip if span else 0 :]]
        blank = next((i for i, text in enumerate(lines) if text.strip()), 0)
        passages.append(
            Passage(
                start=piece[0].start,
                end=piece[-1].end,
                line=line,
                line_end=following - 1,
                level=span.level if span else level,
                kind=span.kind if span else "text",
                heading=span.heading if span else "",
                parent=parent,
                body=dedented(lines),
                unit=span.unit if span else "",
                span_end=span.line_end if span else following - 1,
                body_line=line + (span.skip if span else 0) + blank,
            )
        )
        if span:
            open_spans.append((span, len(passages) - 1))
    return passages


def joined(source: Source, passages: Sequence[Passage]) -> bytes:
    """The passages' slices one after the other, which must be the file."""
    return b"".join(source.data[passage.start : passage.end] for passage in passages)


def dedented(lines: Sequence[str]) -> str:
    """The lines without the indentation that all of them share."""
    widths = [len(one) - len(one.lstrip(" \t")) for one in lines if one.strip()]
    width = min(widths, default=0)
    return "\n".join(one[width:] if one.strip() else "" for one in lines).strip("\n")


def _longer(passage: Passage, end: int, line_end: int) -> Passage:
    return replace(passage, end=end, line_end=line_end)


def bare(text: str) -> str:
    """A line's words without the marks of a heading, a list, a quotation or emphasis."""
    text = re.sub(r"^[\s>]*(?:#{1,6}|[-*+](?=\s)|\d{1,3}[.)](?=\s))?\s*", "", text)
    text = re.sub(r"\s+#+\s*$", "", text)
    return re.sub(r"\*\*|__|`", "", text).strip()
