"""The fast check of the cards finds what the exact one finds, of the fields it looks at."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given

from quizbank.models import Card, StudyProfile
from quizbank.queries.quick_check import FIELDS, MEMORY, quick_check
from quizbank.services.audit import audit
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import histories, learner, live
from tests.quizbank.study_cast import grade, make_question, make_questions

DAY = timedelta(days=1)


@pytest.fixture
def questions(db):
    return make_questions(2)


@examples(10, 100)
@given(histories)
def test_any_history_passes_the_fast_check_too(questions, lived):
    user = learner()
    live(user, questions, lived)
    checked, exact = quick_check([user.pk]), audit(user=user, repair=False)

    assert checked.differences == exact.differences == []
    assert (checked.cards, checked.events) == (exact.cards, exact.events)


WRONG = {
    "state": 1,
    "step": 300,
    "stability": 2.5,
    "difficulty": None,
    "reps": 9,
    "lapses": 4,
    "first_day": MONDAY.date() + DAY,
    "last_day": None,
    "last_review": MONDAY + timedelta(microseconds=1),
    "touched": None,
    "last_event_id": None,
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_wrong_field_is_found_as_by_the_exact_check(alice, mallory, field):
    question = make_question()
    for user in (alice, mallory):
        for days in (0, 3, 12):
            grade(user, question, 3, MONDAY + days * DAY)
    Card.objects.filter(user=alice).update(**{field: WRONG[field]})

    found, exact = quick_check([alice.pk, mallory.pk]), audit(user=alice, repair=False)
    for difference in (*found.differences, *exact.differences):
        if field in MEMORY:  # the last digits may differ
            difference["replayed"] = str(difference["replayed"])[:12]
    assert found.differences == exact.differences
    assert len(found.differences) == 1


@pytest.mark.parametrize(("off", "found"), [(1e-13, 0), (1e-11, 1), (math.inf, 1)])
def test_memory_is_compared_closely_but_not_to_the_last_bit(alice, off, found):
    card = grade(alice, make_question(), 3, MONDAY).card
    Card.objects.filter(pk=card.pk).update(stability=card.stability * (1 + off))

    assert len(quick_check([alice.pk]).differences) == found
    assert len(audit(user=alice, repair=False).differences) == 1


def test_a_card_with_a_memory_and_no_event_is_found(alice):
    Card.objects.create(user=alice, question=make_question(), seed=1, created_at=MONDAY, reps=1)

    (difference,) = quick_check([alice.pk]).differences
    assert (difference["field"], difference["replayed"]) == ("reps", "0")


def test_nobody_has_nothing_to_check(db):
    assert quick_check([]).differences == []


def replay(*options: str) -> dict:
    out = StringIO()
    call_command("replay", *options, "--fast", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_looks_closely_only_at_whom_the_fast_check_found(alice, mallory):
    question = make_question()
    for user in (alice, mallory):
        grade(user, question, 3, MONDAY)
    assert replay("--check") == {"cards": 2, "events": 2, "differences": []}

    # Of what the fast check does not compare, only hers comes to light.
    Card.objects.update(interval=5)
    Card.objects.filter(user=alice).update(reps=2)
    with pytest.raises(SystemExit, match="1"):
        replay("--check")
    found = replay("--repair")["differences"]
    assert {one["field"] for one in found} == {"interval", "reps"}
    assert {one["card"] for one in found} == {str(Card.objects.get(user=alice).pk)}
    assert replay("--check")["differences"] == []
    assert audit(user=mallory, repair=False).differences != []


def test_a_profile_that_forgot_its_parameters_shows_in_the_cards(questions):
    user = learner()
    live(user, questions, [(("review", 0, 3), 0), (("adopt", 0.5), 10), (("review", 0, 3), 9000)])
    StudyProfile.objects.filter(user=user).update(parameter_set=None)

    assert {one["field"] for one in quick_check([user.pk]).differences} >= {"stability"}
