"""New parameters of the memory model: adopting them is an event, and moves no due date."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, ParameterSet, ReviewEvent, User
from quizbank.models.history import PENDING, SAID, day_of, histories
from quizbank.models.rows import update_all
from quizbank.scheduling import DEFAULT_PARAMETERS, Event, fold
from quizbank.services.log import digest, lock_profile, refold, stored_event

LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Foreseen:
    """What a person's cards become under other parameters, as the log says up to an event."""

    through: int  # id of that event; 0 for an empty log
    changes: dict[tuple[str, ...], list[dict[str, Any]]]  # by the columns that change


def foresee(user: User, values: tuple[float, ...]) -> Foreseen:
    """Fold every card as if those parameters were adopted now. It takes long and no lock."""
    personal, by_card = histories(user.pk)
    through = max((events[-1].id for events in (personal, *by_card.values()) if events), default=0)
    personal.append(Event(PENDING, LAST, LAST, parameters=values))
    changes = defaultdict(list)
    # Cards are read after the log, so that none of it is missing; what came since has a later id.
    for row in Card.objects.filter(user=user).order_by("pk").values("id", "seed", *SAID):
        folded = fold([*personal, *by_card[row["id"]]], seed=row["seed"])
        said = dict(zip(SAID, (*folded.memory, folded.last_event), strict=True))
        if names := tuple(name for name in SAID if said[name] != row[name]):
            changes[names].append({**said, "id": row["id"]})
    return Foreseen(through, dict(changes))


def adopt_parameters(
    *,
    user: User,
    parameter_set: ParameterSet | None,
    client_uuid: UUID,
    now: datetime,
    foreseen: Foreseen | None = None,
) -> ReviewEvent:
    """Let the person's cards be remembered under those parameters from now on.

    None goes back to the published defaults. The cards are folded before the lock is taken;
    inside a transaction the caller gives what it had `foreseen` before it began. Raises
    ParameterSet.DoesNotExist for someone else's, ReviewConflict if the UUID was used for
    something else.
    """
    if parameter_set is not None and parameter_set.user_id != user.pk:
        raise ParameterSet.DoesNotExist
    key = parameter_set.pk if parameter_set else None
    payload_hash = digest({"kind": "adopt_parameters", "parameter_set": key})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return stored
    values = tuple(parameter_set.values) if parameter_set else DEFAULT_PARAMETERS
    if foreseen is None:
        foreseen = foresee(user, values)
    with transaction.atomic():
        profile = lock_profile(user)
        stored = stored_event(user, client_uuid, payload_hash)
        if stored is not None:
            return stored
        came = ReviewEvent.objects.filter(user=user, id__gt=foreseen.through)
        if came.filter(card=None).exists():  # another adoption, and so every card
            foreseen = foresee(user, values)
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
        for names, rows in foreseen.changes.items():
            update_all(Card, names, rows)
        for card in Card.objects.filter(pk__in=came.values("card")):
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
