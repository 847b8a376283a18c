"""What pages and API ask of quizzes. A quiz is read by its owner alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID, uuid5

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from quizbank.models import Card, QuizAnswer, QuizItem, QuizSession, ReviewEvent, Topic, User
from quizbank.models.bank import OWN_TOPIC
from quizbank.models.history import day_of, read_profile, undos_of
from quizbank.scoring import MARKS, Level, calibration

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

Visitor = User | AnonymousUser | None
LOOK_BACK = 200  # answers
FRAGILE = 50  # cards


class Counted(TypedDict):
    asked: int
    answered: int


@dataclass(frozen=True)
class Result:
    """A quiz in numbers. `n` counts what was decided; items without an answer, those whose
    run is awaited and those no run could decide are counted apart."""

    n: int
    right: int
    marks: int
    best: int  # the most marks these items could have given
    open: int
    waiting: int
    void: int
    levels: list[Level]
    misses: list[QuizAnswer]

    @property
    def share(self) -> float | None:
        return self.right / self.n if self.n else None


def get_quiz_for(user: Visitor, quiz_id: UUID) -> QuizSession:
    """The person's quiz. Raises QuizSession.DoesNotExist, also for someone else's."""
    if not isinstance(user, User):
        raise QuizSession.DoesNotExist
    return QuizSession.objects.select_related("owner").get(pk=quiz_id, owner=user)


def quizzes_of(user: Visitor) -> QuerySet[WithAnnotations[QuizSession, Counted]]:
    """The person's quizzes, latest first, each with `asked` and `answered`."""
    own = QuizSession.objects.filter(owner=user if isinstance(user, User) else None)
    answered = Count("answers", filter=Q(answers__answered_at__isnull=False))
    return own.annotate(asked=Count("answers"), answered=answered).order_by("-created_at")


def answers_of(quiz: QuizSession) -> list[QuizAnswer]:
    """Its items in order, each with its question and its run."""
    return list(quiz.answers.select_related("question__topic", "run__demo"))


def result(answers: Iterable[QuizAnswer]) -> Result:
    """What the answers add up to."""
    rows = list(answers)
    states = [row.state for row in rows]
    decided = [row for row in rows if row.correct is not None]
    return Result(
        n=len(decided),
        right=sum(row.score or 0 for row in decided),
        marks=sum(row.marks or 0 for row in decided),
        best=MARKS["high"][0] * len(decided),
        open=states.count("open"),
        waiting=states.count("waiting"),
        void=states.count("void"),
        levels=calibration(_pairs(decided)),
        misses=[row for row in decided if not row.correct],
    )


def _pairs(rows: Iterable[QuizAnswer]) -> list[tuple[str, bool]]:
    return [(row.confidence, bool(row.correct)) for row in rows]


def calibration_of(user: User) -> list[Level]:
    """How the person's certainty has held in all their quizzes."""
    decided = QuizAnswer.objects.filter(quiz__owner=user, correct__isnull=False)
    return calibration(
        (sure, bool(right)) for sure, right in decided.values_list("confidence", "correct")
    )


def planned(quiz: QuizSession, misses: Iterable[QuizAnswer]) -> int:
    """How many of the missed questions were taken to a day of cards already."""
    names = {uuid5(quiz.pk, row.question.path) for row in misses}
    if not names:
        return 0
    events = ReviewEvent.objects.filter(user=quiz.owner, client_uuid__in=names)
    return events.exclude(pk__in=undos_of(quiz.owner)).count()


def quiz_topics() -> list[tuple[Topic, int]]:
    """The topics with items to ask, in order, and how many."""
    living = Q(questions__retired_at=None, questions__owner=None)
    counted = Count("questions__quiz_items", filter=living)
    topics = Topic.objects.exclude(slug=OWN_TOPIC).annotate(items=counted).order_by("position")
    return [(topic, topic.items) for topic in topics if topic.items]


def item_count() -> int:
    """How many items the living questions have."""
    return QuizItem.objects.filter(question__retired_at=None, question__owner=None).count()


def weakest(user: User, now: datetime) -> list[str]:
    """Paths of questions to ask first: those last missed in a quiz, then the cards that have
    waited longest for their strength, and those that were forgotten before."""
    last: dict[str, bool] = {}
    decided = QuizAnswer.objects.filter(quiz__owner=user, correct__isnull=False)
    latest = decided.order_by("-answered_at").values_list("question__path", "correct")[:LOOK_BACK]
    for path, correct in latest:
        last.setdefault(path, bool(correct))
    missed = [path for path, correct in last.items() if not correct]
    day = day_of(read_profile(user), now)
    cards = Card.objects.filter(user=user, stability__isnull=False, suspended=False)
    rows = cards.values_list("stability", "last_day", "lapses", "question__path")
    fragile = sorted(
        (-(day - last_day).days / stability, -lapses, path)
        for stability, last_day, lapses, path in rows
        if stability and last_day and ((day - last_day).days >= stability or lapses)
    )
    return list(dict.fromkeys([*missed, *(path for _, _, path in fragile[:FRAGILE])]))
