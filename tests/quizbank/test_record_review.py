from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from django.db import connection

from quizbank.models import Card, EventKind, ReviewEvent, StudyProfile, User
from quizbank.models.rows import insert
from quizbank.queries.study import get_card_for, get_event_for, previews
from quizbank.services.given import Given, GivenAct
from quizbank.services.study import (
    BadReview,
    Delivered,
    ReviewConflict,
    delivery,
    record_batch,
    record_review,
)
from tests.cast import MONDAY
from tests.quizbank.study_cast import (
    cache,
    grade,
    make_question,
    make_questions,
    memories,
    memory,
)

UUID = uuid.UUID(int=1)


@pytest.fixture
def question(db):
    return make_question()


def test_good_answers_push_the_card_further_each_time(alice, question):
    now, days = MONDAY, []
    for _ in range(5):
        recorded = grade(alice, question, 3, now)
        days.append(recorded.event.interval_chosen)
        now = recorded.card.due + timedelta(hours=5)

    assert days[:2] == [0, 2]
    assert days == sorted(days)
    assert recorded.card.reps == 5


def test_the_event_keeps_what_was_said_and_what_was_promised(alice, question):
    recorded = grade(
        alice,
        question,
        3,
        MONDAY,
        suggestion=2,
        answer="对称性 symmetry",
        ticks=["0", "trap"],
        prediction={"choice": "stuck", "confidence": "high"},
        duration_ms=99_999_999,
        confidence="high",
        hint_used=True,
    )
    event, card = ReviewEvent.objects.get(), recorded.card

    assert (event.suggestion, event.answer, event.ticks) == (2, "对称性 symmetry", ["0", "trap"])
    assert event.prediction == {"choice": "stuck", "confidence": "high"}
    assert (event.confidence, event.hint_used) == ("high", True)
    assert event.duration_ms == 600_000
    assert event.study_day == MONDAY.date()
    assert (event.after_stability, event.after_due) == (card.stability, card.due)
    assert card.last_event == event


def test_the_same_review_twice_is_one_event(alice, question):
    first = grade(alice, question, 3, MONDAY, client_uuid=UUID, duration_ms=10)
    before = cache(first.card)
    again = grade(alice, question, 3, MONDAY + timedelta(hours=1), client_uuid=UUID, duration_ms=70)

    assert (first.created, again.created) == (True, False)
    assert again.event == first.event
    assert cache(first.card) == before
    assert ReviewEvent.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"rating": 1},
        {"answer": "other"},
        {"ticks": ["1"]},
        {"reviewed_at": MONDAY},
        {"confidence": "mid"},
        {"hint_used": True},
    ],
)
def test_the_same_uuid_with_another_body_is_refused(alice, question, other):
    card = grade(alice, question, 3, MONDAY, client_uuid=UUID).card
    before = cache(card)

    with pytest.raises(ReviewConflict):
        record_review(
            **{
                "user": alice,
                "question": question,
                "rating": 3,
                "client_uuid": UUID,
                "now": MONDAY,
                **other,
            }
        )
    assert cache(card) == before
    assert ReviewEvent.objects.count() == 1


def test_two_people_may_use_the_same_uuid(alice, mallory, question):
    grade(alice, question, 3, MONDAY, client_uuid=UUID)
    recorded = grade(mallory, question, 1, MONDAY, client_uuid=UUID)

    assert recorded.created
    assert memory(alice, question) != memory(mallory, question)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", 0),
        ("rating", 5),
        ("rating", True),
        ("rating", "3"),
        ("suggestion", 9),
        ("form", "essay"),
        ("duration_ms", -1),
        ("duration_ms", 1.5),
        ("answer", "x" * 4_001),
        ("answer", "\x00"),
        ("answer", "\ud800"),
        ("ticks", [float("nan")]),
        ("ticks", ["x"] * 101),
        ("ticks", ["\x00"]),
        ("prediction", {"choice": float("inf")}),
        ("prediction", {"choice": "x" * 5_000}),
        ("reviewed_at", MONDAY.replace(tzinfo=None)),
        ("reviewed_at", MONDAY - timedelta(days=91)),
        ("reviewed_at", MONDAY + timedelta(days=1, seconds=1)),
    ],
)
def test_what_cannot_be_is_refused_and_names_its_field(alice, question, field, value):
    body = {"rating": 3, "client_uuid": UUID, "now": MONDAY, field: value}

    with pytest.raises(BadReview) as refused:
        record_review(user=alice, question=question, **body)
    assert refused.value.field == field
    assert refused.value.text.zh
    assert not ReviewEvent.objects.exists()
    assert not Card.objects.exists()


