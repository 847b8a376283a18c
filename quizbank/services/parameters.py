"""New parameters of the memory model: adopting them is an event, and moves no due date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, ParameterSet, ReviewEvent, User
from quizbank.models.history import day_of
from quizbank.services.log import digest, lock_profile, refold, stored_event


@transaction.atomic
def adopt_parameters(
    *, user: User, parameter_set: ParameterSet | None, client_uuid: UUID, now: datetime
) -> ReviewEvent:
    """Let the person's cards be remembered under those parameters from now on.

    None goes back to the published defaults. Raises ParameterSet.DoesNotExist for someone
    else's, ReviewConflict if the UUID was used for something else.
    """
    if parameter_set is not None and parameter_set.user_id != user.pk:
        raise ParameterSet.DoesNotExist
    profile = lock_profile(user)
    key = parameter_set.pk if parameter_set else None
    payload_hash = digest({"kind": "adopt_parameters", "parameter_set": key})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return stored
    at, received = _after_all(user, now)
    event = ReviewEvent.objects.create(
        user=user,
        client_uuid=client_uuid,
        payload_hash=payload_hash,
        kind=EventKind.ADOPT_PARAMETERS,
        reviewed_at=at,
        received_at=received,
        zone=profile.zone,
        study_day=day_of(profile, now),
        parameter_set=parameter_set,
    )
    profile.parameter_set, profile.adopted_at = parameter_set, at
    profile.save(update_fields=["parameter_set", "adopted_at"])
    for card in Card.objects.select_for_update().filter(user=user).order_by("pk"):
        refold(card)
    return event


def _after_all(user: User, now: datetime) -> tuple[datetime, datetime]:
    """When an adoption counts, and as received when, so that it comes last in the total order.

    A client's clock may run ahead and the server's be set back: what was promised under the old
    parameters must not be weighed anew under these.
    """
    log = ReviewEvent.objects.filter(user=user).order_by("-reviewed_at", "-received_at")
    moments = log.values_list("reviewed_at", "received_at").first()
    return (max(now, moments[0]), max(now, *moments)) if moments else (now, now)
