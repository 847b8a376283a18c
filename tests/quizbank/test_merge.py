"""A guest signs in to an account they already had: nothing lost, nothing doubled."""

from __future__ import annotations

import uuid
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest
from django.db import connection
from hypothesis import given

from quizbank.models import Card, EventKind, ReviewEvent, User
from quizbank.services import merging
from quizbank.services.acts import perform, suspend
from quizbank.services.audit import audit
from quizbank.services.given import Given, GivenAct
from quizbank.services.interviews import close_interview, set_interview
from quizbank.services.people import issue_token, merge_guest, start_guest, token_user
from quizbank.services.study import record_batch, undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import histories, learner, live
from tests.quizbank.study_cast import grade, make_question, make_questions, memories, memory

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


def mild(history):
    """Without new settings and parameters: those of a guest are not taken over."""
    return [(deed, wait) for deed, wait in history if deed[0] not in ("adopt", "change")]


@examples(15, 200)
@given(histories.map(mild), histories.map(mild))
def test_the_account_ends_as_if_one_person_had_done_it_all(questions, as_guest, as_account):
    # How full a day was for one of them is another matter than for the two together.
    guest, account, both = (learner(load_balancing=False) for _ in range(3))
    live(guest, questions, as_guest)
    live(account, questions, as_account)
    logs = [ReviewEvent.objects.filter(user=user).order_by("id") for user in (account, guest)]
    for event in sorted((e for log in logs for e in log), key=lambda event: event.received_at):
        do_again(both, event)
    merge_guest(guest=guest, account=account, now=LATER)
    merge_guest(guest=guest, account=account, now=LATER)

    assert memories(account) == memories(both)
    assert uuids(account) == uuids(both)
    assert audit(user=account, repair=False).differences == []


def do_again(user, event):
    """What somebody did, done by somebody else at the same time and under the same UUID."""
    asked = {"user": user, "client_uuid": event.client_uuid, "now": event.received_at}
    if event.kind == "undo":
        target = ReviewEvent.objects.get(user=user, client_uuid=event.undoes.client_uuid)
        undo(**asked, event=target)
        return
    asked |= {"question": event.card.question, "reviewed_at": event.reviewed_at}
    if event.rating:
        grade(**asked, rating=event.rating, cram=event.kind == "cram")
        return
    user, now = asked.pop("user"), asked.pop("now")
    given = GivenAct(kind=EventKind(event.kind), days=event.interval_chosen, **asked)
    perform(user=user, given=given, now=now)


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


def do_review(guest, question, name):
    return grade(guest, question, 3, LATER, client_uuid=name)


def do_batch(guest, question, name):
    item = Given(question=question, rating=3, client_uuid=name)
    (delivered,) = record_batch(user=guest, items=[item], now=LATER)
    return delivered.recorded


def do_act(guest, question, name):
    return suspend(user=guest, question=question, client_uuid=name, now=LATER)


def do_undo(guest, question, name):
    event = ReviewEvent.objects.get(user=guest)
    return undo(user=guest, client_uuid=name, now=LATER, event=event)


@pytest.mark.parametrize("deed", [do_review, do_batch, do_act, do_undo])
def test_what_was_on_its_way_while_the_guest_signed_in_is_the_accounts(alice, guest, deed):
    question, name = make_question(), uuid.uuid4()
    grade(guest, question, 3, MONDAY)
    asking = User.objects.get(pk=guest.pk)  # by a request that began before
    merge_guest(guest=guest, account=alice, now=LATER)
    done = deed(asking, question, name)
    again = deed(asking, question, name)

    assert (done.created, again.created) == (True, False)
    assert again.event == done.event == ReviewEvent.objects.get(user=alice, client_uuid=name)
    assert ReviewEvent.objects.filter(user=guest).count() == 1
    assert done.card.user_id == alice.pk
    assert audit(user=alice, repair=False).differences == []


def test_an_interview_set_or_ended_while_the_guest_signed_in_is_the_accounts(alice, guest):
    grade(guest, make_question(), 3, MONDAY)
    asking = User.objects.get(pk=guest.pk)
    merge_guest(guest=guest, account=alice, now=LATER)
    interview = set_interview(user=asking, day=LATER.date() + timedelta(days=9), now=LATER)
    assert interview.user == alice
    assert close_interview(user=asking, now=LATER) == interview


@pytest.mark.django_db(transaction=True)
def test_a_review_that_waits_for_the_merge_is_not_lost(alice, monkeypatch):
    guest, question, held = start_guest(now=MONDAY), make_question(), Event()
    refold = merging.refold
    grade(guest, question, 3, MONDAY)
    asking = User.objects.get(pk=guest.pk)

    def slowly(card):
        held.set()
        sleep(0.3)  # the review is there meanwhile, and waits
        return refold(card)

    def sign_in() -> None:
        merge_guest(guest=guest, account=alice, now=LATER)
        connection.close()

    monkeypatch.setattr(merging, "refold", slowly)
    thread = Thread(target=sign_in)
    thread.start()
    assert held.wait(10)
    grade(asking, question, 3, LATER)
    thread.join()

    assert ReviewEvent.objects.filter(user=alice).count() == 2
    assert Card.objects.get(user=alice).reps == 2
