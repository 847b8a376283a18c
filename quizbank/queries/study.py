"""What to study next, what an answer would promise, and how much there is to do.

`user` may be None or anonymous: a visitor is shown what a new guest would see.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, User
from quizbank.models.history import (
    PENDING,
    considered,
    day_of,
    latest_deed,
    parameters_of,
    policy_on,
    read_profile,
    undos_of,
)
from quizbank.models.statements import Part
from quizbank.queries import due, fresh
from quizbank.queries.counting import Counts as Counts
from quizbank.queries.counting import counted
from quizbank.queries.due import (
    Among,
    Step,
    asked_for,
    card_of,
    decay,
    most_fragile,
    narrowed,
    steps_ahead,
)
from quizbank.queries.fresh import first_unseen
from quizbank.queries.today import Today, Visitor, known, others_since, today_of
from quizbank.scheduling import RATINGS, Answer, recall, seed_of

OTHERS_FIRST = 8
ENOUGH_DURATIONS = 10


@dataclass(frozen=True)
class StudyItem:
    question: Question
    card: Card | None  # None for a question not studied yet
    counts: Counts


@dataclass(frozen=True)
class Promise:
    """When a card would come back: after `wait`; `days` is 0 while it is in steps."""

    wait: timedelta
    days: int


@dataclass(frozen=True)
class QuestionState:
    """`recall` is the predicted probability; None on the day of the last review, since
    the model says nothing about recall within a day."""

    card: Card
    recall: float | None


def next_item(
    user: Visitor, now: datetime, among: Among = None, skip: Collection[str] = ()
) -> StudyItem | None:
    """What to show now, or None if the session is over.

    Due cards come first, the most fragile before the others (of a long backlog, the most
    fragile of those that have waited longest), then new questions. A card
    answered today and still in steps returns after at least eight others, or at the end.
    Only questions `among` those given; `skip` holds paths of questions.
    """
    today = today_of(user, now)
    wanted = narrowed("question_id", among, skip)
    steps = steps_ahead(today, wanted)
    card = _due_card(today, steps, wanted)
    count = counted(today)
    if card is None and count.new and (question := first_unseen(today, among, skip)):
        return StudyItem(question, None, count)
    card = card or (card_of(steps[0]) if steps else None)
    return StudyItem(card.question, card if card.reps else None, count) if card else None


def _due_card(today: Today, steps: list[Step], wanted: Part) -> Card | None:
    answered = {done.card_id for done in today.done}
    timely = [step for step in steps if step.due <= today.now]
    for step in timely:
        again = step.id in answered and step.last_day == today.day
        if again and others_since(today.done, step.id) >= OTHERS_FIRST:
            return card_of(step)
    card = most_fragile(today, wanted)
    earlier = [step for step in timely if step.last_day != today.day]
    weakest = max(earlier, key=lambda step: decay(today, step), default=None)
    if weakest and (card is None or decay(today, weakest) > decay(today, card)):
        return card_of(weakest)
    return card or asked_for(today, wanted)


def returning(
    user: Visitor,
    now: datetime,
    among: Among = None,
    skip: Collection[str] = (),
    *,
    late: bool = False,
) -> StudyItem | None:
    """The card missed today that is to return now, if one is; `late` says that nothing else
    is left, so that the eight others and the last minutes need not be waited for."""
    today = today_of(user, now)
    steps = steps_ahead(today, narrowed("question_id", among, skip))
    waiting = [step for step in steps if step.last_day == today.day]
    if not late:
        ready = [step for step in waiting if step.due <= now]
        waiting = [step for step in ready if others_since(today.done, step.id) >= OTHERS_FIRST]
    if not waiting:
        return None
    card = card_of(waiting[0])
    return StudyItem(card.question, card, counted(today))


def unseen(user: Visitor, now: datetime) -> QuerySet[Question]:
    """The questions that could be shown as new, however many the day still allows."""
    return fresh.unseen(today_of(user, now))


def counts(user: Visitor, now: datetime) -> Counts:
    """How much there is to do, and how much was done today."""
    return counted(today_of(user, now))


def previews(
    card: Card | None, user: Visitor, now: datetime, *, unseen: Question | None = None
) -> dict[int, Promise]:
    """What each rating from 1 to 4 would promise if it were given now; without a card, to
    the `unseen` question."""
    profile = read_profile(known(user))
    card = card or _card_to_be(unseen)
    day = day_of(profile, now)
    policy = policy_on(profile, card, day)
    answers = [Answer(rating, now, day, profile.zone, policy) for rating in RATINGS]
    given = considered(card, profile, answers, now)
    outcomes = [folded.outcomes[PENDING] for folded in given]
    return {
        rating: Promise(outcome.wait, outcome.chosen)
        for rating, outcome in zip(RATINGS, outcomes, strict=True)
    }


def _card_to_be(question: Question | None) -> Card:
    if question is None:
        return Card(seed=0)
    return Card(question=question, seed=seed_of(f"{question.path}:{Form.RECALL}"))


def get_card_for(user: User, card_id: UUID) -> Card:
    """The person's card. Raises Card.DoesNotExist, also for someone else's."""
    return Card.objects.select_related("question__topic").get(user=user, pk=card_id)


def get_event_for(user: User, client_uuid: UUID) -> ReviewEvent:
    """The person's event. Raises ReviewEvent.DoesNotExist, also for someone else's."""
    return ReviewEvent.objects.select_related("card").get(user=user, client_uuid=client_uuid)


def cards_due(user: User, now: datetime) -> QuerySet[Card]:
    """The person's cards that are due now, soonest first."""
    cards = due.cards_due(today_of(user, now))
    return cards.select_related("question__topic").order_by("due", "pk")


def last_deed(user: User) -> ReviewEvent | None:
    """The latest thing done with a card and not taken back: what an undo would take back."""
    return latest_deed(user, undos_of(user))


def question_state(user: Visitor, question: Question, now: datetime) -> QuestionState | None:
    """Where the person stands with a question; None if they never studied it."""
    person = known(user)
    card = Card.objects.filter(user=person, question=question, form=Form.RECALL).first()
    if person is None or card is None or card.stability is None or card.last_day is None:
        return None
    profile = read_profile(person)
    elapsed = (day_of(profile, now) - card.last_day).days
    chance = recall(card.stability, elapsed, parameters_of(profile)) if elapsed > 0 else None
    return QuestionState(card, chance)


def suggests_to(user: Visitor) -> bool:
    """Whether the person wants grades suggested, as all do who said nothing else."""
    return read_profile(known(user)).suggests_grades


def usual_duration_ms(user: Visitor) -> float | None:
    """The median time of the person's last fifty answers; None while there are few."""
    timed = ReviewEvent.objects.filter(
        user=known(user), kind=EventKind.REVIEW, duration_ms__gt=0
    ).order_by("-reviewed_at")
    durations = list(timed.values_list("duration_ms", flat=True)[:50])
    return statistics.median(durations) if len(durations) >= ENOUGH_DURATIONS else None
