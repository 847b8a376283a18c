"""What to study next, what an answer would promise, and how much there is to do.

`user` may be None or anonymous: a visitor is shown what a new guest would see.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, State, User
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
from quizbank.models.interviews import open_interview
from quizbank.queries.today import Done, done_on, missed, others_since
from quizbank.scheduling import RATINGS, Answer, recall, seed_of

Visitor = User | AnonymousUser | None
Among = QuerySet[Question] | None
STEPS = (State.LEARNING, State.RELEARNING)
# Days are dates somewhere: a card due today may still lie ahead in another zone.
WIDEST_ZONES = timedelta(hours=26)
OTHERS_FIRST = 8
COMPARED = 200  # due cards, for the most fragile of them
# At the end of a session a card in steps is shown early rather than waited for.
LEARN_AHEAD = timedelta(minutes=20)
DAYS_AHEAD = 7
ENOUGH_DURATIONS = 10


@dataclass(frozen=True)
class Counts:
    """`due` is what today still asks for; `by_day` starts with today and counts due cards."""

    due: int
    new: int
    done_today: int
    missed_today: int
    by_day: list[int]


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


@dataclass(frozen=True)
class _Today:
    """A person's study day, read once for everything a page asks about it."""

    user: User | None
    now: datetime
    day: date
    new_per_day: int
    done: list[Done]


def _today(visitor: Visitor, now: datetime) -> _Today:
    user = _known(visitor)
    profile = read_profile(user)
    day = day_of(profile, now)
    return _Today(user, now, day, profile.new_per_day, done_on(user, day) if user else [])


def _known(visitor: Visitor) -> User | None:
    return visitor if isinstance(visitor, User) else None


def next_item(
    user: Visitor, now: datetime, among: Among = None, skip: Collection[str] = ()
) -> StudyItem | None:
    """What to show now, or None if the session is over.

    Due cards come first, the most fragile before the others (of a long backlog, the most
    fragile of those that have waited longest), then new questions. A card
    answered today and still in steps returns after at least eight others, or at the end.
    Only questions `among` those given; `skip` holds paths of questions.
    """
    today = _today(user, now)
    due = _due(today).exclude(question__path__in=skip)
    if among is not None:
        due = due.filter(question__in=among)
    answered = {done.card_id for done in today.done}
    steps = due.filter(pk__in=answered, state__in=STEPS) if answered else []
    again = [card for card in steps if card.last_day == today.day]
    rested = [card for card in again if others_since(today.done, card.pk) >= OTHERS_FIRST]
    asked_for = due.filter(state=State.NEW)
    card = _soonest(rested) or _most_fragile(due, today) or _soonest(list(asked_for))
    counted = _counts(today)
    if card is None and counted.new and (question := _new(today, among, skip)):
        return StudyItem(question, None, counted)
    card = card or _soonest(_ahead(today, among, skip))
    return StudyItem(card.question, card if card.reps else None, counted) if card else None


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
    today = _today(user, now)
    waiting = _ahead(today, among, skip)
    if not late:
        ready = [card for card in waiting if card.due and card.due <= now]
        waiting = [card for card in ready if others_since(today.done, card.pk) >= OTHERS_FIRST]
    card = _soonest(waiting)
    return StudyItem(card.question, card, _counts(today)) if card else None


def unseen(user: Visitor, now: datetime) -> QuerySet[Question]:
    """The questions that could be shown as new, however many the day still allows."""
    return _unseen(_today(user, now))


def _shown(today: _Today) -> QuerySet[Card]:
    cards = Card.objects.filter(user=today.user, suspended=False, question__retired_at=None)
    risen = Q(buried_until=None) | Q(buried_until__lte=today.day)
    return cards.filter(risen).select_related("question__topic")


def _due(today: _Today) -> QuerySet[Card]:
    """Cards in steps whose time has come, and cards whose day it is: a new one has a day
    only if it was asked for."""
    return _shown(today).filter(
        Q(state__in=(State.NEW, State.REVIEW), due_day__lte=today.day)
        | Q(state__in=STEPS, due__lte=today.now),
        due__lte=today.now + WIDEST_ZONES,
    )


def _ahead(today: _Today, among: Among, skip: Collection[str]) -> list[Card]:
    cards = _shown(today).filter(state__in=STEPS, due__lte=today.now + LEARN_AHEAD)
    if among is not None:
        cards = cards.filter(question__in=among)
    return list(cards.exclude(question__path__in=skip))


def _soonest(cards: list[Card]) -> Card | None:
    return min(cards, key=lambda card: (card.due, card.pk), default=None)


