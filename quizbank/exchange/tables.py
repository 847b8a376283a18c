"""Tables of cards: our own, and whatever people keep with a front and a back.

The first row may hold headings (`headings`: front, back, tags, deck, due; 正面、背面 …); without
them the first column is the front, the second the back, a third the tags. The separator is a
comma, semicolon or tab, found by looking; lines such as `#separator:tab`, which Anki writes,
are followed. Cells are text, or HTML after `#html:true`. A table of ours (`sheets`) is known by
its columns.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from quizbank.exchange import headings, preamble, sheets
from quizbank.exchange.headings import First, FirstRow
from quizbank.exchange.notes import Note
from quizbank.exchange.preamble import Said
from quizbank.exchange.sheets import Malformed as Malformed

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_WORDS = 16 << 20  # characters, as in a package
MOST_MARKS = 1_000_000  # separators in the lines of one row, quoted or not
LOOKED_AT = 30  # rows, to find the separator
SEPARATORS = ("\t", ";", ",")
Row = tuple[int, list[str]]  # the line it begins at, and its cells
# A history of years is longer than Python's usual 128 KiB a cell; the file's size is the limit.
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class Table:
    """What was read, the headings of columns that were passed over, and how the first row was
    taken; None of that in a table of ours."""

    notes: list[Note]
    unread: tuple[str, ...] = ()
    first: FirstRow | None = None


def read(text: str) -> list[Note]:
    """The notes of a table. Raises Malformed, with the line, for one that cannot be read."""
    return opened(text).notes


def opened(text: str, first: First | None = None) -> Table:
    """A table, with what of it was left aside; without `first`, its first row is taken for what
    it looks like. Raises Malformed."""
    text = text.removeprefix(sheets.BOM)
    said = preamble.said(text)
    if len(said.names) > MOST_COLUMNS:
        raise _too_wide(1)
    body = text[said.end :]
    separator = said.separator or _separator(body)
    rows = [(line, _narrow(row, line)) for line, row in _rows(body, separator, said.lines)]
    if not rows:
        raise Malformed(1, "表格是空的。", "the table is empty.")
    ours = [cell.strip().casefold() for cell in rows[0][1]]
    if set(sheets.COLUMNS) <= set(ours):
        return Table(_few_words((line, _ours(ours, row, line)) for line, row in rows[1:]))
    return _table(said, rows, first or _guess(said, rows))


def _guess(said: Said, rows: Sequence[Row]) -> First:
    (_, first), *below = rows
    if said.names:
        return First.HEADINGS if headings.names_both(first) else First.CARD
    return headings.guess(first, [row for _, row in below])


def _table(said: Said, rows: Sequence[Row], taken: First) -> Table:
    """Anybody's table."""
    line, first = rows[0]
    below = rows[1:] if taken is First.HEADINGS else rows
    if taken is First.HEADINGS and (headings.names_both(first) or not said.names):
        shown = first
    else:
        shown = list(said.names or headings.PLAIN)
    if not said.names and max(len(row) for _, row in rows) < 2:
        raise Malformed(
            line,
            "只有一列：每行要有正面和背面，用逗号、分号或制表符隔开。",
            "there is one column alone: give a front and a back in each row, with a comma,"
            " semicolon or tab between.",
        )
    _check(shown, line)
    names = _kept(headings.columns(shown), shown, below)
    unread = [
        heading.strip() or f"#{place + 1}"
        for place, (heading, name) in enumerate(zip(shown, names, strict=True))
        if not name and any(map(str.strip, _column(below, place)))
    ]
    notes = _few_words((line, _foreign(names, row, line, said.is_html)) for line, row in below)
    told = tuple(zip(first, names, strict=False)) if taken is First.HEADINGS else ()
    # As a card it has no names, and then there are three columns and no more.
    wide = not said.names and any(any(row[len(headings.PLAIN) :]) for _, row in rows)
    either = taken is First.CARD or not wide
    return Table(notes, tuple(unread), FirstRow(taken, told, either))


def _few_words(notes: Iterable[tuple[int, Note]]) -> list[Note]:
    """The notes of those lines. Raises Malformed where they hold more than can be taken in."""
    found = []
    words = 0
    for line, note in notes:
        words += len(note.front) + len(note.back)
        if words > MOST_WORDS:
            raise Malformed(
                line,
                "到这里文字已超过 1,600 万字，请拆成几份。",
                "the words up to here exceed 16 million characters; split the table.",
            )
        found.append(note)
    return found


def _check(shown: Sequence[str], line: int) -> None:
    """Raises Malformed where headings contradict each other, or are half of a table of ours."""
    spelt = [cell.strip().casefold() for cell in shown]
    named = [cell for cell in spelt if headings.known(cell)]
    if len(set(named)) < len(named):
        raise Malformed(line, "有两列同名。", "two columns have the same name.")
    lacking = ", ".join(name for name in sheets.COLUMNS if name not in spelt)
    if "history" in spelt and headings.names_both(shown) and lacking:
        raise Malformed(
            line,
            f"有 history 列，却少了 {lacking}。补上这些列，或去掉 history，只带卡片。",
            f"there is a column history but not {lacking}. Add what is missing, or take history"
            " out and bring the cards alone.",
        )


