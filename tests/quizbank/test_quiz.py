"""Quizzes: how an answer is marked, and what becomes of a miss."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from demos.models import Demo, Run, RunRequest, State
from demos.services import LIVE_RUNS
from quizbank.models import QuizAnswer, QuizSession, ReviewEvent
from quizbank.queries import quiz as queries
from quizbank.services import quiz as service
from quizbank.services.people import erase_person, merge_guest, start_guest
from quizbank.services.quiz import BadAnswer, QuizConflict
from tests.cast import MONDAY
from tests.proven import STONE
from tests.quizbank.quiz_cast import begin, falsehood, of_kind, reply, truth
from tests.quizbank.study_cast import memory


@pytest.fixture
def quiz(alice, stone):
    return begin(alice)


@pytest.fixture
def unmeasured(stone):
    """The bank before its experiment has been run."""
    Run.objects.update(recorded=False)
    Demo.objects.update(code_hash="0" * 64)
    return stone


# --- how it is marked ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["choice", "numeric", "predict"])
@pytest.mark.parametrize(
    ("confidence", "gain", "loss"), [("low", 1, 0), ("mid", 2, -2), ("high", 3, -6)]
)
def test_each_kind_is_marked_by_the_table(alice, stone, kind, confidence, gain, loss):
    row = of_kind(begin(alice), kind)
    done = reply(row, truth(row), confidence)
    assert (done.correct, done.score, done.marks, done.refuted_at) == (True, 1, gain, None)
    row = of_kind(begin(alice), kind)
    done = reply(row, falsehood(row), confidence)
    assert (done.correct, done.score, done.marks, done.refuted_at) == (False, 0, loss, MONDAY)


@pytest.mark.parametrize(("typed", "right"), [("２．０４", True), ("1.95", True), ("2.06", False)])
def test_a_number_counts_within_the_tolerance(alice, stone, typed, right):
    done = reply(of_kind(begin(alice, paths=[STONE]), "numeric"), typed)
    assert done.correct is right
    assert done.given["text"] == typed


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("choice", 3),
        ("choice", -1),
        ("choice", "²"),
        ("choice", ""),
        ("choice", True),
        ("numeric", "1_0"),
        ("numeric", float("nan")),
        ("numeric", True),
        ("predict", "nowhere"),
        ("predict", 0),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_and_the_item_stays_open(quiz, kind, value):
    row = of_kind(quiz, kind)
    with pytest.raises(BadAnswer) as refused:
        reply(row, value)
    assert refused.value.field == "answer"
    row.refresh_from_db()
    assert row.state == "open"


def test_without_a_certainty_nothing_is_marked(quiz):
    with pytest.raises(BadAnswer) as refused:
        reply(of_kind(quiz, "choice"), 0, confidence="")
    assert refused.value.field == "confidence"


def test_an_answer_sent_twice_counts_once(quiz):
    row, name = of_kind(quiz, "choice"), uuid.uuid4()
    first = reply(row, 0, client_uuid=name)
    again = reply(row, 0, client_uuid=name, now=MONDAY + timedelta(minutes=1))
    assert again.answered_at == first.answered_at
    with pytest.raises(QuizConflict):
        reply(row, 1, client_uuid=name)
    with pytest.raises(QuizConflict):
        reply(row, 1)
    with pytest.raises(QuizConflict):
        reply(of_kind(quiz, "numeric"), "2", client_uuid=name)


def test_a_prediction_is_decided_by_the_recorded_run(quiz):
    row = of_kind(quiz, "predict")
    done = reply(row, truth(row))
    assert done.run == Run.objects.get(recorded=True)
    assert done.found["right"] == truth(row)
    assert not RunRequest.objects.exists()


def test_a_prediction_without_a_recorded_run_waits_for_its_own(alice, unmeasured):
    row = of_kind(begin(alice), "predict")
    options = [option["slug"] for option in row.item["prediction"]["options"]]
    done = reply(row, options[0])
    assert (done.state, done.marks) == ("waiting", None)
    wish = RunRequest.objects.get(owner=alice)
    assert wish.prediction == {"choice": options[0], "confidence": "high"}
    service.settle(quiz=row.quiz, now=MONDAY)
    assert QuizAnswer.objects.get(pk=row.pk).state == "waiting"
    result = {"prediction": {"right": options[0], "median": 1.0, "low": 0.9, "high": 1.1}}
    Run.objects.filter(pk=wish.run_id).update(state=State.DONE, result=result)
    service.settle(quiz=row.quiz, now=MONDAY)
    settled = QuizAnswer.objects.get(pk=row.pk)
    assert (settled.state, settled.marks, (settled.found or {})["median"]) == ("right", 3, 1.0)


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (State.FAILED, None),
        (State.CANCELLED, None),
        (State.DONE, {"prediction": {"right": None, "median": 7.0, "low": 6.0, "high": 8.0}}),
        (State.DONE, {"prediction": {"right": "renamed", "median": 7.0, "low": 6.0, "high": 8.0}}),
    ],
)
def test_a_run_that_cannot_tell_marks_nobody(alice, unmeasured, state, result):
    row = of_kind(begin(alice), "predict")
    done = reply(row, row.item["prediction"]["options"][0]["slug"])
    Run.objects.filter(pk=done.run_id).update(state=state, result=result)
    service.settle(quiz=row.quiz, now=MONDAY)
    told = queries.result(queries.answers_of(row.quiz))
    assert (told.void, told.n, told.marks) == (1, 0, 0)


def test_a_person_with_too_many_runs_is_not_refused(alice, unmeasured, monkeypatch):
    monkeypatch.setitem(LIVE_RUNS, "user", 0)
    row = of_kind(begin(alice), "predict")
    done = reply(row, row.item["prediction"]["options"][0]["slug"])
    assert done.state == "waiting"
    assert done.run.recorded


def test_the_last_answer_ends_the_quiz_and_the_result_adds_up(quiz):
    rows = list(quiz.answers.all())
    for index, row in enumerate(rows):
        reply(row, truth(row) if index else falsehood(row), "high" if index else "mid")
    quiz.refresh_from_db()
    assert quiz.finished_at == MONDAY
    told = queries.result(queries.answers_of(quiz))
    assert (told.n, told.right, told.best) == (len(rows), len(rows) - 1, 3 * len(rows))
    assert told.marks == 3 * (len(rows) - 1) - 2
    assert [(level.name, level.n, level.right) for level in told.levels] == [
        ("low", 0, 0),
        ("mid", 1, 0),
        ("high", len(rows) - 1, len(rows) - 1),
    ]
    assert [row.position for row in told.misses] == [1]


def test_a_quiz_ended_early_counts_only_what_was_answered(quiz):
    row = of_kind(quiz, "choice")
    reply(row, truth(row), "low")
    service.finish(quiz=quiz, now=MONDAY)
    told = queries.result(queries.answers_of(quiz))
    assert (told.n, told.marks, told.open) == (1, 1, quiz.answers.count() - 1)
    with pytest.raises(QuizConflict):
        reply(of_kind(quiz, "numeric"), "2")


# --- what becomes of it ----------------------------------------------------------------


def test_a_quiz_leaves_the_schedule_alone_until_it_is_asked(alice, quiz):
    for row in quiz.answers.all():
        reply(row, falsehood(row))
    assert not ReviewEvent.objects.exists()
    missed = set(quiz.answers.values_list("question__path", flat=True))
    assert service.add_misses_to_tomorrow(quiz=quiz, now=MONDAY) == len(missed)
    assert service.add_misses_to_tomorrow(quiz=quiz, now=MONDAY) == len(missed)
    assert ReviewEvent.objects.filter(kind="plan").count() == len(missed)
    row = quiz.answers.select_related("question").first()
    assert memory(alice, row.question).due_day == (MONDAY + timedelta(days=1)).date()
    assert queries.planned(quiz, queries.answers_of(quiz)) == len(missed)


def test_only_misses_are_added(alice, quiz):
    for row in quiz.answers.all():
        reply(row, truth(row))
    assert service.add_misses_to_tomorrow(quiz=quiz, now=MONDAY) == 0
    assert queries.planned(quiz, []) == 0


def test_a_quiz_belongs_to_one_person(quiz, mallory):
    assert queries.get_quiz_for(quiz.owner, quiz.pk) == quiz
    for stranger in (mallory, None):
        with pytest.raises(QuizSession.DoesNotExist):
            queries.get_quiz_for(stranger, quiz.pk)
    assert not queries.quizzes_of(mallory)


def test_certainty_is_told_over_all_quizzes(alice, stone):
    for index in range(2):
        row = of_kind(begin(alice), "choice")
        reply(row, truth(row) if index else falsehood(row))
    high = queries.calibration_of(alice)[2]
    assert (high.n, high.right) == (2, 1)


def test_a_guests_quizzes_come_along_into_the_account(alice, stone):
    guest = start_guest(now=MONDAY)
    quiz = begin(guest)
    merge_guest(guest=guest, account=alice, now=MONDAY)
    assert queries.get_quiz_for(alice, quiz.pk) == quiz


def test_a_person_takes_their_quizzes_along_when_erased(alice, quiz):
    row = of_kind(quiz, "choice")
    reply(row, falsehood(row))
    service.add_misses_to_tomorrow(quiz=quiz, now=MONDAY)
    erase_person(user=alice, now=MONDAY)
    assert not QuizSession.objects.exists()
    assert not QuizAnswer.objects.exists()
