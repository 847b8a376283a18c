"""The five documents themselves, where DOCUMENTS names the folder that holds them.

The repository holds their outlines and none of their text.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from quizbank.content.bank import inspect_bank
from quizbank.content.documents import Document
from quizbank.importing.outline import Outline, OutlineUnit
from quizbank.importing.passages import bare, joined
from quizbank.importing.reading import Read, read
from quizbank.management.evidence import BANK
from quizbank.models import ImportedDocument
from quizbank.queries import notes
from quizbank.services import importing
from quizbank.services.bank import _sync_documents

FOLDER = os.environ["DOCUMENTS"]


@pytest.fixture(scope="module")
def documents() -> tuple[Document, ...]:
    return tuple(inspect_bank(BANK, {})[0].documents)


@pytest.fixture(scope="module")
def outlines(documents: tuple[Document, ...]) -> list[Outline]:
    return [
        Outline(
            document.slug,
            document.sha256,
            tuple(
                OutlineUnit(unit.slug, unit.line, unit.line_end, unit.level, unit.heading)
                for unit in document.units
            ),
        )
        for document in documents
    ]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    return sorted(Path(FOLDER).glob("*.txt"))


@pytest.fixture(scope="module")
def found(outlines: list[Outline], files: list[Path]) -> dict[str, Read]:
    done = [read(path.name, path.read_bytes(), outlines) for path in files]
    return {one.known: one for one in done}


def test_all_five_are_known_and_come_back(found: dict[str, Read], files: list[Path]) -> None:
    assert sorted(found) == ["d0", "d1", "d2", "d3", "d4"]
    for one, path in zip(found.values(), files, strict=True):
        assert joined(one.source, one.passages) == path.read_bytes()


def test_every_unit_is_a_passage_at_its_lines(
    found: dict[str, Read], documents: tuple[Document, ...]
) -> None:
    questions = 0
    for document in documents:
        passages = {p.unit: p for p in found[document.slug].passages if p.unit}
        for unit in document.units:
            passage = passages[unit.slug]
            # The outline counts an empty line after the last line end.
            last = len(found[document.slug].source.lines)
            assert (passage.line, passage.span_end) == (unit.line, min(unit.line_end, last))
            parent = (
                found[document.slug].passages[passage.parent]
                if passage.parent is not None
                else None
            )
            assert (parent.unit if parent else "") == unit.parent
            first = found[document.slug].source.lines[unit.line - 1].text
            assert bare(unit.heading)[:4] in bare(first).replace("*", "")
            questions += unit.kind == "question"
    assert questions == 207


def test_all_formulas_and_images_are_found(found: dict[str, Read]) -> None:
    assert {slug: one.formulas for slug, one in found.items()} == {
        "d0": 0, "d1": 28, "d2": 32, "d3": 57, "d4": 23,
    }  # fmt: skip
    assert sum(one.images for one in found.values()) == 66
    markup = "".join("".join(one.html) for one in found.values())
    assert markup.count("<math") == 140
    assert "<img" not in markup
    assert 'class="tex"' not in markup


def test_nothing_is_shown_as_source_for_want_of_better(found: dict[str, Read]) -> None:
    codes = {remark.code for one in found.values() for remark in one.remarks}
    assert codes == {"image", "only_images", "repaired"}


def test_in_another_encoding_they_are_the_same(outlines: list[Outline], files: list[Path]) -> None:
    for path in files:
        plain = read(path.name, path.read_bytes(), outlines)
        other = read(path.name, path.read_text().encode("gb18030"), outlines)
        assert other.known == plain.known
        assert other.html == plain.html


def test_without_their_outlines_their_headings_are_found(
    files: list[Path], documents: tuple[Document, ...], found: dict[str, Read]
) -> None:
    for path, document in zip(files, documents, strict=True):
        done = read(path.name, path.read_bytes())
        assert joined(done.source, done.passages) == path.read_bytes()
        lines = {passage.line for passage in done.passages}
        headed = [
            unit.line
            for unit in document.units
            if done.source.lines[unit.line - 1].text.lstrip(" >").startswith(("#", "- **"))
        ]
        assert set(headed) <= lines


def test_the_import_reports_all_units(
    alice: Any, documents: tuple[Document, ...], files: list[Path], now: datetime
) -> None:
    bank, _ = inspect_bank(BANK, {})
    _sync_documents(bank.__class__(**{**bank.__dict__, "questions": ()}))
    for _ in range(2):
        reports = [
            importing.import_document(owner=alice, name=p.name, data=p.read_bytes(), now=now).json()
            for p in files
        ]
        assert sum(report["units_matched"] for report in reports) == 207
        assert all(report["bytes_in"] == report["bytes_kept"] for report in reports)
    assert ImportedDocument.objects.count() == len(list(notes.documents_for(alice))) == 5
