from __future__ import annotations

import uuid
from typing import Any

import pytest

from demos.models import Demo, Run
from quizbank.models import QuizAnswer, QuizItem, QuizSession, ReviewEvent
from tests.api.calls import Api, errors

pytestmark = pytest.mark.usefixtures("bank")
ZERO = "initialisation/zero_weights"


def begin(api: Api, **more: Any) -> Any:
    response = api.post("quiz/", {"n": 50, "seed": 7, **more})
    assert response.status_code == 201, response.content
    return response.json()


def reply(api: Api, quiz: Any, item: Any, answer: Any, **more: Any) -> Any:
    body = {
        "position": item["position"],
        "answer": answer,
        "confidence": "high",
        "client_uuid": str(uuid.uuid4()),
    }
    return api.post(f"quiz/{quiz['id']}/answers/", {**body, **more})


def of_kind(quiz: Any, kind: str) -> Any:
    return next(item for item in quiz["items"] if item["kind"] == kind)


def truth(item: Any) -> Any:
    stored = QuizAnswer.objects.get(quiz__isnull=False, position=item["position"]).item
    if item["kind"] == "choice":
        return next(i for i, option in enumerate(stored["options"]) if option["right"])
    return stored["answer"]


def test_items_do_not_tell_their_answers(as_alice: Api) -> None:
    quiz = begin(as_alice)
    assert {item["kind"] for item in quiz["items"]} == {"choice", "numeric"}
    for item in quiz["items"]:
        assert item["answered"] is None
        assert not {"answer", "tolerance", "why_html"} & item.keys()
        for option in item.get("options", ()):
            assert option.keys() == {"text", "html"}


def test_the_same_seed_begins_the_same_quiz(as_alice: Api, as_mallory: Api) -> None:
    first, second = begin(as_alice, n=4), begin(as_mallory, n=4)
    assert first["items"] == second["items"]
    assert first["id"] != second["id"]


def test_a_quiz_is_answered_and_adds_up(as_alice: Api) -> None:
    quiz = begin(as_alice, n=6)
    for item in quiz["items"]:
        done = reply(as_alice, quiz, item, truth(item))
        assert done.status_code == 200
        assert done.json()["state"] == "right"
        assert done.json()["answered"]["marks"] == 3
    read = as_alice.read(f"quiz/{quiz['id']}/")
    assert read["finished_at"]
    result = as_alice.read(f"quiz/{quiz['id']}/result/")
    assert (result["n"], result["score"], result["marks"], result["best"]) == (6, 6, 18, 18)
    sure = result["levels"][2]
    assert (sure["confidence"], sure["n"], sure["share"], sure["high"]) == ("high", 6, 1.0, 1.0)
    assert result["misses"] == []
    assert not ReviewEvent.objects.exists()


def test_a_miss_comes_with_its_refutation(as_alice: Api) -> None:
    quiz = begin(as_alice)
    item = of_kind(quiz, "choice")
    wrong = (truth(item) + 1) % len(item["options"])
    told = reply(as_alice, quiz, item, wrong).json()
    assert (told["state"], told["answered"]["marks"]) == ("wrong", -6)
    assert told["options"][wrong]["why_html"]["zh"]
    result = as_alice.read(f"quiz/{quiz['id']}/result/")
    assert [miss["position"] for miss in result["misses"]] == [item["position"]]


def test_a_repeated_answer_is_the_first_one(as_alice: Api) -> None:
    quiz = begin(as_alice)
    item, name = of_kind(quiz, "choice"), str(uuid.uuid4())
    first = reply(as_alice, quiz, item, 0, client_uuid=name)
    assert reply(as_alice, quiz, item, 0, client_uuid=name).content == first.content
    assert reply(as_alice, quiz, item, 1, client_uuid=name).status_code == 409
    assert reply(as_alice, quiz, item, 0).status_code == 409


def test_a_prediction_is_decided_by_the_recorded_run(as_alice: Api, recorded: Run) -> None:
    quiz = begin(as_alice, questions=[ZERO])
    item = of_kind(quiz, "predict")
    assert recorded.result
    right = recorded.result["prediction"]["right"]
    told = reply(as_alice, quiz, item, right)
    assert told.status_code == 200
    answered = told.json()["answered"]
    assert answered["correct"]
    assert (answered["found"]["right"], answered["run"]) == (right, str(recorded.pk))


def test_a_prediction_may_wait_for_its_run(as_alice: Api, demo: Demo) -> None:
    quiz = begin(as_alice, questions=[ZERO])
    item = of_kind(quiz, "predict")
    told = reply(as_alice, quiz, item, item["prediction"]["options"][0]["slug"])
    assert told.status_code == 202
    assert (told.json()["state"], told.json()["answered"]["correct"]) == ("waiting", None)
    assert as_alice.read(f"quiz/{quiz['id']}/result/")["waiting"] == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"n": 0}, "n"),
        ({"n": "5"}, "n"),
        ({"topic": "nowhere"}, "topic"),
        ({"questions": ["no/where"]}, "questions"),
        ({"questions": []}, "questions"),
        ({"questions": "initialisation"}, "questions"),
        ({"weakness": 1}, "weakness"),
        ({"seed": -1}, "seed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_quiz_that_cannot_be_is_refused(as_alice: Api, wish: Any, field: str) -> None:
    refused = as_alice.post("quiz/", wish)
    assert refused.status_code == 400
    assert field in errors(refused)
    assert not QuizSession.objects.exists()


@pytest.mark.parametrize(
    ("answer", "more", "field"),
    [
        ("1_0", {}, "answer"),
        ("1,5", {}, "answer"),
        (True, {}, "answer"),
        ([1], {}, "answer"),
        ("9" * 81, {}, "answer"),
        (1, {"confidence": "certain"}, "confidence"),
        (1, {"client_uuid": "7"}, "client_uuid"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(
    as_alice: Api, answer: Any, more: Any, field: str
) -> None:
    quiz = begin(as_alice)
    refused = reply(as_alice, quiz, of_kind(quiz, "numeric"), answer, **more)
    assert refused.status_code == 400
    assert list(errors(refused)) == [field]


def test_an_item_there_is_not_is_not_found(as_alice: Api) -> None:
    quiz = begin(as_alice, n=1)
    assert reply(as_alice, quiz, {"position": 2}, 0).status_code == 404


def test_a_stranger_finds_no_quiz(as_alice: Api, as_mallory: Api) -> None:
    quiz = begin(as_alice)
    for path in ("", "result/"):
        assert as_mallory.get(f"quiz/{quiz['id']}/{path}").status_code == 404
    assert reply(as_mallory, quiz, quiz["items"][0], 0).status_code == 404
    assert not QuizAnswer.objects.filter(answered_at__isnull=False).exists()


def test_an_empty_bank_has_no_quiz(as_alice: Api) -> None:
    QuizItem.objects.all().delete()
    assert errors(as_alice.post("quiz/", {})) == {"topic": "There are no quiz items here yet."}
