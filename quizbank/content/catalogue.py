"""The catalogue: statements found in the notes or expected by them, each judged.

`quizbank/bank/catalogue/*.toml`, `[[rows]]` in reading order; an id is unique over all files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from quizbank.content.reading import Page, Prose, Table

JUDGEMENTS = ("right", "imprecise", "wrong", "unsupported", "expected")
CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}-\d{1,3}[a-z]?")
LINES = re.compile(r"(d\d+):(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Row:
    """`lines` are places in the documents ("d0:26-27"); `argued` says why no claim can decide."""

    code: str
    file: str
    statement: Prose
    judgement: str
    truth: Prose | None
    argued: Prose | None
    units: tuple[str, ...]
    lines: tuple[str, ...]
    references: tuple[str, ...]


def read_rows(path: Path, page: Page) -> tuple[Row, ...]:
    text = page.read(path)
    if text is None:
        return ()
    table = page.toml(text)
    rows = tuple(_row(entry) for entry in table.tables("rows"))
    table.done()
    return rows


def _row(table: Table) -> Row:
    code = table.text("id")
    table.place = code or table.place
    if code and not CODE.fullmatch(code):
        table.wrong("id", f"{code!r} is no row id", 'write it like "INI-1"')
    row = Row(
        code=code,
        file=table.page.file,
        statement=table.prose(),
        judgement=table.one_of("judgement", JUDGEMENTS),
        truth=table.maybe_prose("truth"),
        argued=table.maybe_prose("argued"),
        units=table.strings("units"),
        lines=table.strings("lines"),
        references=table.strings("references"),
    )
    if row.judgement in ("imprecise", "wrong") and row.truth is None:
        table.wrong("truth", "it is missing", "say what is true instead: truth_zh and truth_en")
    for place in row.lines:
        if not LINES.fullmatch(place):
            table.wrong("lines", f"{place!r} is no place", 'write it like "d0:5" or "d0:26-27"')
    table.done()
    return row
