"""The interview's page: set it, see where one stands, call it off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from quizbank.models import Interview, StudyProfile, User
from quizbank.queries.people import day_today
from quizbank.services.interviews import set_interview
from tests.quizbank.study_cast import grade, make_questions

DAY = timedelta(days=1)
PAGE = "/en/interview/"


def in_days(days: int) -> str:
    return (timezone.now().date() + days * DAY).isoformat()


@pytest.fixture
def prepared(alice):
    now = timezone.now()
    for question in make_questions(4)[:2]:
        grade(alice, question, 4, now - 3 * DAY)
    set_interview(user=alice, day=now.date() + 12 * DAY, now=now, title="Vision <team>")
    return alice


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_and_home_say_where_one_stands(alice_client, prepared, language):
    page = alice_client.get(f"/{language}/interview/").content.decode()
    assert "Vision &lt;team&gt;" in page
    assert page.count('<svg class="fig') == 4
    home = alice_client.get(f"/{language}/").content.decode()
    for words in (page, home):
        assert "⟦" not in words
        assert {"zh": "如果今天面试", "en": "If the interview were today"}[language] in words


def test_it_is_set_changed_and_called_off(alice_client, alice):
    make_questions(2)
    assert "When is the interview?" in alice_client.get(PAGE).content.decode()
    asked = {"day": in_days(20), "title": "One", "retention": "92.5", "topics": "initialisation"}
    assert alice_client.post(PAGE, asked).status_code == 302
    stored = Interview.objects.get()
    assert (stored.user, stored.title, stored.retention) == (alice, "One", 0.925)
    assert alice_client.post(PAGE, asked | {"title": "Two"}).status_code == 302
    assert Interview.objects.get().title == "Two"
    page = alice_client.get(PAGE).content.decode()
    assert 'value="92.5"' in page
    assert 'value="initialisation" checked' in page

    assert alice_client.post(f"{PAGE}close/").status_code == 302
    assert Interview.objects.get().closed_at
    assert "When is the interview?" in alice_client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "tomorrow"}, "Choose a date."),
        ({"day": "2020-01-01"}, "Choose a day from tomorrow on"),
        ({"retention": "most"}, "Give a number."),
        ({"retention": "99"}, "Give a number from 70 to 97."),
        ({"topics": "nowhere"}, "There is no such topic."),
        ({"questions": "nowhere/at_all"}, "The bank has no such question."),
        ({"levels": "deep"}, "No question fits"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(alice_client, alice, wrong, said):
    make_questions(2)
    asked = {"day": in_days(20), "title": "Kept", "retention": "95"} | wrong
    answer = alice_client.post(PAGE, asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Kept"' in page
    assert not Interview.objects.exists()


def test_a_visitor_becomes_a_guest_with_an_interview(client, db):
    make_questions(1)
    assert client.get(PAGE).status_code == 200
    assert not User.objects.exists()
    asked = {"day": in_days(20), "retention": "95", "zone": "Asia/Shanghai"}
    assert client.post(PAGE, asked).status_code == 302
    assert Interview.objects.get().user.is_guest
    assert StudyProfile.objects.get().zone == "Asia/Shanghai"


def test_when_the_day_has_come_the_page_asks_for_the_next(alice_client, prepared):
    Interview.objects.update(day=day_today(prepared, timezone.now()))
    page = alice_client.get(PAGE).content.decode()
    assert "The interview is behind you." in page
    assert "If the interview were today" not in alice_client.get("/en/").content.decode()


def test_the_list_is_studied_from_its_page(alice_client, prepared):
    page = alice_client.get("/en/study/?topic=~interview").content.decode()
    assert 'name="topic" value="~interview"' in page
