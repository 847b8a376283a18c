"""The menu of a card, what is shown of it, and its history, as plain forms."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quizbank.models import Card, EventKind, Question, ReviewEvent, StudyProfile, User
from quizbank.queries.people import day_today
from tests.proven import STONE
from tests.quizbank.study_cast import grade
from tests.quizbank.test_pages_study import fields, text_of

ACT = "/en/study/act/"
PAGE = f"/en/questions/{STONE}/"


@pytest.fixture
def learner(alice: User, stone: Question) -> User:
    """Alice, who has known the answer for two months."""
    start = timezone.now() - timedelta(days=60)
    User.objects.filter(pk=alice.pk).update(date_joined=start)
    alice.refresh_from_db()
    for days in (0, 20):
        grade(alice, stone, 4, start + timedelta(days=days))
    return alice


def menu(client: Client, address: str = PAGE) -> dict[str, Any]:
    return fields(text_of(client.get(address)), 'id="put-aside"')


def card() -> Card:
    return Card.objects.get(question__path=STONE)


def test_a_card_is_buried_from_the_study_page_and_the_undo_brings_it_back(
    alice_client: Client, learner: User
) -> None:
    address = f"/en/study/?question={STONE}"
    sent = menu(alice_client, address) | {"act": "bury", "topic": "falling"}
    answer = alice_client.post(ACT, sent, follow=True)
    assert answer.redirect_chain == [("/en/study/?topic=falling", 303)]
    page = text_of(answer)
    assert "Buried until tomorrow." in page
    assert card().buried_until == day_today(learner, timezone.now()) + timedelta(days=1)
    undo = fields(page, 'action="/en/study/undo/"')
    back = alice_client.post("/en/study/undo/", undo, follow=True)
    again = "/en/study/?topic=falling&question=falling%2Fstone_and_feather"
    assert back.redirect_chain[-1][0] == again
    assert card().buried_until is None


@pytest.mark.parametrize("times", [1, 2])
def test_a_card_is_suspended_and_brought_back_where_it_is_read(
    alice_client: Client, learner: User, times: int
) -> None:
    sent = menu(alice_client) | {"act": "suspend"}
    for _ in range(times):
        answer = alice_client.post(ACT, sent, follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert "Suspended" in text_of(answer)
    assert card().suspended
    assert ReviewEvent.objects.filter(kind=EventKind.SUSPEND).count() == 1
    page = text_of(alice_client.get(PAGE))
    assert 'value="suspend"' not in page
    alice_client.post(ACT, fields(page, 'id="put-aside"') | {"act": "unsuspend"})
    assert not card().suspended


def test_an_undo_on_the_page_of_the_question_stays_there(
    alice_client: Client, learner: User
) -> None:
    page = text_of(alice_client.post(ACT, menu(alice_client) | {"act": "suspend"}, follow=True))
    toast = page[page.index('class="toasts"') :]
    answer = alice_client.post("/en/study/undo/", fields(toast, 'class="undo"'), follow=True)
    assert answer.redirect_chain[-1][0] == PAGE
    assert not card().suspended


@pytest.mark.parametrize("days", [0, 40])
def test_a_card_is_moved_to_a_day(alice_client: Client, learner: User, days: int) -> None:
    day = day_today(learner, timezone.now()) + timedelta(days=days)
    before = card()
    sent = fields(text_of(alice_client.get(PAGE)), 'class="due-on"')
    alice_client.post(ACT, sent | {"act": "set_due", "day": day.isoformat()})
    assert (card().due_day, card().stability) == (day, before.stability)


@pytest.mark.parametrize("day", ["", "tomorrow", "2020-01-01", "9999-12-31", "0000-00-00"])
def test_a_day_that_cannot_be_is_refused_in_words(
    alice_client: Client, learner: User, day: str
) -> None:
    sent = menu(alice_client) | {"act": "set_due", "day": day}
    answer = alice_client.post(ACT, sent, follow=True)
    assert "Choose a day from today on." in text_of(answer)
    assert answer.redirect_chain[-1][0] == PAGE
    assert not ReviewEvent.objects.filter(kind=EventKind.SET_DUE).exists()


def test_a_card_is_forgotten_after_a_second_word_and_remembered_by_undo(
    alice_client: Client, learner: User
) -> None:
    page = text_of(alice_client.get(PAGE))
    forget = page[page.index('class="forget"') :]
    assert forget.index("<summary>") < forget.index("can be undone") < forget.index("<button")
    before = card().stability
    alice_client.post(ACT, fields(page, 'id="put-aside"') | {"act": "reset"})
    assert (card().reps, card().stability) == (0, None)
    page = text_of(alice_client.get(PAGE))
    assert 'class="forget"' not in page
    lines = re.findall(r'<input type="hidden" name="event" value="([^"]+)"', page)
    assert len(lines) == 3
    alice_client.post("/en/study/undo/", {"client_uuid": uuid.uuid4(), "event": lines[0]})
    assert card().stability == before


def test_every_line_of_the_history_can_be_taken_back_and_restored(
    alice_client: Client, learner: User
) -> None:
    def lines() -> list[tuple[str, str]]:
        page = text_of(alice_client.get(PAGE))
        return re.findall(r'name="event" value="([^"]+)"><button class="link">(\w+)<', page)

    def send(event: str) -> None:
        sent = {"client_uuid": uuid.uuid4(), "event": event, "stay": "1"}
        assert alice_client.post("/en/study/undo/", sent).headers["Location"] == PAGE

    before = card().stability
    (_, older) = lines()
    send(older[0])
    assert card().reps == 1
    assert [word for _, word in lines()] == ["undo", "redo"]
    send(lines()[1][0])
    assert card().stability == before
    assert [word for _, word in lines()] == ["undo", "undo"]


def test_a_history_is_ones_own(alice_client: Client, mallory_client: Client, learner: User) -> None:
    event = ReviewEvent.objects.latest("id").client_uuid
    assert "Your card" in text_of(alice_client.get(PAGE))
    assert "Your card" not in text_of(mallory_client.get(PAGE))
    sent = {"client_uuid": uuid.uuid4(), "event": event}
    page = text_of(mallory_client.post("/en/study/undo/", sent, follow=True))
    assert "nothing left to undo" in page
    assert card().reps == 2


def test_the_page_tells_where_the_card_stands(alice_client: Client, learner: User) -> None:
    page = text_of(alice_client.get(PAGE))
    found = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    now = card()
    assert found["Stability"] == f"{now.stability:.1f} days"
    assert found["Difficulty"] == f"{now.difficulty:.1f} / 10"
    assert (found["Reviews"], found["Lapses"]) == ("2", "0")


def test_a_leech_is_told_what_to_do(alice_client: Client, learner: User, stone: Question) -> None:
    page = text_of(alice_client.get(PAGE))
    assert "leech" not in page.lower()
    StudyProfile.objects.filter(user=learner).update(leech_threshold=1)
    grade(learner, stone, 1, timezone.now() - timedelta(days=5))
    front = fields(text_of(alice_client.get(f"/en/study/?question={STONE}")))
    for page in (
        text_of(alice_client.get(PAGE)),
        text_of(alice_client.post("/en/study/reveal/", front)),
    ):
        assert "A leech: forgotten 1 time." in page
        assert re.search(r'<a href="[^"]*#notes">Read the passage', page)
        assert '<a href="#proof">Look at the proof' in page
        assert 'id="proof"' in page
        assert re.search(r'<button [^>]*value="suspend" form="put-aside">', page)
        assert 'id="put-aside"' in page


def test_what_was_put_aside_is_found_among_the_questions(
    alice_client: Client, mallory_client: Client, learner: User
) -> None:
    assert "?card=" not in text_of(alice_client.get("/en/questions/"))
    alice_client.post(ACT, menu(alice_client) | {"act": "suspend"})
    page = text_of(alice_client.get("/en/questions/"))
    assert 'href="?card=suspended"' in page
    assert 'href="?card=leech"' not in page
    found = text_of(alice_client.get("/en/questions/?card=suspended"))
    assert re.findall(r'<h2><a href="([^"]+)"', found) == [PAGE]
    assert re.search(r'class="mine-state">\s*Suspended<', found)
    assert "Nothing found" in text_of(mallory_client.get("/en/questions/?card=suspended"))
    assert "Nothing found" in text_of(alice_client.get("/en/questions/?card=due_day"))


def test_a_visitor_may_put_a_question_aside_before_studying_it(
    client: Client, stone: Question
) -> None:
    sent = menu(client, f"/en/study/?question={STONE}")
    page = text_of(client.post(ACT, sent | {"act": "suspend"}, follow=True))
    assert User.objects.get().is_guest
    assert str(stone.title_en) not in page
    assert Card.objects.get().suspended


@pytest.mark.parametrize(
    "nonsense", [{"act": "explode"}, {"act": ""}, {"client_uuid": "no", "act": ["plan"]}]
)
def test_what_no_menu_offers_does_nothing(
    client: Client, stone: Question, nonsense: dict[str, Any]
) -> None:
    sent = menu(client, f"/en/study/?question={STONE}") | nonsense
    assert client.post(ACT, sent).status_code in (302, 303)
    assert not ReviewEvent.objects.exists()


def test_a_question_that_is_gone_makes_room_for_another(client: Client, stone: Question) -> None:
    sent = {"act": "bury", "question": "no/such", "client_uuid": uuid.uuid4()}
    assert "no longer in the bank" in text_of(client.post(ACT, sent, follow=True))
