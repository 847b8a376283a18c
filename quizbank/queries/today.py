"""What a person did on one study day, read from the log: nothing else counts a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from quizbank.models import EventKind, ReviewEvent, User
from quizbank.scheduling import AGAIN, Event, undone


@dataclass(frozen=True)
class Done:
    """One review of the day that still counts."""

    card_id: UUID
    rating: int


def done_on(user: User, day: date) -> list[Done]:
    """The reviews of that study day in their order, without those taken back."""
    # An undo may carry the date before, if the clocks of two devices disagree.
    near = Q(kind=EventKind.UNDO, study_day__gte=day - timedelta(days=1))
    today = Q(kind=EventKind.REVIEW, study_day=day)
    rows = list(
        ReviewEvent.objects.filter(near | today, user=user)
        .order_by("reviewed_at", "received_at", "id")
        .values_list("id", "kind", "card_id", "rating", "undoes", "reviewed_at", "received_at")
    )
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
