"""Cards that should have been shown on days gone by, and how they would be spread again."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet

from quizbank.models import Card, State, User
from quizbank.models.history import day_of, read_profile
from quizbank.queries.load import USUAL_SECONDS
from quizbank.queries.study import usual_duration_ms

USUAL_MINUTES = 30  # a day, of those who set none
TOO_MANY = 1.5  # days' work
LONGEST = 60  # days
LEAST_ROOM = 3  # a day takes at least this part of its cards from the backlog


@dataclass(frozen=True)
class Backlog:
    """`room` is how many cards a day holds, `by_day` the cards of the backlog that each of the
    days from today on would get, the most fragile first."""

    overdue: int
    room: int
    today: date
    by_day: tuple[tuple[Card, ...], ...]

    @property
    def days(self) -> int:
        return len(self.by_day)

    @property
    def last_day(self) -> date:
        return self.today + timedelta(days=self.days - 1)


def overdue(visitor: User | AnonymousUser | None, now: datetime) -> int:
    """How many of the cards that are due now were so before today."""
    if not isinstance(visitor, User):
        return 0
    today = day_of(read_profile(visitor), now)
    late = _shown(visitor).filter(due_day__lt=today).exclude(buried_until__gt=today)
    return late.count()


def backlog(visitor: User | AnonymousUser | None, now: datetime) -> Backlog | None:
    """What has piled up, if today alone cannot hold it: what is due, and some of it overdue, is
    more than one and a half days' work."""
    if not isinstance(visitor, User):
        return None
    profile = read_profile(visitor)
    today = day_of(profile, now)
    usual = usual_duration_ms(visitor)
    seconds = usual / 1000 if usual else USUAL_SECONDS
    room = max(1, math.floor(60 * (profile.minutes_per_day or USUAL_MINUTES) / seconds))
    cards = list(_waiting(visitor, today).select_related("question"))
    late = sum(card.due_day is not None and card.due_day < today for card in cards)
    if not late or len(cards) <= TOO_MANY * room:
        return None
    later = _in_review(visitor).filter(
        due_day__gt=today, due_day__lte=today + timedelta(days=LONGEST)
    )
    taken = Counter(
        {(day - today).days: n for day, n in later.values_list("due_day").annotate(n=Count("pk"))}
    )
    return Backlog(late, room, today, _spread(_fragile_first(cards, today), room, taken))


def _shown(user: User) -> QuerySet[Card]:
    return Card.objects.filter(user=user, suspended=False, question__retired_at=None)


def _in_review(user: User) -> QuerySet[Card]:
    return _shown(user).filter(state=State.REVIEW)


def _waiting(user: User, today: date) -> QuerySet[Card]:
    return _in_review(user).filter(due_day__lte=today).exclude(buried_until__gt=today)


def _fragile_first(cards: list[Card], today: date) -> list[Card]:
    """By days elapsed over stability: under one person's parameters that orders like recall."""

    def decay(card: Card) -> tuple[float, str]:
        elapsed = (today - card.last_day).days if card.last_day else 0
        return -elapsed / (card.stability or 1.0), str(card.pk)

    return sorted(cards, key=decay)


def _spread(cards: list[Card], room: int, taken: Counter[int]) -> tuple[tuple[Card, ...], ...]:
    days, at = [], 0
    for day in range(LONGEST):
        free = max(math.ceil(room / LEAST_ROOM), room - taken[day])
        if day == LONGEST - 1:
            free = len(cards) - at
        days.append(tuple(cards[at : at + free]))
        at += free
        if at >= len(cards):
            break
    return tuple(days)
