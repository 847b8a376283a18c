"""Asking for a card on a day of one's choice; its schedule goes on from there as before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, User
from quizbank.models.history import PENDING, day_of, history, to_event
from quizbank.scheduling import fold, seed_of
from quizbank.services.log import digest, lock_profile, refold, stored_event, stored_policy
from quizbank.services.recorded import Recorded


@transaction.atomic
def plan(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int = 1
) -> Recorded:
    """See the question's card within that many study days, or when it is due if that is sooner.

    Interval and memory stay as they are. Raises ReviewConflict if the UUID was used for
    something else, ValueError for a day that has begun.
    """
    if days < 1:
        raise ValueError("a plan is for a day to come")
    profile = lock_profile(user)
    payload_hash = digest({"kind": "plan", "question": question.path, "days": days})
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return Recorded.before(stored)
    card, _ = Card.objects.select_for_update().get_or_create(
        user=user,
        question=question,
        form=Form.RECALL,
        defaults={"seed": seed_of(f"{question.path}:{Form.RECALL}"), "created_at": now},
    )
    event = ReviewEvent(
        user=user,
        card=card,
        client_uuid=client_uuid,
        payload_hash=payload_hash,
        kind=EventKind.PLAN,
        reviewed_at=now,
        received_at=now,
        zone=profile.zone,
        study_day=day_of(profile, now),
        policy=stored_policy(profile),
        interval_chosen=days,
    )
    _say_what_follows(card, event)
    event.save(force_insert=True)
    refold(card)
    return Recorded(event, card, created=True)


def _say_what_follows(card: Card, event: ReviewEvent) -> None:
    event.id = PENDING
    after = fold([*history(card), to_event(event)], seed=card.seed).memory
    event.id = None  # the database numbers it
    event.after_state, event.after_step = after.state, after.step
    event.after_stability, event.after_difficulty = after.stability, after.difficulty
    event.after_due = after.due
