"""Spread what has piled up over days to come, and take that back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from quizbank.models import EventKind, ReviewEvent, User
from quizbank.queries.backlog import Backlog, backlog
from quizbank.services.acts import perform
from quizbank.services.chunks import chunks
from quizbank.services.given import GivenAct
from quizbank.services.log import lock_profile
from quizbank.services.undo import undo_unanswered


@transaction.atomic
def spread_backlog(*, user: User, client_uuid: UUID, now: datetime) -> Backlog | None:
    """Make the cards of the backlog due as `queries.backlog` says, the most fragile today.

    Sending it again under the same UUID changes nothing. None then, or if there is no backlog.
    """
    lock_profile(user)
    found = backlog(user, now)
    if found is None or _moved(user, client_uuid):
        return None
    for days, cards in enumerate(found.by_day):
        for card in cards if days else ():
            given = GivenAct(
                kind=EventKind.RESCHEDULE,
                question=card.question,
                client_uuid=uuid5(client_uuid, str(card.pk)),
                days=days,
            )
            perform(user=user, given=given, now=now)
    return found


@transaction.atomic
def gather_backlog(*, user: User, client_uuid: UUID, now: datetime) -> int:
    """Take back the spreading of that UUID, except of cards answered since; how many came back."""
    lock_profile(user)
    return undo_unanswered(user=user, events=_moved(user, client_uuid), now=now)


def _moved(user: User, client_uuid: UUID) -> list[ReviewEvent]:
    """The events of the spreading of that UUID, whether they still count or not."""
    names = (uuid5(client_uuid, str(pk)) for pk in user.cards.values_list("pk", flat=True))
    rows = ReviewEvent.objects.filter(user=user, kind=EventKind.RESCHEDULE).select_related("card")
    found = [event for some in chunks(names) for event in rows.filter(client_uuid__in=some)]
    return sorted(found, key=lambda event: event.pk)
