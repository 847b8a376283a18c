"""A file's bytes as text in lines, each with its place in the file."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from quizbank.content.script import IDEOGRAPH
from quizbank.importing.remarks import Refused

LARGEST = 1024 * 1024
ARCHIVES = (
    *(".zip", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".7z", ".rar", ".apkg", ".colpkg"),
    *(".docx", ".pptx", ".xlsx", ".odt", ".pages", ".epub", ".pdf", ".sqlite", ".db", ".jar"),
)
MAGIC: tuple[bytes, ...] = (
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"%PDF-"),
    *(b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"SQLite format 3", b"\xd0\xcf\x11\xe0"),
)
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
# Share of a text's ideographs that are in daily use, below which it is no Chinese.
USUAL = 0.7


@dataclass(frozen=True)
class Line:
    """One line without its end; `start` and `end` are bytes of the file, the line end included."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Source:
    """`encoding` is utf-8, utf-8-sig or gb18030; `text` is without a byte order mark."""

    name: str
    data: bytes
    text: str
    encoding: str
    lines: tuple[Line, ...]

    @property
    def newlines(self) -> set[str]:
        return {match[0] for match in re.finditer(r"\r\n|\n|\r", self.text)}

    @property
    def canonical(self) -> bytes:
        """UTF-8 with plain line ends: what one document is in any encoding."""
        return re.sub(r"\r\n|\r", "\n", self.text).encode()

    def byte(self, character: int) -> int:
        """The place in the file of a character of the text."""
        mark = len(codecs.BOM_UTF8) if self.encoding == "utf-8-sig" else 0
        return mark + len(self.text[:character].encode(_codec(self.encoding)))


def read_source(name: str, data: bytes, *, largest: int = LARGEST) -> Source:
    """The file as text. Raises Refused, with the reason, for what is no text we can read."""
    short = name.replace("\\", "/").rsplit("/", 1)[-1][:120]
    if len(data) > largest:
        raise Refused("large", len(data))
    if short.lower().endswith(ARCHIVES) or data.startswith(MAGIC):
        raise Refused("archive", short)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("utf16")
    if control := CONTROL.search(data):
        raise Refused("binary", control.start() + 1)
    text, encoding = _decoded(data)
    if not text.strip():
        raise Refused("empty")
    return Source(short, data, text, encoding, tuple(_lines(text, encoding)))


def _codec(encoding: str) -> str:
    return "gb18030" if encoding == "gb18030" else "utf-8"


def _decoded(data: bytes) -> tuple[str, str]:
    marked = data.startswith(codecs.BOM_UTF8)
    bare = data[len(codecs.BOM_UTF8) :] if marked else data
    try:
        return bare.decode(), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError as error:
        fault = error.start + 1
    try:
        text = "" if marked else data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    # Two byte sequences may stand for one character: such a text would not come back the same.
    if not text or text.encode("gb18030") != data or not _plausible(text):
        raise Refused("encoding", fault)
    return text, "gb18030"


def _plausible(text: str) -> bool:
    """Whether text read as GB18030 is Chinese, and not another encoding misread."""
    foreign = [c for c in text if not c.isascii()]
    private = sum("\ue000" <= c <= "\uf8ff" for c in foreign)
    ideographs = [c for c in foreign if IDEOGRAPH.match(c)]
    usual = sum(_in_daily_use(c) for c in ideographs)
    return not private and 2 * len(ideographs) > len(foreign) and usual >= USUAL * len(ideographs)


def _in_daily_use(character: str) -> bool:
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7  # the first level of GB 2312


def _lines(text: str, encoding: str) -> list[Line]:
    lines = []
    end = 0
    first = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
    for match in LINE.finditer(text):
        start, end = end, end + first + len(match[0].encode(_codec(encoding)))
        first = 0
        lines.append(Line(match[0].rstrip("\r\n"), start, end))
    return lines
