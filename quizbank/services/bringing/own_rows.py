"""What is the person's own in a JSON file: parameters, questions, notes, settings."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

from quizbank.content import words
from quizbank.importing.remarks import Refused
from quizbank.models import (
    ImportedDocument,
    KeyPoint,
    ParameterSet,
    Passage,
    Question,
    StudyProfile,
)
from quizbank.scheduling import check_parameters
from quizbank.services import importing
from quizbank.services.bringing.rows import BadRow, begun, instance, name_of, stored
from quizbank.services.bringing.shapes import fits, need
from quizbank.services.bringing.taken import Taken
from quizbank.services.errors import PeopleError
from quizbank.services.own_questions import own_topic
from quizbank.services.profile import CHOICES, edit_profile

OWN_PATH = re.compile(r"own/[0-9a-f]{32}")
MADE = ("path", "search_text", "owner", "topic")


def bring(taken: Taken) -> None:
    _parameter_sets(taken)
    visible = Question.everyone.visible_to(taken.user)
    taken.questions = {question.path: question for question in visible.defer("search_text")}
    made = _questions(taken)
    _key_points(taken, set(made))
    _documents(taken)
    # Taking notes in brings questions back that were out of sight; they stay as they were.
    for question in made.values():
        Question.everyone.filter(pk=question.pk).update(retired_at=question.retired_at)


def bring_settings(taken: Taken) -> None:
    """How the person studies, without rows of guests that were merged into them."""
    row = next((one for one in taken.rows("profile") if not one.get("guest_of")), None)
    if row is None:
        return
    before = StudyProfile.objects.filter(user=taken.user).values(*_settings()).first()
    changes = {name: row[name] for name in _settings() if name in row}
    try:
        edit_profile(user=taken.user, changes=changes)
    except PeopleError as bad:
        taken.left.add("profile", "shape", ", ".join(bad.errors))
    else:
        taken.added["profile"] += changes != before


def _settings() -> list[str]:
    return [name for name in CHOICES if name != "language"]


def _parameter_sets(taken: Taken) -> None:
    for row in taken.rows("parameter_sets"):
        try:
            # The number of an event means nothing elsewhere.
            made = instance(ParameterSet, row, without=("id", "fitted_through"), user=taken.user)
            made.values = list(_weights(made.values))
            there = ParameterSet.objects.filter(user=taken.user, **begun(made.created_at))
            known = next((one for one in there if one.values == made.values), None)
            taken.parameter_sets[_number(row.get("id"))] = known or stored(made)
            taken.added["parameter_sets"] += known is None
        except BadRow as bad:
            taken.leave("parameter_sets", bad, row)


def _weights(values: Any) -> tuple[float, ...]:
    try:
        return check_parameters(values)
    except (TypeError, ValueError):
        raise BadRow("parameters") from None


def _number(told: object) -> int:
    if type(told) is not int:
        raise BadRow("shape")
    return told


def _questions(taken: Taken) -> dict[str, Question]:
    """Own questions by their path in the file; those made now are returned."""
    own = {q.slug: q for q in taken.questions.values() if q.owner_id == taken.user.pk}
    claimed: set[int] = set()
    made: dict[str, Question] = {}
    for row in taken.rows("questions"):
        path = row.get("path")
        try:
            if not isinstance(path, str) or not OWN_PATH.fullmatch(path):
                raise BadRow("shape")
            there = taken.questions.get(path) or own.get(str(row.get("slug")))
            if there is None or there.pk in claimed:
                there = made[path] = _question(taken, row, path)
            claimed.add(there.pk)
            taken.questions[path] = there
        except BadRow as bad:
            taken.leave("questions", bad, row)
    taken.added["questions"] += len(made)
    return made


def _question(taken: Taken, row: dict[str, Any], path: str) -> Question:
    free = not Question.everyone.filter(path=path).exists()
    question = instance(
        Question,
        row,
        without=("id", *MADE),
        owner=taken.user,
        topic=own_topic(),
        path=path if free else f"own/{uuid.uuid4().hex}",
    )
    for name in ("tags", "aliases", "references"):
        need(fits(getattr(question, name), [str]))
    body = re.sub(r"<[^>]*>", " ", question.full_html_zh)
    question.search_text = words.column(
        title=dict.fromkeys((question.title_zh, question.title_en)),
        aliases=question.aliases,
        tags=question.tags,
        body=(body,),
    )
    return stored(question)


def _key_points(taken: Taken, made: set[str]) -> None:
    for row in taken.rows("key_points"):
        try:
            path = name_of(row, "question")
            if path in taken.questions and path not in made:
                continue
            stored(instance(KeyPoint, row, without=("id",), question=taken.question(path)))
            taken.added["key_points"] += 1
        except BadRow as bad:
            taken.leave("key_points", bad, row)


def _documents(taken: Taken) -> None:
    made: dict[object, ImportedDocument] = {}
    for row in taken.rows("documents"):
        try:
            name, document = name_of(row, "id"), _document(taken, row)
        except BadRow as bad:
            taken.leave("documents", bad, row)
            continue
        if document is not None:
            made[name] = document
            taken.added["documents"] += 1
    for row in taken.rows("passages"):
        try:
            document = made.get(name_of(row, "document"))
            if document is None or row.get("matched_by") != Passage.MatchedBy.HAND:
                continue
            position = _number(row.get("position"))
            path = row.get("question")
            question = taken.question(path) if path is not None else None
        except BadRow as bad:
            taken.leave("passages", bad, row)
            continue
        passages = document.passages.filter(position=position)
        passages.update(question=question, matched_by=Passage.MatchedBy.HAND, score=1)


def _document(taken: Taken, row: dict[str, Any]) -> ImportedDocument | None:
    """The notes, read anew from their bytes; None where they are here already."""
    told = instance(ImportedDocument, row, without=("id", "original"), owner=taken.user)
    try:
        data = bytes.fromhex(row.get("original", ""))
    except (TypeError, ValueError):
        raise BadRow("document") from None
    if told.removed_at is not None and told.removed_at < taken.now - importing.KEPT:
        return None
    here = ImportedDocument.objects.filter(owner=taken.user, sha256=told.sha256)
    if here.exists():
        return None
    try:
        done = importing.import_document(
            owner=taken.user, name=told.file_name, data=data, now=taken.now, title=told.title
        )
    except Refused:
        raise BadRow("document") from None
    if not done.created:
        return None
    document = done.document
    document.imported_at = _past(told.imported_at, taken.now)
    document.removed_at = told.removed_at and _past(told.removed_at, taken.now)
    document.save(update_fields=["imported_at", "removed_at"])
    return document


def _past(at: datetime, now: datetime) -> datetime:
    return min(at, now)
