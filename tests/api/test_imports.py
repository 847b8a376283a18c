"""Programs bring cards in and take them along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.views.schema import described
from quizbank.exchange import tables
from quizbank.models import Card, Question, ReviewEvent
from quizbank.services.bringing import files
from tests.api.calls import Api, errors
from tests.cast import MONDAY
from tests.quizbank import anki_cast
from tests.quizbank.study_cast import grade, make_question

pytestmark = pytest.mark.django_db
BYTES = "application/octet-stream"
CARDS = b"front,back\r\nWhat is a cat?,An animal\r\n,\r\n"


def bring(api: Api, data: bytes, query: str = "name=a.csv") -> Any:
    return api.call("POST", f"me/imports/?{query}", data, media=BYTES)


def test_a_table_makes_questions_of_ones_own_once(as_alice: Api, alice: Any) -> None:
    report = bring(as_alice, CARDS).json()
    assert (report["origin"], report["notes"], report["created"]) == ("csv", 1, 1)
    assert Question.everyone.get(owner=alice).title_en == "What is a cat?"
    again = bring(as_alice, CARDS).json()
    assert (again["created"], again["own"]) == (0, 1)


def test_a_preview_stores_nothing(as_alice: Api) -> None:
    report = bring(as_alice, CARDS, "name=a.csv&preview=yes").json()
    assert report["created"] == 1
    assert not Question.everyone.exists()


def test_the_first_row_is_what_is_said_of_it(as_alice: Api, alice: Any) -> None:
    table = "Vorderseite,Rückseite\r\nHund,dog\r\n".encode()
    for said, taken, created, own in (
        ("&first_row=headings", "headings", 1, 0),
        ("", "card", 1, 1),
        ("&first_row=card", "card", 0, 2),
    ):
        report = bring(as_alice, table, f"name=a.csv{said}").json()
        assert (report["first_row"], report["created"], report["own"]) == (taken, created, own)
    assert bring(as_alice, anki_cast.package(), "name=a.apkg").json()["first_row"] is None


def test_the_schema_says_what_a_first_row_may_be() -> None:
    operation = described()["paths"]["/api/v1/me/imports/"]["post"]
    (first,) = [one for one in operation["parameters"] if one["name"] == "first_row"]
    assert set(first["schema"]["enum"]) == {"headings", "card"}
    assert "first row of a table" in first["description"]


def test_a_package_comes_with_its_log_and_with_what_was_left_out(as_alice: Api) -> None:
    log = ((1_704_186_000_000, 11, 3, -600, 0, 8_000, 0),)
    note = (1, "guid-one", anki_cast.BASIC, "", "What?\x1fThat [sound:a.mp3]")
    report = bring(as_alice, anki_cast.package((note,), log=log), "name=a.apkg").json()
    assert (report["reviews"], report["first"]) == (1, "2024-01-02T09:00:00+00:00")
    assert report["remarks"]


def test_a_file_of_everything_comes_back(
    as_alice: Api, as_mallory: Api, alice: Any, mallory: Any
) -> None:
    grade(alice, make_question(), 3, MONDAY)
    data = as_alice.client.get("/en/settings/everything.json").content
    report = bring(as_mallory, data, "name=all.json&settings=yes").json()
    assert (report["reviews"], report["others"]["cards"]) == (1, 1)
    assert Card.objects.filter(user=mallory, reps=1).exists()


def test_what_is_left_out_is_said_in_the_language_asked_for(alice_client: Any) -> None:
    head = b"key,path,deck,front,back,tags,due,suspended,history\r\n"
    row = b"k,,,What?,That,,,,2005-01-05T09:00:00Z review 3 1 1 x\r\n"
    (left,) = bring(Api(alice_client, language="zh"), head + row).json()["left"]
    assert (left["reason"], left["number"]) == ("old", 1)
    assert left["detail"] == "时间早于 2006 年"
    assert not ReviewEvent.objects.exists()


@pytest.mark.parametrize(
    ("query", "data", "says"),
    [
        ("name=a.pdf", b"%PDF", "Only these files"),
        ("name=a.csv", b'q,a\r\n"open', "Line 2"),
        ("name=a.json", b"{}", "not a file of everything"),
        ("name=a.apkg", b"x", "no package of Anki"),
        ("name=a.csv", b"", "empty"),
    ],
)
def test_a_bad_file_is_refused_in_words(as_alice: Api, query: str, data: bytes, says: str) -> None:
    answer = bring(as_alice, data, query)
    assert answer.status_code == 400
    assert says in errors(answer)[""]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "name"),
        ("name=a.csv&preview=maybe", "preview"),
        ("name=a.csv&more=1", "more"),
        ("name=a.csv&first_row=maybe", "first_row"),
    ],
)
def test_a_bad_query_names_its_field(as_alice: Api, query: str, field: str) -> None:
    assert field in errors(bring(as_alice, CARDS, query))


def test_too_large_a_body_is_refused(as_alice: Api, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "LARGEST", 20)
    assert bring(as_alice, CARDS).status_code == 413


def test_cards_and_log_leave_as_tables(as_alice: Api, alice: Any) -> None:
    question = make_question()
    for day in (0, 3):
        grade(alice, question, 3, MONDAY + timedelta(days=day))
    cards = b"".join(as_alice.get("me/cards.csv?language=zh"))
    (note,) = tables.read(cards.decode())
    assert (note.path, len(note.past)) == (question.path, 2)
    assert b"".join(as_alice.get("me/log.csv")).count(b"\r\n") == 3
    assert bring(as_alice, cards).json()["known"] == 2
