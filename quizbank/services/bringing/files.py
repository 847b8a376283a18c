"""Which file is read by whom: one table, by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.safestring import SafeString

from demos.kit.declare import Text
from quizbank.exchange import anki, tables
from quizbank.exchange.headings import First, FirstRow
from quizbank.exchange.notes import Note
from quizbank.importing.remarks import Refused
from quizbank.importing.source import read_source
from quizbank.models import Origin, User
from quizbank.services.bringing import notes, takeout
from quizbank.services.bringing.faces import first_line, safe
from quizbank.services.bringing.report import Report
from quizbank.services.errors import BadFile

LARGEST = 64 * 1024 * 1024  # bytes; of a JSON file, some 50,000 reviews
SAMPLES = 3
LONGEST_TOLD = 300


class Opened(Protocol):
    """A file that was read."""

    @property
    def remarks(self) -> tuple[Text, ...]:
        """What of it was lost on the way."""

    @property
    def first_row(self) -> FirstRow | None:
        """How the first row of a table was taken."""

    @property
    def samples(self) -> list[tuple[SafeString, SafeString]]:
        """The two sides of its first cards, a line of markup each."""

    @property
    def has_settings(self) -> bool:
        """Whether it can also change how one studies."""

    def preview(self, user: User, now: datetime) -> Report:
        """What bringing it in would do; stores nothing."""

    def bring_in(self, user: User, now: datetime, *, settings: bool = False) -> Report:
        """Store it; with `settings` also how one studies."""


@dataclass(frozen=True)
class Cards:
    """Notes of any program."""

    origin: Origin
    notes: list[Note]
    remarks: tuple[Text, ...] = ()
    has_settings: bool = False
    first_row: FirstRow | None = None

    @property
    def samples(self) -> list[tuple[SafeString, SafeString]]:
        first = self.notes[:SAMPLES]
        return [(first_line(safe(one.front)), first_line(safe(one.back))) for one in first]

    def preview(self, user: User, now: datetime) -> Report:
        return notes.preview(user=user, notes=self.notes, origin=self.origin, now=now)

    def bring_in(self, user: User, now: datetime, *, settings: bool = False) -> Report:
        return notes.bring_in(user=user, notes=self.notes, origin=self.origin, now=now)


@dataclass(frozen=True)
class Everything:
    """A file of ours with all that a person owns."""

    data: dict[str, Any]
    remarks: tuple[Text, ...] = ()
    has_settings: bool = True
    first_row: FirstRow | None = None

    @property
    def samples(self) -> list[tuple[SafeString, SafeString]]:
        return []

    def preview(self, user: User, now: datetime) -> Report:
        return takeout.preview(user=user, data=self.data, now=now)

    def bring_in(self, user: User, now: datetime, *, settings: bool = False) -> Report:
        return takeout.bring_back(user=user, data=self.data, now=now, settings=settings)


def check_size(size: int) -> None:
    """Raises BadFile for more bytes than are taken in."""
    if size > LARGEST:
        raise BadFile(
            Text(
                f"文件超过 {LARGEST >> 20} MiB。请分几次导出；Anki 的包不必带媒体。",
                f"The file is larger than {LARGEST >> 20} MiB. Export it in several parts, from"
                " Anki without media.",
            )
        )


def opened(name: str, data: bytes, first: First | None = None) -> Opened:
    """What is in a file; `first` says what the first row of a table is, else it is taken for what
    it looks like. Raises BadFile, which says what is wrong with the file and where."""
    check_size(len(data))
    ending = "." + name.lower().rpartition(".")[2]
    reader = READERS.get(ending)
    if reader is None:
        listed = " ".join(READERS)
        raise BadFile(
            Text(f"只收这些文件：{listed}", f"Only these files can be brought in: {listed}")
        )
    if not data:
        raise BadFile(
            Text(
                "文件是空的，一个字节也没有。请重新导出或下载。",
                "The file is empty, without a single byte. Export or download it anew.",
            )
        )
    return reader(name, data, first)


def _table(name: str, data: bytes, first: First | None) -> Opened:
    try:
        table = tables.opened(read_source(name, data, largest=LARGEST).text, first)
    except (Refused, tables.Malformed) as refused:
        raise BadFile(refused.text) from None
    remarks = _passed_over(table.unread)
    return Cards(Origin.CSV, table.notes, remarks, first_row=table.first)


def _passed_over(columns: tuple[str, ...]) -> tuple[Text, ...]:
    if not columns:
        return ()
    zh, en = (mark.join(columns)[:LONGEST_TOLD] for mark in ("、", ", "))
    return (
        Text(
            f"没有读的列：{zh}。只读正面、背面、标签、牌组、到期日和卡片编号。",
            f"Columns left aside: {en}. Read are front, back, tags, deck, due and key.",
        ),
    )


def _package(name: str, data: bytes, _first: First | None) -> Opened:
    try:
        found = anki.read(data, name)
    except anki.Refused as refused:
        raise BadFile(refused.text) from None
    return Cards(Origin.ANKI, found.notes, tuple(remark.text for remark in found.remarks))


def _everything(_name: str, data: bytes, _first: First | None) -> Opened:
    return Everything(takeout.opened(data))


READERS: dict[str, Callable[[str, bytes, First | None], Opened]] = {
    ".apkg": _package,
    ".colpkg": _package,  # the same zip, of all decks
    ".json": _everything,
    ".csv": _table,
    ".tsv": _table,
    ".txt": _table,
}
