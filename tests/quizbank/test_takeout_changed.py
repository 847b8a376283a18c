"""A changed file of everything loses the rows that cannot be, and no page breaks of the rest."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import Phase, given
from hypothesis import strategies as st

from quizbank.models import (
    ImportedDocument,
    KeyPoint,
    MockInterview,
    Question,
    QuizAnswer,
    QuizSession,
    User,
)
from quizbank.services import mock, quiz
from quizbank.services.bringing import takeout
from quizbank.services.errors import BadFile
from tests.examples import examples
from tests.quizbank.test_takeout_back import LATER, MONDAY, lived, written

WORDS = {"zh": "甲", "en": "A"}
HTML = {"zh": "<p>甲</p>", "en": "<p>A</p>"}
CHOICE = {
    **{"stem": WORDS, "stem_html": HTML},
    "options": [
        {"text": WORDS, "html": HTML, "right": False, "why_html": HTML},
        {"text": WORDS, "html": HTML, "right": True, "why_html": None},
    ],
}
PREDICT = {
    **{"demo": "gone", "title": WORDS, "stem": None, "stem_html": None},
    "prediction": {
        "question": WORDS,
        "options": [{"slug": "up", "text": WORDS}, {"slug": "down", "text": WORDS}],
    },
}
FOUND = {"right": "up", "median": 1.5, "low": 1.0, "high": 2.0, "failed": False}
MARKS = {"points": [0], "trap": False, "structure": 1, "trade_off": 0.5, "example": 0}
ENDLESS = "endless"  # written as 1e400
VALUES: tuple[Any, ...] = (
    *(None, {}, [], "x", "", -1, 0, True, 10**30, 0.5, ENDLESS, ["x"], [{}], {"x": 1}, [[]]),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31", str(uuid.UUID(int=7))),
)
PAGES = ("mock", "quiz", "progress", "exchange")
SECTIONS = takeout.SECTIONS


def sat(user: User) -> None:
    """Every kind of sitting: open, ended, marked to the end."""
    first, second = Question.objects.order_by("path")
    for each in (first, second):
        words = {"text_zh": "散射", "text_en": "scattering", "html_zh": "<p>散射</p>"}
        KeyPoint.objects.create(
            question=each, position=1, must=True, html_en="<p>scattering</p>", **words
        )
    for estimated, marked in ((False, False), (True, False), (True, True)):
        one = mock.start(user=user, minutes=12, now=MONDAY)
        for position in (1, 2):
            said = {"text": "so", "client_uuid": uuid.uuid4()}
            mock.answer(mock=one, position=position, now=MONDAY, **said)
        if estimated:
            mock.estimate(mock=one, value=2)
        for position in (1, 2) if marked else ():
            mock.mark(mock=one, position=position, marks=MARKS, now=MONDAY)
    done = quiz.start_session(user=user, n=1, now=MONDAY)
    sure = {"confidence": "high", "client_uuid": uuid.uuid4(), "now": MONDAY}
    quiz.answer(quiz=done, position=1, value="3", **sure)
    more = QuizSession.objects.create(owner=user, seed=9, created_at=MONDAY)
    common = {"quiz": more, "question": first, "item_position": 1}
    said = {"confidence": "low", "answered_at": MONDAY}
    right = {"correct": True, "score": 1, "marks": 1}
    QuizAnswer.objects.bulk_create(
        [
            QuizAnswer(position=1, kind="choice", item=CHOICE, **common),
            QuizAnswer(
                **{"position": 2, "kind": "choice", "item": CHOICE, "given": {"option": 1}},
                **{**common, **said, **right, "client_uuid": uuid.uuid4()},
            ),
            QuizAnswer(
                **{"position": 3, "kind": "predict", "item": PREDICT, "given": {"option": "up"}},
                **{**common, **said, **right, "client_uuid": uuid.uuid4(), "found": FOUND},
            ),
            QuizAnswer(position=4, kind="predict", item=PREDICT, **common),
        ]
    )


def addresses(user: User, section: str) -> Iterator[str]:
    """The pages that show what could have come with that section."""
    for name in PAGES:
        yield reverse(f"quizbank:{name}")
    if section in ("questions", "key_points", "passages"):
        for question in Question.everyone.filter(owner=user):
            yield reverse("quizbank:question", args=[question.path])
    if section in ("mock_interviews", "mock_questions"):
        for sitting in MockInterview.objects.filter(owner=user):
            yield reverse("quizbank:mock_sitting", args=[sitting.pk])
    if section in ("quizzes", "quiz_answers"):
        for answer in QuizAnswer.objects.filter(quiz__owner=user):
            there = reverse("quizbank:quiz_session", args=[answer.quiz_id])
            yield f"{there}?item={answer.position}"
    if section == "documents":
        for document in ImportedDocument.objects.filter(owner=user):
            yield reverse("quizbank:document", args=[document.pk])
    if section == "interviews":
        yield reverse("quizbank:interview")


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in it that holds a value: the container and the key."""
    keys: Any = value if isinstance(value, dict) else ()
    if isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield value, key
        yield from places(value[key])


