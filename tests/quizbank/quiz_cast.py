"""Quizzes to begin, and right and wrong answers to give."""

from __future__ import annotations

import uuid

from demos.models import Run
from quizbank.services import quiz as service
from tests.cast import MONDAY


def begin(user, n=50, **more):
    return service.start_session(user=user, n=n, now=MONDAY, **{"seed": 7, **more})


def of_kind(quiz, kind):
    return quiz.answers.filter(kind=kind).order_by("position").first()


def reply(row, value, confidence="high", client_uuid=None, now=MONDAY):
    return service.answer(
        quiz=row.quiz,
        position=row.position,
        value=value,
        confidence=confidence,
        client_uuid=client_uuid or uuid.uuid4(),
        now=now,
    )


def truth(row):
    """The right answer of an item."""
    if row.kind == "choice":
        return next(i for i, option in enumerate(row.item["options"]) if option["right"])
    if row.kind == "numeric":
        return str(row.item["answer"])
    return str((Run.objects.get(demo=row.item["demo"]).result or {})["prediction"]["right"])


def falsehood(row):
    if row.kind == "choice":
        return next(i for i, option in enumerate(row.item["options"]) if not option["right"])
    if row.kind == "numeric":
        return "-1"
    slugs = [option["slug"] for option in row.item["prediction"]["options"]]
    return next(slug for slug in slugs if slug != truth(row))
