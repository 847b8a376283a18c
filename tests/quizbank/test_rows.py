"""What is read and written by statements of our own is what the ORM reads and writes."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from quizbank.models import Card, Interview, ParameterSet, ReviewEvent, StudyPolicy, StudyProfile
from quizbank.models.history import memory_of, remember
from quizbank.models.rows import find, insert, new, update
from quizbank.models.standing import standing_of
from quizbank.scheduling import DEFAULT_PARAMETERS, Policy
from quizbank.services.log import digest_of, stored_policy
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_questions

SHANGHAI = timezone(timedelta(hours=8))
UUID = uuid.UUID(int=7)


@pytest.fixture
def card(alice) -> Card:
    return grade(alice, make_questions(1)[0], 3, MONDAY, client_uuid=UUID).card


def columns(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def filled(card: Card) -> ReviewEvent:
    """An event with something in every column that a review may have."""
    return ReviewEvent(
        user_id=card.user_id,
        card=card,
        client_uuid=uuid.UUID(int=8),
        payload_hash="f" * 64,
        kind="review",
        rating=4,
        reviewed_at=datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=SHANGHAI),
        client_time=datetime(2026, 3, 1, 8, 0, 0, 1, tzinfo=UTC),
        received_at=MONDAY,
        duration_ms=2**31 - 1,
        zone="Asia/Shanghai",
        study_day=date(2026, 2, 28),
        policy=stored_policy(Policy(fuzz=False)),
        fuzz_seed=2**62,
        interval_raw=0,
        interval_chosen=36_500,
        suggestion=1,
        ticks=["0", 1, "陷阱"],
        answer="'; DROP TABLE quizbank_card; -- % %s “对称”",
        confidence="low",
        hint_used=True,
        origin="anki",
        prediction={"choice": "卡住", "confidence": None, "p": 0.1},
        after_state=2,
        after_step=0,
        after_stability=1e-3 + 2**-50,
        after_difficulty=9.999999999999998,
        after_due=MONDAY,
    )


def test_a_row_read_is_the_row_of_the_orm(card):
    for model in (Card, ReviewEvent, StudyProfile, StudyPolicy):
        expected = model.objects.get()
        found = find(model, locked=True, **{model._meta.pk.attname: expected.pk})
        assert columns(found) == columns(expected)
        assert found == expected
        assert not found._state.adding


def test_a_row_written_is_read_by_the_orm_as_it_was(card):
    event = filled(card)
    insert(event)
    stored = ReviewEvent.objects.get(pk=event.pk)
    assert columns(stored) == columns(event)
    assert columns(find(ReviewEvent, client_uuid=event.client_uuid)) == columns(event)


def test_it_is_stored_as_the_orm_stores_it(card):
    """Both are found by the same comparisons in the database."""
    ours, theirs = filled(card), filled(card)
    theirs.client_uuid = uuid.UUID(int=9)
    insert(ours)
    theirs.save(force_insert=True)
    apart = {"id", "client_uuid"}
    same = {name: value for name, value in columns(theirs).items() if name not in apart}
    named = {name: value for name, value in same.items() if value is not None}
    empty = {f"{name}__isnull": True for name, value in same.items() if value is None}
    assert ReviewEvent.objects.filter(**named, **empty).count() == 2


def test_only_the_columns_named_are_stored(card):
    card.due, card.due_day, card.reps, card.suspended = None, date(2027, 1, 1), 9, True
    update(card, ("due", "due_day", "reps"))
    stored = Card.objects.get()
    assert (stored.due, stored.due_day, stored.reps) == (None, date(2027, 1, 1), 9)
    assert not stored.suspended
    assert stored.stability == card.stability


def test_an_empty_column_is_looked_for_as_empty(alice, card):
    interview = Interview.objects.create(user=alice, day=MONDAY.date())
    assert find(Interview, user_id=alice.pk, closed_at=None) == interview
    Interview.objects.update(closed_at=MONDAY)
    assert find(Interview, user_id=alice.pk, closed_at=None) is None


def test_a_row_made_of_columns_is_the_row_of_the_constructor(card):
    """Defaults included; a list among them is nobody else's."""
    given = {"user_id": card.user_id, "card_id": card.pk, "client_uuid": UUID, "kind": "review"}
    made = new(ReviewEvent, **given)
    assert columns(made) == columns(ReviewEvent(**given))
    assert made._state.adding
    made.ticks.append(1)
    assert new(ReviewEvent, **given).ticks == []
    assert (made.card, made.user) == (card, card.user)


def test_a_listener_hears_every_statement(card, django_assert_num_queries):
    event = filled(card)
    with django_assert_num_queries(2):
        insert(event)
        update(card, ("reps",))


def test_a_refusal_of_the_database_is_an_error_of_the_orm(card):
    event = filled(card)
    event.rating = 5
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(event)


def test_only_what_changed_of_a_card_is_stored(card, django_assert_num_queries):
    stored = Card.objects.get()
    with django_assert_num_queries(0):
        remember(stored, memory_of(stored), stored.last_event_id)
    remember(stored, memory_of(stored)._replace(lapses=3, due=None), None)
    assert columns(Card.objects.get()) == columns(stored)
    assert (stored.lapses, stored.due, stored.last_event_id) == (3, None, None)


def test_what_an_answer_finds_is_what_there_is(alice, mallory, card):
    question, policy = card.question_id, StudyPolicy.objects.get()
    profile = StudyProfile.objects.get(user=alice)

    standing = standing_of(alice.pk, question, "recall", UUID)
    assert standing.event == ReviewEvent.objects.get().pk
    assert (standing.policy, standing.digest) == (policy.pk, policy.digest)
    assert standing.digest == digest_of(Policy())
    assert standing.interview is None
    assert columns(standing.profile) == columns(profile)
    assert columns(standing.card) == columns(Card.objects.get())

    interview = Interview.objects.create(user=alice, day=MONDAY.date())
    assert standing_of(alice.pk, question, "recall", UUID).interview == interview.pk


def test_who_never_answered_finds_a_profile_at_most(mallory, card):
    question = card.question_id
    assert standing_of(mallory.pk, question, "recall", UUID) is None
    theirs = StudyProfile.objects.create(user=mallory)
    for asked in (question, question + 1):
        standing = standing_of(mallory.pk, asked, "recall", UUID)
        assert standing is not None
        assert columns(standing.profile) == columns(theirs)
        assert standing[1:] == (None,) * 6


def test_what_an_answer_finds_has_its_persons_parameters(alice, card, django_assert_num_queries):
    values = list(DEFAULT_PARAMETERS)
    StudyProfile.objects.filter(user=alice).update(
        parameter_set=ParameterSet.objects.create(user=alice, values=values, created_at=MONDAY)
    )
    found = standing_of(alice.pk, card.question_id, "recall", UUID)
    with django_assert_num_queries(0):
        assert found.profile.parameter_set.values == values
