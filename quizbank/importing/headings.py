"""Where the headings of any Markdown stand, also those that notes only hint at.

Headings with `#`, underlined and quoted ones; bullets in bold; short bullets with bullets below
them; a bold line or a question that is a paragraph of its own; "Q:" and "问：".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from quizbank.content.script import IDEOGRAPH, is_cjk
from quizbank.importing.passages import MOST, Span, bare
from quizbank.importing.remarks import Remark
from quizbank.importing.source import Line

HASHES = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*)|[ \t]*$|(.+))")
QUOTED = re.compile(r"^ {0,3}>[ >]*(#{1,6})[ \t]+(\S.*)$")
UNDERLINE = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
BULLET = re.compile(r"^([ \t]*)(?:[-*+]|\d{1,3}[.)])[ \t]+(\S.*)$")
BOLD = re.compile(r"^(\*\*|__)(?!\s)(.{2,80}?)\1[ \t]*[:：]?[ \t]*$")
ASKED = re.compile(r"^ {0,3}(?:[-*+] )?(?:\*\*)?(?:Q\d*|问题?|问)\s*[:：.、]\s*(\S.{0,300})$")
FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})([^`]*)$")
SENTENCE = re.compile(r"[。；;！!，,]")
LONGEST = 300
# Bold lines that name a part of an answer, not another question.
PARTS = {
    *("简介", "背景", "特点", "优点", "缺点", "优缺点", "改进", "总结", "公式", "数学公式", "架构"),
    *("存在问题", "解决办法", "解决方法", "方法", "应用", "原因", "答案", "注意", "例子", "参考"),
    *("answer", "example", "note", "summary", "pros", "cons", "references", "solution"),
}


@dataclass
class _Scan:
    lines: Sequence[Line]
    spans: list[Span] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    base: int = 0  # level of the last heading with hashes
    inside: int = 0  # last line of the bullet being read


def spans_in(lines: Sequence[Line]) -> tuple[list[Span], list[Remark]]:
    """The spans of the headings found, and what could not be understood."""
    scan = _Scan(lines)
    skipped = _verbatim(scan)
    for index, line in enumerate(lines):
        if index in skipped or not line.text.strip() or len(line.text) > LONGEST:
            continue
        if len(scan.spans) >= MOST:
            scan.remarks.append(Remark(index + 1, "many", str(MOST)))
            break
        found = _hashes(scan, index) or _underlined(scan, index, skipped) or _item(scan, index)
        if found:
            scan.spans.append(found)
    return _closed(scan.spans, len(lines)), scan.remarks


def _verbatim(scan: _Scan) -> set[int]:
    """The lines inside code blocks and display formulas. One never closed hides nothing."""
    inside: set[int] = set()
    closing: re.Pattern[str] | None = None
    start = 0
    index = 0
    unclosed: set[int] = set()
    while index < len(scan.lines) or closing:
        if index >= len(scan.lines):
            if not scan.lines[start].text.lstrip().startswith("$"):
                scan.remarks.append(Remark(start + 1, "fence"))
            unclosed.add(start)
            index, closing = start + 1, None
            continue
        text = scan.lines[index].text
        if closing:
            if closing.match(text):
                inside.update(range(start, index + 1))
                closing = None
        elif index not in unclosed:
            closing, start = _opened(text), index
        index += 1
        if len(unclosed) > 50:
            break
    return inside


def _opened(text: str) -> re.Pattern[str] | None:
    if match := FENCE.match(text):
        mark = match[1]
        return re.compile(rf"^[ \t>]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$")
    if text.strip() == "$$":
        return re.compile(r"^[ \t>]*.*\$\$[ \t]*$")
    return None


def _hashes(scan: _Scan, index: int) -> Span | None:
    text = scan.lines[index].text
    if match := QUOTED.match(text):
        level = scan.base + 1
        return Span(index + 1, 0, level, "heading", bare(text)[:LONGEST])
    match = HASHES.match(text)
    if match is None or (match[3] and not is_cjk(match[3][0])):
        return None
    scan.base = len(match[1])
    return Span(index + 1, 0, scan.base, "heading", bare(text))


def _underlined(scan: _Scan, index: int, skipped: set[int]) -> Span | None:
    lines = scan.lines
    text = lines[index].text
    below = UNDERLINE.match(lines[index + 1].text) if index + 1 < len(lines) else None
    alone = index == 0 or not lines[index - 1].text.strip()
    if not below or not alone or index + 1 in skipped or UNDERLINE.match(text):
        return None
    if BULLET.match(text) or text.lstrip().startswith((">", "|")) or text.startswith("    "):
        return None
    scan.base = 1 if below[1][0] == "=" else 2
    return Span(index + 1, 0, scan.base, "heading", bare(text), skip=2)


def _item(scan: _Scan, index: int) -> Span | None:
    text = scan.lines[index].text
    level = scan.base + 1
    if index < scan.inside:
        return None
    if match := ASKED.match(text):
        return Span(index + 1, 0, level, "item", bare(match[1]))
    if match := BULLET.match(text):
        return _bullet(scan, index, match, level)
    alone = _blank(scan, index - 1)
    if not alone or text.startswith(("    ", "\t")):
        return None
    if (match := BOLD.match(text.strip())) and _names_something(match[2]):
        return Span(index + 1, 0, level, "item", bare(match[2]))
    words = bare(text)
    if words.endswith(("？", "?")) and len(words) <= 80 and _blank(scan, index + 1):
        return Span(index + 1, 0, level, "item", words)
    return None


def _bullet(scan: _Scan, index: int, match: re.Match[str], level: int) -> Span | None:
    """A bullet that is a heading: bold and outermost, or short with deeper bullets below."""
    indent = len(match[1].expandtabs(4))
    if indent > 2:
        return None
    words = bare(match[2])
    bold = BOLD.match(match[2].strip())
    end = _bullet_end(scan.lines, index, indent)
    nested = next((one.text for one in scan.lines[index + 1 : end] if one.text.strip()), "")
    short = 2 <= len(words) <= 60 and not SENTENCE.search(words)
    names = short and BULLET.match(nested) and not words.endswith((":", "："))
    asks = indent == 0 and _asks(words) and len(words) <= 80 and nested
    if not (names or asks or (bold and indent == 0 and (nested or _asks(words)))):
        return None
    scan.inside = end
    return Span(index + 1, end, level, "item", words)


def _bullet_end(lines: Sequence[Line], index: int, indent: int) -> int:
    """The last line (counted from 1) of the bullet at `index` and all indented below it."""
    for later in range(index + 1, len(lines)):
        text = lines[later].text
        if text.strip() and len(text) - len(text.lstrip()) <= indent:
            return later
    return len(lines)


def _asks(words: str) -> bool:
    return words.rstrip("*_ ").endswith(("？", "?"))


def _names_something(words: str) -> bool:
    plain = bare(words).strip(" :：。.?？").lower()
    if plain in PARTS:
        return False
    return _asks(words) or len(IDEOGRAPH.findall(plain)) >= 4 or len(plain.split()) >= 3


def _blank(scan: _Scan, index: int) -> bool:
    return not 0 <= index < len(scan.lines) or not scan.lines[index].text.strip()


def _closed(spans: Sequence[Span], last: int) -> list[Span]:
    """Each span ends where the next of its level or above begins, if nothing ended it before."""
    ends = [last] * len(spans)
    still_open: list[int] = []
    for i, span in enumerate(spans):
        while still_open and spans[still_open[-1]].level >= span.level:
            ends[still_open.pop()] = span.line - 1
        still_open.append(i)
    return [
        replace(span, line_end=min(span.line_end or end, end))
        for span, end in zip(spans, ends, strict=True)
    ]