def put(told: Any, section: str, at: int, value: Any) -> Any:
    changed = json.loads(json.dumps(told))
    there = list(places(changed[section]))
    if there:
        held, key = there[at % len(there)]
        held[key] = value
    return changed


def shown_after(user: User, client: Client, told: Any, section: str) -> None:
    """The file is refused or brought in; no page of theirs breaks."""
    text = json.dumps(told).replace(json.dumps(ENDLESS), "1e400").encode()
    mark = transaction.savepoint()
    try:
        data = takeout.opened(text)
        takeout.preview(user=user, data=data, now=LATER)
        takeout.bring_back(user=user, data=data, now=LATER, settings=True)
    except BadFile:
        pass
    else:
        for address in addresses(user, section):
            status = client.get(address, follow=True).status_code
            assert status in (200, 404), address
    finally:
        transaction.savepoint_rollback(mark)


@pytest.fixture
def told(alice):
    lived(alice)
    sat(alice)
    return written(alice)


def test_all_of_it_comes_back_as_it_was(told, mallory, mallory_client):
    report = takeout.bring_back(
        user=mallory, data=takeout.opened(json.dumps(told).encode()), now=LATER
    )
    assert report.left == ()
    assert (report.others["mock_interviews"], report.others["quizzes"]) == (4, 3)
    for section in ("questions", "mock_questions", "quiz_answers", "documents", "interviews"):
        shown_after(mallory, mallory_client, told, section)


@examples(25, 3_000, phases=(Phase.explicit, Phase.generate))
@given(st.sampled_from(SECTIONS), st.integers(0, 10_000), st.sampled_from(VALUES))
def test_any_one_value_may_be_changed(told, mallory, mallory_client, section, at, value):
    shown_after(mallory, mallory_client, put(told, section, at, value), section)


@pytest.mark.parametrize(
    ("section", "column", "value"),
    [
        ("mock_questions", "rubric", {"x": 1}),
        ("mock_questions", "rubric", {"key_points": [{"must": 1}], "traps": []}),
        ("mock_questions", "marks", {}),
        ("mock_questions", "marks", MARKS | {"points": [7]}),
        ("mock_questions", "id", []),
        ("mock_questions", "follows", {}),
        ("mock_questions", "position", []),
        ("mock_questions", "marks", None),
        ("mock_interviews", "ended_at", None),
        ("mock_interviews", "self_estimate", None),
        ("mock_interviews", "self_estimate", 5),
        ("mock_interviews", "created_at", "0001-01-01T00:00:00Z"),
        ("quiz_answers", "item", {"x": 1}),
        ("quiz_answers", "position", 1),
        ("quiz_answers", "found", {"right": 5}),
        ("documents", "id", []),
        ("passages", "document", []),
        ("passages", "position", "x"),
        ("cards", "id", []),
        ("key_points", "question", []),
        ("questions", "tags", [5]),
        ("interviews", "planned", ["x"]),
        ("interviews", "levels", [[]]),
    ],
)
def test_what_no_page_could_show_is_left_out(told, mallory, mallory_client, section, column, value):
    for row in told[section]:
        row[column] = value
    shown_after(mallory, mallory_client, told, section)
    data = takeout.opened(json.dumps(told).encode())
    report = takeout.bring_back(user=mallory, data=data, now=LATER)
    sitting = {"mock_questions": "mock_interviews", "quiz_answers": "quizzes"}
    assert sitting.get(section, section) in {left.what for left in report.left}


def test_a_prediction_whose_run_is_elsewhere_is_decided_by_none(told, mallory, mallory_client):
    for row in told["quiz_answers"]:
        if row["kind"] == "predict" and row["answered_at"]:
            row |= {"correct": None, "score": None, "marks": None, "found": None}
            row["run"] = str(uuid.UUID(int=7))
    shown_after(mallory, mallory_client, told, "quiz_answers")
    takeout.bring_back(user=mallory, data=takeout.opened(json.dumps(told).encode()), now=LATER)
    assert QuizAnswer.objects.get(quiz__owner=mallory, kind="predict", position=3).state == "void"
