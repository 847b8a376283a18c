"""A guest signs in to an account they already had: nothing lost, nothing doubled."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizbank.models import Card, ReviewEvent, StudyProfile
from quizbank.services.audit import audit
from quizbank.services.people import issue_token, merge_guest, start_guest, token_user
from quizbank.services.study import undo
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_question, make_questions, memories, memory

few = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
LATER = MONDAY + timedelta(days=40)


@pytest.fixture
def questions(db):
    return make_questions(3)


@pytest.fixture
def guest(db):
    return start_guest(now=MONDAY)


def uuids(user):
    return sorted(ReviewEvent.objects.filter(user=user).values_list("client_uuid", flat=True))


def test_what_only_the_guest_did_arrives_as_it_was(alice, guest):
    question = make_question()
    for days in (0, 3, 15):
        grade(guest, question, 3, MONDAY + timedelta(days=days))
    before, said = memory(guest, question), uuids(guest)
    merge_guest(guest=guest, account=alice, now=LATER)

    assert memory(alice, question) == before
    assert uuids(alice) == said


histories = st.lists(
    st.tuples(
        st.sampled_from(["guest", "account"]),
        st.integers(0, 2),
        st.integers(0, 4),
        st.integers(1, 5_000),
    ),
    min_size=1,
    max_size=15,
)


@few
@given(histories)
def test_the_account_ends_as_if_one_person_had_done_it_all(questions, history):
    guest, account, both = (start_guest(now=MONDAY) for _ in range(3))
    # How full a day was for one of them is another matter than for the three together.
    StudyProfile.objects.update(load_balancing=False)
    now = MONDAY
    for who, index, rating, minutes in history:
        now += timedelta(minutes=minutes)
        user = guest if who == "guest" else account
        if rating:
            event = grade(user, questions[index], rating, now).event
            grade(both, questions[index], rating, now, client_uuid=event.client_uuid)
        elif taken := undo(user=user, client_uuid=uuid.uuid4(), now=now):
            regretted = ReviewEvent.objects.get(undone_by=taken.event)
            target = ReviewEvent.objects.get(user=both, client_uuid=regretted.client_uuid)
            undo(user=both, client_uuid=taken.event.client_uuid, now=now, event=target)
    merge_guest(guest=guest, account=account, now=LATER)
    merge_guest(guest=guest, account=account, now=LATER)

    assert memories(account) == memories(both)
    assert uuids(account) == uuids(both)
    assert audit(user=account, repair=False).differences == []


def test_the_guest_is_closed_and_their_log_stays(alice, guest):
    grade(guest, make_question(), 3, MONDAY)
    plain = issue_token(user=guest, name="phone", scopes=["read"], now=MONDAY)
    merge_guest(guest=guest, account=alice, now=LATER)

    assert not guest.is_active
    assert guest.merged_into == alice
    assert token_user(plain, LATER) is None
    assert ReviewEvent.objects.filter(user=guest).count() == 1


def test_a_review_posted_as_both_is_one(alice, guest, questions):
    both = uuid.uuid4()
    grade(guest, questions[0], 3, MONDAY, client_uuid=both)
    grade(alice, questions[0], 3, MONDAY, client_uuid=both)
    merge_guest(guest=guest, account=alice, now=LATER)

    assert uuids(alice) == [both]
    assert Card.objects.get(user=alice).reps == 1


def test_only_a_guest_can_be_merged_and_only_once(alice, mallory, guest):
    for given_up, account in ((alice, mallory), (guest, guest)):
        with pytest.raises(ValueError, match="only a guest"):
            merge_guest(guest=given_up, account=account, now=LATER)
    merge_guest(guest=guest, account=alice, now=LATER)
    with pytest.raises(ValueError, match="already belongs"):
        merge_guest(guest=guest, account=mallory, now=LATER)
