"""One card of a person: where it stands, and its life so far."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, User
from quizbank.scheduling import Event, undone

MOST_PAST = 100


@dataclass(frozen=True)
class Past:
    """One thing done with a card, and the undo that holds against it, if there is one."""

    event: ReviewEvent
    taken_back_by: UUID | None


def card_of(visitor: User | AnonymousUser | None, question: Question) -> Card | None:
    """The visitor's card of the question, also one that was only put aside."""
    if not isinstance(visitor, User):
        return None
    return Card.objects.filter(user=visitor, question=question, form=Form.RECALL).first()


def past(card: Card) -> list[Past]:
    """What was done with the card, latest first, without the undos themselves."""
    rows = list(card.events.order_by("-reviewed_at", "-received_at", "-id"))
    holds = undone(
        Event(row.pk, row.reviewed_at, row.received_at, undoes=row.undoes_id) for row in rows
    )
    names = {row.pk: row.client_uuid for row in rows}
    done = [row for row in rows if row.kind != EventKind.UNDO][:MOST_PAST]
    return [Past(row, names.get(holds.get(row.pk, 0))) for row in done]
