"""A mock interview goes forward only: answer, estimate, mark; what was missed is due today."""

from __future__ import annotations

import itertools
import uuid
from datetime import timedelta

import pytest

from quizbank.models import Card, FollowUp, KeyPoint, MockInterview, Question, ReviewEvent
from quizbank.queries import mock as queries
from quizbank.queries.study import next_item
from quizbank.services import mock as service
from quizbank.services.mock import BadMock, MockConflict
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions

MINUTE = timedelta(minutes=1)
ALL = {"trap": False, "structure": 1, "trade_off": 1, "example": 1}


@pytest.fixture
def questions(db) -> list[Question]:
    """Five, each followed by the next; two must-points and a bonus each."""
    made = make_questions(5)
    for question in made:
        for position, must in enumerate((True, True, False)):
            KeyPoint.objects.create(question=question, position=position, must=must)
    for one, other in itertools.pairwise(made):
        FollowUp.objects.create(question=one, target=other, position=0)
    return made


def begin(user, minutes=30, **more) -> MockInterview:
    return service.start(user=user, minutes=minutes, now=MONDAY, **{"seed": 1, **more})


def reply(mock, position, now=MONDAY, text="…", client_uuid=None):
    return service.answer(
        mock=mock,
        position=position,
        text=text,
        client_uuid=client_uuid or uuid.uuid4(),
        now=now,
    )


def answered(user, questions, **more) -> MockInterview:
    mock = begin(user, **more)
    for row in mock.asked.all():
        reply(mock, row.position, MONDAY + row.position * MINUTE)
    return service.estimate(mock=mock, value=3)


def mark(mock, position, points, **more):
    given = {**ALL, "points": points, **more}
    return service.mark(mock=mock, position=position, marks=given, now=MONDAY)


def test_chains_are_up_to_three_deep_and_ask_nothing_twice(alice, questions):
    deepest = 0
    for seed in range(20):
        rows = list(begin(alice, minutes=60, seed=seed).asked.all())
        assert sorted(row.question_id for row in rows) == sorted(q.pk for q in questions)
        for row in rows:
            before = row.follows
            assert row.depth == (before.depth + 1 if before else 0)
            deepest = max(deepest, row.depth)
            if before:
                assert before.question.follow_ups.contains(row.question)
                assert before.position == row.position - 1
    assert deepest == 2


def test_the_same_seed_asks_the_same(alice, mallory, questions):
    one, other = begin(alice), begin(mallory)
    asked = [list(mock.asked.values_list("question", "depth")) for mock in (one, other)]
    assert asked[0] == asked[1]
    assert one.asked.count() == 5


def test_weak_questions_open_the_chains(alice, questions):
    for days in (30, 20):
        grade(alice, questions[3], 1, MONDAY - timedelta(days=days))
    for seed in range(10):
        mock = begin(alice, weakness=True, seed=seed)
        assert mock.asked.get(position=1).question == questions[3]


