"""The pages of a mock interview, without a script."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quizbank.models import Card, KeyPoint, MockInterview, User
from quizbank.queries.mock import unfinished_of
from quizbank.services import mock as service
from quizbank.services.interviews import set_interview
from quizbank.views import mock_shown
from tests.quizbank.study_cast import make_questions

YES = {"structure": "1", "trade_off": "0.5", "example": "0"}


@pytest.fixture
def questions(db):
    made = make_questions(3)
    for question in made:
        for position, must in enumerate((True, True, False)):
            words = {"text_zh": f"要点 {position}", "text_en": f"point {position}"}
            KeyPoint.objects.create(question=question, position=position, must=must, **words)
    return made


@pytest.fixture
def mock(alice, questions) -> MockInterview:
    return service.start(user=alice, minutes=18, now=timezone.now(), seed=1)


def at(mock, tail=""):
    return f"/en/mock/{mock.pk}/{tail}"


def send(client, mock, position, text="…", **more):
    fields = {"position": position, "answer": text, "client_uuid": str(uuid.uuid4())}
    return client.post(at(mock, "answer/"), fields | more)


def said(response):
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def answer_all(client, mock):
    for row in mock.asked.all():
        send(client, mock, row.position, f"answer {row.position}")


def mark(client, mock, position, points=("0", "1"), **more):
    return client.post(at(mock, "mark/"), {"position": position, "points": points, **YES, **more})


def finish(client, mock):
    answer_all(client, mock)
    client.post(at(mock, "estimate/"), {"value": "3"})
    for row in mock.asked.all():
        mark(client, mock, row.position, ("0", "1") if row.position > 1 else ())


def test_a_visitor_becomes_a_guest_with_the_first_interview(questions):
    client = Client()
    assert client.get("/en/mock/").status_code == 200
    assert not User.objects.exists()
    begun = client.post("/en/mock/", {"about": "", "minutes": "15"})
    mock = MockInterview.objects.get()
    assert (begun.status_code, begun["Location"]) == (303, at(mock))
    assert mock.owner.is_guest
    assert f"/en/mock/{mock.pk}/" in client.get("/en/mock/").content.decode()


@pytest.mark.parametrize(("about", "minutes"), [("nowhere", "15"), ("", "0"), ("", "²"), ("", "")])
def test_an_interview_that_cannot_be_is_refused_on_its_page(
    alice_client, questions, about, minutes
):
    refused = alice_client.post("/en/mock/", {"about": about, "minutes": minutes})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()
    assert not MockInterview.objects.exists()


def test_the_list_of_the_interview_ahead_is_offered_and_asked(alice, alice_client, questions):
    assert 'value="list"' not in alice_client.get("/en/mock/").content.decode()
    now = timezone.now()
    day, named = now.date() + timedelta(days=20), questions[2].path
    set_interview(user=alice, now=now, day=day, questions=[named])
    assert 'value="list"' in alice_client.get("/en/mock/").content.decode()
    alice_client.post("/en/mock/", {"about": "list", "minutes": "15"})
    asked = MockInterview.objects.get().asked.filter(depth=0)
    assert [row.question.path for row in asked] == [named]


def test_one_question_at_a_time_and_no_rubric_before_the_estimate(alice_client, mock):
    first, second, third = mock.asked.all()
    page = said(alice_client.get(at(mock)))
    assert first.question.title_en in page
    assert "point 0" not in page
    assert send(alice_client, mock, 1)["Location"] == at(mock)
    assert second.question.title_en in said(alice_client.get(at(mock)))
    send(alice_client, mock, 2)
    send(alice_client, mock, 3)
    page = said(alice_client.get(at(mock)))
    assert "how good were your answers" in page
    assert third.question.title_en in page
    assert "point 0" not in page
    alice_client.post(at(mock, "estimate/"), {"value": "3"})
    assert "point 0" in said(alice_client.get(at(mock)))


@pytest.mark.parametrize("deed", ["pause", "extend", "go_on"])
def test_the_clock_keeps_what_was_typed(alice_client, mock, deed):
    typed = "  half a <b>thought</b>\r\nand more"
    fields = {"deed": deed, "position": "1", "answer": typed}
    alice_client.post(at(mock, "clock/"), fields)
    page = alice_client.get(at(mock))
    assert "half a &lt;b&gt;thought&lt;/b&gt;\nand more" in page.content.decode()
    mock.refresh_from_db()
    assert (mock.paused_at is not None, mock.minutes) == (
        deed == "pause",
        18 + 5 * (deed == "extend"),
    )
    if deed == "pause":
        assert "Paused." in said(page)
        refused = send(alice_client, mock, 1, "kept too")
        assert refused.status_code == 303
        assert "kept too" in alice_client.get(at(mock)).content.decode()


def test_an_answer_too_long_stays_in_its_field(alice_client, mock):
    refused = send(alice_client, mock, 1, "x" * 4001)
    assert refused.status_code == 422
    assert "x" * 4001 in refused.content.decode()
    assert not mock.asked.exclude(answered_at=None).exists()
    lines = "\r\n".join(["y" * 39] * 100)  # 3,999 characters as a browser counts them
    assert send(alice_client, mock, 1, lines).status_code == 303
    assert len(mock.asked.get(position=1).answer) == 3_999


def test_the_time_is_up_and_says_so(alice_client, mock):
    MockInterview.objects.update(created_at=timezone.now() - timedelta(minutes=19))
    page = said(alice_client.get(at(mock)))
    assert "Time is up." in page
    assert "−1:0" in page
    send(alice_client, mock, 1)
    assert "how good were your answers" in said(alice_client.get(at(mock)))


def test_an_interview_without_an_answer_has_nothing_to_mark(alice_client, mock):
    alice_client.post(at(mock, "clock/"), {"deed": "stop"})
    assert "Nothing was answered" in said(alice_client.get(at(mock)))
    assert f"/en/mock/{mock.pk}/" not in alice_client.get("/en/mock/").content.decode()


@pytest.mark.parametrize("paused", [False, True])
def test_what_was_typed_when_it_is_ended_is_the_answer(alice_client, mock, paused):
    if paused:
        alice_client.post(at(mock, "clock/"), {"deed": "pause"})
    fields = {"deed": "stop", "position": "1", "answer": "as far as I got", "client_uuid": ""}
    alice_client.post(at(mock, "clock/"), fields)
    assert "how good were your answers" in said(alice_client.get(at(mock)))
    assert [row.answer for row in mock.asked.exclude(answered_at=None)] == ["as far as I got"]


def test_what_can_be_no_answer_does_not_end_it(alice_client, mock):
    send(alice_client, mock, 1)
    fields = {"deed": "stop", "position": "1", "answer": "typed in another tab"}
    alice_client.post(at(mock, "clock/"), fields)
    mock.refresh_from_db()
    assert mock.ended_at is None
    assert mock.asked.get(position=2).answered_at is None


def test_however_many_interviews_go_on_three_queries_list_them(
    alice, mallory, mock, django_assert_num_queries
):
    now = timezone.now()
    unanswered, answered, latest = (
        service.start(user=alice, minutes=18, now=now + timedelta(seconds=after), seed=after)
        for after in (1, 2, 3)
    )
    for one in (answered, latest):
        service.answer(mock=one, position=1, text="", client_uuid=uuid.uuid4(), now=now)
    for one in (unanswered, answered, latest):
        service.stop(mock=one, now=now)
    with django_assert_num_queries(3):
        listed = mock_shown.listed(alice)
    assert [one for one, _ in listed["unfinished"]] == [latest, answered, mock]
    assert unfinished_of(alice, 1) == [latest]
    assert unfinished_of(mallory, 8) == []


@pytest.mark.parametrize("value", ["", "5", "nan", "1e0"])
def test_an_estimate_is_one_of_five(alice_client, mock, value):
    answer_all(alice_client, mock)
    refused = alice_client.post(at(mock, "estimate/"), {"value": value})
    assert refused.status_code == 422
    mock.refresh_from_db()
    assert mock.self_estimate is None


def test_marks_left_open_are_named_and_the_others_kept(alice_client, mock):
    answer_all(alice_client, mock)
    alice_client.post(at(mock, "estimate/"), {"value": "2"})
    page = mark(alice_client, mock, 1, ("1",), trade_off="").content.decode()
    assert page.count("Choose one.") == 1
    assert re.search(r'name="points" value="1" checked', page)
    assert re.search(r'name="structure" value="1" checked', page)
    assert mock.asked.get(position=1).marks is None
    assert mark(alice_client, mock, 1, ("7",)).status_code == 422
    assert mark(alice_client, mock, 9).status_code == 404


def test_the_report_adds_up_and_what_was_missed_is_due(alice_client, alice, mock):
    assert alice_client.get(at(mock, "report.md")).status_code == 404
    finish(alice_client, mock)
    page = said(alice_client.get(at(mock)))
    assert "2.7 of 4" in page  # of 0, 4 and 4
    assert "3 questions are too few" in page
    assert "1 card you missed is due today" in page
    missed = mock.asked.get(position=1).question
    assert Card.objects.get(user=alice).question == missed
    text = alice_client.get(at(mock, "report.md")).content.decode()
    assert text.startswith("# Report\n")
    assert f"## 1. {missed.title_en}" in text
    assert "- Missing: point 0\n- Missing: point 1" in text
    assert "> answer 1" in text
    assert "correctness 2.7" in said(alice_client.get("/en/mock/"))


@pytest.mark.parametrize("tail", ["", "report.md"])
def test_a_stranger_finds_nothing(mallory_client, mock, tail):
    assert mallory_client.get(at(mock, tail)).status_code == 404
    assert Client().get(at(mock, tail)).status_code == 404


@pytest.mark.parametrize("tail", ["answer/", "clock/", "estimate/", "mark/"])
def test_a_stranger_changes_nothing(alice_client, mallory_client, mock, tail):
    fields = {"position": 1, "deed": "stop", "value": "3"}
    assert mallory_client.post(at(mock, tail), fields).status_code == 404
    mock.refresh_from_db()
    assert mock.ended_at is None
    # Read, it leads to where the interview stands.
    assert alice_client.get(at(mock, tail))["Location"] == at(mock)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_lacks_its_words(alice_client, mock, language):
    here = f"/{language}/mock/{mock.pk}/"
    pages = [alice_client.get(f"/{language}/mock/"), alice_client.get(here)]
    alice_client.post(at(mock, "clock/"), {"deed": "pause"})
    pages.append(alice_client.get(here))
    alice_client.post(at(mock, "clock/"), {"deed": "go_on"})
    answer_all(alice_client, mock)
    pages.append(alice_client.get(here))
    alice_client.post(at(mock, "estimate/"), {"value": "4"})
    pages.append(alice_client.get(here))
    for row in mock.asked.all():
        mark(alice_client, mock, row.position)
    pages += [alice_client.get(here), alice_client.get(f"/{language}/mock/")]
    pages.append(alice_client.get(here + "report.md"))
    for shown in pages:
        assert shown.status_code == 200
        assert "⟦" not in shown.content.decode()
