"""Taking back: an undo is an event of its own, and can be taken back like any other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from quizbank.models import Card, EventKind, ReviewEvent, User
from quizbank.models.history import day_of, latest_deed, undos_of
from quizbank.services.log import account_of, digest, lock_profile, refold, stored_event
from quizbank.services.recorded import Recorded


@transaction.atomic
def undo(
    *, user: User, client_uuid: UUID, now: datetime, event: ReviewEvent | None = None
) -> Recorded | None:
    """Take back `event`, or else the latest thing done with a card that still counts.

    Undoing an undo is redo. None if there is nothing to take back; what is taken back
    already is answered with the undo that did it, and as nothing is stored under this UUID,
    sending it again after a redo takes back anew. Raises ReviewEvent.DoesNotExist for an
    event of someone else or of no card, ReviewConflict if the UUID was used for something
    else.
    """
    profile = lock_profile(user)
    if event is not None and (event.user_id != user.pk or event.card_id is None):
        raise ReviewEvent.DoesNotExist
    target_uuid = str(event.client_uuid) if event else None
    payload_hash = digest({"kind": "undo", "target": target_uuid})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return Recorded.before(stored)
    holds = undos_of(user)
    target = event or latest_deed(user, holds)
    if target is None:
        return None
    if account := account_of(user):
        return undo(user=account, client_uuid=client_uuid, now=now, event=_copy(target, account))
    if target.pk in holds:
        return Recorded.before(ReviewEvent.objects.get(pk=holds[target.pk]))
    card = Card.objects.select_for_update().get(events=target)
    taken_back = ReviewEvent.objects.create(
        user=user,
        card=card,
        client_uuid=client_uuid,
        payload_hash=payload_hash,
        kind=EventKind.UNDO,
        reviewed_at=now,
        received_at=now,
        zone=profile.zone,
        study_day=day_of(profile, now),
        undoes=target,
    )
    refold(card)
    return Recorded(taken_back, card, created=True)


def _copy(event: ReviewEvent, account: User) -> ReviewEvent:
    """What an event of a guest is in the log of the account that they were merged into."""
    asked = Card.objects.filter(events=event).values("question")
    copies = ReviewEvent.objects.filter(user=account, card__question__in=asked)
    return copies.get(client_uuid=event.client_uuid)


@transaction.atomic
def undo_unanswered(*, user: User, events: Iterable[ReviewEvent], now: datetime) -> int:
    """Take back those of the events that hold and whose cards were not answered since; how many.

    Doing it again changes nothing, unless a redo came between.
    """
    events, holds = list(events), undos_of(user)
    last = _last_undos(events)
    back = 0
    for event in events:
        card = event.card
        answered = card and card.last_review and card.last_review > event.reviewed_at
        if event.pk not in holds and not answered:
            name = uuid5(last.get(event.pk, event.client_uuid), "taken back with others")
            recorded = undo(user=user, client_uuid=name, now=now, event=event)
            back += recorded is not None and recorded.created
    return back


def _last_undos(events: Iterable[ReviewEvent]) -> dict[int | None, UUID]:
    """Event id -> UUID of the latest undo of it, whether that holds or not."""
    undos = ReviewEvent.objects.filter(undoes__in=events).order_by("pk")
    return dict(undos.values_list("undoes", "client_uuid"))
