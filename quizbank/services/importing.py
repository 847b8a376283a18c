"""Take notes in, correct what they were matched to, remove them and bring them back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from quizbank.importing.reading import Read
from quizbank.importing.remarks import Remark
from quizbank.models import (
    Document,
    ImportedDocument,
    Passage,
    PendingUpload,
    Question,
    Unit,
    User,
)
from quizbank.queries import notes
from quizbank.services.import_preview import Preview as Preview
from quizbank.services.import_preview import preview as preview
from quizbank.services.import_preview import wanted
from quizbank.services.own_questions import adopt_questions, make_own, retire_unused, revive

KEPT = timedelta(days=30)
PENDING = timedelta(hours=1)
SUFFIXES = (".md", ".markdown", ".txt", ".csv", ".tsv", ".json")


@dataclass(frozen=True)
class Imported:
    """A document, and what its import did; `created` is False where it was there already."""

    document: ImportedDocument
    created: bool
    units_matched: int
    questions_matched: int
    questions_created: int
    bytes_kept: int
    remarks: tuple[Remark, ...]

    def json(self) -> dict[str, Any]:
        """One entry of `manage.py import_document --json`."""
        document = self.document
        return {
            "file": document.file_name,
            "document": str(document.pk),
            "encoding": document.encoding,
            "bytes_in": len(document.original),
            "bytes_kept": self.bytes_kept,
            "passages": document.passages.count(),
            "units_matched": self.units_matched,
            "questions_matched": self.questions_matched,
            "questions_created": self.questions_created,
            "formulas": document.formulas,
            "images": document.images,
            "warnings": [{"line": r.line, "message": r.text.en} for r in self.remarks],
        }


def import_document(
    *, owner: User | None, name: str, data: bytes, now: datetime, title: str = ""
) -> Imported:
    """Take a file in; one that is there already is left as it is, a removed one comes back.

    Without an owner it is shown to everybody. Raises Refused, and then stores nothing.
    """
    digest = hashlib.sha256(data).hexdigest()
    purge_removed(now=now)
    if there := ImportedDocument.objects.filter(owner=owner, sha256=digest).first():
        return _again(there)
    planned = preview(name=name, data=data)
    try:
        return _stored(owner, planned, digest, title, now)
    except IntegrityError:  # the same file came twice at once
        return _again(ImportedDocument.objects.get(owner=owner, sha256=digest))


def notes_in(folder: Path) -> list[Path]:
    """The notes of a folder in the order of their names.

    JSON beside notes is more often their index than a set of questions: name such a file
    itself to import it.
    """
    wanted = [suffix for suffix in SUFFIXES if suffix != ".json"]
    return [p for p in sorted(folder.iterdir()) if p.is_file() and p.suffix.lower() in wanted]


def hold(*, owner: User, name: str, data: bytes, now: datetime) -> PendingUpload:
    """Keep a file until its owner confirms, an hour at the most."""
    PendingUpload.objects.filter(created_at__lt=now - PENDING).delete()
    PendingUpload.objects.filter(owner=owner).delete()
    short = name.replace("\\", "/").rsplit("/", 1)[-1][:120]
    return PendingUpload.objects.create(owner=owner, file_name=short, original=data, created_at=now)


@transaction.atomic
def remove_document(*, document: ImportedDocument, now: datetime) -> None:
    """Take a document and its passages out of sight. Every review stays."""
    if document.removed_at is None:
        document.removed_at = now
        document.save(update_fields=["removed_at"])
        retire_unused(owner=document.owner, questions=_asked_in(document), now=now)


@transaction.atomic
def restore_document(*, document: ImportedDocument) -> None:
    """Bring a removed document back as it was, with what was corrected by hand."""
    if document.removed_at is not None:
        document.removed_at = None
        document.save(update_fields=["removed_at"])
        revive(owner=document.owner, questions=_asked_in(document))


def purge_removed(*, now: datetime) -> int:
    """Drop the bytes and passages of what was removed more than thirty days ago."""
    old = ImportedDocument.objects.filter(removed_at__lt=now - KEPT)
    number = old.count()
    if number:
        old.delete()
    return number


@transaction.atomic
def correct_match(*, passage: Passage, question: Question | None, now: datetime) -> Passage:
    """Say by hand which question a passage is about; None says that it is about none."""
    before = passage.question_id
    passage.question, passage.matched_by, passage.score = question, Passage.MatchedBy.HAND, 1
    passage.save(update_fields=["question", "matched_by", "score"])
    owner = passage.document.owner
    if question is not None:
        revive(owner=owner, questions=[question.pk])
    retire_unused(owner=owner, questions=[before], now=now)
    return passage


@transaction.atomic
def adopt_notes(*, guest: User, account: User) -> None:
    """Give the account what a guest imported; a file that both have stays the account's."""
    there = ImportedDocument.objects.filter(owner=account).values_list("sha256", flat=True)
    ImportedDocument.objects.filter(owner=guest).exclude(sha256__in=list(there)).update(
        owner=account
    )
    adopt_questions(guest=guest, account=account)
    PendingUpload.objects.filter(owner=guest).delete()