def _kept(names: Sequence[str], shown: Sequence[str], below: Sequence[Row]) -> list[str]:
    """The names of columns that are read. An `id` that only counts names no card: the next
    table counts from one again."""
    kept = []
    for place, name in enumerate(names):
        counts = shown[place].strip().casefold() == "id" and all(
            cell.strip().isdecimal() for cell in _column(below, place)
        )
        kept.append("" if name == "number" or counts else name)
    return kept


def _column(rows: Sequence[Row], place: int) -> list[str]:
    return [row[place] for _, row in rows if len(row) > place]


def _separator(body: str) -> str:
    """The separator under which the first rows look most like a table."""
    return max(SEPARATORS, key=lambda mark: _likeness(body, mark))


def _likeness(body: str, separator: str) -> tuple[int, float, int]:
    """Whether it finds names of columns, the share of rows equally wide, and its number."""
    try:
        rows = []
        for _, row in _rows(body[:100_000], separator, 0):
            rows.append(row)
            if len(rows) == LOOKED_AT:
                break
    except Malformed:
        # A row may have been cut off; what was read before it counts.
        pass
    if not rows:
        return 0, 0.0, 0
    named = sum(bool(headings.known(cell)) for cell in rows[0])
    width = len(rows[0])
    alike = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
    return (named if width > 1 else 0), alike, body.split("\n", 1)[0].count(separator)


def _rows(body: str, separator: str, above: int) -> Iterator[Row]:
    """Each row that is not empty with the line it begins at; `above` lines stand before."""
    begun, marks = above + 1, 0

    def lines() -> Iterator[str]:
        nonlocal marks
        for line in io.StringIO(body, newline=""):
            marks += line.count(separator)
            if marks > MOST_MARKS:
                raise _too_wide(begun)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                raise Malformed(
                    begun,
                    f"超过 {MOST_ROWS} 行，请拆成几份。",
                    f"more than {MOST_ROWS:,} rows; split the table.",
                )
            if any(cell.strip() for cell in row):
                yield begun, row
            begun, marks = above + reader.line_num + 1, 0
    except csv.Error as error:
        raise Malformed(
            begun, f"引号不配对或单元格太长（{error}）。", f"quotes or length of a cell: {error}."
        ) from None


def _narrow(row: list[str], line: int) -> list[str]:
    """The row without the empty cells that some programs write to its right."""
    if any(cell.strip() for cell in row[MOST_COLUMNS:]):
        raise _too_wide(line)
    return row[:MOST_COLUMNS]


def _too_wide(line: int) -> Malformed:
    return Malformed(
        line,
        f"超过 {MOST_COLUMNS} 列。单元格里有分隔符时要加引号。",
        f"more than {MOST_COLUMNS} columns. A cell that holds the separator needs quotes.",
    )


def _ours(names: Sequence[str], row: Sequence[str], line: int) -> Note:
    if len(row) != len(names):
        raise Malformed(
            line,
            f"有 {len(row)} 格，列名有 {len(names)} 个。",
            f"it has {len(row)} cells for {len(names)} columns.",
        )
    return sheets.note_of(dict(zip(names, row, strict=True)), line)


def _foreign(names: Sequence[str], row: Sequence[str], line: int, is_html: bool) -> Note:
    if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
        raise Malformed(
            line,
            f"有 {len(row)} 格，只认得 {len(names)} 列。单元格里有分隔符时要加引号；"
            "列更多时，第一行要写列名。",
            f"it has {len(row)} cells for {len(names)} columns. A cell that holds the separator"
            " needs quotes; for more columns, name them in the first row.",
        )
    cells = dict(zip(names, row, strict=False))
    asked, answered = (_side(names, row, side) for side in headings.SEVERAL)
    tags = cells.get("tags", "")
    return Note(
        key=cells.get("key", "").strip() or _key("\n".join(asked), "\n".join(answered)),
        front="<br><br>".join(asked if is_html else map(_markup, asked)),
        back="<br><br>".join(answered if is_html else map(_markup, answered)),
        deck=cells.get("deck", "").strip(),
        tags=tuple(re.split(r"[\s,;，；]+", tags.strip())) if tags.strip() else (),
        due=sheets.day(cells.get("due", ""), line),
    )


def _side(names: Sequence[str], row: Sequence[str], side: str) -> list[str]:
    """What stands in the columns of one side."""
    return [cell for name, cell in zip(names, row, strict=False) if name == side and cell.strip()]


def _key(front: str, back: str) -> str:
    """Names a card that has no number: by its front, so that a better answer is no new card."""
    named = " ".join((front if front.strip() else back).split())
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:32]


def _markup(text: str) -> str:
    return html.escape(text.strip(), quote=False).replace("\r\n", "\n").replace("\n", "<br>")
