"""Cards, reviews and people as JSON, and what a client sends of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from rest_framework import serializers as s

from api.answers import Linked, Page, Shape
from api.fields import AnyObject, Given, Identity, Moment, OneOf, Switch, Ticks, Whole, Words
from api.problems import ProblemDetails
from api.shapes import both
from quizbank.models import Card, EventKind, Question, ReviewEvent, State
from quizbank.models.study import ANSWER_LENGTH, Confidence
from quizbank.queries.study import Counts, Promise
from quizbank.scheduling import LONGEST_INTERVAL

STATES = {state.value: state.name.lower() for state in State}
KINDS = tuple(kind.value for kind in EventKind if kind != EventKind.ADOPT_PARAMETERS)
UNDATED_ACTS = ("suspend", "unsuspend", "reset")
DATED_ACTS = ("bury", "set_due")
LONGEST_DURATION = 2**31 - 1


class GivenReview(Given):
    """`question` (a path) or `card`, not both. A `client_uuid` used before gets the same answer."""

    client_uuid = Identity()
    kind = OneOf(
        choices=("review", "cram"),
        required=False,
        default="review",
        help_text="cram is graded and leaves the schedule alone.",
    )
    question = Words(required=False, max_length=160)
    card = Identity(required=False)
    rating = Whole(min_value=1, max_value=4)
    reviewed_at = Moment(required=False, allow_null=True)
    duration_ms = Whole(required=False, default=0, min_value=0, max_value=LONGEST_DURATION)
    prediction = AnyObject(required=False, allow_null=True)
    ticks = Ticks(required=False, default=[])
    suggestion = Whole(required=False, allow_null=True, min_value=1, max_value=4)
    answer = Words(required=False, default="", allow_blank=True, max_length=ANSWER_LENGTH)
    confidence = OneOf(
        choices=Confidence.values,
        required=False,
        help_text="How sure before the answer was shown; leave it out where it was not asked.",
    )
    hint_used = Switch(required=False, default=False)


class GivenAct(Given):
    """Leaves the card out of every session, brings it back, or forgets what is known of it."""

    client_uuid = Identity()
    kind = OneOf(choices=UNDATED_ACTS)
    question = Words(required=False, max_length=160)
    card = Identity(required=False)
    reviewed_at = Moment(required=False, allow_null=True)


class GivenDatedAct(Given):
    """Leaves the card out until a day, or makes it due on one: so many study days after the
    one this was done on."""

    client_uuid = Identity()
    kind = OneOf(choices=DATED_ACTS)
    question = Words(required=False, max_length=160)
    card = Identity(required=False)
    days = Whole(min_value=0, max_value=LONGEST_INTERVAL, help_text="To bury, at least 1.")
    reviewed_at = Moment(required=False, allow_null=True)


class GivenUndo(Given):
    """Takes back the event of that `client_uuid`, or the latest thing done with a card."""

    client_uuid = Identity()
    kind = OneOf(choices=("undo",))
    undoes = Identity(required=False, allow_null=True)


class CardShape(Shape):
    id = s.UUIDField()
    url = s.CharField()
    question = Linked()
    form = s.CharField()
    state = s.ChoiceField(choices=list(STATES.values()))
    step = s.IntegerField(allow_null=True)
    stability = s.FloatField(allow_null=True)
    difficulty = s.FloatField(allow_null=True)
    due = s.DateTimeField(allow_null=True)
    due_day = s.DateField(allow_null=True)
    interval_days = s.IntegerField()
    reps = s.IntegerField()
    lapses = s.IntegerField()
    last_review = s.DateTimeField(allow_null=True)
    leech = s.BooleanField(help_text="Forgotten so often that learning it anew would be cheaper.")
    suspended = s.BooleanField()
    buried_until = s.DateField(allow_null=True, help_text="The study day it is shown again.")


class CardListed(Shape):
    question = Linked()
    card = CardShape(allow_null=True)


class CardPage(Page):
    results = CardListed(many=True)


class PromiseShape(Shape):
    seconds = s.FloatField()
    days = s.IntegerField()


class Previews(Shape):
    """What each rating would promise."""

    def get_fields(self) -> dict[str, Any]:
        return {str(rating): PromiseShape() for rating in (1, 2, 3, 4)}


class CountsShape(Shape):
    due = s.IntegerField()
    new = s.IntegerField()
    done_today = s.IntegerField()
    missed_today = s.IntegerField()
    by_day = s.ListField(child=s.IntegerField())


class Item(CardListed):
    previews = Previews()


class Next(Shape):
    item = Item(allow_null=True)
    counts = CountsShape()


class CardRead(CardShape):
    recall = s.FloatField(allow_null=True)
    previews = Previews()


class After(Shape):
    state = s.ChoiceField(choices=list(STATES.values()))
    step = s.IntegerField(allow_null=True)
    stability = s.FloatField(allow_null=True)
    difficulty = s.FloatField(allow_null=True)
    due = s.DateTimeField(allow_null=True)
    interval_days = s.IntegerField(allow_null=True)


class Review(Shape):
    client_uuid = s.UUIDField()
    kind = s.ChoiceField(choices=KINDS)
    question = s.CharField()
    card = s.UUIDField()
    rating = s.IntegerField(allow_null=True)
    suggestion = s.IntegerField(allow_null=True)
    confidence = s.ChoiceField(choices=Confidence.values, allow_null=True)
    hint_used = s.BooleanField()
    days = s.IntegerField(allow_null=True, help_text="Of what names a day: how far after this.")
    reviewed_at = s.DateTimeField()
    study_day = s.DateField()
    undoes = s.UUIDField(allow_null=True)
    after = After(allow_null=True)


class ReviewPage(Page):
    results = Review(many=True)


class Outcome(Shape):
    status = s.IntegerField()
    review = Review(required=False)
    problem = ProblemDetails(required=False)


class Batch(Shape):
    results = Outcome(many=True)


def linked(question: Question) -> dict[str, Any]:
    return {
        "path": question.path,
        "url": reverse("api:question", args=question.path.split("/")),
        "title": both(question, "title"),
    }


def card_shape(card: Card) -> dict[str, Any]:
    names = ("form", "step", "stability", "difficulty", "reps", "lapses", "leech", "suspended")
    return {
        "id": str(card.pk),
        "url": reverse("api:card", args=[card.pk]),
        "question": linked(card.question),
        **{name: getattr(card, name) for name in names},
        "state": STATES[card.state],
        "due": utc(card.due),
        "due_day": card.due_day.isoformat() if card.due_day else None,
        "interval_days": card.interval,
        "last_review": utc(card.last_review),
        "buried_until": card.buried_until.isoformat() if card.buried_until else None,
    }


def counts_shape(counts: Counts) -> dict[str, Any]:
    names = ("due", "new", "done_today", "missed_today", "by_day")
    return {name: getattr(counts, name) for name in names}


def previews_shape(promises: Mapping[int, Promise]) -> dict[str, Any]:
    return {
        str(rating): {"seconds": promise.wait.total_seconds(), "days": promise.days}
        for rating, promise in promises.items()
    }


def review_shape(event: ReviewEvent) -> dict[str, Any]:
    """An event as it was answered when it came, whatever has happened since."""
    assert event.card is not None
    return {
        "client_uuid": str(event.client_uuid),
        "kind": event.kind,
        "question": event.card.question.path,
        "card": str(event.card_id),
        "rating": event.rating,
        "suggestion": event.suggestion,
        "confidence": event.confidence or None,
        "hint_used": event.hint_used,
        "days": None if event.kind == EventKind.REVIEW else event.interval_chosen,
        "reviewed_at": utc(event.reviewed_at),
        "study_day": event.study_day.isoformat(),
        "undoes": str(event.undoes.client_uuid) if event.undoes else None,
        "after": _after(event),
    }


def _after(event: ReviewEvent) -> dict[str, Any] | None:
    if event.after_state is None:
        return None
    return {
        "state": STATES[event.after_state],
        "step": event.after_step,
        "stability": event.after_stability,
        "difficulty": event.after_difficulty,
        "due": utc(event.after_due),
        "interval_days": event.interval_chosen if event.kind == EventKind.REVIEW else None,
    }


def utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
