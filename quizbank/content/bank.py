"""The whole bank: every file read, then each held against the others.

Knows claims only as names (`KnownDemo`), so it can be checked against the experiments
themselves or against what was recorded of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from quizbank.content.catalogue import LINES, Row, read_rows
from quizbank.content.disputes import Dispute, Known, check_disputes, read_disputes
from quizbank.content.documents import Document, Unit, read_document
from quizbank.content.errors import BankErrors, ContentError
from quizbank.content.glossary import Glossary, read_glossary
from quizbank.content.questions import Citation, Question, read_question
from quizbank.content.quiz import Predict
from quizbank.content.reading import Page
from quizbank.content.topics import Topic, read_topics

T = TypeVar("T")


@dataclass(frozen=True)
class KnownDemo:
    """What a question may lean on: claim slug -> the rows it decides, and whether it predicts."""

    claims: Mapping[str, tuple[str, ...]]
    predicts: bool = True
    topic: str = ""

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> KnownDemo:
        """What a demo's manifest says of it."""
        claims = {claim["slug"]: tuple(claim["decides"]) for claim in manifest["claims"]}
        return cls(claims, manifest["prediction"] is not None, manifest["topic"])


@dataclass(frozen=True)
class Bank:
    topics: tuple[Topic, ...]
    documents: tuple[Document, ...]
    rows: tuple[Row, ...]
    questions: tuple[Question, ...]
    glossary: Glossary
    disputes: tuple[Dispute, ...] = ()


def read_bank(root: Path, demos: Mapping[str, KnownDemo]) -> Bank:
    """Everything under `root`, checked against the known demos.

    Raises:
        BankErrors: every defect found, each with its file and its remedy.
    """
    bank, errors = inspect_bank(root, demos)
    if errors:
        raise BankErrors(errors)
    return bank


def inspect_bank(root: Path, demos: Mapping[str, KnownDemo]) -> tuple[Bank, list[ContentError]]:
    """The readable part of the bank, and every defect."""
    reader = _Reader(root)
    no_topics: tuple[Topic, ...] = ()
    topics = reader.one("topics.toml", read_topics, no_topics)
    glossary = reader.one("glossary.toml", read_glossary, Glossary(()))
    documents = [d for d in reader.each("documents/*.toml", read_document) if d]
    rows = [row for rows in reader.each("catalogue/*.toml", read_rows) for row in rows]
    questions = []
    for topic in topics:
        questions += [q for q in reader.each(f"{topic.slug}/*.md", read_question) if q]
    disputes = [one for found in reader.each("disputes.toml", read_disputes) for one in found]
    bank = Bank(topics, tuple(documents), tuple(rows), tuple(questions), glossary, tuple(disputes))
    errors = [*reader.errors, *reader.orphans()]
    errors += _check_demos(bank, demos)
    errors += _check_rows(bank)
    errors += _check_units(bank)
    errors += _check_questions(bank, demos)
    errors += check_disputes(bank.disputes, _known(bank, demos))
    return bank, errors


def _known(bank: Bank, demos: Mapping[str, KnownDemo]) -> Known:
    return Known(
        topics=[topic.slug for topic in bank.topics],
        rows={row.code for row in bank.rows},
        units={unit.slug for document in bank.documents for unit in document.units},
        last_lines={document.slug: document.last_line for document in bank.documents},
        claims={
            f"{slug}/{claim}": decides
            for slug, demo in demos.items()
            for claim, decides in demo.claims.items()
        },
    )


