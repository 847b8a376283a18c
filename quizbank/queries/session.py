"""Today's session as its pages tell it: the tape, the misses, the predictions that missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from demos.models import Demo, Run, State
from quizbank.models import Card, EventKind, Question, ReviewEvent, User
from quizbank.models.history import day_of, read_profile, undos_of
from quizbank.queries.today import done_on
from quizbank.scheduling import AGAIN

LOOK_BACK = 200  # reviews


@dataclass(frozen=True)
class Session:
    """`ticks` has 1 for a card recalled and 0 for one missed, in the order of the day."""

    day: date
    zone: str
    rollover_hour: int
    ticks: list[int]
    missed: list[Question]


@dataclass(frozen=True)
class Surprise:
    """A prediction that missed: the option chosen and the one measured, by slug."""

    question: Question
    demo: Demo
    chosen: str
    right: str
    day: date


def session(visitor: User | AnonymousUser | None, now: datetime) -> Session:
    """The visitor's study day so far."""
    user = visitor if isinstance(visitor, User) else None
    profile = read_profile(user)
    day = day_of(profile, now)
    done = done_on(user, day) if user else []
    ticks = [int(review.rating > AGAIN) for review in done]
    again = [review.card_id for review in done if review.rating == AGAIN]
    cards = Card.objects.filter(pk__in=again, question__retired_at=None).select_related("question")
    questions = {card.pk: card.question for card in cards} if again else {}
    missed = [questions[pk] for pk in dict.fromkeys(again) if pk in questions]
    return Session(day, profile.zone, profile.rollover_hour, ticks, missed)


def surprises(user: User, limit: int = 3) -> list[Surprise]:
    """The latest predictions that missed, one a demo, newest first."""
    events = (
        ReviewEvent.objects.filter(user=user, kind=EventKind.REVIEW, prediction__isnull=False)
        .exclude(pk__in=undos_of(user))
        .select_related("card__question")
        .order_by("-reviewed_at", "-id")[:LOOK_BACK]
    )
    guessed = [
        (event, said["demo"], said["choice"])
        for event in events
        if (said := event.prediction) and said.get("choice") and said.get("demo")
    ]
    right = _right({demo for _, demo, _ in guessed})
    found: dict[str, tuple[ReviewEvent, str, str]] = {}
    for event, demo, choice in guessed:
        answer = right.get(demo)
        if answer and answer != choice:
            found.setdefault(demo, (event, choice, answer))
    latest = dict(list(found.items())[:limit])
    demos = Demo.objects.in_bulk(latest)
    return [
        Surprise(event.card.question, demos[slug], choice, answer, event.study_day)
        for slug, (event, choice, answer) in latest.items()
        if event.card is not None
    ]


def _right(slugs: set[str]) -> dict[str, Any]:
    """Demo -> the option its recorded run found right."""
    if not slugs:
        return {}
    runs = Run.objects.filter(recorded=True, state=State.DONE, demo__in=slugs)
    rows = runs.order_by("finished_at").values_list("demo_id", F("result__prediction__right"))
    return dict(rows)
