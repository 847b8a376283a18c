"""The steps every write to the log shares: one writer a person, then the cache follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quizbank.models import Card, ReviewEvent, StudyPolicy, StudyProfile, User
from quizbank.models.history import history, remember
from quizbank.scheduling import Folded, Policy, fold
from quizbank.services.errors import ReviewConflict


def lock_profile(user: User) -> StudyProfile:
    """The person's profile, locked: their reviews, undos and adoptions take turns.

    Two quick taps on "Good" must be scheduled one after the other, not twice from the
    same state, and an adoption must see every card.
    """
    locked = StudyProfile.objects.select_for_update(of=("self",)).select_related("parameter_set")
    profile, _ = locked.get_or_create(user=user)
    return profile


def stored_event(user: User, client_uuid: UUID, payload_hash: str) -> ReviewEvent | None:
    """What that UUID was used for before. Raises ReviewConflict if for something else."""
    event = ReviewEvent.objects.filter(user=user, client_uuid=client_uuid).first()
    if event is not None and event.payload_hash != payload_hash:
        raise ReviewConflict
    return event


def digest(payload: Mapping[str, Any]) -> str:
    """The same for the same content, whatever the order of keys. Raises ValueError on NaN."""
    text = json.dumps(payload, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def stored_policy(policy: Policy) -> StudyPolicy:
    values = policy.json()
    row, _ = StudyPolicy.objects.get_or_create(digest=digest(values), defaults={"values": values})
    return row


def refold(card: Card) -> Folded:
    """Rebuild the card from its log."""
    folded = fold(history(card), seed=card.seed)
    remember(card, folded.memory, folded.last_event)
    return folded


def clamp(given: datetime | None, user: User, now: datetime, ahead: timedelta) -> datetime:
    """A client's clock, held between the person's first day and a little after now."""
    earliest = min(user.date_joined, now)
    return min(max(given or now, earliest), now + ahead)
