"""What a learner does with a card: grade it, take it back, deliver what was done offline.

Every function may be repeated under the same client UUID: the answer is the stored one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from quizbank.models import Card, EventKind, Question, ReviewEvent, StudyProfile, User
from quizbank.models.history import (
    PENDING,
    considered,
    day_of,
    memory_of,
    policy_of,
    policy_on,
    remember,
)
from quizbank.models.rows import insert, join, new
from quizbank.models.standing import Standing, standing_of
from quizbank.scheduling import Answer, Memory, Outcome
from quizbank.services.acts import locked_card, perform
from quizbank.services.errors import BadReview as BadReview
from quizbank.services.errors import ReviewConflict as ReviewConflict
from quizbank.services.fits import LOOK_EVERY, look
from quizbank.services.given import AHEAD, LONGEST_DURATION, Given, GivenAct
from quizbank.services.log import (
    account_of,
    clamp,
    digest_of,
    hold,
    known_event,
    lock_profile,
    stored_policy,
)
from quizbank.services.own_questions import adopted
from quizbank.services.parameters import adopt_parameters as adopt_parameters
from quizbank.services.recorded import Recorded as Recorded
from quizbank.services.recorded import recorded_before
from quizbank.services.undo import undo as undo


@dataclass(frozen=True)
class Delivered:
    """The fate of one item of a batch: recorded, or refused for a reason of its own."""

    client_uuid: UUID
    recorded: Recorded | None = None
    refused: BadReview | ReviewConflict | None = None


def record_review(
    *,
    user: User,
    question: Question,
    rating: int,
    client_uuid: UUID,
    now: datetime,
    reviewed_at: datetime | None = None,
    duration_ms: int = 0,
    form: str = "recall",
    suggestion: int | None = None,
    answer: str = "",
    ticks: Sequence[str | int] = (),
    prediction: Mapping[str, Any] | None = None,
    confidence: str = "",
    hint_used: bool = False,
    cram: bool = False,
    held: bool = False,
) -> Recorded:
    """Log one graded answer and reschedule its card, both or neither; `cram` logs it and
    leaves the card where it is.

    `reviewed_at` is the client's clock, held between the person's first day and five
    minutes from now. Raises BadReview for a field that cannot be, ReviewConflict if the
    UUID was used for something else. `held` is said inside a `delivery`.
    """
    given = Given(
        question=question,
        rating=rating,
        client_uuid=client_uuid,
        reviewed_at=reviewed_at,
        duration_ms=duration_ms,
        form=form,
        suggestion=suggestion,
        answer=answer,
        ticks=ticks,
        prediction=prediction,
        confidence=confidence,
        hint_used=hint_used,
        cram=cram,
    )
    return _record(user, given, now, held=held)


@contextmanager
def delivery(user: User, now: datetime) -> Iterator[None]:
    """What a device delivers at once is recorded in one transaction: a bad item refuses only
    itself, and after a failure of the machine nothing is there and all can be sent again."""
    with transaction.atomic():
        hold(user)
        yield
        look(user, now)


def record_batch(
    *, user: User, items: Sequence[Given | GivenAct], now: datetime
) -> list[Delivered]:
    """Record what a device did offline, in any order; a bad item refuses only itself."""
    delivered = []
    with delivery(user, now):
        for item in items:
            try:
                if isinstance(item, GivenAct):
                    recorded = perform(user=user, given=item, now=now)
                else:
                    recorded = _record(user, item, now, held=True)
            except (BadReview, ReviewConflict) as refusal:
                delivered.append(Delivered(item.client_uuid, refused=refusal))
            else:
                delivered.append(Delivered(item.client_uuid, recorded))
    return delivered


def _record(user: User, given: Given, now: datetime, *, held: bool) -> Recorded:
    before = recorded_before(user, given, now)
    if before is not None:
        return before
    if held:
        return _add(user, given, now)
    with transaction.atomic():
        hold(user)
        recorded = _add(user, given, now)
        if recorded.created and recorded.event.id % LOOK_EVERY == 0:
            look(user, now)
    return recorded


def _add(user: User, given: Given, now: datetime) -> Recorded:
    """Whatever refuses it does so before anything is written."""
    standing = _standing(user, given)
    profile = standing.profile
    if standing.event is not None:
        return Recorded.before(known_event(user, given.client_uuid, given.payload_hash))
    if standing.merged_into is not None and (account := account_of(user)):
        ours = replace(given, question=adopted(given.question, account))
        return _add(account, ours, now)
    card = standing.card or locked_card(user, given.question, given.form, now)
    join(card, "question", given.question)
    at = clamp(given.reviewed_at, user, now, AHEAD)
    day = day_of(profile, at)
    bends = standing.interview is not None and not given.cram
    policy = policy_on(profile, card, day) if bends else policy_of(profile)
    event = _event(profile, card, given, at, day, now)
    # Mostly the settings are those of the time before.
    known = standing.policy if standing.digest == digest_of(policy) else None
    event.policy_id = known or stored_policy(policy).pk
    if given.cram:
        _say(event, memory_of(card))
        return _stored(event, card)
    answer = Answer(given.rating, at, day, profile.zone, policy)
    (folded,) = considered(card, profile, [answer], now)
    _say(event, folded.memory, folded.outcomes[PENDING])
    recorded = _stored(event, card)
    remember(card, folded.memory, event.pk if folded.last_event == PENDING else folded.last_event)
    return recorded


def _standing(user: User, given: Given) -> Standing:
    asked = (user.pk, given.question.pk, given.form, given.client_uuid)
    standing = standing_of(*asked)
    if standing is None:
        lock_profile(user)
        standing = standing_of(*asked)
        assert standing is not None
    return standing


def _stored(event: ReviewEvent, card: Card) -> Recorded:
    if not insert(event):
        raise IntegrityError("the log has an event of that UUID already, recorded without a lock")
    return Recorded(event, card, created=True)


def _event(
    profile: StudyProfile, card: Card, given: Given, at: datetime, day: date, now: datetime
) -> ReviewEvent:
    event = new(
        ReviewEvent,
        user_id=profile.user_id,
        client_uuid=given.client_uuid,
        payload_hash=given.payload_hash,
        kind=EventKind.CRAM if given.cram else EventKind.REVIEW,
        rating=given.rating,
        reviewed_at=at,
        client_time=given.reviewed_at,
        received_at=now,
        duration_ms=min(given.duration_ms, LONGEST_DURATION),
        zone=profile.zone,
        study_day=day,
        parameter_set_id=profile.parameter_set_id,
        suggestion=given.suggestion,
        ticks=list(given.ticks),
        answer=given.answer,
        prediction=dict(given.prediction) if given.prediction is not None else None,
        confidence=given.confidence,
        hint_used=given.hint_used,
    )
    join(event, "card", card)
    return event


def _say(event: ReviewEvent, after: Memory, outcome: Outcome | None = None) -> None:
    """Write into the event what follows from it. Without an outcome nothing was decided."""
    if outcome is not None:
        event.fuzz_seed = outcome.seed
        event.interval_raw, event.interval_chosen = outcome.raw, outcome.chosen
    event.after_state, event.after_step = after.state, after.step
    event.after_stability, event.after_difficulty = after.stability, after.difficulty
    event.after_due = after.due