def _again(document: ImportedDocument) -> Imported:
    restore_document(document=document)
    passages = list(document.passages.order_by("position"))
    back = b"".join(bytes(document.original)[p.start : p.end] for p in passages)
    units = [p.unit for p in passages if p.unit]
    questions = [p for p in passages if p.matched_by == Passage.MatchedBy.UNIT]
    owned = Unit.objects.filter(slug__in=units, kind=Unit.Kind.QUESTION)
    by_unit = owned.filter(slug__in=[p.unit for p in questions], question__isnull=False)
    others = {p.question_id for p in passages if p.matched_by not in ("own", "unit")} - {None}
    return Imported(
        document=document,
        created=False,
        units_matched=owned.count(),
        questions_matched=len({*by_unit.values_list("question", flat=True), *others}),
        questions_created=0,
        bytes_kept=len(back) if back == bytes(document.original) else 0,
        remarks=tuple(notes.remarks_of(document)),
    )


@transaction.atomic
def _stored(
    owner: User | None, planned: Preview, digest: str, title: str, now: datetime
) -> Imported:
    done = planned.read
    document = ImportedDocument.objects.create(
        owner=owner,
        known=Document.objects.filter(slug=done.known).first() if done.known else None,
        title=(title or _title(done))[:300],
        file_name=done.source.name,
        sha256=digest,
        encoding=done.source.encoding,
        dialect=done.dialect,
        original=done.source.data,
        formulas=done.formulas,
        images=done.images,
        remarks=[[r.line, r.code, r.detail] for r in done.remarks],
        imported_at=now,
    )
    own: dict[int, Question] = {}
    created = 0
    if owner is not None:
        places = planned.own
        made, created = make_own(
            owner=owner, wanted=[wanted(planned, place) for place in places], now=now
        )
        own = dict(zip(places, made, strict=True))
    _store_passages(document, planned, own)
    return Imported(
        document=document,
        created=True,
        units_matched=planned.units,
        questions_matched=len({match.key for match in planned.matches.values()}),
        questions_created=created,
        bytes_kept=done.kept,
        remarks=done.remarks,
    )


def _title(done: Read) -> str:
    named = (p.heading for p in done.passages if p.kind == "heading" and p.heading)
    return next(named, done.source.name)


def _store_passages(document: ImportedDocument, planned: Preview, own: dict[int, Question]) -> None:
    done = planned.read
    rows = []
    for i, passage in enumerate(done.passages):
        match = planned.matches.get(i)
        question, by = (match.key, match.by) if match else (None, "")
        if i in own:
            question, by = own[i].pk, Passage.MatchedBy.OWN
        if passage.unit:
            # Whichever question holds the unit, now or later, is the one.
            question, by = None, Passage.MatchedBy.UNIT
        rows.append(
            Passage(
                document=document,
                position=i,
                start=passage.start,
                end=passage.end,
                line=passage.line,
                line_end=passage.line_end,
                level=passage.level,
                kind=passage.kind,
                heading=passage.heading[:300],
                unit=passage.unit,
                question_id=question,
                matched_by=by,
                score=match.score if match else 0,
                html=done.html[i],
            )
        )
    Passage.objects.bulk_create(rows, batch_size=200)
    _set_parents(document, done)


def _set_parents(document: ImportedDocument, done: Read) -> None:
    rows = list(document.passages.order_by("position").only("pk", "parent"))
    for row, passage in zip(rows, done.passages, strict=True):
        if passage.parent is not None:
            row.parent_id = rows[passage.parent].pk
    Passage.objects.bulk_update(rows, ["parent"], batch_size=200)


def _asked_in(document: ImportedDocument) -> Sequence[int | None]:
    return list(document.passages.values_list("question", flat=True))
