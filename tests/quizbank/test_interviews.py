"""An interview is set, studied towards, foretold, and put behind."""

from __future__ import annotations

import itertools
import math
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import Card, Interview, ReviewEvent
from quizbank.queries import sessions
from quizbank.queries.interviews import Standing, _estimate, standing
from quizbank.queries.sessions import INTERVIEW, Wish, next_of
from quizbank.queries.study import next_item, previews
from quizbank.queries.takeout import everything
from quizbank.services.acts import suspend, unsuspend
from quizbank.services.audit import audit
from quizbank.services.errors import PeopleError
from quizbank.services.interviews import FARTHEST, close_interview, set_interview
from quizbank.services.own_questions import Wanted, make_own
from quizbank.services.people import merge_guest, start_guest
from quizbank.services.study import undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions

DAY = timedelta(days=1)
TODAY = MONDAY.date()


def learn(user, question, now=MONDAY, times=3):
    """Answer it Easy on days far enough apart for a long interval."""
    for _ in range(times):
        grade(user, question, 4, now)
        now += timedelta(days=Card.objects.get(user=user, question=question).interval)
    return Card.objects.get(user=user, question=question)


def foretold(user, now) -> Standing:
    found = standing(user, now)
    assert found is not None
    return found


def test_cards_due_only_after_it_are_planned_for_a_last_look(alice):
    questions = make_questions(6)
    for question in questions:
        grade(alice, question, 4, MONDAY)  # eight days, give or take
    before = {card.pk: card.due_day for card in Card.objects.all()}
    interview = set_interview(user=alice, day=TODAY + 5 * DAY, now=MONDAY)

    cards = list(Card.objects.all())
    assert {card.due_day for card in cards} <= {TODAY + 3 * DAY, TODAY + 4 * DAY}
    assert len(interview.planned) == 6
    assert {card.due_day for card in cards} == {
        interview.aim.last_look(card.seed) for card in cards
    }
    assert audit(user=alice, repair=False).differences == []

    close_interview(user=alice, now=MONDAY)
    assert {card.pk: card.due_day for card in Card.objects.all()} == before
    assert ReviewEvent.objects.filter(kind="undo").count() == 6


def test_a_card_answered_meanwhile_keeps_what_its_answer_promised(alice):
    question = make_question()
    grade(alice, question, 4, MONDAY)
    set_interview(user=alice, day=TODAY + 5 * DAY, now=MONDAY)
    grade(alice, question, 3, MONDAY + 4 * DAY)
    promised = Card.objects.get().due_day
    close_interview(user=alice, now=MONDAY + 4 * DAY)
    assert Card.objects.get().due_day == promised


def test_answers_lead_to_a_last_look_and_pages_promise_the_same(alice):
    questions = make_questions(8)
    set_interview(user=alice, day=TODAY + 20 * DAY, now=MONDAY)
    for question, rating in zip(questions, itertools.cycle((3, 4)), strict=False):
        now = MONDAY
        while True:
            card = Card.objects.filter(question=question).first()
            promised = previews(card, alice, now, unseen=question)[rating].days
            recorded = grade(alice, question, rating, now)
            assert recorded.card.interval == promised
            card = recorded.card
            if card.due_day >= TODAY + 20 * DAY:
                break
            assert card.due_day < TODAY + 20 * DAY
            now = max(now + timedelta(minutes=20), card.due)
        # It was seen in the last two days, and only from there the next date lies beyond.
        assert card.last_day >= TODAY + 18 * DAY
    assert audit(user=alice, repair=False).differences == []


def test_what_the_interview_does_not_ask_keeps_its_dates(alice):
    inside = make_question("initialisation/asked")
    outside = make_question("optimisers/not_asked")
    plain = {q.pk: previews(None, alice, MONDAY, unseen=q)[4].days for q in (inside, outside)}
    set_interview(user=alice, day=TODAY + 5 * DAY, now=MONDAY, topics=["initialisation"])
    assert previews(None, alice, MONDAY, unseen=outside)[4].days == plain[outside.pk]
    assert previews(None, alice, MONDAY, unseen=inside)[4].days < plain[inside.pk]
    # After it, all is as before.
    after = MONDAY + 5 * DAY
    assert previews(None, alice, after, unseen=inside)[4].days == plain[inside.pk]


