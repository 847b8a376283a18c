"""Cards and the log in a JSON file: the union with what is here, by the events' numbers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from quizbank.models import Card, EventKind, Form, ReviewEvent, StudyPolicy
from quizbank.models.people import check_steps
from quizbank.scheduling import LONGEST_INTERVAL, Policy
from quizbank.services.audit import audit
from quizbank.services.bringing.past import OLDEST
from quizbank.services.bringing.rows import WRONG, BadRow, floored, instance, name_of
from quizbank.services.bringing.taken import Taken
from quizbank.services.errors import BadReview
from quizbank.services.fits import wish_fit, worth_it
from quizbank.services.given import AHEAD, LONGEST_DURATION, SOONEST, Given, GivenAct
from quizbank.services.log import digest, stored_policy

GRADED = (EventKind.REVIEW, EventKind.CRAM)
CACHE = tuple(
    field.name
    for field in Card._meta.concrete_fields
    if field.name not in ("seed", "created_at", "form")
)
BATCH = 500
FLUSHED = 2_000
DAY_APART = 2  # a study day and the date in UTC
REASONS = {"rating": "rating", "days": "days"}


def bring(taken: Taken) -> None:
    """Cards follow from the log once it is whole."""
    log = _Log(taken)
    log.cards = _cards(taken)
    for row in taken.rows("events"):
        try:
            log.add(row)
        except BadRow as bad:
            taken.leave("events", bad, row)
    log.flush()
    if taken.added["cards"] or taken.reviews or taken.acts:
        audit(user=taken.user, repair=True)
    if taken.reviews and worth_it(taken.user, taken.now):
        transaction.on_commit(lambda: wish_fit(taken.user))


def _cards(taken: Taken) -> dict[object, Card]:
    """By its id in the file: the person's card of that question and form, made if need be."""
    there = {(c.question_id, c.form): c for c in Card.objects.filter(user=taken.user)}
    found: dict[object, Card] = {}
    made = []
    for row in taken.rows("cards"):
        try:
            name, question = name_of(row, "id"), taken.question(row.get("question"))
            told = instance(Card, row, without=CACHE, user=taken.user, question=question)
            if told.form not in Form.values or not 0 <= told.seed < 2**62:
                raise BadRow("shape")
        except BadRow as bad:
            taken.leave("cards", bad, row)
            continue
        place = (question.pk, told.form)
        if place not in there:
            there[place] = told
            made.append(told)
        found[name] = there[place]
    Card.objects.bulk_create(made, batch_size=BATCH)
    taken.added["cards"] += len(made)
    return found


