"""Outlines of the documents we know: where each heading stands, and none of their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from demos.kit.declare import Text
from quizbank.content.reading import Page, Table

KINDS = ("question", "section")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Unit:
    """One heading or item; `level` counts from 1, `parent` is the id of the unit around it."""

    slug: str
    heading: str
    line: int
    line_end: int
    level: int
    parent: str
    kind: str
    empty: bool


@dataclass(frozen=True)
class Document:
    slug: str
    file: str
    title: Text
    sha256: str
    size: int
    encoding: str
    units: tuple[Unit, ...]

    @property
    def last_line(self) -> int:
        return max((unit.line_end for unit in self.units), default=0)


def read_document(path: Path, page: Page) -> Document | None:
    text = page.read(path)
    if text is None:
        return None
    table = page.toml(text)
    document = Document(
        slug=path.stem,
        file=page.file,
        title=table.both("title"),
        sha256=table.text("sha256"),
        size=table.whole("bytes", low=1),
        encoding=table.text("encoding"),
        units=tuple(_unit(entry) for entry in table.tables("units")),
    )
    if not SHA256.fullmatch(document.sha256):
        table.wrong("sha256", "it is no SHA-256", "give 64 lower-case hexadecimal digits")
    _check_tree(document, table)
    table.done()
    return document


def _unit(table: Table) -> Unit:
    unit = Unit(
        slug=table.text("id"),
        heading=table.text("heading"),
        line=table.whole("line", low=1),
        line_end=table.whole("line_end", low=1),
        level=table.whole("level", low=1),
        parent=table.text("parent", optional=True),
        kind=table.one_of("kind", KINDS),
        empty=table.flag("empty"),
    )
    table.done()
    return unit


def _check_tree(document: Document, table: Table) -> None:
    """A parent stands before its children and spans them; ids bear the document's name."""
    seen: dict[str, Unit] = {}
    for unit in document.units:
        if not unit.slug.startswith(f"{document.slug}-") or unit.slug in seen:
            table.wrong("units", f"the id {unit.slug!r}", f"use {document.slug}-NN, each once")
        parent = seen.get(unit.parent)
        if unit.parent and parent is None:
            table.wrong(unit.slug, f"no unit {unit.parent!r} stands before it", "correct parent")
        elif parent and not parent.line <= unit.line <= unit.line_end <= parent.line_end:
            table.wrong(unit.slug, f"it reaches beyond {parent.slug}", "correct line or line_end")
        seen[unit.slug] = unit