def test_a_clock_that_runs_ahead_is_held_to_five_minutes(alice, question):
    ahead = MONDAY + timedelta(days=1)
    event = grade(alice, question, 3, MONDAY, reviewed_at=ahead).event

    assert event.reviewed_at == MONDAY + timedelta(minutes=5)
    assert event.client_time == ahead


def test_nobody_studied_before_they_came(alice, question):
    alice.date_joined = MONDAY - timedelta(days=1)
    event = grade(alice, question, 3, MONDAY, reviewed_at=MONDAY - timedelta(days=9)).event

    assert event.reviewed_at == alice.date_joined


def test_the_study_day_is_frozen_in_the_zone_of_then(alice, question):
    StudyProfile.objects.create(user=alice, zone="Asia/Shanghai")
    event = grade(alice, question, 3, MONDAY.replace(hour=21)).event
    StudyProfile.objects.update(zone="America/New_York")
    event.refresh_from_db()

    assert (event.zone, str(event.study_day)) == ("Asia/Shanghai", "2026-01-06")


def test_previews_are_what_recording_stores(alice, question):
    """For every rating, at every point of a history with a lapse in it."""
    now = MONDAY
    for given in (3, 3, 3, 1, 3, 4):
        card = Card.objects.filter(user=alice).first()
        promised = previews(card, alice, now)
        recorded = grade(alice, question, given, now)
        promise = promised[given]

        assert promise.days == recorded.event.interval_chosen
        if promise.days == 0:
            assert recorded.card.due == now + promise.wait
        else:
            assert (recorded.card.due_day - recorded.card.last_day).days == promise.days
        now = recorded.card.due + timedelta(hours=7)


def test_a_visitor_is_promised_what_the_guest_will_get(alice, question):
    promised = previews(None, None, MONDAY)

    for rating in (1, 2, 3, 4):
        Card.objects.all().update(last_event=None)
        recorded = grade(alice, make_question(f"optimisers/q{rating}"), rating, MONDAY)
        assert recorded.event.interval_chosen == promised[rating].days


def test_a_bad_item_of_a_batch_refuses_only_itself(alice):
    first, second, third = make_questions(3)
    items = [
        Given(question=first, rating=3, client_uuid=UUID),
        Given(question=second, rating=7, client_uuid=uuid.uuid4()),
        Given(question=third, rating=3, client_uuid=UUID),
        Given(question=third, rating=2, client_uuid=uuid.uuid4()),
    ]
    delivered = record_batch(user=alice, items=items, now=MONDAY)

    assert [one.recorded is not None for one in delivered] == [True, False, False, True]
    assert isinstance(delivered[1].refused, BadReview)
    assert isinstance(delivered[2].refused, ReviewConflict)
    assert [one.client_uuid for one in delivered] == [item.client_uuid for item in items]
    assert ReviewEvent.objects.count() == 2


def test_a_batch_records_what_one_by_one_would(alice, mallory):
    """With late reviews, acts, what is refused and what was sent before among them."""
    questions, draw = make_questions(6), Random(0)
    items: list[Given | GivenAct] = []
    for number in range(80):
        question, then = draw.choice(questions), MONDAY - timedelta(hours=draw.randrange(400))
        told = {"question": question, "client_uuid": uuid.UUID(int=number), "reviewed_at": then}
        kind = draw.choice(("act", "again", *["review"] * 8))
        if kind == "act":
            items.append(GivenAct(kind=EventKind.BURY, days=draw.randrange(4), **told))
        elif kind == "again" and items:
            items.append(draw.choice(items))
        else:
            items.append(Given(rating=draw.choice((1, 3, 3, 3, 4, 7)), **told))
    for user in (alice, mallory):
        user.date_joined = MONDAY - timedelta(days=60)
    at_once = record_batch(user=alice, items=items, now=MONDAY)
    singly = [record_batch(user=mallory, items=[item], now=MONDAY)[0] for item in items]

    assert [fate(one) for one in at_once] == [fate(one) for one in singly]
    assert {kind for kind, *_ in map(fate, at_once)} == {"new", "known", BadReview}
    assert memories(alice) == memories(mallory)
    assert log_of(alice) == log_of(mallory)


