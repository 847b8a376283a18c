"""All that a person has studied or could: what programs read page by page."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from quizbank.models import Card, Form, Question, User
from quizbank.models.rows import find


def cards_of(user: User) -> QuerySet[Card]:
    """Every card of the person, those of retired questions included."""
    return Card.objects.filter(user=user).select_related("question__topic")


def unseen(user: User) -> QuerySet[Question]:
    """The living questions the person has not answered yet."""
    seen = Card.objects.filter(user=user, form=Form.RECALL, reps__gt=0).values("question")
    return Question.objects.filter(retired_at=None).exclude(pk__in=seen).select_related("topic")


def reviewable(path: str) -> Question:
    """The question at this path (Raises Question.DoesNotExist); also a retired one, since a
    device may have asked it before it heard of that."""
    found = find(Question, path=path, owner_id=None)
    if found is None:
        raise Question.DoesNotExist
    return found


def reviewable_among(paths: Collection[str]) -> dict[str, Question]:
    """The same of many paths at once, without their texts; those of no question are left out."""
    questions = Question.objects.filter(path__in=paths, owner=None)
    return {question.path: question for question in questions.only("path")}
