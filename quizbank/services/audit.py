"""Hold what is cached of a person against what their log says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from quizbank.models import Card, ReviewEvent, StudyProfile, User
from quizbank.models.history import MEMORY_FIELDS, histories, remember
from quizbank.scheduling import Event, adopted, fold
from quizbank.services.log import lock_profile

Differences = list[dict[str, str | None]]


@dataclass
class Audit:
    cards: int = 0
    events: int = 0
    differences: Differences = field(default_factory=list)

    def __iadd__(self, other: Audit) -> Audit:
        self.cards += other.cards
        self.events += other.events
        self.differences += other.differences
        return self

    def json(self) -> dict[str, Any]:
        return {"cards": self.cards, "events": self.events, "differences": self.differences}


@transaction.atomic
def audit(*, user: User, repair: bool) -> Audit:
    """Compare every cached field of the person's cards and profile, bit for bit."""
    if not (user.cards.exists() or user.review_events.exists()):
        return Audit()
    profile = lock_profile(user)
    personal, by_card = histories(user.pk)
    result = Audit(events=len(personal) + sum(map(len, by_card.values())))
    result.differences += _audit_profile(profile, personal, repair)
    for card in Card.objects.select_for_update().filter(user=user).order_by("pk"):
        result.cards += 1
        result.differences += _audit_card(card, [*personal, *by_card[card.pk]], repair)
    return result


def _audit_card(card: Card, events: list[Event], repair: bool) -> Differences:
    folded = fold(events, seed=card.seed)
    says = {name: getattr(folded.memory, name) for name in MEMORY_FIELDS}
    says["last_event_id"] = folded.last_event
    differences = _compare(str(card.pk), card, says)
    if differences and repair:
        remember(card, folded.memory, folded.last_event)
    return differences


def _audit_profile(profile: StudyProfile, personal: list[Event], repair: bool) -> Differences:
    event_id = adopted(personal)
    event = ReviewEvent.objects.get(pk=event_id) if event_id is not None else None
    says = {
        "parameter_set_id": event.parameter_set_id if event else None,
        "adopted_at": event.reviewed_at if event else None,
    }
    differences = _compare(f"profile of {profile.user_id}", profile, says)
    if differences and repair:
        for name, value in says.items():
            setattr(profile, name, value)
        profile.save(update_fields=["parameter_set", "adopted_at"])
    return differences


def _compare(name: str, stored: object, says: dict[str, Any]) -> Differences:
    return [
        {"card": name, "field": field, "stored": _written(kept), "replayed": _written(value)}
        for field, value in says.items()
        if (kept := getattr(stored, field)) != value
    ]


def _written(value: object) -> str | None:
    return None if value is None else str(value)
