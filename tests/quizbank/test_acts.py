"""A card can be hidden, brought back, moved and forgotten, and each can be taken back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from quizbank.models import Card, ReviewEvent, StudyProfile, User
from quizbank.queries.study import counts, next_item
from quizbank.scheduling import Memory
from quizbank.services.acts import bury, perform, plan, reset, set_due, suspend, unsuspend
from quizbank.services.audit import audit
from quizbank.services.given import Given, GivenAct
from quizbank.services.study import BadReview, ReviewConflict, record_batch, undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, memory

DAY = timedelta(days=1)


@pytest.fixture
def question(alice):
    User.objects.filter(pk=alice.pk).update(date_joined=MONDAY - 400 * DAY)
    alice.refresh_from_db()
    StudyProfile.objects.create(user=alice, new_per_day=0)
    return make_question()


def act(deed, user, question, now=MONDAY, **more):
    more.setdefault("client_uuid", uuid.uuid4())
    return deed(user=user, question=question, now=now, **more)


def shown(user, now=MONDAY) -> bool:
    return next_item(user, now) is not None


def studied(user, question) -> Memory:
    """A card in review that is due on Monday."""
    for days in (20, 16):
        grade(user, question, 3, MONDAY - days * DAY)
    assert shown(user)
    return memory(user, question)


def test_a_suspended_card_is_not_asked_until_it_is_brought_back(alice, question):
    before = studied(alice, question)
    act(suspend, alice, question)
    assert not shown(alice, MONDAY + 90 * DAY)
    assert counts(alice, MONDAY).due == 0

    act(unsuspend, alice, question, MONDAY + DAY)
    assert shown(alice, MONDAY + DAY)
    assert memory(alice, question) == before._replace(touched=MONDAY + DAY)


def test_a_buried_card_rises_on_its_day(alice, question):
    studied(alice, question)
    act(bury, alice, question, days=2)

    assert [shown(alice, MONDAY + days * DAY) for days in range(3)] == [False, False, True]


@pytest.mark.parametrize("days", [0, 3, 400])
def test_a_card_moved_by_hand_is_due_on_that_day_and_remembered_as_before(alice, question, days):
    before = studied(alice, question)
    act(set_due, alice, question, days=days)
    after = memory(alice, question)

    assert after.due_day == MONDAY.date() + days * DAY
    assert after._replace(due=before.due, due_day=before.due_day, touched=before.touched) == before
    assert shown(alice, MONDAY + days * DAY)
    assert days == 0 or not shown(alice, MONDAY + (days - 1) * DAY)


def test_a_card_that_was_reset_starts_anew_and_its_past_stays(alice, question):
    studied(alice, question)
    act(reset, alice, question)

    assert memory(alice, question) == Memory(touched=MONDAY)
    assert ReviewEvent.objects.filter(user=alice, kind="review").count() == 2
    fresh = make_question("initialisation/other", 1)
    later = MONDAY + DAY
    again, anew = (grade_anew(alice, which, later) for which in (question, fresh))
    assert again._replace(touched=None) == anew._replace(touched=None)


def grade_anew(user, question, now) -> Memory:
    grade(user, question, 3, now)
    return memory(user, question)


@pytest.mark.parametrize(
    ("deed", "more"),
    [(suspend, {}), (reset, {}), (bury, {"days": 1}), (set_due, {"days": 9})],
)
def test_each_act_can_be_taken_back_and_repeated(alice, question, deed, more):
    before = studied(alice, question)
    key = uuid.uuid4()
    done = act(deed, alice, question, client_uuid=key, **more)
    again = act(deed, alice, question, MONDAY + DAY, client_uuid=key, **more)
    assert (again.event, again.created) == (done.event, False)
    with pytest.raises(ReviewConflict):
        act(unsuspend, alice, question, client_uuid=key)

    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY + DAY, event=done.event)
    assert memory(alice, question) == before
    assert audit(user=alice, repair=False).differences == []


def test_a_review_that_arrives_after_an_act_but_was_earlier_is_put_before_it(alice, question):
    studied(alice, question)
    act(set_due, alice, question, days=30)
    grade(alice, question, 1, MONDAY + DAY, reviewed_at=MONDAY - DAY)

    after = memory(alice, question)
    assert (after.lapses, after.due_day) == (1, MONDAY.date() + 30 * DAY)
    assert audit(user=alice, repair=False).differences == []


@pytest.mark.parametrize(("deed", "more"), [(suspend, {}), (bury, {"days": 2})])
def test_a_question_put_aside_before_it_was_studied_is_not_new(alice, question, deed, more):
    StudyProfile.objects.filter(user=alice).update(new_per_day=5)
    assert next_item(alice, MONDAY).question == question
    act(deed, alice, question, **more)
    assert not shown(alice)
    assert counts(alice, MONDAY).new == 0

    assert shown(alice, MONDAY + 2 * DAY) == (deed is bury)
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    assert shown(alice)


def test_an_undo_takes_back_the_latest_deed_whatever_its_kind(alice, question):
    before = studied(alice, question)
    act(plan, alice, question, days=1)  # no deed of its own: it came with a quiz
    act(bury, alice, question, MONDAY + timedelta(seconds=1), days=3)
    act(suspend, alice, question, MONDAY + timedelta(seconds=2))
    taken_back = [
        undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY + DAY).event.undoes.kind
        for _ in range(3)
    ]
    assert taken_back == ["suspend", "bury", "review"]
    assert memory(alice, question).reps == before.reps - 1


def test_an_act_done_offline_is_put_where_it_was_done(alice, mallory, question):
    mallory.date_joined = alice.date_joined
    for user, order in ((alice, (0, 1, 2)), (mallory, (2, 0, 1))):
        StudyProfile.objects.update_or_create(user=user, defaults={"load_balancing": False})
        items: list[Given | GivenAct] = [
            Given(**name(), question=question, rating=4, reviewed_at=MONDAY - 30 * DAY),
            GivenAct(**name(), question=question, kind="reset", reviewed_at=MONDAY - 20 * DAY),
            Given(**name(), question=question, rating=4, reviewed_at=MONDAY - 10 * DAY),
        ]
        delivered = record_batch(user=user, items=[items[i] for i in order], now=MONDAY)
        assert all(one.recorded.created for one in delivered)
        assert audit(user=user, repair=False).differences == []
    assert memory(alice, question) == memory(mallory, question)
    assert memory(alice, question).reps == 1


def name() -> dict[str, uuid.UUID]:
    return {"client_uuid": uuid.uuid4()}


def test_an_act_on_a_clock_that_cannot_be_is_refused(alice, question):
    long_ago = GivenAct(**name(), question=question, kind="suspend", reviewed_at=MONDAY - 91 * DAY)
    with pytest.raises(BadReview, match="90 days"):
        perform(user=alice, given=long_ago, now=MONDAY)
    ahead = GivenAct(**name(), question=question, kind="suspend", reviewed_at=MONDAY + DAY)
    event = perform(user=alice, given=ahead, now=MONDAY).event
    assert event.reviewed_at == MONDAY + timedelta(minutes=5)
    assert event.client_time == MONDAY + DAY


@pytest.mark.parametrize("deed", [bury, set_due])
@pytest.mark.parametrize("days", [-1, 36_501, None, True, 1.0])
def test_a_day_out_of_reach_is_refused(alice, question, deed, days):
    with pytest.raises(BadReview, match="days"):
        act(deed, alice, question, days=days)
    assert not Card.objects.exists()


@pytest.mark.parametrize(("suspends", "hidden"), [(False, False), (True, True)])
def test_a_card_lapsed_too_often_is_a_leech(alice, question, suspends, hidden):
    StudyProfile.objects.filter(user=alice).update(leech_threshold=2, leech_suspends=suspends)
    now = MONDAY - 300 * DAY
    for rating in (4, 1, 3, 1):
        now += 30 * DAY
        grade(alice, question, rating, now)
    after = memory(alice, question)

    assert (after.lapses, after.leech, after.suspended) == (2, True, hidden)
    assert audit(user=alice, repair=False).differences == []
    undo(user=alice, client_uuid=uuid.uuid4(), now=now)
    assert (memory(alice, question).leech, memory(alice, question).suspended) == (False, False)