class _Log:
    """The person's log as it grows. Events are stored in the order of the file, so that an
    undo comes after what it undoes."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken
        self.cards: dict[object, Card] = {}
        self.ids: dict[UUID, int] = {}
        self.said: dict[UUID, tuple[object, ...]] = {}
        self.waiting: dict[UUID, ReviewEvent] = {}
        self.policies: dict[str, StudyPolicy] = {}
        self.zones = available_timezones()
        rows = ReviewEvent.objects.filter(user=taken.user)
        columns = ("client_uuid", "id", "kind", "rating", "reviewed_at", "card_id")
        found = rows.values_list(*columns).iterator(chunk_size=10_000)
        for name, pk, kind, rating, at, card in found:
            self.ids[name], self.said[name] = pk, (kind, rating, floored(at), card)

    def add(self, row: dict[str, Any]) -> None:
        """Raises BadRow."""
        if row.get("card") is None and row.get("guest_of"):
            return  # parameters fitted to a guest's few reviews are not taken over
        event = self._event(row)
        name = event.client_uuid
        said = (event.kind, event.rating, floored(event.reviewed_at), event.card_id)
        if name in self.said:
            if self.said[name] != said:
                raise BadRow("conflict")
            self.taken.known += 1
            return
        if event.kind == EventKind.UNDO:
            event.undoes_id = self._target(row.get("undoes"), event)
        self.said[name] = said
        self.waiting[name] = event
        if len(self.waiting) >= FLUSHED:
            self.flush()  # a transaction that asks nothing for long is ended by the database
        if event.kind in GRADED:
            self.taken.reviews.append(event.reviewed_at)
        else:
            self.taken.acts += 1

    def flush(self) -> None:
        events = ReviewEvent.objects.bulk_create(self.waiting.values(), batch_size=BATCH)
        self.ids |= {event.client_uuid: event.pk for event in events}
        self.waiting = {}

    def _target(self, told: object, undo: ReviewEvent) -> int:
        try:
            name = UUID(str(told))
        except ValueError:
            raise BadRow("undoes") from None
        if name in self.waiting:
            self.flush()
        if name not in self.ids or self.said[name][3] != undo.card_id:
            raise BadRow("undoes")
        return self.ids[name]

    def _event(self, row: dict[str, Any]) -> ReviewEvent:
        taken = self.taken
        event = instance(ReviewEvent, row, without=("id", "payload_hash"), user=taken.user)
        event.card = self._card(row.get("card"), event.kind)
        _check_times(event, taken.now)
        if event.zone not in self.zones:
            raise BadRow("zone")
        _check_deed(event, taken.now)
        event.policy = self._policy(row.get("policy"), event.kind)
        event.parameter_set = self._parameters(row.get("parameter_set"), event.kind)
        event.payload_hash = _hash(row.get("payload_hash"), event)
        event.duration_ms = min(event.duration_ms, LONGEST_DURATION)
        return event

    def _card(self, told: object, kind: str) -> Card | None:
        if kind == EventKind.ADOPT_PARAMETERS:
            if told is not None:
                raise BadRow("shape")
            return None
        card = self.cards.get(told) if isinstance(told, str) else None
        if card is None:
            raise BadRow("card")
        return card

    def _policy(self, told: object, kind: str) -> StudyPolicy | None:
        if told is None:
            if kind == EventKind.REVIEW or kind in SOONEST:
                raise BadRow("shape")
            return None
        try:
            policy = Policy.from_json(told)  # type: ignore[arg-type]
            check_steps(list(policy.learning_steps))
            check_steps(list(policy.relearning_steps))
            named = digest(policy.json())
        except (*WRONG, KeyError):
            raise BadRow("shape") from None
        if named not in self.policies:
            self.policies[named] = stored_policy(policy)
        return self.policies[named]

    def _parameters(self, told: object, kind: str) -> Any:
        found = self.taken.parameter_sets.get(told) if type(told) is int else None
        if kind == EventKind.ADOPT_PARAMETERS and told is not None and found is None:
            raise BadRow("parameters")
        return found


def _check_times(event: ReviewEvent, now: datetime) -> None:
    if max(event.reviewed_at, event.received_at) > now + AHEAD:
        raise BadRow("future")
    if min(event.reviewed_at, event.received_at) < OLDEST:
        raise BadRow("old")
    if abs(event.study_day - event.reviewed_at.date()) > timedelta(days=DAY_APART):
        raise BadRow("shape")


def _check_deed(event: ReviewEvent, now: datetime) -> None:
    """What a live event is checked for, but for its age. Raises BadRow."""
    if event.kind not in GRADED and event.rating is not None:
        raise BadRow("rating")
    if event.interval_chosen is not None and event.interval_chosen > LONGEST_INTERVAL:
        raise BadRow("days")
    try:
        if event.kind in GRADED:
            _given(event).check(now)
        elif event.card is not None and event.kind != EventKind.UNDO:
            GivenAct(
                kind=EventKind(event.kind),
                question=event.card.question,
                client_uuid=event.client_uuid,
                days=event.interval_chosen,
            ).check(now)
    except BadReview as bad:
        raise BadRow(REASONS.get(bad.field, "shape")) from None


def _given(event: ReviewEvent) -> Given:
    assert event.card is not None
    if not isinstance(event.ticks, list) or not isinstance(event.prediction, dict | None):
        raise BadRow("shape")
    return Given(
        question=event.card.question,
        rating=event.rating or 0,
        client_uuid=event.client_uuid,
        duration_ms=event.duration_ms,
        form=event.card.form,
        suggestion=event.suggestion,
        answer=event.answer,
        ticks=event.ticks,
        prediction=event.prediction,
        confidence=event.confidence,
        hint_used=event.hint_used,
    )


def _hash(told: object, event: ReviewEvent) -> str:
    """The one under which a device may send the event again, where the file tells it."""
    if isinstance(told, str) and len(told) == 64 and set(told) <= set("0123456789abcdef"):
        return told
    return digest({"takeout": str(event.client_uuid)})
