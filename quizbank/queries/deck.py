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
    live = Question.everyone.visible_to(user).filter(retired_at=None)
    return live.exclude(pk__in=seen).select_related("topic")


def reviewable(user: User, path: str) -> Question:
    """The bank's or the person's own question at this path (Raises Question.DoesNotExist); also
    a retired one, since a device may have asked it before it heard of that."""
    found = find(Question, path=path)
    if found is None or found.owner_id not in (None, user.pk):
        raise Question.DoesNotExist
    return found


def reviewable_among(user: User, paths: Collection[str]) -> dict[str, Question]:
    """The same of many paths at once, without their texts; those of no question are left out."""
    questions = Question.everyone.visible_to(user).filter(path__in=paths)
    return {question.path: question for question in questions.only("path")}
