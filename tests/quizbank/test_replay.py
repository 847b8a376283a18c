"""The cards are a fold of the log: for any history, in any order of arrival."""

from __future__ import annotations

import json
import math
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from quizbank.models import Card, ParameterSet, ReviewEvent, StudyProfile
from quizbank.models.history import histories as read_histories
from quizbank.queries.quick_check import quick_check
from quizbank.services import parameters
from quizbank.services.audit import audit
from quizbank.services.fits import Found, record_fit
from quizbank.services.parameters import foresee
from quizbank.services.study import ReviewConflict, adopt_parameters, undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import fitted, histories, learner, live
from tests.quizbank.study_cast import grade, make_question, make_questions, memories, memory


@pytest.fixture
def questions(db):
    return make_questions(2)


@examples(25, 1_000)
@given(histories)
def test_a_replay_of_any_history_gives_every_field_bit_for_bit(questions, history):
    user = learner()
    live(user, questions, history)

    result = audit(user=user, repair=False)
    assert result.differences == []
    assert result.events == ReviewEvent.objects.filter(user=user).count()
    # The bulk replay of the same log, to 1e-12.
    assert quick_check([user.pk]).differences == []


def test_a_late_review_is_put_in_its_place(questions):
    late_one, punctual = learner(load_balancing=False), learner(load_balancing=False)
    times = [MONDAY - timedelta(days=days) for days in (20, 12, 3)]
    for index in (0, 2, 1):
        grade(late_one, questions[0], 3, MONDAY, reviewed_at=times[index])
    for index in (0, 1, 2):
        grade(punctual, questions[0], 3, times[index])

    assert memory(late_one, questions[0]) == memory(punctual, questions[0])


def test_adopting_parameters_changes_the_memory_and_moves_no_due_date(questions):
    user = learner()
    for days in (0, 4, 15):
        grade(user, questions[0], 3, MONDAY + timedelta(days=days))
    before = memory(user, questions[0])
    now = MONDAY + timedelta(days=16)
    adopt_parameters(user=user, parameter_set=fitted(user), client_uuid=uuid.uuid4(), now=now)
    after = memory(user, questions[0])

    assert after.stability != before.stability
    assert (after.due, after.interval) == (before.due, before.interval)
    adopt_parameters(user=user, parameter_set=None, client_uuid=uuid.uuid4(), now=now)
    assert memory(user, questions[0]) == before
    assert StudyProfile.objects.get(user=user).parameter_set is None


def test_parameters_of_somebody_else_cannot_be_adopted(questions):
    user, other = learner(), learner()

    with pytest.raises(ParameterSet.DoesNotExist):
        adopt_parameters(
            user=user, parameter_set=fitted(other), client_uuid=uuid.uuid4(), now=MONDAY
        )


def test_changed_settings_leave_the_past_alone(questions):
    user = learner()
    for days in (0, 4, 15):
        grade(user, questions[0], 3, MONDAY + timedelta(days=days))
    before = memory(user, questions[0])
    StudyProfile.objects.filter(user=user).update(
        desired_retention=0.8, learning_steps=[], maximum_interval=5, zone="Asia/Tokyo"
    )

    assert audit(user=user, repair=False).differences == []
    assert memory(user, questions[0]) == before


