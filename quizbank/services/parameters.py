"""New parameters of the memory model: adopting them is an event, and moves no due date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, ParameterSet, ReviewEvent, StudyProfile, User
from quizbank.models.history import day_of, personal_history
from quizbank.scheduling import adopted
from quizbank.services.log import digest, lock_profile, refold, stored_event
from quizbank.services.recorded import Recorded


@transaction.atomic
def adopt_parameters(
    *, user: User, parameter_set: ParameterSet, client_uuid: UUID, now: datetime
) -> Recorded:
    """Let the person's cards be remembered under those parameters from now on.

    Raises ParameterSet.DoesNotExist for someone else's, ReviewConflict if the UUID was
    used for something else.
    """
    if parameter_set.user_id != user.pk:
        raise ParameterSet.DoesNotExist
    profile = lock_profile(user)
    payload_hash = digest({"kind": "adopt_parameters", "parameter_set": parameter_set.pk})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return Recorded(stored, None, created=False)
    event = ReviewEvent.objects.create(
        user=user,
        client_uuid=client_uuid,
        payload_hash=payload_hash,
        kind=EventKind.ADOPT_PARAMETERS,
        reviewed_at=now,
        received_at=now,
        zone=profile.zone,
        study_day=day_of(profile, now),
        parameter_set=parameter_set,
    )
    readopt(profile)
    return Recorded(event, None, created=True)


def readopt(profile: StudyProfile) -> None:
    """Take from the log which parameters hold, and refold every card under them."""
    event_id = adopted(personal_history(profile.user_id))
    event = None
    if event_id is not None:
        event = ReviewEvent.objects.select_related("parameter_set").get(pk=event_id)
    profile.parameter_set = event.parameter_set if event else None
    profile.adopted_at = event.reviewed_at if event else None
    profile.save(update_fields=["parameter_set", "adopted_at"])
    for card in Card.objects.select_for_update().filter(user_id=profile.user_id).order_by("pk"):
        refold(card)
