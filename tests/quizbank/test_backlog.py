"""What has piled up is spread over days to come, the most fragile first, and can be gathered."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from quizbank.models import Card, ReviewEvent, StudyProfile
from quizbank.queries.backlog import backlog, overdue
from quizbank.queries.study import counts
from quizbank.services.audit import audit
from quizbank.services.backlog import gather_backlog, spread_backlog
from quizbank.services.undo import undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions

DAY = timedelta(days=1)
LATER = MONDAY + 30 * DAY
NAME = uuid.UUID(int=5)


@pytest.fixture
def piled(alice):
    """Thirty overdue cards of three strengths and ten minutes a day, which hold fifteen."""
    StudyProfile.objects.create(user=alice, minutes_per_day=10, new_per_day=0)
    for index, question in enumerate(make_questions(30)):
        grade(alice, question, 4, MONDAY + timedelta(days=index % 3))
    return alice


def due(user) -> dict[str, Any]:
    return dict(Card.objects.filter(user=user).values_list("question__path", "due_day"))


def test_a_backlog_is_spread_by_fragility_and_each_day_holds_its_share(piled):
    found = backlog(piled, LATER)
    assert (found.overdue, found.room, found.days) == (30, 15, 2)
    spread_backlog(user=piled, client_uuid=NAME, now=LATER)
    assert [len(cards) for cards in found.by_day] == [15, 15]
    today = LATER.date()
    days = due(piled)
    assert max(set(days.values()) - {today + DAY}) < today  # the first stay overdue
    assert sum(day == today + DAY for day in days.values()) == 15
    order: list[Any] = [card.last_day for cards in found.by_day for card in cards]
    assert order == sorted(order)
    assert counts(piled, LATER).due == 15
    assert backlog(piled, LATER) is None
    assert audit(user=piled, repair=False).differences == []


def test_days_that_are_full_already_get_less(piled):
    for question in make_more(20):
        grade(piled, question, 4, LATER - 7 * DAY)  # due tomorrow or so
    found = backlog(piled, LATER)
    assert len(found.by_day[0]) == 15
    assert min(len(cards) for cards in found.by_day[1:-1]) < 15
    assert sum(map(len, found.by_day)) == 30


def make_more(n):
    return [make_question(f"optimisers/q{index:02}", 100 + index) for index in range(n)]


def test_spreading_twice_under_one_number_is_spreading_once(piled):
    spread_backlog(user=piled, client_uuid=NAME, now=LATER)
    events = ReviewEvent.objects.count()
    assert spread_backlog(user=piled, client_uuid=NAME, now=LATER) is None
    assert ReviewEvent.objects.count() == events


def test_a_number_that_was_used_spreads_nothing_that_piled_up_later(piled):
    spread_backlog(user=piled, client_uuid=NAME, now=LATER)
    for question in make_more(10):
        grade(piled, question, 4, LATER)
    days = due(piled)
    later = LATER + 30 * DAY
    assert backlog(piled, later) is not None
    assert spread_backlog(user=piled, client_uuid=NAME, now=later) is None
    assert due(piled) == days


def test_what_was_spread_anew_by_a_redo_is_gathered_again(piled):
    before = due(piled)
    spread_backlog(user=piled, client_uuid=NAME, now=LATER)
    spread = due(piled)
    for _ in range(2):
        assert gather_backlog(user=piled, client_uuid=NAME, now=LATER) == 15
        assert due(piled) == before
        assert gather_backlog(user=piled, client_uuid=NAME, now=LATER) == 0
        for taken in ReviewEvent.objects.filter(kind="undo", undoes__kind="reschedule"):
            undo(user=piled, client_uuid=uuid.uuid4(), now=LATER, event=taken)
        assert due(piled) == spread
    assert audit(user=piled, repair=False).differences == []


def test_it_is_gathered_again_but_for_what_was_answered_since(piled):
    before = due(piled)
    spread_backlog(user=piled, client_uuid=NAME, now=LATER)
    card = Card.objects.filter(due_day=LATER.date() + DAY).first()
    grade(piled, card.question, 3, LATER + timedelta(hours=1))
    promised = due(piled)[card.question.path]
    assert gather_backlog(user=piled, client_uuid=NAME, now=LATER + timedelta(hours=2)) == 14
    assert due(piled) == before | {card.question.path: promised}
    assert gather_backlog(user=piled, client_uuid=NAME, now=LATER + timedelta(hours=2)) == 0


def test_the_page_never_says_that_nothing_is_left_behind_while_something_is(piled, client):
    client.force_login(piled)
    StudyProfile.objects.update(minutes_per_day=60)  # which hold all thirty
    assert overdue(piled, timezone.now()) == 30
    assert backlog(piled, timezone.now()) is None
    page = client.get("/en/").content.decode()
    assert "30 were due before today" in page
    assert "no backlog" not in page
    assert overdue(piled, MONDAY) == 0


def test_a_card_left_in_its_steps_is_overdue_like_any_other(alice):
    reviewed, stepping = make_questions(2)
    grade(alice, reviewed, 4, MONDAY)
    grade(alice, stepping, 1, MONDAY)
    assert overdue(alice, LATER) == counts(alice, LATER).due == 2


def test_a_full_day_without_anything_overdue_is_no_backlog(piled):
    Card.objects.update(due_day=LATER.date())
    assert backlog(piled, LATER) is None
    assert backlog(None, LATER) is None


def test_home_offers_it_and_takes_it_back(alice_client, alice, django_user_model):
    now = timezone.now()
    StudyProfile.objects.create(user=alice, minutes_per_day=10)
    django_user_model.objects.update(date_joined=now - 90 * DAY)
    for question in make_questions(30):
        grade(alice, question, 4, now - 30 * DAY)
    before = due(alice)
    home = alice_client.get("/en/").content.decode()
    assert "30 of them can be spread over" in home
    assert "Spread over 2 days" in home
    done = alice_client.post("/en/spread/", {"client_uuid": str(NAME)}, follow=True)
    page = done.content.decode()
    assert "can be spread" not in page
    assert str(NAME) in page
    back = alice_client.post("/en/spread/", {"client_uuid": str(NAME), "back": "1"}, follow=True)
    assert "15 are back" in back.content.decode()
    assert due(alice) == before
    assert alice_client.post("/en/spread/", {"client_uuid": "no"}).status_code == 302
