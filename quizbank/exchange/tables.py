"""Tables of cards: our own, and whatever people keep with a front and a back.

The first row may name the columns (`front`, `back`, `tags`, `deck`, `due`; 正面、背面 …); without
names the first column is the front, the second the back, a third the tags. The separator is a
comma, semicolon or tab, found by looking; lines such as `#separator:tab`, which Anki writes,
are followed. Cells are text, or HTML after `#html:true`. A table of ours (`sheets`) is known by
its columns `key` and `history`.
"""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizbank.exchange import sheets
from quizbank.exchange.notes import Note
from quizbank.exchange.sheets import Malformed as Malformed

MOST_ROWS = 20_000
LOOKED_AT = 30  # rows, to find the separator
SEPARATORS = ("\t", ";", ",")
SPELT = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
NAMES = {
    "front": ("front", "question", "prompt", "term", "q", "问题", "题目", "正面", "术语", "问"),
    "back": (
        *("back", "answer", "response", "definition", "a"),
        *("答案", "回答", "解答", "背面", "定义", "释义", "答"),
    ),
    "tags": ("tags", "tag", "标签"),
    "deck": ("deck", "牌组", "卡组"),
    "due": ("due", "到期"),
    "key": ("key", "guid", "id"),
}
KNOWN = {spelt: name for name, spellings in NAMES.items() for spelt in spellings}
PLAIN = ("front", "back", "tags")
HEAD = re.compile(
    r"#(separator|html|columns|notetype|deck|tags|(?:notetype|deck|tags|guid) column)"
    r":([^\r\n]*)(?:\r\n|\n|\r|$)"
)
# A history of years is longer than Python's usual 128 KiB a cell; the file's size is the limit.
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True)
class _Said:
    """What lines at the head of a file say of it, and where they end."""

    separator: str = ""
    is_html: bool = False
    names: tuple[str, ...] = ()
    end: int = 0
    lines: int = 0


@dataclass(frozen=True)
class Table:
    """What was read, and the names of the columns that were passed over."""

    notes: list[Note]
    unread: tuple[str, ...] = ()


def read(text: str) -> list[Note]:
    """The notes of a table. Raises Malformed, with the line, for one that cannot be read."""
    return opened(text).notes


def opened(text: str) -> Table:
    """A table, with what of it was left aside. Raises Malformed."""
    text = text.removeprefix(sheets.BOM)
    said = _head(text)
    body = text[said.end :]
    separator = said.separator or _separator(body)
    rows = list(_rows(body, separator, said.lines))
    if not rows:
        raise Malformed(1, "表格是空的。", "the table is empty.")
    names, rows = _names(said, rows)
    if set(sheets.COLUMNS) <= set(names):
        return Table([_ours(names, row, line) for line, row in rows])
    unread = tuple(name for name in names if name and name not in NAMES and name[0] != "#")
    return Table([_foreign(names, row, line, said.is_html) for line, row in rows], unread)


def _head(text: str) -> _Said:
    given: dict[str, str] = {}
    end = lines = 0
    while match := HEAD.match(text, end):
        given[match[1]] = match[2].strip()
        end, lines = match.end(), lines + 1
    spelt = given.get("separator", "")
    separator = SPELT.get(spelt.lower(), spelt)
    if separator and len(separator) != 1:
        raise Malformed(1, f"不认识分隔符 {spelt}。", f"the separator {spelt} is not known.")
    columns = given.get("columns", "")
    numbered = {
        int(number): name
        for name in ("tags", "deck", "guid")
        if (number := given.get(f"{name} column", "")).isdigit() and 0 < int(number) < 100
    }
    names = tuple(columns.split(separator)) if columns and separator else _placed(numbered)
    return _Said(separator, given.get("html", "").lower() == "true", names, end, lines)


def _placed(numbered: dict[int, str]) -> tuple[str, ...]:
    """Names by place, front and back at the places that are left."""
    if not numbered:
        return ()
    left = iter(("front", "back"))
    places = range(1, max(*numbered, len(numbered) + 2) + 1)
    return tuple(numbered.get(place) or next(left, f"#{place}") for place in places)


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
    named = sum(_known(cell) in NAMES for cell in rows[0])
    width = len(rows[0])
    alike = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
    return (named if width > 1 else 0), alike, body.split("\n", 1)[0].count(separator)


def _rows(body: str, separator: str, above: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty with the line it begins at; `above` lines stand before."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    begun = above + 1
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
            begun = above + reader.line_num + 1
    except csv.Error as error:
        raise Malformed(
            begun, f"引号不配对或单元格太长（{error}）。", f"quotes or length of a cell: {error}."
        ) from None


def _known(cell: str) -> str:
    name = cell.strip().casefold()
    return KNOWN.get(name, name)


def _names(
    said: _Said, rows: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The columns' names, ours where we know them, and the rows below them."""
    line, first = rows[0]
    found = [_known(cell) for cell in first]
    if {"front", "back"} <= set(found):
        if len(set(found)) < len(found):
            raise Malformed(line, "有两列同名。", "two columns have the same name.")
        lacking = ", ".join(name for name in sheets.COLUMNS if name not in found)
        if "history" in found and lacking:
            raise Malformed(
                line,
                f"有 history 列，却少了 {lacking}。补上这些列，或去掉 history，只带卡片。",
                f"there is a column history but not {lacking}. Add what is missing, or take"
                " history out and bring the cards alone.",
            )
        return found, rows[1:]
    if said.names:
        return [_known(name) for name in said.names], rows
    if max(len(row) for _, row in rows) < 2:
        raise Malformed(
            line,
            "只有一列：每行要有正面和背面，用逗号、分号或制表符隔开。",
            "there is one column alone: give a front and a back in each row, with a comma,"
            " semicolon or tab between.",
        )
    return list(PLAIN), rows


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
            f"有 {len(row)} 格，只认得 {len(names)} 列。单元格里有分隔符时要加引号。",
            f"it has {len(row)} cells for {len(names)} columns. A cell that holds the separator"
            " needs quotes.",
        )
    cells = dict(zip(names, row, strict=False))
    front, back = cells.get("front", ""), cells.get("back", "")
    tags = cells.get("tags", "")
    return Note(
        key=cells.get("key", "").strip() or _key(front, back),
        front=front if is_html else _markup(front),
        back=back if is_html else _markup(back),
        deck=cells.get("deck", "").strip(),
        tags=tuple(re.split(r"[\s,;，；]+", tags.strip())) if tags.strip() else (),
        due=sheets.day(cells.get("due", ""), line),
    )


def _key(front: str, back: str) -> str:
    """Names a card that has no number: by its front, so that a better answer is no new card."""
    named = " ".join((front if front.strip() else back).split())
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:32]


def _markup(text: str) -> str:
    return html.escape(text.strip(), quote=False).replace("\r\n", "\n").replace("\n", "<br>")
