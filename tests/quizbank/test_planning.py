"""A card may be asked for by a day; everything else about it stays."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from quizbank.models import ReviewEvent
from quizbank.queries.study import counts, next_item
from quizbank.scheduling import Memory
from quizbank.services.acts import plan
from quizbank.services.audit import audit
from quizbank.services.study import BadReview, ReviewConflict, undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions, memory

TOMORROW = MONDAY + timedelta(days=1)


def ask_for(user, question, now=MONDAY, days=1, client_uuid=None):
    return plan(
        user=user, question=question, client_uuid=client_uuid or uuid.uuid4(), now=now, days=days
    )


def known(user, question):
    """A card whose next review lies weeks ahead."""
    for days in (60, 50, 20):
        grade(user, question, 4, MONDAY - timedelta(days=days))
    return memory(user, question)


@pytest.fixture
def question(alice):
    alice.date_joined = MONDAY - timedelta(days=90)
    alice.save()
    return make_question()


def test_a_known_card_is_due_tomorrow_and_remembers_the_same(alice, question):
    before = known(alice, question)
    assert before.due > TOMORROW + timedelta(days=3)
    recorded = ask_for(alice, question)
    after = memory(alice, question)
    assert after == before._replace(due=after.due, due_day=TOMORROW.date(), touched=MONDAY)
    assert recorded.event.after_due == after.due
    assert next_item(alice, MONDAY) is None
    assert next_item(alice, TOMORROW).card == recorded.card
    assert counts(alice, MONDAY).by_day[:2] == [0, 1]


def test_a_card_due_sooner_stays_where_it_is(alice, question):
    grade(alice, question, 3, MONDAY)
    before = memory(alice, question)
    later = MONDAY + timedelta(minutes=1)
    ask_for(alice, question, later)
    assert memory(alice, question) == before._replace(touched=later)


def test_a_question_not_studied_yet_is_asked_tomorrow_as_a_new_one(alice):
    first, second = make_questions(2)
    ask_for(alice, first)
    assert next_item(alice, MONDAY).question == second
    grade(alice, second, 4, MONDAY)
    item = next_item(alice, TOMORROW)
    assert (item.question, item.card) == (first, None)
    assert item.counts.due == 1
    grade(alice, first, 3, TOMORROW)
    assert memory(alice, first).reps == 1


def test_the_schedule_goes_on_as_if_the_card_had_been_looked_at_early(alice, mallory, question):
    mallory.date_joined = alice.date_joined
    mallory.save()
    for user in (alice, mallory):
        known(user, question)
    ask_for(alice, question)
    for user in (alice, mallory):
        grade(user, question, 3, TOMORROW)
    assert memory(alice, question) == memory(mallory, question)


def test_a_review_from_before_the_wish_does_not_lose_it(alice, question):
    known(alice, question)
    ask_for(alice, question)
    grade(alice, question, 4, MONDAY + timedelta(hours=1), reviewed_at=MONDAY - timedelta(hours=1))
    assert memory(alice, question).due_day == TOMORROW.date()
    assert audit(user=alice, repair=False).differences == []


def test_a_wish_can_be_taken_back(alice, question):
    before = known(alice, question)
    event = ask_for(alice, question).event
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY, event=event)
    assert memory(alice, question) == before


def test_a_wish_for_a_new_card_taken_back_leaves_nothing(alice, question):
    event = ask_for(alice, question).event
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY, event=event)
    assert memory(alice, question) == Memory()
    assert next_item(alice, MONDAY).question == question


def test_the_last_grade_is_taken_back_and_not_the_wish(alice, question):
    known(alice, question)
    ask_for(alice, question)
    undone = undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    assert undone.event.undoes.kind == "review"


def test_a_wish_sent_twice_is_one(alice, question):
    name = uuid.uuid4()
    first = ask_for(alice, question, client_uuid=name)
    again = ask_for(alice, question, TOMORROW, client_uuid=name)
    assert (first.created, again.created) == (True, False)
    assert ReviewEvent.objects.filter(kind="plan").count() == 1
    with pytest.raises(ReviewConflict):
        ask_for(alice, question, days=2, client_uuid=name)


def test_a_day_that_has_begun_cannot_be_planned(alice, question):
    with pytest.raises(BadReview) as refused:
        ask_for(alice, question, days=0)
    assert refused.value.field == "days"
    assert not ReviewEvent.objects.exists()


def test_a_wish_without_a_day_cannot_be_stored(alice, question):
    event = ask_for(alice, question).event
    event.pk, event.client_uuid, event.interval_chosen = None, uuid.uuid4(), None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)
