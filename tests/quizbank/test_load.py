"""The settings say what each desired retention would cost."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quizbank.models import Card, Question, StudyProfile
from quizbank.queries.load import deck_of, load_by_retention
from quizbank.scheduling.simulation import simulate
from quizbank.services.acts import suspend
from quizbank.services.study import adopt_parameters
from tests.cast import MONDAY
from tests.quizbank.histories import fitted
from tests.quizbank.study_cast import grade, make_questions


@pytest.fixture
def questions(db) -> list[Question]:
    return make_questions(12)


def test_more_retention_costs_more_and_leaves_more_known(questions):
    found = load_by_retention(None)

    assert (found.cards, found.wanted) == (12, 0.9)
    assert [cost.retention for cost in found.costs] == [0.8, 0.85, 0.9, 0.95]
    least, most = found.costs[0], found.costs[-1]
    assert least.steady_answers < most.steady_answers
    assert least.known < most.known <= 12


def test_the_persons_own_retention_is_among_them(alice, questions):
    StudyProfile.objects.create(user=alice, desired_retention=0.87)

    assert [cost.retention for cost in load_by_retention(alice).costs] == [
        *(0.8, 0.85, 0.87, 0.9, 0.95)
    ]


def test_it_is_about_the_person_who_asks(alice, questions):
    anyone = load_by_retention(None)
    assert load_by_retention(alice) == anyone
    adopt_parameters(user=alice, parameter_set=fitted(alice), client_uuid=uuid.uuid4(), now=MONDAY)
    assert load_by_retention(alice).costs != anyone.costs

    StudyProfile.objects.filter(user=alice).update(parameter_set=None, maximum_interval=3)
    assert load_by_retention(alice).costs[0].steady_answers > anyone.costs[0].steady_answers


def test_minutes_go_by_the_time_the_person_takes(alice, questions):
    for days in range(10):
        now = MONDAY + timedelta(days=days)
        grade(alice, questions[days], 3, now, duration_ms=80_000)
    slow, usual = load_by_retention(alice).costs[2], load_by_retention(None).costs[2]

    assert slow.steady_answers == usual.steady_answers
    assert slow.steady_minutes == pytest.approx(2 * usual.steady_minutes)


def test_questions_that_are_retired_cost_nothing(questions):
    Question.objects.filter(pk=questions[0].pk).update(retired_at=MONDAY)

    assert load_by_retention(None).cards == 11


def test_the_page_marks_what_the_person_wants(alice, alice_client, questions):
    StudyProfile.objects.create(user=alice, desired_retention=0.85)
    page = alice_client.get("/en/settings/").content.decode()

    (row,) = (part for part in page.split("<tr")[1:] if part.startswith(' aria-current="true"'))
    assert ">85 %<" in row
    assert "when all 12 cards are learnt" in page


def test_without_a_question_there_is_no_table(alice_client):
    assert "Retention and its cost" not in alice_client.get("/en/settings/").content.decode()


def test_the_deck_of_a_person_is_their_cards_and_what_they_have_not_studied(alice, questions):
    StudyProfile.objects.create(user=alice, new_per_day=3, desired_retention=0.8)
    for question in questions[:5]:
        grade(alice, question, 4, MONDAY)
    suspend(user=alice, question=questions[0], client_uuid=uuid.uuid4(), now=MONDAY)
    Question.objects.filter(pk=questions[1].pk).update(retired_at=MONDAY)
    deck, settings = deck_of(alice)

    assert (len(deck), (deck.reps == 1).sum(), deck.suspended.sum()) == (11, 4, 1)
    assert (settings.new_per_day, settings.policy.desired_retention) == (3, 0.8)
    due = [card.due_day.toordinal() for card in Card.objects.exclude(question=questions[1])]
    assert sorted(deck.due_day[:4].tolist()) == sorted(due)
    course = simulate(deck, settings, today=MONDAY.date(), days=20, seed=1)
    assert course.fresh.tolist()[0][:3] == [3, 3, 1]
    assert course.due.sum() > 0


def test_the_command_simulates_the_deck_of_a_person(alice, questions):
    StudyProfile.objects.create(user=alice, new_per_day=3)
    grade(alice, questions[0], 3, MONDAY)

    def told(*options: str):
        out = StringIO()
        call_command("simulate_load", *options, "--days", "20", "--repeats", "1", stdout=out)
        return out.getvalue()

    found = json.loads(told("--user", "alice", "--json"))
    assert (found["cards"], found["new_per_day"], len(found["costs"])) == (12, 3, 4)
    with pytest.raises(CommandError, match="nobody"):
        told("--user", "nobody")
