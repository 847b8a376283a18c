from __future__ import annotations

from dataclasses import dataclass

from quizbank.models import Card, ReviewEvent


@dataclass(frozen=True)
class Recorded:
    """An event of the log and the card as it is now.

    `created` is false where the event was there already. The event's `after_…` fields
    say what the client was told then; the card may have moved on.
    """

    event: ReviewEvent
    card: Card | None  # None for what concerns the person as a whole
    created: bool
