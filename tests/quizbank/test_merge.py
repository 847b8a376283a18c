"""A guest signs in to an account they already had: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from threading import Event, Thread
from time import sleep

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from hypothesis import given

from quizbank.exchange.notes import Deed, Note, Past
from quizbank.models import (
    Card,
    EventKind,
    Interview,
    MockInterview,
    MockQuestion,
    Passage,
    Question,
    QuizAnswer,
    QuizSession,
    ReviewEvent,
    User,
)
from quizbank.queries.takeout import everything
from quizbank.services import merging
from quizbank.services.acts import perform, suspend
from quizbank.services.audit import audit
from quizbank.services.bringing import bring_in, takeout
from quizbank.services.given import Given, GivenAct
from quizbank.services.importing import import_document
from quizbank.services.interviews import close_interview, set_interview
from quizbank.services.people import erase_person, issue_token, merge_guest, start_guest, token_user
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


# --- Questions of one's own that both have ---

DECK = [
    Note(
        key=f"g/{number}",
        front=f"What is number {number}?",
        back="It is so.",
        past=tuple(
            Past(f"g/{number}/{n}", Deed.REVIEW, MONDAY - timedelta(days=30 - 5 * n), 3, 1000, 5)
            for n in range(3)
        ),
    )
    for number in range(2)
]


def bring_deck(user, notes=DECK):
    bring_in(user=user, notes=notes, origin="anki", now=MONDAY)
    return list(Question.everyone.filter(owner=user).order_by("slug"))


def assert_one_log(account, questions):
    """Each question of the account has one card, and every undo is with what it undoes."""
    assert list(Question.everyone.filter(owner=account).order_by("slug")) == questions
    assert Card.objects.filter(user=account).count() == len(questions)
    undos = ReviewEvent.objects.filter(user=account, kind="undo")
    assert all(event.card_id == event.undoes.card_id for event in undos)
    assert audit(user=account, repair=False).differences == []


def test_a_deck_that_both_brought_in_is_there_once_with_all_that_was_done(alice, guest):
    ours, theirs = bring_deck(alice), bring_deck(guest)
    grade(alice, ours[0], 3, MONDAY + timedelta(hours=1))
    grade(guest, theirs[0], 4, MONDAY + timedelta(hours=2))
    brought = ReviewEvent.objects.filter(user=guest, card__question=theirs[1])
    undo(user=guest, client_uuid=uuid.uuid4(), now=LATER, event=brought.latest("reviewed_at"))
    guests = memory(guest, theirs[1])
    for _ in range(2):
        merge_guest(guest=guest, account=alice, now=LATER)
        assert_one_log(alice, ours)
        assert ReviewEvent.objects.filter(user=alice).count() == 6 + 3
        assert memory(alice, ours[0]).reps == 5
        assert memory(alice, ours[1]).reps == guests.reps == 2
    assert audit(user=guest, repair=False).differences == []
    assert ReviewEvent.objects.filter(user=guest).count() == 6 + 2, "the guest's log stays"
    erase_person(user=alice, now=LATER)
    assert not Question.everyone.exists()


def test_what_only_the_guest_brought_in_comes_along_beside_it(alice, guest):
    ours = bring_deck(alice, DECK[:1])
    theirs = bring_deck(guest)
    merge_guest(guest=guest, account=alice, now=LATER)
    extra = [question for question in theirs if question.slug != ours[0].slug]
    assert_one_log(alice, sorted([*ours, *extra], key=lambda question: question.slug))


def test_all_that_names_a_guests_copy_names_the_accounts_question(alice, guest):
    notes = "# Mine\n\n## Why is the sky blue?\n\nScattering.\n\n{}"
    for user, more in ((alice, ""), (guest, "More.\n")):
        data = notes.format(more).encode()
        import_document(owner=user, name="a.md", data=data, now=MONDAY)
    ours, theirs = (Question.everyone.get(owner=user) for user in (alice, guest))
    Question.everyone.filter(pk=ours.pk).update(retired_at=MONDAY)
    answer = {"position": 1, "item_position": 1, "kind": "numeric", "item": {}}
    quiz = QuizSession.objects.create(owner=guest, seed=1, created_at=MONDAY)
    QuizAnswer.objects.create(quiz=quiz, question=theirs, **answer)
    mock = MockInterview.objects.create(owner=guest, seed=1, minutes=9, created_at=MONDAY)
    MockQuestion.objects.create(mock=mock, question=theirs, position=1, depth=0, rubric={})
    interview = Interview.objects.create(user=guest, day=LATER.date() + timedelta(days=9))
    interview.questions.add(theirs)
    merge_guest(guest=guest, account=alice, now=LATER)

    assert Question.everyone.get() == ours
    assert Question.everyone.get().retired_at is None, "the guest brought it in again"
    assert QuizAnswer.objects.get().question == MockQuestion.objects.get().question == ours
    assert Interview.questions.through.objects.get().question_id == ours.pk
    assert Passage.objects.filter(question=ours).count() == 2


def test_a_deck_of_ones_own_that_comes_back_through_a_package_is_known(alice, guest):
    (ours, _) = bring_deck(alice)
    done = grade(alice, ours, 3, MONDAY).event
    past = (Past(str(done.client_uuid), Deed.REVIEW, MONDAY, 3, 1000, 0),)
    note = Note(key="x", path=ours.path, front=ours.title_en, back="It is so.", past=past)
    bring_deck(guest, [note])
    questions = list(Question.everyone.filter(owner=alice).order_by("slug"))
    merge_guest(guest=guest, account=alice, now=LATER)
    assert_one_log(alice, questions)


def test_equal_numbers_of_events_on_different_cards_are_different_events(alice, guest, questions):
    name = uuid.uuid4()
    grade(alice, questions[0], 3, MONDAY, client_uuid=name)
    theirs = grade(guest, questions[1], 3, MONDAY, client_uuid=name).event
    undo(user=guest, client_uuid=uuid.uuid4(), now=MONDAY, event=theirs)
    for _ in range(2):
        merge_guest(guest=guest, account=alice, now=LATER)
        assert ReviewEvent.objects.filter(user=alice).count() == 3
        assert [memory(alice, question).reps for question in questions] == [1, 0, 0]
        assert audit(user=alice, repair=False).differences == []


@pytest.mark.parametrize("deed", [do_review, do_batch, do_act, do_undo])
def test_what_was_on_its_way_to_a_guests_copy_reaches_the_accounts_question(alice, guest, deed):
    (ours, other), (theirs, _) = bring_deck(alice), bring_deck(guest)
    grade(guest, theirs, 3, MONDAY)
    asking, name = User.objects.get(pk=guest.pk), uuid.uuid4()
    event = ReviewEvent.objects.filter(user=guest).latest("id")
    merge_guest(guest=guest, account=alice, now=LATER)
    if deed is do_undo:
        done = undo(user=asking, client_uuid=name, now=LATER, event=event)
    else:
        done = deed(asking, theirs, name)
    assert (done.card.user_id, done.card.question_id) == (alice.pk, ours.pk)
    assert_one_log(alice, [ours, other])


def test_everything_of_a_person_whose_guest_had_the_same_deck_can_be_brought_back(
    alice, mallory, guest
):
    bring_deck(alice)
    (theirs, _) = bring_deck(guest)
    grade(guest, theirs, 3, MONDAY)
    merge_guest(guest=guest, account=alice, now=LATER)
    told = json.dumps(everything(alice, LATER), cls=DjangoJSONEncoder).encode()
    done = takeout.bring_back(user=mallory, data=takeout.opened(told), now=LATER)
    assert done.left == ()
    assert Question.everyone.filter(owner=mallory).count() == 2


def test_who_repeats_after_the_merge_what_was_recorded_before_is_answered(alice):
    guest = start_guest(now=MONDAY)
    for user in (alice, guest):
        note = Note(key="n", front="Why?", back="So.")
        bring_in(user=user, notes=[note], origin="anki", now=MONDAY)
    theirs = Question.everyone.get(owner=guest)
    name = uuid.uuid4()
    recorded = grade(guest, theirs, 3, MONDAY, client_uuid=name)
    act = {"question": theirs, "client_uuid": uuid.uuid4(), "now": MONDAY}
    suspend(user=guest, **act)
    asking = User.objects.get(pk=guest.pk)
    merge_guest(guest=guest, account=alice, now=LATER)
    again = grade(asking, theirs, 3, LATER, client_uuid=name)
    assert (again.event, again.created) == (recorded.event, False)
    assert not suspend(user=asking, **act).created


def test_an_undo_on_its_way_takes_back_what_the_guest_did(alice):
    guest = start_guest(now=MONDAY)
    first, second = make_questions(2)
    grade(guest, first, 3, MONDAY)
    grade(alice, second, 3, MONDAY + timedelta(hours=2))
    asking = User.objects.get(pk=guest.pk)
    merge_guest(guest=guest, account=alice, now=LATER)
    undone = undo(user=asking, client_uuid=uuid.uuid4(), now=LATER)
    assert undone.card.user == alice
    assert undone.card.question == first
