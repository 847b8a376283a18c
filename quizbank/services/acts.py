"""What a learner does with a card beside answering it: each an event, each can be undone.

Every function may be repeated under the same client UUID: the answer is the stored one. All
raise ReviewConflict if the UUID was used for something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, StudyProfile, User
from quizbank.models.history import PENDING, day_of, history, to_event
from quizbank.scheduling import LONGEST_INTERVAL, fold, seed_of
from quizbank.services.log import digest, lock_profile, refold, stored_event, stored_policy
from quizbank.services.recorded import Recorded

DATED = (EventKind.PLAN, EventKind.SET_DUE, EventKind.RESCHEDULE, EventKind.BURY)


def plan(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int = 1
) -> Recorded:
    """See the question's card within that many study days, or when it is due if that is sooner.

    Interval and memory stay as they are. Raises ValueError for a day that has begun.
    """
    _check(days, 1)
    return _act(EventKind.PLAN, user, question, client_uuid, now, days)


def set_due(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int
) -> Recorded:
    """Make the card due that many study days from today, 0 for today, sooner or later than
    its schedule says. Interval and memory stay. Raises ValueError for a day that has passed."""
    _check(days, 0)
    return _act(EventKind.SET_DUE, user, question, client_uuid, now, days)


def reschedule(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int
) -> Recorded:
    """Like `set_due`, where the system proposed the day and the person agreed."""
    _check(days, 0)
    return _act(EventKind.RESCHEDULE, user, question, client_uuid, now, days)


def bury(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int = 1
) -> Recorded:
    """Leave the card out of every session for that many study days, today the first."""
    _check(days, 1)
    return _act(EventKind.BURY, user, question, client_uuid, now, days)


def suspend(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Leave the card out of every session until it is brought back."""
    return _act(EventKind.SUSPEND, user, question, client_uuid, now)


def unsuspend(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Bring a suspended card back, due when it was due."""
    return _act(EventKind.UNSUSPEND, user, question, client_uuid, now)


def reset(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Let the card start as a new one. What was recorded of it stays in the log."""
    return _act(EventKind.RESET, user, question, client_uuid, now)


def _check(days: int, least: int) -> None:
    if not least <= days <= LONGEST_INTERVAL:
        raise ValueError(f"days must lie between {least} and {LONGEST_INTERVAL}")


@transaction.atomic
def _act(
    kind: EventKind,
    user: User,
    question: Question,
    client_uuid: UUID,
    now: datetime,
    days: int | None = None,
) -> Recorded:
    profile = lock_profile(user)
    payload_hash = digest(_payload(kind, question, days))
    stored = stored_event(user, client_uuid, payload_hash)
    if stored is not None:
        return Recorded.before(stored)
    card = locked_card(user, question, Form.RECALL, now)
    event = _event(profile, card, kind, now, days)
    event.client_uuid, event.payload_hash = client_uuid, payload_hash
    _say_what_follows(card, event)
    event.save(force_insert=True)
    refold(card)
    return Recorded(event, card, created=True)


def _payload(kind: EventKind, question: Question, days: int | None) -> Mapping[str, Any]:
    said = {"kind": str(kind), "question": question.path}
    return said if days is None else {**said, "days": days}


def locked_card(user: User, question: Question, form: str, now: datetime) -> Card:
    """The person's card of that question and form, made if there is none yet, and locked."""
    card, _ = Card.objects.select_for_update().get_or_create(
        user=user,
        question=question,
        form=form,
        defaults={"seed": seed_of(f"{question.path}:{form}"), "created_at": now},
    )
    return card


def _event(
    profile: StudyProfile, card: Card, kind: EventKind, now: datetime, days: int | None
) -> ReviewEvent:
    return ReviewEvent(
        user_id=profile.user_id,
        card=card,
        kind=kind,
        reviewed_at=now,
        received_at=now,
        zone=profile.zone,
        study_day=day_of(profile, now),
        policy=stored_policy(profile) if kind in DATED else None,
        interval_chosen=days,
    )


def _say_what_follows(card: Card, event: ReviewEvent) -> None:
    event.id = PENDING
    after = fold([*history(card), to_event(event)], seed=card.seed).memory
    event.id = None  # the database numbers it
    event.after_state, event.after_step = after.state, after.step
    event.after_stability, event.after_difficulty = after.stability, after.difficulty
    event.after_due = after.due
