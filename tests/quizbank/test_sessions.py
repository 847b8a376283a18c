"""Sessions beside the day's own, from the query to the pages."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quizbank.models import Card, EventKind, Question, ReviewEvent, StudyProfile, User
from quizbank.queries.sessions import Wish, budget, next_of, offers
from quizbank.services.acts import suspend
from quizbank.services.audit import audit
from quizbank.services.errors import ReviewConflict
from quizbank.services.study import record_review, undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions
from tests.quizbank.test_pages_study import fields, text_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEW, WEAK, CRAM = Wish("new"), Wish("weak"), Wish("cram")


def path(user: User, now: Any, wish: Wish) -> str | None:
    item = next_of(user, now, wish)
    return item.question.path if item else None


def crammed(user: User, question: Question, now: Any, rating: int = 3) -> ReviewEvent:
    done = record_review(
        user=user, question=question, rating=rating, client_uuid=uuid.uuid4(), now=now, cram=True
    )
    return done.event


def test_new_questions_go_on_beyond_the_days_number(alice: User) -> None:
    StudyProfile.objects.create(user=alice, new_per_day=1)
    first, second, third = make_questions(3)
    grade(alice, first, 4, MONDAY)
    assert path(alice, MONDAY + MINUTE, Wish()) is None
    assert path(alice, MONDAY + MINUTE, NEW) == second.path
    suspend(user=alice, question=second, client_uuid=uuid.uuid4(), now=MONDAY + MINUTE)
    assert path(alice, MONDAY + MINUTE, NEW) == third.path
    assert path(alice, MONDAY + MINUTE, Wish("new", topic="nowhere")) is None


def test_a_missed_card_returns_within_a_session_of_new_questions(alice: User) -> None:
    missed, *others = make_questions(10)
    grade(alice, missed, 1, MONDAY)
    for n, other in enumerate(others[:7]):
        grade(alice, other, 4, MONDAY + n * MINUTE)
    assert path(alice, MONDAY + 20 * MINUTE, NEW) == others[7].path
    grade(alice, others[7], 4, MONDAY + 20 * MINUTE)
    assert path(alice, MONDAY + 21 * MINUTE, NEW) == missed.path


def test_what_was_missed_on_another_day_is_no_new_question(alice: User) -> None:
    (missed,) = make_questions(1)
    grade(alice, missed, 1, MONDAY)
    assert path(alice, MONDAY + MINUTE, NEW) == missed.path
    assert path(alice, MONDAY + DAY, NEW) is None
    assert path(alice, MONDAY + DAY, Wish()) == missed.path


def test_weak_cards_are_those_below_the_recall_wanted_whether_due_or_not(alice: User) -> None:
    strong, weak = make_questions(2)
    grade(alice, strong, 4, MONDAY)
    grade(alice, weak, 4, MONDAY - 10 * DAY)
    far_off = MONDAY.date() + timedelta(days=60)
    Card.objects.filter(question=weak).update(due_day=far_off)
    assert path(alice, MONDAY + DAY, WEAK) == weak.path
    grade(alice, weak, 4, MONDAY + DAY)
    assert path(alice, MONDAY + DAY + MINUTE, WEAK) is None


def test_cram_asks_every_card_once_a_day_and_moves_none(alice: User) -> None:
    one, two = make_questions(2)
    grade(alice, one, 4, MONDAY)
    grade(alice, two, 3, MONDAY)
    before = list(Card.objects.order_by("pk").values())
    asked = []
    for n in range(2):
        now = MONDAY + DAY + n * MINUTE
        found = next_of(alice, now, CRAM)
        assert found is not None
        asked.append(found.question.path)
        event = crammed(alice, found.question, now, rating=1)
        assert (event.kind, event.rating, event.interval_chosen) == (EventKind.CRAM, 1, None)
    assert sorted(asked) == sorted([one.path, two.path])
    assert path(alice, MONDAY + DAY + 3 * MINUTE, CRAM) is None
    assert list(Card.objects.order_by("pk").values()) == before
    assert not audit(user=alice, repair=False).differences
    assert path(alice, MONDAY + 2 * DAY, CRAM)


def test_an_answer_crammed_and_taken_back_is_asked_again(alice: User) -> None:
    (one,) = make_questions(1)
    grade(alice, one, 4, MONDAY)
    before = Card.objects.values().get()
    crammed(alice, one, MONDAY + DAY)
    assert offers(alice, MONDAY + DAY + MINUTE).kinds == []
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY + DAY + MINUTE)
    assert Card.objects.values().get() == before
    assert path(alice, MONDAY + DAY + 2 * MINUTE, CRAM) == one.path


def test_a_review_after_cram_is_scheduled_as_if_nothing_had_been_crammed(alice: User) -> None:
    with_cram, without = make_questions(2)
    for question in (with_cram, without):
        grade(alice, question, 3, MONDAY)
    crammed(alice, with_cram, MONDAY + DAY, rating=1)
    for question in (with_cram, without):
        grade(alice, question, 3, MONDAY + 2 * DAY)
    fields = ("stability", "difficulty", "state", "step", "reps", "lapses")
    rows = set(Card.objects.values_list(*fields))
    assert len(rows) == 1


def test_the_same_uuid_is_no_review_and_cram(alice: User) -> None:
    (one,) = make_questions(1)
    event = crammed(alice, one, MONDAY)
    with pytest.raises(ReviewConflict):
        record_review(user=alice, question=one, rating=3, client_uuid=event.client_uuid, now=MONDAY)


def test_a_session_with_an_end_ends(alice: User) -> None:
    make_questions(1)
    until = Wish(until=MONDAY + 15 * MINUTE)
    assert path(alice, MONDAY + 14 * MINUTE, until)
    assert path(alice, MONDAY + 15 * MINUTE, until) is None


def test_minutes_a_day_are_counted_from_what_was_graded(alice: User) -> None:
    StudyProfile.objects.create(user=alice, minutes_per_day=2)
    (one,) = make_questions(1)
    assert not budget(alice, MONDAY).used_up
    record_review(
        user=alice,
        question=one,
        rating=3,
        client_uuid=uuid.uuid4(),
        now=MONDAY,
        duration_ms=119_000,
    )
    assert (budget(alice, MONDAY).spent, budget(alice, MONDAY).used_up) == (1, False)
    record_review(
        user=alice,
        question=one,
        rating=3,
        client_uuid=uuid.uuid4(),
        now=MONDAY + MINUTE,
        duration_ms=1_000,
    )
    assert budget(alice, MONDAY + MINUTE).used_up
    assert not budget(alice, MONDAY + DAY).used_up


@pytest.mark.django_db
def test_cram_on_the_pages_promises_no_day_and_keeps_to_itself(
    alice_client: Client, alice: User, stone: Question
) -> None:
    grade(alice, stone, 4, timezone.now() - DAY)
    home = text_of(alice_client.get("/en/"))
    assert 'href="/en/study/?kind=cram"' in home
    front = text_of(alice_client.get("/en/study/?kind=cram"))
    assert "Cram, the schedule stays" in front
    back = text_of(alice_client.post("/en/study/reveal/", fields(front)))
    assert 'class="d"' not in back
    answer = alice_client.post("/en/study/grade/", fields(back) | {"rating": "3"}, follow=True)
    assert answer.redirect_chain == [("/en/study/?kind=cram", 303)]
    page = text_of(answer)
    assert "Good, the schedule stays" in page
    assert "Every card you have studied was gone through." in page
    sent = fields(page, 'action="/en/study/undo/"')
    again = alice_client.post("/en/study/undo/", sent, follow=True)
    assert again.redirect_chain[-1][0].startswith("/en/study/?kind=cram&question=")
    assert "Cram, the schedule stays" in text_of(again)


@pytest.mark.django_db
def test_fifteen_minutes_are_carried_from_card_to_card(
    alice_client: Client, stone: Question
) -> None:
    front = text_of(alice_client.get("/en/study/?minutes=15"))
    assert "15 minutes left" in front
    sent = fields(front)
    back = fields(text_of(alice_client.post("/en/study/reveal/", sent)))
    assert back["until"] == sent["until"]
    there = alice_client.post("/en/study/grade/", back | {"rating": "4"})["Location"]
    assert f"until={sent['until'][0]}" in there
    over = text_of(alice_client.get("/en/study/?until=1000"))
    assert "Time is up." in over
    assert "15 more minutes" in over


@pytest.mark.django_db
def test_the_day_pauses_when_its_minutes_are_used_up_and_can_go_on(
    alice_client: Client, alice: User, stone: Question
) -> None:
    StudyProfile.objects.create(user=alice, minutes_per_day=1)
    record_review(
        user=alice,
        question=stone,
        rating=3,
        client_uuid=uuid.uuid4(),
        now=timezone.now(),
        duration_ms=61_000,
    )
    page = text_of(alice_client.get("/en/study/"))
    assert "Today’s minutes are used up." in page
    assert "1 minute of answering; you set yourself 1." in page
    assert 'id="card"' in text_of(alice_client.get("/en/study/?minutes=15"))


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["kind=x", "minutes=-1", "until=9" * 3, "until=" + "9" * 15])
def test_nonsense_in_the_address_is_as_if_it_were_not_there(
    client: Client, stone: Question, query: str
) -> None:
    assert client.get(f"/en/study/?{query}").status_code == 200


def test_the_weakest_topic_is_offered_where_there_are_several(
    alice: User, alice_client: Client
) -> None:
    """By the median of all its cards: one forgotten card makes no weak topic."""
    now = timezone.now()
    ago = {"falling/a": 30, "falling/b": 1, "falling/c": 1, "sound/a": 20, "sound/b": 20}
    for n, (path, days) in enumerate(ago.items()):
        grade(alice, make_question(path, n), 3, now - days * DAY)
        grade(alice, Question.objects.get(path=path), 3, now - days * DAY + 15 * MINUTE)
    weakest = offers(alice, now).weakest
    assert weakest is not None
    assert weakest.slug == "sound"
    page = text_of(alice_client.get("/en/"))
    assert "?kind=weak&amp;topic=sound&amp;minutes=10" in page
    drill = text_of(alice_client.get("/en/study/?kind=weak&topic=sound&minutes=10"))
    assert 'value="sound/' in drill
    for path in ("sound/a", "sound/b"):
        grade(alice, Question.objects.get(path=path), 4, now)
    assert offers(alice, now).weakest is None
