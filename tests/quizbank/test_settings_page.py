"""Settings are saved together or not at all, and leaving takes everything along."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from quizbank.forms.settings import read_steps, steps_text
from quizbank.models import Card, Erasure, ReviewEvent, StudyProfile, User
from quizbank.services import mock, quiz
from tests.cast import MONDAY, PASSWORD
from tests.quizbank.study_cast import grade, make_item, make_question

GIVEN = {
    "desired_retention": "85",
    "new_per_day": "4",
    "minutes_per_day": "20",
    "maximum_interval": "365",
    "zone": "Asia/Shanghai",
    "rollover_hour": "3",
    "learning_steps": "2m 1h",
    "relearning_steps": "",
    "fuzz": "on",
    "leech_threshold": "5",
    "leech_suspends": "on",
    **{f"day{index}": "normal" for index in range(6)},
    "day6": "none",
}


def save(client: Client, **changes: str):
    return client.post("/en/settings/", {**GIVEN, **changes})


def test_what_is_saved_is_shown_again(alice, alice_client):
    assert save(alice_client).status_code == 302
    profile = StudyProfile.objects.get(user=alice)
    assert (profile.desired_retention, profile.new_per_day, profile.rollover_hour) == (0.85, 4, 3)
    assert (profile.learning_steps, profile.relearning_steps) == ([120, 3600], [])
    assert (profile.fuzz, profile.load_balancing, profile.leech_suspends) == (True, False, True)
    assert profile.easy_days == [1, 1, 1, 1, 1, 1, 0]

    page = alice_client.get("/zh/settings/").content.decode()
    for shown in ('value="85"', 'value="2m 1h"', 'value="Asia/Shanghai"', "尽量不排"):
        assert shown in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("desired_retention", "69"),
        ("desired_retention", "98"),
        ("desired_retention", "nan"),
        ("desired_retention", ""),
        ("new_per_day", "-1"),
        ("new_per_day", "１２"),
        ("minutes_per_day", "1441"),
        ("maximum_interval", "0"),
        ("zone", "Mars/Base"),
        ("rollover_hour", "24"),
        ("learning_steps", "ten minutes"),
        ("learning_steps", "25h"),
        ("relearning_steps", "0m"),
        ("leech_threshold", "100"),
    ],
)
def test_a_wrong_field_says_so_keeps_what_was_typed_and_saves_nothing(
    alice, alice_client, field, typed
):
    answer = save(alice_client, **{field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    assert page.count('aria-invalid="true"') == 1
    assert f'value="{typed}"' in page
    others = GIVEN.keys() - {field, "fuzz", "leech_suspends", *(f"day{i}" for i in range(7))}
    assert all(f'value="{GIVEN[name]}"' in page for name in others)
    assert not StudyProfile.objects.filter(user=alice, new_per_day=4).exists()


def test_a_week_without_a_normal_day_is_refused(alice, alice_client):
    days = {f"day{index}": "reduced" for index in range(7)}
    answer = save(alice_client, **days)
    assert answer.status_code == 422
    assert "At least one day has to stay normal." in answer.content.decode()


def test_every_wrong_field_is_told_at_once_in_the_units_of_the_page(alice, alice_client):
    wrong = {"desired_retention": "400", "zone": "Mars/Base", "learning_steps": "soon"}
    page = save(alice_client, **wrong).content.decode()
    assert page.count('aria-invalid="true"') == 3
    assert "Give a number from 70 to 97." in page


def test_a_visitor_becomes_a_guest_by_saving(db):
    client = Client()
    assert client.get("/en/settings/").status_code == 200
    assert not User.objects.exists()
    save(client)
    assert StudyProfile.objects.get().user.is_guest


@given(st.lists(st.integers(1, 86_399), max_size=10))
def test_steps_are_read_as_they_are_written(steps):
    assert read_steps(steps_text(steps)) == steps


def lived(user: User) -> None:
    """Somebody who has used everything."""
    question = make_question()
    make_item(question)
    grade(user, question, 3, MONDAY)
    quiz.start_session(user=user, n=1, now=MONDAY)
    mock.start(user=user, minutes=10, now=MONDAY)


@pytest.mark.parametrize(
    "said",
    [
        {"word": "", "password": PASSWORD},
        {"word": "yes", "password": PASSWORD},
        {"word": "delete", "password": "wrong"},
        {"word": "delete"},
    ],
)
def test_nothing_is_deleted_without_the_word_and_the_password(alice, alice_client, said):
    lived(alice)
    answer = alice_client.post("/en/settings/delete/", said)
    assert answer.status_code == 422
    assert "Nothing was deleted" in answer.content.decode()
    assert (User.objects.count(), ReviewEvent.objects.count()) == (1, 1)


def test_leaving_deletes_everything_of_that_person_alone(alice, mallory, alice_client):
    lived(alice)
    grade(mallory, Card.objects.get().question, 3, MONDAY)
    answer = alice_client.post("/en/settings/delete/", {"word": "Delete", "password": PASSWORD})
    assert answer.status_code == 302
    assert list(User.objects.values_list("username", flat=True)) == ["mallory"]
    assert [event.user for event in ReviewEvent.objects.all()] == [mallory]
    assert Erasure.objects.get().finished_at is not None
    assert alice_client.get("/en/").status_code == 200


def test_a_guest_leaves_without_a_password(db):
    client = Client()
    save(client)
    client.post("/zh/settings/delete/", {"word": "删除"})
    assert not User.objects.exists()


def test_a_visitor_has_nothing_to_delete(db):
    assert Client().post("/en/settings/delete/", {"word": "delete"}).status_code == 302
