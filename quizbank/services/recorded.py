from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Self

from quizbank.models import Card, ReviewEvent, User
from quizbank.services.errors import BadReview
from quizbank.services.given import Given, GivenAct
from quizbank.services.log import stored_event


class Recorded(NamedTuple):
    """An event of the log and the card as it is now.

    `created` is false where the event was there already. The event's `after_…` fields
    say what the client was told then; the card may have moved on.
    """

    event: ReviewEvent
    card: Card
    created: bool

    @classmethod
    def before(cls, event: ReviewEvent) -> Self:
        """An event that was there already. Raises Card.DoesNotExist if it has no card."""
        if event.card is None:
            raise Card.DoesNotExist
        return cls(event, event.card, created=False)


def recorded_before(user: User, given: Given | GivenAct, now: datetime) -> Recorded | None:
    """Check what is given. Where it has only become too old to be recorded, it may have been
    recorded in time: a client that never got the answer sends it for as long as it lives."""
    try:
        given.check(now)
    except BadReview as refusal:
        stored = None
        if refusal.field == "reviewed_at":  # checked last: the rest can be read
            stored = stored_event(user, given.client_uuid, given.payload_hash)
        if stored is None:
            raise
        return Recorded.before(stored)
    return None
