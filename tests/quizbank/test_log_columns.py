"""Logs read as columns say what the rows say, and bulk replay makes of them what a fold does."""

from __future__ import annotations

import uuid
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given

from quizbank.models import Card, ReviewEvent
from quizbank.models.history import history, to_event
from quizbank.queries.logs import KINDS, adopted_parameters, read_columns
from quizbank.scheduling import DEFAULT_PARAMETERS, active, bulk, fold
from quizbank.services.acts import reset, suspend
from quizbank.services.study import adopt_parameters, undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import fitted, histories, learner, live
from tests.quizbank.study_cast import grade, make_question, make_questions

DAY = timedelta(days=1)


@pytest.fixture
def questions(db):
    return make_questions(2)


def rows_that_count(user) -> list[ReviewEvent]:
    """Card by card in the total order, by the code that folds them."""
    found = []
    for card in Card.objects.filter(user=user).order_by("pk"):
        rows = {row.pk: row for row in ReviewEvent.objects.filter(card=card)}
        found += [rows[event.id] for event in active(map(to_event, rows.values()))]
    return found


@examples(10, 100)
@given(histories)
def test_the_columns_hold_the_events_that_count_in_their_order(questions, lived):
    user = learner()
    live(user, questions, lived)
    columns = read_columns([user.pk])
    rows = rows_that_count(user)

    assert columns.event.tolist() == [row.pk for row in rows]
    assert [columns.cards[card] for card in columns.card] == [row.card_id for row in rows]
    assert [KINDS[kind] for kind in columns.kind] == [row.kind for row in rows]
    assert columns.rating.tolist() == [row.rating or 0 for row in rows]
    assert columns.day.tolist() == [row.study_day.toordinal() for row in rows]
    assert columns.policy.tolist() == [row.policy_id or 0 for row in rows]
    assert columns.duration.tolist() == [row.duration_ms for row in rows]
    instants = [np.datetime64(row.reviewed_at.replace(tzinfo=None), "us") for row in rows]
    assert columns.at.tolist() == [int(instant.astype("int64")) for instant in instants]


@examples(10, 100)
@given(histories)
def test_bulk_replay_of_the_columns_is_the_fold(questions, lived):
    user = learner()
    live(user, questions, lived)
    columns = read_columns([user.pk])
    reviews = columns.reviews
    memory = bulk.replay(reviews.log, adopted_parameters([user.pk]), reviews.learner)
    last = reviews.log.last[reviews.current]
    found = dict(zip(reviews.card[reviews.current].tolist(), last.tolist(), strict=True))

    for card in Card.objects.filter(user=user):
        folded = fold(history(card), seed=card.seed)
        at = found.get(columns.cards.index(card.pk))
        if folded.memory.stability is None:
            assert at is None
        else:
            assert columns.event[reviews.row[at]] == folded.last_event
            assert memory.stability[at] == pytest.approx(folded.memory.stability, rel=1e-12)
            assert memory.difficulty[at] == pytest.approx(folded.memory.difficulty, rel=1e-12)


def test_several_people_are_told_apart(alice, mallory):
    question = make_question()
    for user, ratings in ((mallory, (3, 1)), (alice, (4,))):
        for days, rating in enumerate(ratings):
            grade(user, question, rating, MONDAY + days * DAY)
    columns = read_columns([alice.pk, mallory.pk])

    whose = [columns.learners[columns.learner[card]] for card in columns.card]
    assert sorted(zip(whose, columns.rating.tolist(), strict=True)) == sorted(
        [(alice.pk, 4), (mallory.pk, 3), (mallory.pk, 1)]
    )
    assert read_columns([alice.pk]).rating.tolist() == [4]


def test_a_reset_begins_a_new_chain_and_closes_the_one_before(questions):
    user = learner()
    for question, days in ((questions[0], (0, 3, 9)), (questions[1], (1,))):
        for day in days:
            grade(user, question, 3, MONDAY + day * DAY)
            if day == 3:
                reset(
                    user=user,
                    question=question,
                    client_uuid=uuid.uuid4(),
                    now=MONDAY + 4 * DAY,
                )
    last = {"question": questions[1], "now": MONDAY + 10 * DAY}
    reset(user=user, client_uuid=uuid.uuid4(), **last)
    suspend(user=user, client_uuid=uuid.uuid4(), **last)
    reviews = read_columns([user.pk]).reviews

    told = zip(reviews.card, reviews.log.lengths, reviews.current, strict=True)
    by_card: dict[int, list[tuple[int, bool]]] = {}
    for card, length, current in told:
        by_card.setdefault(card, []).append((length, current))
    assert sorted(by_card.values()) == [[(1, False)], [(2, False), (1, True)]]


def test_a_person_without_a_log_has_empty_columns(alice):
    columns = read_columns([alice.pk])

    assert (len(columns), columns.cards, len(columns.reviews.log)) == (0, [], 0)
    assert len(read_columns([]).reviews.current) == 0


def test_a_card_of_which_all_was_undone_has_no_events_left(alice):
    grade(alice, make_question(), 3, MONDAY)
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    columns = read_columns([alice.pk])

    assert (len(columns), len(columns.cards), len(columns.reviews.card)) == (0, 1, 0)


def test_each_is_replayed_under_the_parameters_they_adopted(alice, mallory):
    adopt_parameters(user=alice, parameter_set=fitted(alice), client_uuid=uuid.uuid4(), now=MONDAY)
    found = adopted_parameters([mallory.pk, alice.pk])

    assert found.tolist() == [list(DEFAULT_PARAMETERS), fitted(alice).values]
    assert adopted_parameters([]).shape == (0, 21)


def test_reading_a_log_takes_two_queries(alice, django_assert_num_queries):
    for question in make_questions(3):
        grade(alice, question, 3, MONDAY)

    with django_assert_num_queries(2):
        read_columns([alice.pk])