def replay(*options: str) -> dict:
    out = StringIO()
    call_command("replay", *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_counts_and_finds_nothing_wrong(alice, mallory):
    question = make_question()
    for user in (alice, mallory, mallory):
        grade(user, question, 3, MONDAY)

    assert replay("--check") == {"cards": 2, "events": 3, "differences": []}
    assert replay("--check", "--user", "alice") == {"cards": 1, "events": 1, "differences": []}


@pytest.mark.parametrize(
    ("field", "value"),
    [("stability", math.nextafter(2.3065, 3)), ("interval", 9), ("reps", 7), ("last_event", None)],
)
def test_the_command_finds_a_wrong_bit_and_repairs_it(alice, field, value):
    card = grade(alice, make_question(), 3, MONDAY).card
    right = memory(alice, card.question)
    Card.objects.filter(pk=card.pk).update(**{field: value})

    with pytest.raises(SystemExit, match="1"):
        replay("--check")
    (difference,) = replay("--repair")["differences"]
    assert difference["card"] == str(card.pk)
    assert difference["field"].removesuffix("_id") == field
    assert memory(alice, card.question) == right
    assert replay("--check")["differences"] == []


def test_the_command_finds_a_profile_that_forgot_its_parameters(alice):
    grade(alice, make_question(), 3, MONDAY)
    adopt_parameters(user=alice, parameter_set=fitted(alice), client_uuid=uuid.uuid4(), now=MONDAY)
    StudyProfile.objects.filter(user=alice).update(parameter_set=None)

    assert [one["field"] for one in replay("--repair")["differences"]] == ["parameter_set_id"]
    assert replay("--check")["differences"] == []


def test_the_command_says_in_words_what_it_found(alice):
    grade(alice, make_question(), 3, MONDAY)
    out = StringIO()
    call_command("replay", "--check", stdout=out)

    assert out.getvalue() == "1 cards, 1 events: no difference\n"


def test_the_command_knows_nobody_of_that_name(db):
    with pytest.raises(CommandError, match="nobody"):
        replay("--check", "--user", "nobody")


def test_the_later_adoption_holds_on_a_clock_that_was_set_back(questions):
    user = learner()
    grade(user, questions[0], 3, MONDAY)
    for decay, now in ((0.2, MONDAY), (0.5, MONDAY - timedelta(hours=1))):
        latest = fitted(user, decay)
        adopt_parameters(user=user, parameter_set=latest, client_uuid=uuid.uuid4(), now=now)

    assert audit(user=user, repair=False).differences == []
    assert StudyProfile.objects.get(user=user).parameter_set == latest


@pytest.mark.parametrize("back", [-1, 2, 60 * 24], ids=["after it", "before it", "a day before"])
def test_an_adoption_moves_no_due_date_of_a_review_from_a_clock_ahead(questions, back):
    user = learner(load_balancing=False)
    grade(user, questions[0], 4, MONDAY)
    now = MONDAY + timedelta(days=40)
    ahead = now + timedelta(minutes=3)
    grade(user, questions[0], 3, now, reviewed_at=ahead)
    before = memory(user, questions[0])
    adopt_parameters(
        user=user,
        parameter_set=fitted(user),
        client_uuid=uuid.uuid4(),
        now=ahead - timedelta(minutes=back),
    )
    after = memory(user, questions[0])

    assert after.stability != before.stability
    unlike = {"stability": None, "difficulty": None}
    assert after._replace(**unlike) == before._replace(**unlike)
    assert audit(user=user, repair=False).differences == []


def test_an_adoption_at_the_moment_of_a_review_comes_after_it(questions):
    """Also where that review was received later, on a clock that was set back since."""
    user = learner(load_balancing=False)
    grade(user, questions[0], 4, MONDAY)
    then = MONDAY + timedelta(days=40)
    grade(user, questions[0], 3, then + timedelta(days=1), reviewed_at=then)
    before = memory(user, questions[0])
    adopt_parameters(user=user, parameter_set=fitted(user), client_uuid=uuid.uuid4(), now=then)

    assert memory(user, questions[0]).due == before.due
    assert memory(user, questions[0]).stability != before.stability


@pytest.mark.parametrize("adoption", [False, True])
def test_what_comes_while_cards_are_folded_for_an_adoption_is_not_forgotten(questions, adoption):
    """A review, one taken back, a new card, and another adoption."""
    user = learner()
    for question in (questions[0], make_question()):
        for days in (0, 4, 15):
            grade(user, question, 3, MONDAY + timedelta(days=days))
    untouched = memory(user, question)
    adopting, now = fitted(user, 0.3), MONDAY + timedelta(days=30)
    foreseen = foresee(user, tuple(adopting.values))
    undo(user=user, client_uuid=uuid.uuid4(), now=now)
    for question in questions:
        grade(user, question, 3, now)
    if adoption:
        other = fitted(user, 0.5)
        adopt_parameters(user=user, parameter_set=other, client_uuid=uuid.uuid4(), now=now)
    adopt_parameters(
        user=user, parameter_set=adopting, client_uuid=uuid.uuid4(), now=now, foreseen=foreseen
    )

    assert audit(user=user, repair=False).differences == []
    assert StudyProfile.objects.get(user=user).parameter_set == adopting
    assert memory(user, question).stability != untouched.stability


def test_an_adoption_asks_no_more_of_the_database_for_more_cards(alice, mallory):
    few, many = [make_question(f"optimisers/q{n:02}", n) for n in (0, 1)], make_questions(30)
    asked = []
    for user, questions in ((alice, few), (mallory, few + many)):
        for question in questions:
            grade(user, question, 3, MONDAY)
        fit, before = fitted(user), memories(user)
        with CaptureQueriesContext(connection) as captured:
            adopt_parameters(user=user, parameter_set=fit, client_uuid=uuid.uuid4(), now=MONDAY)
        asked.append(len(captured))
        assert all(memory != before[path] for path, memory in memories(user).items())
    assert asked[0] == asked[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["adopted", "fitted"])
def test_cards_are_folded_for_an_adoption_while_others_may_write(monkeypatch, way):
    user, seen = learner(), []
    event = grade(user, make_question(), 3, MONDAY).event

    def looked(user_id):
        seen.append(connection.in_atomic_block)
        return read_histories(user_id)

    monkeypatch.setattr(parameters, "histories", looked)
    if way == "adopted":
        adopt_parameters(
            user=user, parameter_set=fitted(user), client_uuid=uuid.uuid4(), now=MONDAY
        )
    else:
        values = tuple(fitted(user).values)
        found = Found(values, "torch 0", event.pk, 100, 0.4, 0.3, True, "accepted")
        record_fit(user=user, found=found, now=MONDAY)
    assert seen == [False]
    assert audit(user=user, repair=False).differences == []


def test_the_same_adoption_twice_is_one(questions):
    user, key = learner(), uuid.uuid4()
    one, other = fitted(user), fitted(user)
    for _ in range(2):
        adopt_parameters(user=user, parameter_set=one, client_uuid=key, now=MONDAY)

    with pytest.raises(ReviewConflict):
        adopt_parameters(user=user, parameter_set=other, client_uuid=key, now=MONDAY)
    assert ReviewEvent.objects.filter(user=user).count() == 1


def test_an_adoption_is_not_taken_back_as_a_review_is(questions):
    user = learner()
    event = adopt_parameters(
        user=user, parameter_set=fitted(user), client_uuid=uuid.uuid4(), now=MONDAY
    )

    assert undo(user=user, client_uuid=uuid.uuid4(), now=MONDAY) is None
    with pytest.raises(ReviewEvent.DoesNotExist):
        undo(user=user, client_uuid=uuid.uuid4(), now=MONDAY, event=event)


def test_a_review_from_before_an_adoption_is_promised_what_held_then(questions):
    late_one, punctual = learner(load_balancing=False), learner(load_balancing=False)
    day = timedelta(days=1)
    for user, received in ((late_one, 12 * day), (punctual, 8 * day)):
        grade(user, questions[0], 4, MONDAY)
        if user is punctual:
            grade(user, questions[0], 3, MONDAY + received)
        adopt_parameters(
            user=user,
            parameter_set=fitted(user, 0.5),
            client_uuid=uuid.uuid4(),
            now=MONDAY + 10 * day,
        )
    grade(late_one, questions[0], 3, MONDAY + 12 * day, reviewed_at=MONDAY + 8 * day)

    assert memory(late_one, questions[0]) == memory(punctual, questions[0])
    assert audit(user=late_one, repair=False).differences == []
