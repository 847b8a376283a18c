from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import Card, Question, ReviewEvent, StudyProfile
from quizbank.models.history import memory_of
from quizbank.queries.study import cards_due, counts, last_deed, next_item
from quizbank.scheduling import Memory
from quizbank.services.study import ReviewConflict, undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import LATE, histories, learner, live
from tests.quizbank.study_cast import cache, grade, make_question, make_questions, memory

UUID = uuid.UUID(int=1)


@pytest.fixture
def pair(db):
    return make_questions(2)


def take_back(user, now=MONDAY, event=None, client_uuid=None):
    return undo(user=user, client_uuid=client_uuid or uuid.uuid4(), now=now, event=event)


def test_there_may_be_nothing_to_take_back(alice):
    assert take_back(alice) is None
    assert not ReviewEvent.objects.exists()


def test_a_first_review_taken_back_leaves_a_new_card(alice):
    question = make_question()
    item = next_item(alice, MONDAY)
    recorded = grade(alice, question, 1, MONDAY)
    undone = take_back(alice)

    assert undone.card == recorded.card
    assert memory(alice, question) == Memory()
    assert next_item(alice, MONDAY) == item
    assert ReviewEvent.objects.count() == 2


def test_undo_restores_the_exact_state_and_queue_before(alice):
    question = make_question()
    now = MONDAY
    for rating in (3, 3, 4, 1, 2, 3):
        card = grade(alice, question, rating, now).card
        before, due = cache(card), counts(alice, now)
        for other in (1, 2, 3, 4):
            grade(alice, question, other, now + timedelta(hours=3))
            take_back(alice, now + timedelta(hours=4))
            assert cache(card) == before
            assert counts(alice, now) == due
        now = card.due + timedelta(days=2)


@examples(25, 500)
@given(histories, st.integers(0, 1), st.integers(1, 4), st.sampled_from((0.0, *LATE)))
def test_after_any_history_a_review_taken_back_has_never_been(
    pair, history, which, rating, days_late
):
    """But for the log, which tells both, and for what was written about the question."""
    user, question = learner(), pair[which]
    live(user, pair, history)
    now = MONDAY + timedelta(minutes=sum(wait for _, wait in history))
    before, events = studied(user, pair, now), ReviewEvent.objects.filter(user=user)
    count = events.count()
    late = {"reviewed_at": now - timedelta(days=days_late)} if days_late else {}
    event = grade(user, question, rating, now, **late).event
    title = f"After {event.client_uuid}"
    Question.objects.filter(pk=question.pk).update(title_en=title)
    undone = take_back(user, now, event if late else None)

    assert undone.event.undoes == event
    assert studied(user, pair, now) == before
    assert events.count() == count + 2
    assert Question.objects.get(pk=question.pk).title_en == title


def studied(user, questions, now):
    """Everything a learner meets: each card, what is due, how much there is, what comes next."""
    cards = [Card.objects.filter(user=user, question=question).first() for question in questions]
    return (
        [(memory_of(card), card.last_event_id) if card else (Memory(), None) for card in cards],
        list(cards_due(user, now)),
        counts(user, now),
        next_item(user, now),
    )


def test_a_hundred_undos_in_a_row_work_and_the_log_only_grows(alice):
    questions = make_questions(3)
    for index in range(100):
        grade(alice, questions[index % 3], 1 + index % 4, MONDAY + timedelta(hours=index))
    for index in range(100):
        assert take_back(alice, MONDAY + timedelta(days=9)) is not None
        assert ReviewEvent.objects.count() == 101 + index

    assert take_back(alice) is None
    assert all(memory(alice, question).reps == 0 for question in questions)


def test_the_latest_by_its_own_clock_is_taken_back_first(alice):
    first, second = make_questions(2)
    late = MONDAY - timedelta(days=2)
    alice.date_joined = MONDAY - timedelta(days=9)
    newest = grade(alice, first, 3, MONDAY).event
    older = grade(alice, second, 3, MONDAY, reviewed_at=late).event

    assert last_deed(alice) == newest
    assert take_back(alice).event.undoes == newest
    assert last_deed(alice) == older


def test_an_undo_in_the_middle_is_as_if_the_review_had_never_been(alice, mallory):
    for user in (alice, mallory):
        StudyProfile.objects.create(user=user, load_balancing=False)
    question = make_question()
    ratings = (3, 3, 3, 2, 3)
    for index, rating in enumerate(ratings):
        now = MONDAY + timedelta(days=5 * index)
        event = grade(alice, question, rating, now).event
        if index == 2:
            regretted = event
        else:
            grade(mallory, question, rating, now)
    take_back(alice, now, regretted)

    assert memory(alice, question) == memory(mallory, question)


def test_undoing_an_undo_is_redo(alice):
    question = make_question()
    recorded = grade(alice, question, 3, MONDAY)
    before = cache(recorded.card)
    taken = take_back(alice)
    take_back(alice, event=taken.event)

    assert cache(recorded.card) == before
    take_back(alice)
    assert memory(alice, question).reps == 0


def test_what_is_taken_back_already_is_answered_with_that_undo(alice):
    event = grade(alice, make_question(), 3, MONDAY).event
    first = take_back(alice, event=event)
    second = take_back(alice, event=event)

    assert (second.event, second.created) == (first.event, False)
    assert ReviewEvent.objects.count() == 2


def test_the_same_undo_twice_takes_back_one_review(alice):
    question = make_question()
    for hours in range(3):
        grade(alice, question, 3, MONDAY + timedelta(hours=hours))
    first = take_back(alice, client_uuid=UUID)
    second = take_back(alice, client_uuid=UUID)

    assert (first.created, second.created) == (True, False)
    assert second.event == first.event
    assert memory(alice, question).reps == 2


def test_a_uuid_used_for_a_review_cannot_name_an_undo(alice):
    grade(alice, make_question(), 3, MONDAY, client_uuid=UUID)

    with pytest.raises(ReviewConflict):
        take_back(alice, client_uuid=UUID)
    assert ReviewEvent.objects.count() == 1


def test_someone_elses_review_cannot_be_taken_back(alice, mallory):
    question = make_question()
    event = grade(alice, question, 3, MONDAY).event

    with pytest.raises(ReviewEvent.DoesNotExist):
        take_back(mallory, event=event)
    assert take_back(mallory) is None
    assert memory(alice, question).reps == 1
