"""What a person takes along is all they own, and nobody else's."""

from __future__ import annotations

import uuid

from django.test import Client

from quizbank.models import ApiToken, Erasure, PendingUpload, User
from quizbank.queries.takeout import everything
from quizbank.services import mock, quiz
from quizbank.services.study import undo
from quizbank.services.tokens import issue_token
from tests.cast import MONDAY
from tests.quizbank.study_cast import grade, make_item, make_question, make_questions

# Kept for an hour until it is confirmed; the record that somebody was erased; a guest's union.
NOT_OWNED = {PendingUpload, Erasure, User}


def test_reviews_come_with_what_they_undid(alice: User) -> None:
    (question,) = make_questions(1)
    done = grade(alice, question, 3, MONDAY)
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    told = everything(alice, MONDAY)
    review, taken_back = told["events"]
    assert (review["kind"], review["rating"]) == ("review", 3)
    assert review["card"] == told["cards"][0]["id"]
    assert taken_back["undoes"] == review["client_uuid"] == done.event.client_uuid
    assert told["cards"][0]["question"] == question.path
    assert review["policy"]["desired_retention"] == 0.9


def test_every_model_that_names_a_person_is_in_it(alice: User) -> None:
    told = everything(alice, MONDAY)
    named = {link.related_model for link in User._meta.related_objects} - NOT_OWNED
    written = {
        "StudyProfile": "profile",
        "ParameterSet": "parameter_sets",
        "Card": "cards",
        "ReviewEvent": "events",
        "QuizSession": "quizzes",
        "MockInterview": "mock_interviews",
        "Interview": "interviews",
        "ImportedDocument": "documents",
        "Question": "questions",
        "ApiToken": "keys",
        "RunRequest": "run_requests",
    }
    assert {model.__name__ for model in named} == set(written)
    assert set(written.values()) <= set(told)


def test_the_file_holds_nothing_secret_and_nothing_of_others(
    alice: User, alice_client: Client
) -> None:
    bob = User.objects.create_user("bob")
    question = make_question()
    make_item(question)
    for person in (alice, bob):
        grade(person, question, 3, MONDAY, answer=f"by {person.username}")
        quiz.start_session(user=person, n=1, now=MONDAY)
        mock.start(user=person, minutes=10, now=MONDAY)
    plain = issue_token(user=alice, name="laptop", scopes=["read"], now=MONDAY)
    answer = alice_client.get("/en/settings/everything.json")
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "by alice" in text
    assert "laptop" in text
    assert "by bob" not in text
    for secret in (plain, ApiToken.objects.get().digest, alice.password):
        assert secret not in text
    told = answer.json()
    assert len(told["quizzes"]) == len(told["mock_interviews"]) == len(told["events"]) == 1
    assert told["quiz_answers"]
    assert told["mock_questions"]


def test_a_visitor_has_nothing_to_take(client: Client, db: None) -> None:
    assert client.get("/en/settings/everything.json").status_code == 302
