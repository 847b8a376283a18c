"""What a quiz asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demos.models import Demo
from quizbank.models import QuizItem, QuizSession
from quizbank.queries import quiz as queries
from quizbank.services import quiz as service
from quizbank.services.quiz import BadQuiz
from tests.cast import MONDAY
from tests.proven import BELL, STONE
from tests.quizbank.quiz_cast import begin, falsehood, of_kind, reply, truth
from tests.quizbank.study_cast import grade


@pytest.fixture
def quiz(alice, stone):
    return begin(alice)


def drawn(quiz):
    rows = quiz.answers.order_by("position")
    return [(row.question.path, row.item_position, row.item) for row in rows]


def test_the_same_seed_draws_the_same_quiz(alice, mallory, stone):
    assert drawn(begin(alice, 5)) == drawn(begin(mallory, 5))
    assert drawn(begin(alice, 5)) != drawn(begin(alice, 5, seed=8))


def test_questions_take_turns(alice, stone):
    paths = list(begin(alice, 5).answers.values_list("question__path", flat=True))
    assert len(set(paths)) == 5


def test_an_experiment_is_asked_once_however_many_questions_cite_it(quiz):
    assert QuizItem.objects.filter(kind="predict").count() > 1
    assert quiz.answers.filter(kind="predict").count() == 1


def test_a_prediction_nobody_can_decide_is_not_asked(alice, stone):
    Demo.objects.update(retired_at=MONDAY)
    assert set(begin(alice).answers.values_list("kind", flat=True)) == {"choice", "numeric"}


def test_a_quiz_may_be_on_a_topic_or_on_a_list(alice, stone):
    on_topic, on_list = begin(alice, topic="sound"), begin(alice, paths=[STONE])
    assert set(on_topic.answers.values_list("question__path", flat=True)) == {BELL}
    assert set(on_list.answers.values_list("question__path", flat=True)) == {STONE}
    assert (on_topic.source, on_list.source) == ("topic", "list")


def test_retired_questions_are_not_asked(alice, stone):
    stone.retired_at = MONDAY
    stone.save()
    with pytest.raises(BadQuiz) as refused:
        begin(alice, paths=[STONE])
    assert refused.value.field == "questions"


@pytest.mark.parametrize(
    ("wish", "field"),
    [({"n": 0}, "n"), ({"n": 51}, "n"), ({"n": True}, "n"), ({"topic": "nowhere"}, "topic")],
)
def test_a_quiz_that_cannot_be_is_refused_at_its_field(alice, stone, wish, field):
    with pytest.raises(BadQuiz) as refused:
        begin(alice, **wish)
    assert refused.value.field == field
    assert not QuizSession.objects.exists()


def test_what_was_missed_or_forgotten_comes_first(alice, stone):
    first = begin(alice, paths=[STONE])
    row = of_kind(first, "numeric")
    reply(row, falsehood(row))
    later = MONDAY + timedelta(days=30)
    bell = QuizItem.objects.get(question__path=BELL).question
    grade(alice, bell, 3, MONDAY)
    assert queries.weakest(alice, later) == [STONE, BELL]
    weak = service.start_session(user=alice, n=2, now=later, weakness=True)
    assert set(weak.answers.values_list("question__path", flat=True)) == {STONE, BELL}


def test_what_was_asked_survives_a_synchronisation_that_drops_it(quiz):
    row = of_kind(quiz, "choice")
    QuizItem.objects.all().delete()
    assert reply(row, truth(row)).correct
