"""Write the bank's files into the database, which is what pages and API read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from demos.manifests import sync as sync_demos
from quizbank.content import bank as content
from quizbank.content import catalogue
from quizbank.models import CatalogueRow, Document, FollowUp, Question, Topic, Unit
from quizbank.services.disputes import sync_disputes
from quizbank.services.question_fields import QuestionFields, question_fields

LEVELS = ("screen", "core", "deep")
Fields = dict[str, Any]
Children = dict[tuple[int, int], Fields]  # by question and position


@dataclass
class Synced:
    """How many questions were written, and how."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    retired: int = 0

    def json(self) -> dict[str, int]:
        return asdict(self)


def sync_bank(
    *, bank: content.Bank, now: datetime, manifests: Sequence[Mapping[str, Any]] | None = None
) -> Synced:
    """Make the database say what the (checked) files say, touching nothing that agrees.

    A question keeps its row, and with it every learner's history, as long as its path stays;
    one whose file is gone is retired, not deleted. `manifests` are those of all demos; without
    them the demos stay as they are.
    """
    # What is slow comes before the transaction: on SQLite all other writers wait for its end.
    fields = {question.path: question_fields(question) for question in bank.questions}
    with transaction.atomic():
        if manifests is not None:
            sync_demos(manifests, now=now)
        return _sync(bank, fields, now)


def _sync(bank: content.Bank, fields: Mapping[str, QuestionFields], now: datetime) -> Synced:
    topics = _sync_topics(bank)
    _upsert(CatalogueRow, "code", {row.code: _row(row, i) for i, row in enumerate(bank.rows)})
    result = _sync_questions(bank, fields, topics, now)
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


def _sync_questions(
    bank: content.Bank,
    prepared: Mapping[str, QuestionFields],
    topics: Mapping[str, Topic],
    now: datetime,
) -> Synced:
    result = Synced()
    known = {question.path: question for question in Question.objects.select_for_update()}
    changed: list[tuple[Question, QuestionFields]] = []
    for source in bank.questions:
        fields = prepared[source.path]
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
    if not changed:
        return
    codes = dict(CatalogueRow.objects.values_list("code", "pk"))
    paths = dict(Question.objects.values_list("path", "pk"))
    wanted: dict[type[models.Model], Children] = defaultdict(dict)
    for question, fields in changed:
        for model, children in fields.children.items():
            for position, child in enumerate(children, 1):
                row = {"row_id": codes[child.pop("row")]} if "row" in child else {}
                wanted[model][question.pk, position] = child | row
        for position, path in enumerate(fields.follow_ups, 1):
            wanted[FollowUp][question.pk, position] = {"target_id": paths[path]}
    questions = [question for question, _ in changed]
    kinds: list[type[models.Model]] = [FollowUp, *changed[0][1].children]
    for model in kinds:
        _replace(model, questions, wanted[model])


def _replace(model: Any, questions: Sequence[Question], wanted: Children) -> None:
    """All children of these questions. Those that stay in their place keep their row."""
    rows = model.objects.filter(question__in=questions)
    present = {(row.question_id, row.position): row for row in rows}
    missing = []
    for (question, position), fields in wanted.items():
        row = present.pop((question, position), None)
        if row is None:
            missing.append(model(question_id=question, position=position, **fields))
            continue
        _assign(row, fields)
        row.save()
    model.objects.filter(pk__in=[row.pk for row in present.values()]).delete()
    model.objects.bulk_create(missing)


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
    moved = []
    for document in bank.documents:
        for unit in document.units:
            row, parent = rows[unit.slug], rows.get(unit.parent)
            if row.parent_id != (parent.pk if parent else None):
                row.parent = parent
                moved.append(row)
    Unit.objects.bulk_update(moved, ["parent"], batch_size=50)
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
