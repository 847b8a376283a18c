"""Tables and JSON of questions and answers: each record is one passage."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from quizbank.importing.passages import Passage, bare
from quizbank.importing.remarks import Remark
from quizbank.importing.source import Source

QUESTION = (
    *("question", "front", "prompt", "q", "title", "term", "问题", "题目", "正面", "问"),
    *("题目内容", "题干", "面试题", "术语", "名词"),
)
ANSWER = (
    *("answer", "back", "response", "a", "definition", "solution", "答案", "回答", "解答"),
    *("背面", "答", "参考答案", "定义", "释义"),
)
LONGEST_HEADING = 300
MOST = 5_000
# A value with the pairs of an object kept in order, however often a name comes.
Pairs = list[tuple[str, Any]]


class _Object(list[tuple[str, Any]]):
    """An object of a JSON file: its pairs."""


class NoRecords(Exception):
    """A table or JSON without questions; says why."""

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True)
class _Record:
    """`start` is a character of the text; the record reaches up to the next one."""

    start: int
    pairs: Pairs


def passages_in(source: Source) -> tuple[list[Passage], list[Remark]] | None:
    """The passages of a table or a JSON file by its name; None where it is read as Markdown."""
    ending = source.name.lower().rsplit(".", 1)[-1]
    readers: dict[str, tuple[Callable[[str], Sequence[_Record]], str]] = {
        "csv": (_table, "table"),
        "tsv": (_table, "table"),
        "json": (_json, "json"),
    }
    if ending not in readers:
        return None
    read, code = readers[ending]
    try:
        records = read(source.text)
    except NoRecords as error:
        return [_whole(source)], [Remark(error.line, code, str(error))]
    if len(records) > MOST:
        detail = f"{len(records)} > {MOST}"
        return [_whole(source)], [Remark(1, code, detail)]
    return _passages(source, records), []


def _whole(source: Source) -> Passage:
    last = len(source.lines)
    return Passage(0, len(source.data), 1, last, 0, "text", "", None, source.text, "", last)


def _passages(source: Source, records: Sequence[_Record]) -> list[Passage]:
    starts = [0, *(record.start for record in records), len(source.text)]
    places = [source.byte(start) if start else 0 for start in starts]
    places[-1] = len(source.data)
    lines = [1]
    for one, other in pairwise(starts):
        lines.append(lines[-1] + len(re.findall(r"\r\n|\n|\r", source.text[one:other])))
    passages = []
    head = source.text[: starts[1]]
    if head:
        end = max(1, lines[1] - head.endswith(("\n", "\r")))
        body = _clean(head) if re.search(r"\w", head) else ""
        passages.append(Passage(0, places[1], 1, end, 0, "text", "", None, body, "", end))
    for i, record in enumerate(records, 1):
        whole = source.text[record.start : starts[i + 1]]
        end = max(lines[i], lines[i + 1] - whole.endswith(("\n", "\r")))
        heading, body = _shown(record.pairs)
        passages.append(
            Passage(
                places[i], places[i + 1], lines[i], end, 1, "record", heading, None, body, "", end
            )
        )
    return passages


def _shown(pairs: Pairs) -> tuple[str, str]:
    """The heading of a record and all else it holds as Markdown: its answer, then the rest."""
    left = list(pairs)
    asked = _taken(left, QUESTION) or (left.pop(0) if left else ("", ""))
    answered = _taken(left, ANSWER)
    question = _as_text(asked[1])
    first, _, rest = question.partition("\n")
    heading = bare(first)
    parts = [question] if len(heading) > LONGEST_HEADING or rest.strip() else []
    parts += [_as_text(answered[1])] if answered else []
    parts += [f"**{name}**: {_as_text(value)}" for name, value in left if _as_text(value).strip()]
    return heading[:LONGEST_HEADING], "\n\n".join(parts)


def _taken(pairs: Pairs, names: Sequence[str]) -> tuple[str, Any] | None:
    for name in names:
        for i, pair in enumerate(pairs):
            if pair[0].strip().casefold() == name:
                return pairs.pop(i)
    return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, _Object):
        return "; ".join(f"{name}: {_as_text(inner)}" for name, inner in value)
    if isinstance(value, list):
        return "; ".join(_as_text(inner) for inner in value)
    return "" if value is None else json.dumps(value)


def _clean(text: str) -> str:
    """Without half characters and controls, which JSON can spell and no page can show."""
    text = text.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", text)


def _table(text: str) -> list[_Record]:
    pieces = re.findall(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", text)
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece))
    first = pieces[0]
    delimiter = "\t" if "\t" in first else (";" if first.count(";") > first.count(",") else ",")
    reader = csv.reader(pieces, delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    begun = 0
    try:
        for row in reader:
            rows.append((starts[begun], row))
            begun = reader.line_num
    except csv.Error as error:
        raise NoRecords(str(error), reader.line_num or 1) from error
    names = [cell.strip() for cell in rows[0][1]]
    if {name.casefold() for name in names} & {*QUESTION, *ANSWER}:
        rows = rows[1:]
    else:
        names = ["question", "answer"]
    records = [_Record(start, list(_named(names, row))) for start, row in rows if any(row)]
    if not records or max(len(record.pairs) for record in records) < 2:
        raise NoRecords("fewer than two columns")
    return records


def _named(names: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    for i, cell in enumerate(row):
        yield (names[i] if i < len(names) and names[i] else str(i + 1)), cell


def _json(text: str) -> list[_Record]:
    decoder = json.JSONDecoder(object_pairs_hook=_Object)
    try:
        whole = decoder.decode(text)
        start = _skip(text, 0)
        if isinstance(whole, _Object):
            lists = [value for _, value in whole if _is_records(value)]
            if len(lists) == 1:
                start = next(s for s, _, v in _members(decoder, text, start) if _is_records(v))
                whole = lists[0]
        if not (_is_records(whole) or _is_mapping(whole)):
            raise NoRecords("no list of questions")
        members = _members(decoder, text, start)
        return [_Record(begin, _pairs(name, value)) for begin, name, value in members]
    except json.JSONDecodeError as error:
        raise NoRecords(error.msg, error.lineno) from error
    except RecursionError as error:
        raise NoRecords("nested too deeply") from error


def _pairs(name: str, value: Any) -> Pairs:
    """A record's pairs; in an object of questions the name asks and the value answers."""
    return list(value) if isinstance(value, _Object) else [("question", name), ("answer", value)]


def _is_records(value: Any) -> bool:
    listed = isinstance(value, list) and not isinstance(value, _Object)
    return listed and bool(value) and all(isinstance(one, _Object) and one for one in value)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, _Object) and bool(value) and all(isinstance(v, str) for _, v in value)


def _members(decoder: json.JSONDecoder, text: str, start: int) -> Iterator[tuple[int, str, Any]]:
    """(place, name, value) of every member of the list or object that begins at `start`.

    In a list the place is the value's, in an object that of a value that is a list and of the
    name otherwise.
    """
    closing = "]" if text[start] == "[" else "}"
    place = _skip(text, start + 1)
    while text[place] != closing:
        begin, name = place, ""
        if closing == "}":
            name, place = decoder.raw_decode(text, place)
            place = _skip(text, _skip(text, place) + 1)
        value, end = decoder.raw_decode(text, place)
        yield (place if _is_records(value) else begin), name, value
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    match = re.compile(r"[ \t\r\n]*").match(text, place)
    return match.end() if match else place
