from __future__ import annotations

from typing import NamedTuple, Self

from quizbank.models import Card, ReviewEvent


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
