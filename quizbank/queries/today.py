"""A person's study day, and what they did on it: the log alone counts a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from quizbank.models import EventKind, ReviewEvent, StudyProfile, User
from quizbank.models.history import day_of
from quizbank.models.rows import find, new, select, taken, written
from quizbank.scheduling import AGAIN, Event, undone

DAY = timedelta(days=1)
Visitor = User | AnonymousUser | None

_EVENT = ("id", "kind", "card_id", "rating", "undoes_id", "reviewed_at", "received_at")
# Each half by an index of its own: else the whole log of the person would be read.
_DONE = """
SELECT id, kind, card_id, rating, undoes_id, reviewed_at, received_at FROM quizbank_reviewevent
WHERE user_id = %s AND kind = 'review' AND study_day = %s
UNION ALL
SELECT id, kind, card_id, rating, undoes_id, reviewed_at, received_at FROM quizbank_reviewevent
WHERE user_id = %s AND kind = 'undo' AND study_day >= %s
ORDER BY reviewed_at, received_at, id
"""


@dataclass(frozen=True)
class Done:
    """One review of the day that still counts."""

    card_id: UUID
    rating: int


@dataclass(frozen=True)
class Today:
    """A person's study day, read once for everything a page asks about it."""

    user: User | None
    now: datetime
    day: date
    new_per_day: int
    done: list[Done]

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None


def today_of(visitor: Visitor, now: datetime) -> Today:
    user = known(visitor)
    stored = find(StudyProfile, user_id=user.pk) if user else None
    profile = stored or new(StudyProfile)
    day = day_of(profile, now)
    return Today(user, now, day, profile.new_per_day, done_on(user, day) if user else [])


def known(visitor: Visitor) -> User | None:
    return visitor if isinstance(visitor, User) else None


def done_on(user: User, day: date) -> list[Done]:
    """The reviews of that study day in their order, without those taken back."""
    # An undo may carry the date before, if the clocks of two devices disagree.
    today, before = (
        *written(ReviewEvent, study_day=day),
        *written(ReviewEvent, study_day=day - DAY),
    )
    found = select(_DONE, (user.pk, today, user.pk, before))
    rows = [taken(ReviewEvent, _EVENT, row) for row in found]
    taken_back = undone(
        Event(id, at, received, undoes=undoes) for id, _, _, _, undoes, at, received in rows
    )
    return [
        Done(card_id, rating)
        for id, kind, card_id, rating, *_ in rows
        if rating and kind == EventKind.REVIEW and id not in taken_back
    ]


def missed(done: Iterable[Done]) -> int:
    return sum(review.rating == AGAIN for review in done)


def others_since(done: list[Done], card_id: UUID) -> int:
    """How many different other cards were answered after that card's last answer."""
    after: set[UUID] = set()
    for review in reversed(done):
        if review.card_id == card_id:
            break
        after.add(review.card_id)
    return len(after)
