"""The pages of a quiz, without a script."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from demos.models import Demo, Run, State
from quizbank.models import QuizAnswer, QuizSession, ReviewEvent, User
from quizbank.services import quiz as service
from tests.proven import STONE
from tests.quizbank.quiz_cast import falsehood, of_kind, truth


@pytest.fixture
def quiz(alice, stone):
    return service.start_session(user=alice, n=50, now=timezone.now(), paths=[STONE], seed=7)


def page(client, quiz, tail="", language="en"):
    return client.get(f"/{language}/quiz/{quiz.pk}/{tail}")


def send(client, row, value, confidence="high", **more):
    fields = {
        "position": row.position,
        "answer": value,
        "confidence": confidence,
        "client_uuid": str(uuid.uuid4()),
    }
    return client.post(f"/en/quiz/{row.quiz_id}/", fields | more)


def text(response):
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_a_visitor_becomes_a_guest_with_the_first_quiz(stone):
    client = Client()
    assert client.get("/en/quiz/").status_code == 200
    assert not User.objects.exists()
    begun = client.post("/en/quiz/", {"about": "falling", "n": "5"})
    quiz = QuizSession.objects.get()
    assert (begun.status_code, begun["Location"]) == (303, f"/en/quiz/{quiz.pk}/")
    assert quiz.owner.is_guest
    assert quiz.topic == "falling"
    assert "0 of 5 answered" in text(client.get("/en/quiz/"))


@pytest.mark.parametrize(("about", "n"), [("nowhere", "5"), ("", "0"), ("", "²"), ("", "9999")])
def test_a_quiz_that_cannot_be_is_refused_on_its_page(alice_client, stone, about, n):
    refused = alice_client.post("/en/quiz/", {"about": about, "n": n})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()


def test_an_empty_bank_says_so(alice_client, db):
    assert "no quiz items yet" in text(alice_client.get("/en/quiz/"))


def test_an_item_shows_neither_answer_nor_refutation(alice_client, quiz):
    row = of_kind(quiz, "choice")
    shown = text(page(alice_client, quiz, f"?item={row.position}"))
    assert "both together" in shown
    assert "A contrary guess." not in shown


def test_a_wrong_choice_is_met_by_its_refutation(alice_client, quiz):
    row = of_kind(quiz, "choice")
    sent = send(alice_client, row, falsehood(row))
    assert (sent.status_code, sent["Location"]) == (303, f"/en/quiz/{quiz.pk}/?item={row.position}")
    shown = text(alice_client.get(sent["Location"]))
    for said in ("Wrong −6", "Why it tempts", "It is heavier.", "A contrary guess."):
        assert said in shown


def test_a_number_shows_its_tolerance_afterwards(alice_client, quiz):
    row = of_kind(quiz, "numeric")
    assert "0.05" not in text(page(alice_client, quiz, f"?item={row.position}"))
    shown = text(alice_client.get(send(alice_client, row, "２．０４", "mid")["Location"]))
    assert "Right +2" in shown
    assert "You wrote ２．０４. The answer is 2\u00a0s; anything within 0.05 counts." in shown


@pytest.mark.parametrize(
    ("typed", "said"), [("1_0", "not a number"), ("", "Give a number"), ("1,5", "commas")]
)
def test_a_refusal_at_the_field_keeps_what_was_typed(alice_client, quiz, typed, said):
    row = of_kind(quiz, "numeric")
    refused = send(alice_client, row, typed, "low")
    assert refused.status_code == 422
    body = refused.content.decode()
    assert f'value="{typed}"' in body
    assert re.search(r'value="low" checked', body)
    assert said in text(refused)
    assert 'aria-describedby="answer-error"' in body


def test_how_sure_must_be_said(alice_client, quiz):
    row = of_kind(quiz, "choice")
    refused = send(alice_client, row, 1, "")
    assert refused.status_code == 422
    assert "Say how sure you are." in text(refused)


def test_a_prediction_shows_what_was_measured(alice_client, quiz):
    row = of_kind(quiz, "predict")
    shown = alice_client.get(send(alice_client, row, truth(row))["Location"])
    assert "Right +3" in text(shown)
    assert "Measured" in text(shown)
    assert 'class="stamp"' in shown.content.decode()
    assert "<svg" in shown.content.decode()


def test_a_prediction_whose_run_is_awaited_says_so_and_is_decided_later(alice_client, quiz):
    Run.objects.update(recorded=False)
    Demo.objects.update(code_hash="0" * 64)
    row = of_kind(quiz, "predict")
    guess = row.item["prediction"]["options"][0]["slug"]
    address = send(alice_client, row, guess)["Location"]
    waits = alice_client.get(address)
    run = QuizAnswer.objects.get(pk=row.pk).run
    assert "The experiment is running" in text(waits)
    assert f'data-quiz-waits="/en/runs/{run.pk}/progress/"' in waits.content.decode()
    Run.objects.filter(pk=run.pk).update(state=State.FAILED, failure={"code": "lost"})
    ended = alice_client.get(address)
    assert "Not counted" in text(ended)
    assert "data-quiz-waits" not in ended.content.decode()


def test_a_second_answer_changes_nothing(alice_client, quiz):
    row = of_kind(quiz, "choice")
    send(alice_client, row, truth(row))
    assert send(alice_client, row, falsehood(row)).status_code == 303
    assert QuizAnswer.objects.get(pk=row.pk).correct


def test_the_result_adds_up_and_takes_misses_to_tomorrow(alice_client, quiz):
    for row in quiz.answers.all():
        send(alice_client, row, falsehood(row) if row.kind == "choice" else truth(row))
    shown = text(page(alice_client, quiz, "result/"))
    for said in ("2 of 3", "0 of 9", "“sure”: n = 3, too few to say", "Add 1 card to tomorrow"):
        assert said in shown, said
    alice_client.post(f"/en/quiz/{quiz.pk}/tomorrow/")
    assert "1 card comes up by tomorrow." in text(page(alice_client, quiz, "result/"))
    assert ReviewEvent.objects.get().kind == "plan"


def test_a_quiz_can_be_stopped(alice_client, quiz):
    stopped = alice_client.post(f"/zh/quiz/{quiz.pk}/stop/")
    assert stopped["Location"] == f"/zh/quiz/{quiz.pk}/result/"
    assert page(alice_client, quiz)["Location"] == f"/en/quiz/{quiz.pk}/result/"
    assert "还没有判完的题" in text(page(alice_client, quiz, "result/", "zh"))


@pytest.mark.parametrize("tail", ["", "result/"])
def test_a_stranger_finds_nothing(mallory_client, quiz, tail):
    assert page(mallory_client, quiz, tail).status_code == 404
    assert page(Client(), quiz, tail).status_code == 404


@pytest.mark.parametrize("tail", ["", "stop/", "tomorrow/"])
def test_a_stranger_changes_nothing(mallory_client, quiz, tail):
    assert mallory_client.post(f"/en/quiz/{quiz.pk}/{tail}", {"position": 1}).status_code == 404
    assert not quiz.answers.filter(answered_at__isnull=False).exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_lacks_its_words(alice_client, quiz, language):
    pages = [alice_client.get(f"/{language}/quiz/")]
    for row in quiz.answers.all():
        pages.append(page(alice_client, quiz, f"?item={row.position}", language))
        send(alice_client, row, falsehood(row))
        pages.append(page(alice_client, quiz, f"?item={row.position}", language))
    pages.append(page(alice_client, quiz, "result/", language))
    pages.append(alice_client.get(f"/{language}/quiz/"))
    assert len(pages) == 9
    for shown in pages:
        assert shown.status_code == 200
        assert "⟦" not in shown.content.decode()