class _Reader:
    """Reads files under a root and remembers which, so that what nobody reads is found."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seen: set[Path] = set()
        self.errors: list[ContentError] = []

    def each(self, pattern: str, read: Callable[[Path, Page], T]) -> Iterator[T]:
        for path in sorted(self.root.glob(pattern)):
            yield self._file(path, read)

    def one(self, name: str, read: Callable[[Path, Page], T], missing: T) -> T:
        path = self.root / name
        if not path.is_file():
            self.errors.append(ContentError(name, "", "it is missing", "write it"))
            return missing
        return self._file(path, read)

    def orphans(self) -> Iterator[ContentError]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and path not in self.seen:
                yield ContentError(
                    str(path.relative_to(self.root)),
                    "",
                    "nothing reads this file",
                    "move it to <topic>/<slug>.md with a topic of topics.toml, or remove it",
                )

    def _file(self, path: Path, read: Callable[[Path, Page], T]) -> T:
        self.seen.add(path)
        page = Page(path.relative_to(self.root).as_posix())
        result = read(path, page)
        self.errors += page.errors
        return result


def _check_rows(bank: Bank) -> Iterator[ContentError]:
    units = {unit.slug for document in bank.documents for unit in document.units}
    last_lines = {document.slug: document.last_line for document in bank.documents}
    first: dict[str, Row] = {}
    for row in bank.rows:
        other = first.setdefault(row.code, row)
        if other is not row:
            yield ContentError(
                row.file, row.code, f"the id stands in {other.file} too", "give it another number"
            )
        for unit in row.units:
            if unit not in units:
                yield _no_unit(row.file, row.code, unit)
        for match in filter(None, map(LINES.fullmatch, row.lines)):
            begin, end = int(match[2]), int(match[3] or match[2])
            if not 1 <= begin <= end <= last_lines.get(match[1], 0):
                yield ContentError(
                    row.file, f"{row.code}.lines", f"no such lines: {match[0]}", "correct them"
                )


def _check_demos(bank: Bank, demos: Mapping[str, KnownDemo]) -> Iterator[ContentError]:
    topics = {topic.slug for topic in bank.topics}
    codes = {row.code for row in bank.rows}
    for slug, demo in demos.items():
        file = f"demos/experiments/{slug}.py"
        if demo.topic and demo.topic not in topics:
            known = ", ".join(sorted(topics))
            yield ContentError(file, "topic", f"{demo.topic!r} is none", f"choose one of {known}")
        for claim, decides in demo.claims.items():
            for code in decides:
                if code not in codes:
                    yield ContentError(
                        file,
                        claim,
                        f"it decides {code}, which the catalogue does not hold",
                        "correct the row id, or add the row",
                    )


def _check_units(bank: Bank) -> Iterator[ContentError]:
    units = {unit.slug: unit for document in bank.documents for unit in document.units}
    owners: dict[str, Question] = {}
    for question in bank.questions:
        for slug in question.units:
            unit: Unit | None = units.get(slug)
            if unit is None:
                yield _no_unit(question.file, "units", slug)
                continue
            if unit.kind != "question":
                yield ContentError(
                    question.file, "units", f"{slug} is a section", "claim the units inside it"
                )
            owner = owners.setdefault(slug, question)
            if owner is not question:
                yield ContentError(
                    question.file,
                    "units",
                    f"{slug} already belongs to {owner.file}",
                    "claim it in one of the two",
                )


def _no_unit(file: str, place: str, slug: str) -> ContentError:
    return ContentError(
        file, place, f"there is no unit {slug!r}", "take one of bank/documents/*.toml"
    )


def _check_questions(bank: Bank, demos: Mapping[str, KnownDemo]) -> Iterator[ContentError]:
    paths = {question.path for question in bank.questions}
    rows = {row.code: row for row in bank.rows}
    for question in bank.questions:
        for cited in question.proofs:
            yield from _check_citation(question.file, "proofs", cited, demos)
        for trap in question.traps:
            yield from _check_citation(question.file, "traps", trap.refuted_by, demos)
            yield from _check_trap_row(question.file, trap.row, rows)
        for related in question.related:
            yield from _check_demo(question.file, "related", related.demo, demos)
        for item in question.quiz:
            if isinstance(item, Predict):
                yield from _check_prediction(question.file, item.demo, demos)
        for target in question.follow_ups:
            if target == question.path or target not in paths:
                yield ContentError(
                    question.file,
                    "follow_ups",
                    f"{target!r} leads nowhere",
                    "name another question as <topic>/<slug>",
                )


def _check_trap_row(file: str, code: str, rows: Mapping[str, Row]) -> Iterator[ContentError]:
    if code not in rows:
        yield ContentError(
            file, "traps", f"the catalogue holds no row {code!r}", "add the row or correct the id"
        )
    elif rows[code].judgement == "right":
        yield ContentError(
            file, "traps", f"{code} is judged right", "a trap is a wrong statement; drop it"
        )


def _check_demo(
    file: str, place: str, slug: str, demos: Mapping[str, KnownDemo]
) -> Iterator[ContentError]:
    if slug and slug not in demos:
        yield ContentError(
            file, place, f"there is no demo {slug!r}", "take one that `python -m demos list` names"
        )


def _check_prediction(
    file: str, slug: str, demos: Mapping[str, KnownDemo]
) -> Iterator[ContentError]:
    yield from _check_demo(file, "quiz", slug, demos)
    if slug in demos and not demos[slug].predicts:
        yield ContentError(
            file, "quiz", f"{slug} asks for no prediction", "choose another kind of quiz item"
        )


def _check_citation(
    file: str, place: str, cited: Citation, demos: Mapping[str, KnownDemo]
) -> Iterator[ContentError]:
    yield from _check_demo(file, place, cited.demo, demos)
    if cited.demo in demos and cited.claim not in demos[cited.demo].claims:
        known = ", ".join(demos[cited.demo].claims)
        yield ContentError(file, place, f"there is no claim {cited}", f"{cited.demo} has: {known}")