def fate(delivered: Delivered) -> tuple[object, ...]:
    recorded = delivered.recorded
    if recorded is None:
        return (type(delivered.refused), delivered.client_uuid)
    return ("new" if recorded.created else "known", delivered.client_uuid, said(recorded.event))


def log_of(user: User) -> list[object]:
    return [said(event) for event in ReviewEvent.objects.filter(user=user).order_by("id")]


def said(event: ReviewEvent) -> dict[str, object]:
    apart = {"id", "user_id", "card_id"}
    names = {field.attname for field in ReviewEvent._meta.concrete_fields} - apart
    return {name: getattr(event, name) for name in names}


def test_what_was_recorded_in_time_is_answered_however_late_it_is_sent_again(alice, question):
    told = {"question": question, "reviewed_at": MONDAY - timedelta(days=80)}
    items: list[Given | GivenAct] = [
        Given(rating=3, client_uuid=uuid.UUID(int=1), **told),
        GivenAct(kind=EventKind.BURY, days=1, client_uuid=uuid.UUID(int=2), **told),
    ]
    alice.date_joined = MONDAY - timedelta(days=90)
    first = record_batch(user=alice, items=items, now=MONDAY)
    later = MONDAY + timedelta(days=80)
    new: list[Given | GivenAct] = [replace(item, client_uuid=uuid.uuid4()) for item in items]
    used: list[Given | GivenAct] = [replace(items[0], client_uuid=items[1].client_uuid)]
    used.append(replace(items[1], client_uuid=items[0].client_uuid))
    again = record_batch(user=alice, items=[*items, *new, *used], now=later)

    assert [one.recorded.event for one in again[:2]] == [one.recorded.event for one in first]
    assert [one.recorded.created for one in again[:2]] == [False, False]
    assert [type(one.refused) for one in again[2:4]] == [BadReview, BadReview]
    assert [type(one.refused) for one in again[4:]] == [ReviewConflict, ReviewConflict]
    assert ReviewEvent.objects.count() == 2


def test_a_failure_in_the_middle_of_a_batch_leaves_nothing(alice, question):
    def deliver() -> None:
        with delivery(alice, MONDAY):
            grade(alice, question, 3, MONDAY, held=True)
            assert ReviewEvent.objects.exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deliver()
    assert not ReviewEvent.objects.exists()
    assert not Card.objects.exists()


def test_a_card_that_another_made_in_between_is_taken(alice, question):
    there = grade(alice, question, 3, MONDAY).card
    twin = Card(user=alice, question=question, form="recall", seed=1, created_at=MONDAY)

    assert not insert(twin)
    assert Card.objects.get() == there


def test_someone_elses_card_and_event_do_not_exist(alice, mallory, question):
    recorded = grade(alice, question, 3, MONDAY, client_uuid=UUID)

    with pytest.raises(Card.DoesNotExist):
        get_card_for(mallory, recorded.card.pk)
    with pytest.raises(ReviewEvent.DoesNotExist):
        get_event_for(mallory, UUID)
    assert get_event_for(alice, UUID) == recorded.event


@pytest.mark.django_db(transaction=True)
def test_twenty_posts_at_once_are_one_review(alice):
    question = make_question()
    start, created = Barrier(5), []

    def post() -> None:
        start.wait()
        for _ in range(4):
            recorded = grade(alice, question, 3, MONDAY, client_uuid=UUID)
            created.append(recorded.created)
        connection.close()

    threads = [Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(created) == [False] * 19 + [True]
    assert Card.objects.get().reps == 1


@pytest.mark.django_db(transaction=True)
def test_two_quick_taps_are_scheduled_one_after_the_other(alice):
    question = make_question()
    start = Barrier(2)

    def tap() -> None:
        start.wait()
        grade(alice, question, 3, MONDAY)
        connection.close()

    threads = [Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Card.objects.get().reps == 2
    assert sorted(event.after_step or 0 for event in ReviewEvent.objects.all()) == [0, 1]
