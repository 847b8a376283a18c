"""What a learner does with a card beside answering it: each an event, each can be undone.

Every function may be repeated under the same client UUID: the answer is the stored one. All
raise BadReview for a field that cannot be, ReviewConflict if the UUID was used for something
else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from quizbank.models import Card, EventKind, Form, Question, ReviewEvent, StudyProfile, User
from quizbank.models.history import PENDING, day_of, history, policy_of, to_event
from quizbank.models.rows import find, insert
from quizbank.scheduling import fold, seed_of
from quizbank.services.given import AHEAD, SOONEST, GivenAct
from quizbank.services.log import (
    account_of,
    clamp,
    lock_profile,
    refold,
    stored_event,
    stored_policy,
)
from quizbank.services.own_questions import adopted
from quizbank.services.recorded import Recorded, recorded_before


def perform(*, user: User, given: GivenAct, now: datetime) -> Recorded:
    """Log the act and let its card follow, both or neither.

    One that comes late is put in its place among the card's events.
    """
    before = recorded_before(user, given, now)
    if before is not None:
        return before
    with transaction.atomic():
        profile = lock_profile(user)
        stored = stored_event(user, given.client_uuid, given.payload_hash)
        if stored is not None:
            return Recorded.before(stored)
        if account := account_of(user):
            ours = replace(given, question=adopted(given.question, account))
            return perform(user=account, given=ours, now=now)
        card = locked_card(user, given.question, Form.RECALL, now)
        event = _event(profile, card, given, clamp(given.reviewed_at, user, now, AHEAD), now)
        _say_what_follows(card, event)
        event.save(force_insert=True)
        refold(card)
    return Recorded(event, card, created=True)


def plan(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int = 1
) -> Recorded:
    """See the question's card within that many study days, or when it is due if that is sooner.

    Interval and memory stay as they are.
    """
    return _now(EventKind.PLAN, user, question, client_uuid, now, days)


def set_due(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int
) -> Recorded:
    """Make the card due that many study days from today, 0 for today, sooner or later than
    its schedule says. Interval and memory stay."""
    return _now(EventKind.SET_DUE, user, question, client_uuid, now, days)


def reschedule(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int
) -> Recorded:
    """Like `set_due`, where the system and not the person chose the day."""
    return _now(EventKind.RESCHEDULE, user, question, client_uuid, now, days)


def bury(
    *, user: User, question: Question, client_uuid: UUID, now: datetime, days: int = 1
) -> Recorded:
    """Leave the card out of every session for that many study days, today the first."""
    return _now(EventKind.BURY, user, question, client_uuid, now, days)


def suspend(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Leave the card out of every session until it is brought back."""
    return _now(EventKind.SUSPEND, user, question, client_uuid, now)


def unsuspend(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Bring a suspended card back, due when it was due."""
    return _now(EventKind.UNSUSPEND, user, question, client_uuid, now)


def reset(*, user: User, question: Question, client_uuid: UUID, now: datetime) -> Recorded:
    """Let the card start as a new one. What was recorded of it stays in the log."""
    return _now(EventKind.RESET, user, question, client_uuid, now)


def _now(
    kind: EventKind,
    user: User,
    question: Question,
    client_uuid: UUID,
    now: datetime,
    days: int | None = None,
) -> Recorded:
    given = GivenAct(kind=kind, question=question, client_uuid=client_uuid, days=days)
    return perform(user=user, given=given, now=now)


def locked_card(user: User, question: Question, form: str, now: datetime) -> Card:
    """The person's card of that question and form, made if there is none yet, and locked."""
    key = {"user_id": user.pk, "question_id": question.pk, "form": form}
    card = find(Card, locked=True, **key)
    if card is None:
        made = Card(**key, seed=seed_of(f"{question.path}:{form}"), created_at=now)
        card = made if insert(made) else find(Card, locked=True, **key)
    assert card is not None
    return card


def _event(
    profile: StudyProfile, card: Card, given: GivenAct, at: datetime, now: datetime
) -> ReviewEvent:
    return ReviewEvent(
        user_id=profile.user_id,
        card=card,
        client_uuid=given.client_uuid,
        payload_hash=given.payload_hash,
        kind=given.kind,
        reviewed_at=at,
        client_time=given.reviewed_at,
        received_at=now,
        zone=profile.zone,
        study_day=day_of(profile, at),
        policy=stored_policy(policy_of(profile)) if given.kind in SOONEST else None,
        interval_chosen=given.days,
    )


def _say_what_follows(card: Card, event: ReviewEvent) -> None:
    event.id = PENDING
    after = fold([*history(card), to_event(event)], seed=card.seed).memory
    event.id = None  # the database numbers it
    event.after_state, event.after_step = after.state, after.step
    event.after_stability, event.after_difficulty = after.stability, after.difficulty
    event.after_due = after.due
