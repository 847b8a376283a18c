"""The steps every write to the log shares: one writer a person, then the cache follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from quizbank.models import Card, ParameterSet, ReviewEvent, StudyPolicy, StudyProfile, User
from quizbank.models.history import history, remember
from quizbank.models.rows import find
from quizbank.scheduling import Folded, Policy, fold
from quizbank.services.errors import ReviewConflict


def lock_profile(user: User) -> StudyProfile:
    """The person's profile, locked: their reviews, undos and adoptions take turns.

    Two quick taps on "Good" must be scheduled one after the other, not twice from the
    same state, and an adoption must see every card.
    """
    profile = find(StudyProfile, locked=True, user_id=user.pk)
    if profile is None:
        profile, _ = StudyProfile.objects.select_for_update().get_or_create(user=user)
    if profile.parameter_set_id is not None:
        profile.parameter_set = find(ParameterSet, id=profile.parameter_set_id)
    return profile


def account_of(user: User) -> User | None:
    """The account that a guest was merged into, its profile locked as well; None for all others.

    Asked under the lock of the guest's own profile: who waited for it while they signed in goes
    on as the account, since what came to the guest's log now would stay there.
    """
    account = User.objects.filter(merged_guests=user.pk).first() if user.is_guest else None
    if account is not None:
        lock_profile(account)
    return account


def hold(user: User) -> None:
    """The same for a writer that reads the profile with what else it needs. Where rows cannot be
    locked, a transaction has the whole database from its beginning."""
    if connections[DEFAULT_DB_ALIAS].features.has_select_for_update:
        lock_profile(user)


def stored_event(user: User, client_uuid: UUID, payload_hash: str) -> ReviewEvent | None:
    """What that UUID was used for before. Raises ReviewConflict if for something else."""
    event = find(ReviewEvent, user_id=user.pk, client_uuid=client_uuid)
    if event is not None and event.payload_hash != payload_hash:
        raise ReviewConflict
    return event


def known_event(user: User, client_uuid: UUID, payload_hash: str) -> ReviewEvent:
    """The same of a UUID that was used."""
    event = stored_event(user, client_uuid, payload_hash)
    assert event is not None
    return event


def digest(payload: Mapping[str, Any]) -> str:
    """The same for the same content, whatever the order of keys. Raises ValueError on NaN."""
    return hashlib.sha256(_COMPACT.encode(payload).encode()).hexdigest()


_COMPACT = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":"))


def stored_policy(policy: Policy) -> StudyPolicy:
    name = digest_of(policy)
    stored = find(StudyPolicy, digest=name)
    if stored is None:
        made = {"values": policy.json()}
        stored, _ = StudyPolicy.objects.get_or_create(digest=name, defaults=made)
    return stored


@lru_cache(maxsize=512)
def digest_of(policy: Policy) -> str:
    """The digest under which the settings are stored."""
    return digest(policy.json())


def refold(card: Card) -> Folded:
    """Rebuild the card from its log."""
    folded = fold(history(card), seed=card.seed)
    remember(card, folded.memory, folded.last_event)
    return folded


def clamp(given: datetime | None, user: User, now: datetime, ahead: timedelta) -> datetime:
    """A client's clock, held between the person's first day and a little after now."""
    earliest = min(user.date_joined, now)
    return min(max(given or now, earliest), now + ahead)
