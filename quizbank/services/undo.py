"""Taking back: an undo is an event of its own, and can be taken back like any other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, ReviewEvent, StudyProfile, User
from quizbank.models.history import day_of, latest_review, undos_of
from quizbank.services.log import digest, lock_profile, refold, stored_event
from quizbank.services.parameters import readopt
from quizbank.services.recorded import Recorded


@transaction.atomic
def undo(
    *, user: User, client_uuid: UUID, now: datetime, event: ReviewEvent | None = None
) -> Recorded | None:
    """Take back `event`, or else the latest review that still counts.

    Undoing an undo is redo. None if there is nothing to take back; what is taken back
    already is answered with the undo that did it. Raises ReviewEvent.DoesNotExist for
    someone else's event, ReviewConflict if the UUID was used for something else.
    """
    profile = lock_profile(user)
    if event is not None and event.user_id != user.pk:
        raise ReviewEvent.DoesNotExist
    target_uuid = str(event.client_uuid) if event else None
    payload_hash = digest({"kind": "undo", "target": target_uuid})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return Recorded(stored, stored.card, created=False)
    holds = undos_of(user)
    target = event or latest_review(user, holds)
    if target is None:
        return None
    if target.pk in holds:
        standing = ReviewEvent.objects.select_related("card").get(pk=holds[target.pk])
        return Recorded(standing, standing.card, created=False)
    return _take_back(target, profile, client_uuid, payload_hash, now)


def _take_back(
    target: ReviewEvent, profile: StudyProfile, client_uuid: UUID, payload_hash: str, now: datetime
) -> Recorded:
    card = None
    if target.card_id is not None:
        card = Card.objects.select_for_update().get(pk=target.card_id)
    event = ReviewEvent(
        user_id=target.user_id,
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
    event.save(force_insert=True)
    if card is None:
        readopt(profile)
    else:
        refold(card)
    return Recorded(event, card, created=True)