def test_a_list_opens_only_with_its_questions(alice, questions):
    mock = begin(alice, minutes=60, paths=[questions[4].path])
    assert [row.question for row in mock.asked.all()] == [questions[4]]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"minutes": 9}, "minutes"),
        ({"minutes": 121}, "minutes"),
        ({"topic": "astrology"}, "topic"),
        ({"paths": ["no/where"]}, "questions"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_kept(alice, questions, wish, field):
    with pytest.raises(BadMock) as bad:
        begin(alice, **wish)
    assert bad.value.field == field
    assert not MockInterview.objects.exists()


def test_there_is_no_way_back_and_none_ahead(alice, questions):
    mock = begin(alice)
    key = uuid.uuid4()
    first = reply(mock, 1, client_uuid=key)
    assert reply(mock, 1, client_uuid=key) == first
    for position in (1, 3):
        with pytest.raises(MockConflict):
            reply(mock, position)
    with pytest.raises(MockConflict):
        reply(mock, 1, text="another", client_uuid=key)
    assert mock.asked.filter(answered_at__isnull=False).count() == 1


def test_the_clock_counts_without_pauses_and_ends_the_interview(alice, questions):
    mock = begin(alice, minutes=10)
    reply(mock, 1, MONDAY + 4 * MINUTE)
    service.pause(mock=mock, now=MONDAY + 5 * MINUTE)
    with pytest.raises(MockConflict):
        reply(mock, 2, MONDAY + 6 * MINUTE)
    service.go_on(mock=mock, now=MONDAY + 65 * MINUTE)
    mock = service.extend(mock=mock, minutes=2)
    assert queries.seconds_left(mock, MONDAY + 67 * MINUTE) == 5 * 60
    last = reply(mock, 2, MONDAY + 73 * MINUTE)

    mock.refresh_from_db()
    assert (last.seconds, mock.state) == (9 * 60, "estimating")
    assert queries.seconds_left(mock, MONDAY + timedelta(days=1)) == -60


def test_the_estimate_comes_before_the_rubric_and_stands(alice, questions):
    mock = begin(alice)
    with pytest.raises(MockConflict):
        service.estimate(mock=mock, value=3)
    reply(mock, 1)
    service.stop(mock=mock, now=MONDAY)
    with pytest.raises(MockConflict):
        mark(mock, 1, [0])
    for value in (-0.1, 4.1, True, float("nan")):
        with pytest.raises(BadMock):
            service.estimate(mock=mock, value=value)
    service.estimate(mock=mock, value=3)
    with pytest.raises(MockConflict):
        service.estimate(mock=mock, value=2)
    with pytest.raises(MockConflict):
        mark(mock, 2, [0])  # was never answered
    mark(mock, 1, [0])
    mock.refresh_from_db()
    assert mock.state == "finished"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": [3]}, "points"),
        ({"points": [True]}, "points"),
        ({"points": "0"}, "points"),
        ({"trap": 1}, "trap"),
        ({"structure": 0.7}, "structure"),
        ({"example": True}, "example"),
        ({"trade_off": None}, "trade_off"),
    ],
)
def test_marks_that_cannot_be_are_refused(alice, questions, change, field):
    mock = answered(alice, questions)
    with pytest.raises(BadMock) as bad:
        service.mark(mock=mock, position=1, marks={**ALL, "points": [0], **change}, now=MONDAY)
    assert bad.value.field == field
    assert not mock.asked.exclude(marks__isnull=True).exists()


def test_what_was_missed_is_due_today_and_what_was_known_is_left_alone(alice, questions):
    for question in questions:
        grade(alice, question, 4, MONDAY - timedelta(days=1))
    before = dict(Card.objects.filter(user=alice).values_list("question", "due_day"))
    mock = answered(alice, questions)
    found = {1: ([0, 1, 2], False), 2: ([0], False), 3: ([], False), 4: ([0, 1], True), 5: ([], 0)}
    for position, (points, trap) in found.items():
        mark(mock, position, points, trap=bool(trap))

    missed = {row.question_id for row in mock.asked.filter(position__in=(3, 4, 5))}
    after = dict(Card.objects.filter(user=alice).values_list("question", "due_day"))
    assert {key for key, day in after.items() if day == MONDAY.date()} == missed
    assert all(after[key] == before[key] for key in after.keys() - missed)
    assert next_item(alice, MONDAY).card.question_id in missed
    assert ReviewEvent.objects.filter(user=alice, kind="review").count() == 5


def test_the_report_says_how_sure_it_is(alice, questions):
    mock = answered(alice, questions)
    for position, points in enumerate(([0, 1, 2], [0, 1], [0], [0], []), 1):
        mark(mock, position, points, structure=0.5)
    report = queries.report(queries.get_mock_for(alice, mock.pk))

    assert report.correctness.value == pytest.approx(4 * 3 / 5)
    assert 0 <= report.correctness.low < report.correctness.value < report.correctness.high <= 4
    assert (report.correctness.n, report.correctness.enough) == (5, False)
    structure = report.structure
    assert structure.value == 2
    assert 1 < structure.low < 2 < structure.high < 3  # equal scores are no certainty
    assert report.calibration == pytest.approx(3 - 2.4)
    assert [one.missing for one in report.marked] == [[], [], [1], [1], [0, 1]]
    assert [one.row.position for one in report.misses] == [5]
    later = service.start(user=alice, minutes=30, now=MONDAY + MINUTE, seed=2)
    assert queries.report(later).recent == [pytest.approx(2.4)]


def test_a_rubric_outlives_an_edit_of_its_question(alice, questions):
    mock = answered(alice, questions)
    KeyPoint.objects.all().delete()
    assert mark(mock, 1, [0, 1]).marks["points"] == [0, 1]


def test_nobody_else_can_read_it(alice, mallory, questions):
    mock = begin(alice)
    for visitor in (mallory, None):
        with pytest.raises(MockInterview.DoesNotExist):
            queries.get_mock_for(visitor, mock.pk)


def test_a_question_alone_can_be_asked(alice):
    question = make_question()
    mock = begin(alice, paths=[question.path])
    reply(mock, 1)
    service.estimate(mock=mock, value=0)
    mark(mock, 1, [])
    report = queries.report(mock)
    assert (report.correctness.value, report.correctness.low) == (4.0, None)
