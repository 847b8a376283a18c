"""A learner's questions of their own: those there are, and those they put away."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from quizbank.models import Passage, Question, User

NOTED = Exists(Passage.objects.filter(question=OuterRef("pk"), document__removed_at=None))
EVER_NOTED = Exists(Passage.objects.filter(question=OuterRef("pk")))


def own_questions(user: User) -> QuerySet[Question]:
    """Latest first. `noted` says that their notes ask it: it comes and goes with the notes."""
    own = Question.everyone.filter(owner=user, retired_at=None)
    return own.annotate(noted=NOTED).order_by("-created_at", "path")


def brought_at(user: User, moment: datetime | None) -> QuerySet[Question]:
    """Those of them that a file made, which was brought in at that moment; without one, none."""
    own = own_questions(user)
    return own.filter(~NOTED, created_at=moment) if moment else own.none()


def put_away(user: User) -> QuerySet[Question]:
    """Those that the person put away and no notes ever asked, the latest first."""
    own = Question.everyone.filter(owner=user, retired_at__isnull=False)
    return own.filter(~EVER_NOTED).order_by("-retired_at", "path")


def may_put_away(user: User, question: Question) -> bool:
    """Whether it is the person's own and no notes of theirs ask it."""
    if question.owner_id is None or question.owner_id != user.pk:
        return False
    return own_questions(user).filter(~NOTED, pk=question.pk).exists()