def _most_fragile(due: QuerySet[Card], today: _Today) -> Card | None:
    """The card least likely to be recalled. Under one person's parameters recall falls
    with days elapsed over stability, so the ratio orders like the probability.

    No index can keep an order that changes from day to day, so only so many are compared.
    """
    waiting = due.exclude(state__in=STEPS, last_day=today.day)
    rows = waiting.order_by("due")[:COMPARED]
    worst = max(
        (
            ((today.day - last_day).days / stability, card_id)
            for card_id, stability, last_day in rows.values_list("pk", "stability", "last_day")
            if stability and last_day
        ),
        default=None,
    )
    return due.get(pk=worst[1]) if worst else None


def _unseen(today: _Today) -> QuerySet[Question]:
    """The questions that could be shown as new: neither studied nor put aside."""
    user = today.user
    live = Question.everyone.visible_to(user).filter(retired_at=None).select_related("topic")
    known = Q(reps__gt=0) | Q(due_day__isnull=False)
    aside = Q(suspended=True) | Q(buried_until__gt=today.day)
    mine = Card.objects.filter(known | aside, user=user, form=Form.RECALL, question=OuterRef("pk"))
    return live.filter(~Exists(mine)) if user else live


def _new(today: _Today, among: Among, skip: Collection[str]) -> Question | None:
    """The next of the bank; with an interview ahead, what it may ask comes first."""
    questions = _unseen(today).exclude(path__in=skip)
    if among is not None:
        questions = questions.filter(pk__in=among)
    ordered = questions.order_by("position", "path")
    wanted = asked_soon(today.user, today.day)
    first = ordered.filter(pk__in=wanted).first() if wanted is not None else None
    return first or ordered.first()


def asked_soon(user: User | None, day: date) -> QuerySet[Question] | None:
    """What the interview ahead may ask; None without one."""
    interview = open_interview(user.pk if user else None)
    return interview.may_ask() if interview and day < interview.day else None


def counts(user: Visitor, now: datetime) -> Counts:
    """How much there is to do, and how much was done today."""
    return _counts(_today(user, now))


def _counts(today: _Today) -> Counts:
    started = Card.objects.filter(user=today.user, first_day=today.day).count()
    left = max(0, today.new_per_day - started)
    by_day = [0] * DAYS_AHEAD
    for due_day, n in _by_day(today):
        by_day[max(0, (due_day - today.day).days)] += n
    return Counts(
        due=by_day[0],
        new=_unseen(today).order_by()[:left].count() if left else 0,  # in any order
        done_today=len(today.done),
        missed_today=missed(today.done),
        by_day=by_day,
    )


def _by_day(today: _Today) -> Iterator[tuple[date, int]]:
    """How many cards are due on each day, the days ahead included. Those of the few questions
    that are retired are taken off again, so that all others need not be looked up."""
    risen = Q(buried_until=None) | Q(buried_until__lte=today.day)
    ahead = Card.objects.filter(
        risen,
        user=today.user,
        suspended=False,
        due_day__lt=today.day + timedelta(days=DAYS_AHEAD),
    ).order_by()
    seen = Question.everyone.visible_to(today.user)
    retired = list(seen.filter(retired_at__isnull=False).order_by().values_list("pk", flat=True))
    counted = [(ahead, 1), (ahead.filter(question__in=retired), -1)]
    for cards, sign in counted if retired else counted[:1]:
        for due_day, n in cards.values_list("due_day").annotate(n=Count("*")):
            yield due_day, sign * n


def previews(
    card: Card | None, user: Visitor, now: datetime, *, unseen: Question | None = None
) -> dict[int, Promise]:
    """What each rating from 1 to 4 would promise if it were given now; without a card, to
    the `unseen` question."""
    profile = read_profile(_known(user))
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
    return _due(_today(user, now)).order_by("due", "pk")


def last_deed(user: User) -> ReviewEvent | None:
    """The latest thing done with a card and not taken back: what an undo would take back."""
    return latest_deed(user, undos_of(user))


def question_state(user: Visitor, question: Question, now: datetime) -> QuestionState | None:
    """Where the person stands with a question; None if they never studied it."""
    person = _known(user)
    card = Card.objects.filter(user=person, question=question, form=Form.RECALL).first()
    if person is None or card is None or card.stability is None or card.last_day is None:
        return None
    profile = read_profile(person)
    elapsed = (day_of(profile, now) - card.last_day).days
    chance = recall(card.stability, elapsed, parameters_of(profile)) if elapsed > 0 else None
    return QuestionState(card, chance)


def usual_duration_ms(user: Visitor) -> float | None:
    """The median time of the person's last fifty answers; None while there are few."""
    timed = ReviewEvent.objects.filter(
        user=_known(user), kind=EventKind.REVIEW, duration_ms__gt=0
    ).order_by("-reviewed_at")
    durations = list(timed.values_list("duration_ms", flat=True)[:50])
    return statistics.median(durations) if len(durations) >= ENOUGH_DURATIONS else None