def test_new_questions_of_the_interview_come_first_and_it_has_a_session_of_its_own(alice):
    first, second = make_question("a/first", 0), make_question("b/second", 1)
    assert next_item(alice, MONDAY).question == first
    assert next_of(alice, MONDAY, Wish(topic=INTERVIEW)) is None
    set_interview(user=alice, day=TODAY + 9 * DAY, now=MONDAY, topics=["b"])
    assert next_item(alice, MONDAY).question == second
    for kind in ("due", "new"):
        assert next_of(alice, MONDAY, Wish(kind, INTERVIEW)).question == second
    grade(alice, second, 4, MONDAY)
    assert next_of(alice, MONDAY, Wish("new", INTERVIEW)) is None
    assert next_of(alice, MONDAY, Wish("cram", INTERVIEW)).question == second
    assert next_item(alice, MONDAY).question == first
    assert sessions.offers(alice, MONDAY).kinds == ["new", "cram"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("day", {"day": TODAY}),
        ("day", {"day": TODAY - DAY}),
        ("day", {"day": TODAY + FARTHEST + DAY}),
        ("title", {"title": "x" * 121}),
        ("topics", {"topics": ["nowhere"]}),
        ("levels", {"levels": ["hard"]}),
        ("questions", {"questions": ["initialisation/none"]}),
        ("retention", {"retention": 0.5}),
        ("retention", {"retention": math.nan}),
        ("topics", {"levels": ["deep"]}),  # the bank has core questions alone
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(alice, field, wrong):
    make_questions(2)
    kept = set_interview(user=alice, day=TODAY + 30 * DAY, now=MONDAY, title="kept")
    with pytest.raises(PeopleError) as refused:
        set_interview(**{"user": alice, "day": TODAY + 9 * DAY, "now": MONDAY, **wrong})
    assert list(refused.value.errors) == [field]
    kept.refresh_from_db()
    assert (kept.title, kept.day) == ("kept", TODAY + 30 * DAY)
    assert Interview.objects.count() == 1


def test_nobody_can_ask_for_the_own_question_of_somebody_else(alice, mallory):
    question = make_question()
    question.owner = mallory
    question.save()
    with pytest.raises(PeopleError):
        set_interview(user=alice, day=TODAY + DAY, now=MONDAY, questions=[question.path])


def test_an_interview_may_ask_what_is_ones_own(alice, alice_client):
    make_questions(2)
    (own,), _ = make_own(owner=alice, wanted=[Wanted("Why a warm-up?", "<p>…</p>")], now=MONDAY)
    interview = set_interview(user=alice, day=TODAY + 10 * DAY, now=MONDAY, questions=[own.path])
    assert list(interview.may_ask()) == [own]
    path = f'value="{own.path}"'
    assert path in alice_client.get("/en/interview/").content.decode()
    assert alice_client.get("/api/v1/me/interview/").json()["questions"] == [own.path]
    assert everything(alice, MONDAY)["interviews"][0]["questions"] == [own.path]


def test_what_is_ones_own_can_be_taken_off_the_list_again(alice):
    make_questions(2)
    both = [Wanted("Why a warm-up?", "<p>…</p>"), Wanted("Why a decay?", "<p>…</p>")]
    (warm, decay), _ = make_own(owner=alice, wanted=both, now=MONDAY)
    ahead = {"user": alice, "day": TODAY + 10 * DAY, "now": MONDAY}
    set_interview(**ahead, questions=[warm.path, decay.path])
    assert list(set_interview(**ahead, questions=[decay.path]).may_ask()) == [decay]
    assert set_interview(**ahead).may_ask().count() == 2, "the whole bank"


def test_another_interview_takes_the_place_of_one_that_has_been(alice):
    make_questions(2)
    first = set_interview(user=alice, day=TODAY + 2 * DAY, now=MONDAY, title="first")
    changed = set_interview(user=alice, day=TODAY + 3 * DAY, now=MONDAY)
    assert changed.pk == first.pk
    later = set_interview(user=alice, day=TODAY + 9 * DAY, now=MONDAY + 5 * DAY)
    first.refresh_from_db()
    assert later.pk != first.pk
    assert first.closed_at == MONDAY + 5 * DAY


def test_an_undone_answer_leads_back_before_the_interview(alice):
    question = make_question()
    card = learn(alice, question)
    now = MONDAY + timedelta(days=(card.last_day - TODAY).days)
    set_interview(user=alice, day=now.date() + 6 * DAY, now=now)
    planned = Card.objects.get().due_day
    recorded = grade(alice, question, 3, now + DAY)
    undo(user=alice, client_uuid=uuid.uuid4(), now=now + DAY, event=recorded.event)
    assert Card.objects.get().due_day == planned


# --- What is foretold ---


def test_a_standing_counts_what_is_learnt_and_what_is_not(alice, django_assert_max_num_queries):
    questions = make_questions(30)
    for question in questions[:10]:
        grade(alice, question, 3, MONDAY)
        grade(alice, question, 3, MONDAY + timedelta(minutes=11))
    set_interview(user=alice, day=TODAY + 10 * DAY, now=MONDAY)
    with django_assert_max_num_queries(14):
        found = foretold(alice, MONDAY + DAY)
    assert (found.asked, found.studied, found.unseen, found.days_left) == (30, 10, 20, 9)
    assert 0.25 < found.now.shares[0] < 1 / 3
    assert found.now.low <= found.now.mean <= found.now.high <= 10
    (pace,) = found.paces
    assert (pace.new_per_day, pace.learnt) == (10, 30)
    assert pace.on_the_day.mean > 26
    assert len(pace.by_day) == len(found.days) == 9
    assert [day.last for day in found.days] == [False] * 7 + [True] * 2
    assert sum(day.due for day in found.days) == 10
    assert len(pace.known) == len(found.stopping) == 10
    assert math.isclose(pace.known[0], found.now.mean)
    assert math.isclose(found.stopping[0], found.now.mean)
    assert found.stopping == sorted(found.stopping, reverse=True)
    assert pace.known[-1] > found.stopping[-1]
    assert sum(one.asked for one in found.topics) == 30
    assert math.isclose(sum(one.recalled for one in found.topics), found.now.mean)
    chances = [chance for _, chance in found.weakest]
    assert chances == sorted(chances)
    assert standing(alice, MONDAY + DAY) == found  # also from what was kept


def test_a_pace_that_leaves_questions_unseen_is_set_beside_one_that_does_not(alice):
    make_questions(30)
    alice_profile = set_interview(user=alice, day=TODAY + 5 * DAY, now=MONDAY).user.study_profile
    alice_profile.new_per_day = 2
    alice_profile.save()
    slow, needed = foretold(alice, MONDAY).paces
    assert (slow.new_per_day, slow.learnt) == (2, 10)
    assert (needed.new_per_day, needed.learnt) == (6, 30)
    assert needed.on_the_day.low > slow.on_the_day.high
    assert needed.minutes > slow.minutes


def test_nothing_is_foretold_without_an_interview_ahead(alice):
    make_questions(2)
    assert standing(None, MONDAY) is None
    assert standing(alice, MONDAY) is None
    set_interview(user=alice, day=TODAY + DAY, now=MONDAY)
    assert foretold(alice, MONDAY).days_left == 1
    assert standing(alice, MONDAY + DAY) is None


@given(chances=st.lists(st.floats(0, 1), max_size=30))
def test_the_interval_holds_what_chance_allows(chances):
    found = _estimate(chances, 30)
    variance = sum(chance * (1 - chance) for chance in chances)
    assert math.isclose(found.mean, sum(chances))
    assert found.low <= found.mean + 0.5
    assert found.high >= found.mean - 0.5
    assert found.high - found.low <= 2 * math.sqrt(variance / 0.025) + 2  # Chebyshev


def test_the_interval_of_equal_coins_is_that_of_the_binomial():
    found = _estimate([0.5] * 20, 20)
    assert (found.low, found.high) == (6, 14)
    assert _estimate([1.0] * 7, 20) == _estimate([1.0] * 7 + [0.0] * 9, 20)
    assert _estimate([], 5).shares == (0, 0, 0)


def test_a_suspended_card_that_is_brought_back_has_its_last_look(alice):
    question = make_question()
    learn(alice, question, times=2)
    asked = {"user": alice, "question": question, "now": MONDAY + 20 * DAY}
    suspend(**asked, client_uuid=uuid.uuid4())
    before = Card.objects.get().due_day
    interview = set_interview(user=alice, day=TODAY + 25 * DAY, now=MONDAY + 20 * DAY)
    assert Card.objects.get().suspended
    unsuspend(**asked, client_uuid=uuid.uuid4())
    card = Card.objects.get()
    assert card.due_day == interview.aim.last_look(card.seed) < before
    assert audit(user=alice, repair=False).differences == []


# --- A guest signs in ---


def test_plans_of_a_guests_interview_go_with_it_and_those_of_the_accounts_come(alice):
    questions, guest, now = make_questions(3), start_guest(now=MONDAY), MONDAY + 30 * DAY
    for question in questions:
        learn(guest, question, times=2)
    due = due_days(guest)
    assert min(due.values()) > now.date() + 20 * DAY
    set_interview(user=guest, day=now.date() + 9 * DAY, now=now)
    assert max(due_days(guest).values()) < now.date() + 9 * DAY
    standing = set_interview(user=alice, day=now.date() + 20 * DAY, now=now)
    merge_guest(guest=guest, account=alice, now=now)

    standing.refresh_from_db()
    assert [one.pk for one in alice.interviews.filter(closed_at=None)] == [standing.pk]
    assert alice.interviews.count() == 2
    looks = {card.question_id: standing.aim.last_look(card.seed) for card in alice.cards.all()}
    assert due_days(alice) == looks
    assert audit(user=alice, repair=False).differences == []
    close_interview(user=alice, now=now + DAY)
    assert due_days(alice) == due


def test_the_interview_a_guest_brings_plans_the_accounts_cards_too(alice):
    ours, theirs = make_questions(2)
    guest, now = start_guest(now=MONDAY), MONDAY + 30 * DAY
    learn(alice, ours, times=2)
    learn(guest, theirs, times=2)
    due = due_days(alice) | due_days(guest)
    brought = set_interview(user=guest, day=now.date() + 9 * DAY, now=now)
    merge_guest(guest=guest, account=alice, now=now)

    looks = {card.question_id: brought.aim.last_look(card.seed) for card in alice.cards.all()}
    assert due_days(alice) == looks
    close_interview(user=alice, now=now + DAY)
    assert due_days(alice) == due


def due_days(user):
    return dict(Card.objects.filter(user=user).values_list("question", "due_day"))
