"""Write the bank's files into the database, which is what pages and API read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from quizbank.content import bank as content
from quizbank.content import catalogue
from quizbank.models import CatalogueRow, Document, FollowUp, Question, Topic, Unit
from quizbank.services.disputes import sync_disputes
from quizbank.services.question_fields import QuestionFields, question_fields

LEVELS = ("screen", "core", "deep")
Fields = dict[str, Any]


@dataclass
class Synced:
    """How many questions were written, and how."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0

    def json(self) -> dict[str, int]:
        return asdict(self)


@transaction.atomic
def sync_bank(*, bank: content.Bank, now: datetime) -> Synced:
    """Make the database say what the (checked) files say, touching nothing that agrees.

    A question keeps its row, and with it every learner's history, as long as its path stays;
    one whose file is gone is retired, not deleted.
    """
    topics = _sync_topics(bank)
    _upsert(CatalogueRow, "code", {row.code: _row(row, i) for i, row in enumerate(bank.rows)})
    result = _sync_questions(bank, topics, now)
    sync_disputes(disputes=bank.disputes, topics=topics)
    # Retired questions keep their traps, and those their rows.
    gone = CatalogueRow.objects.exclude(code__in=[row.code for row in bank.rows])
    gone.filter(traps__isnull=True).delete()
    Topic.objects.exclude(pk__in=[t.pk for t in topics.values()]).filter(questions=None).delete()
    _sync_documents(bank)
    return result


def _sync_topics(bank: content.Bank) -> dict[str, Topic]:
    wanted = {
        topic.slug: {"title_zh": topic.title.zh, "title_en": topic.title.en, "position": position}
        for position, topic in enumerate(bank.topics)
    }
    return _upsert(Topic, "slug", wanted)


def _row(row: catalogue.Row, position: int) -> Fields:
    fields: Fields = {"position": position, "judgement": row.judgement}
    named = {"statement": row.statement, "truth": row.truth, "argued": row.argued}
    for name, prose in named.items():
        fields[f"{name}_zh"] = prose.source.zh if prose else ""
        fields[f"{name}_en"] = prose.source.en if prose else ""
        fields[f"{name}_html_zh"] = prose.html.zh if prose else ""
        fields[f"{name}_html_en"] = prose.html.en if prose else ""
    for name in ("units", "lines", "references"):
        fields[name] = list(getattr(row, name))
    return fields


def _sync_questions(bank: content.Bank, topics: Mapping[str, Topic], now: datetime) -> Synced:
    result = Synced()
    known = {question.path: question for question in Question.objects.select_for_update()}
    changed: list[tuple[Question, QuestionFields]] = []
    for source in bank.questions:
        fields = question_fields(source)
        row = known.pop(source.path, None)
        topic = topics[source.topic]
        # Within a topic the easy ones come first, whatever their names.
        position = 10 * topic.position + LEVELS.index(source.level)
        values = {"topic": topic, "position": position, "content_hash": fields.content_hash}
        if row and _agrees(row, {**values, "retired_at": None}):
            result.unchanged += 1
            continue
        if row:
            result.updated += 1
        else:
            row = Question(path=source.path, created_at=now)
            result.created += 1
        _assign(row, {**fields.own, **values, "retired_at": None, "updated_at": now})
        row.save()
        changed.append((row, fields))
    _sync_children(changed)
    leaving = [q.pk for q in known.values() if q.retired_at is None]
    result.retired = Question.objects.filter(pk__in=leaving).update(retired_at=now)
    return result


def _sync_children(changed: Sequence[tuple[Question, QuestionFields]]) -> None:
    codes = dict(CatalogueRow.objects.values_list("code", "pk")) if changed else {}
    paths = dict(Question.objects.values_list("path", "pk")) if changed else {}
    for question, fields in changed:
        for model, children in fields.children.items():
            for child in children:
                if "row" in child:
                    child["row_id"] = codes[child.pop("row")]
            _replace(model, question, children)
        links = [{"target_id": paths[path]} for path in fields.follow_ups]
        _replace(FollowUp, question, links)


def _replace(model: type[models.Model], question: Question, wanted: Sequence[Fields]) -> None:
    """The children in this order. Those that stay in their place keep their row."""
    rows = model._default_manager.filter(question=question)
    present = {row.position: row for row in rows}  # type: ignore[attr-defined]
    for position, fields in enumerate(wanted, 1):
        row = present.pop(position, None) or model(question=question, position=position)
        _assign(row, fields)
        row.save()
    model._default_manager.filter(pk__in=[row.pk for row in present.values()]).delete()


def _sync_documents(bank: content.Bank) -> None:
    documents = _upsert(
        Document,
        "slug",
        {
            d.slug: {
                "title_zh": d.title.zh,
                "title_en": d.title.en,
                "sha256": d.sha256,
                "size": d.size,
                "encoding": d.encoding,
            }
            for d in bank.documents
        },
    )
    _sync_units(bank, documents)
    Document.objects.exclude(slug__in=documents).delete()


def _sync_units(bank: content.Bank, documents: Mapping[str, Document]) -> None:
    paths = dict(Question.objects.filter(retired_at=None).values_list("path", "pk"))
    owners = {unit: paths[q.path] for q in bank.questions for unit in q.units}
    wanted: dict[str, Fields] = {}
    for document in bank.documents:
        for position, unit in enumerate(document.units):
            wanted[unit.slug] = {
                "document_id": documents[document.slug].pk,
                "question_id": owners.get(unit.slug),
                "position": position,
                "heading": unit.heading,
                "line": unit.line,
                "line_end": unit.line_end,
                "level": unit.level,
                "kind": unit.kind,
                "empty": unit.empty,
            }
    rows = _upsert(Unit, "slug", wanted)
    for document in bank.documents:
        for unit in document.units:
            row, parent = rows[unit.slug], rows.get(unit.parent)
            if row.parent_id != (parent.pk if parent else None):
                row.parent = parent
                row.save(update_fields=["parent"])
    Unit.objects.exclude(slug__in=wanted).delete()


def _upsert(model: Any, key: str, wanted: Mapping[str, Fields]) -> dict[str, Any]:
    """Rows by key with these fields; writes those alone that are missing or differ."""
    present = {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}
    missing, different = [], []
    for value, fields in wanted.items():
        row = present.get(value)
        if row is None:
            missing.append(model(**{key: value}, **fields))
        elif not _agrees(row, fields):
            _assign(row, fields)
            different.append(row)
    model.objects.bulk_create(missing)
    if different:
        model.objects.bulk_update(different, list(next(iter(wanted.values()))), batch_size=50)
    return present | {getattr(row, key): row for row in missing}


def _assign(row: models.Model, fields: Fields) -> None:
    for name, value in fields.items():
        setattr(row, name, value)


def _agrees(row: models.Model, fields: Fields) -> bool:
    return all(getattr(row, name) == value for name, value in fields.items())
