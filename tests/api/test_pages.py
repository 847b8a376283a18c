"""Lists page by page, also where thousands of rows share the field the list is ordered by."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from typing import Any

import pytest

from quizbank.content.words import column
from quizbank.models import Card, MockInterview, Question, User
from tests.api.calls import Api, errors
from tests.cast import MONDAY
from tests.quizbank.study_cast import make_question, make_questions

ROWS = 1_500


@pytest.fixture
def cards(alice: User) -> set[str]:
    """So many cards that began at the same moment."""
    topic = make_question("initialisation/first").topic
    said = {"topic": topic, "level": "core", "created_at": MONDAY, "updated_at": MONDAY}
    slugs = [f"q{number}" for number in range(ROWS)]
    Question.objects.bulk_create(Question(path=f"many/{s}", slug=s, **said) for s in slugs)
    asked = Question.objects.filter(path__startswith="many/")
    made = [Card(user=alice, question=q, form="recall", seed=1, created_at=MONDAY) for q in asked]
    return {str(card.pk) for card in Card.objects.bulk_create(made)}


@pytest.fixture
def mocks(alice: User) -> set[str]:
    begun = [MockInterview(owner=alice, seed=n, minutes=30, created_at=MONDAY) for n in range(7)]
    return {str(mock.pk) for mock in MockInterview.objects.bulk_create(begun)}


def followed(api: Api, address: str, link: str = "next") -> list[dict[str, Any]]:
    """All pages from there on, or back; fails where they do not end."""
    pages: list[dict[str, Any]] = []
    while address:
        assert len(pages) <= ROWS / 100, "the list does not end"
        pages.append(api.read(address))
        address = (pages[-1][link] or "").removeprefix("http://testserver")
    return pages


def rows(pages: list[dict[str, Any]]) -> list[Any]:
    return [row for page in pages for row in page["results"]]


def there_and_back(api: Api, address: str) -> list[Any]:
    pages = followed(api, address)
    assert pages[0]["previous"] is None
    if len(pages) > 1:
        back = followed(api, pages[-1]["previous"].removeprefix("http://testserver"), "previous")
        assert rows(back[::-1]) == rows(pages[:-1])
        again = followed(api, back[-1]["next"].removeprefix("http://testserver"))
        assert rows(again) == rows(pages[1:])
    return rows(pages)


@pytest.mark.parametrize("state", ["all", "new"])
def test_each_of_many_equal_rows_comes_once(as_alice: Api, cards: set[str], state: str) -> None:
    found = there_and_back(as_alice, f"cards/?state={state}&page_size=100")
    if state == "new":
        assert len({row["question"]["path"] for row in found}) == len(found) == ROWS + 1
    else:
        assert {row["card"]["id"] for row in found} == cards
        assert len(found) == ROWS


@pytest.mark.parametrize("size", range(1, 9))
def test_a_list_that_falls_does_so_too(as_alice: Api, mocks: set[str], size: int) -> None:
    found = there_and_back(as_alice, f"mock-interviews/?page_size={size}")
    assert [row["id"] for row in found] == sorted(mocks, reverse=True)


def test_a_search_falls_by_rank_and_rises_by_place(as_alice: Api) -> None:
    for question in make_questions(6):
        named = ("dropout",) if question.position % 2 else ()
        said = column(title=named, aliases=(), tags=(), body=("dropout",))
        Question.objects.filter(pk=question.pk).update(search_text=said)
    whole = as_alice.read("questions/?search=dropout")["results"]
    assert [row["path"][-1] for row in whole] == list("135024")
    assert there_and_back(as_alice, "questions/?search=dropout&page_size=2") == whole


def test_rows_that_come_and_go_move_no_other(as_alice: Api, mocks: set[str]) -> None:
    first = as_alice.read("mock-interviews/?page_size=3")
    seen = [row["id"] for row in first["results"]]
    MockInterview.objects.filter(pk__in=seen).delete()
    rest = followed(as_alice, first["next"].removeprefix("http://testserver"))
    assert [row["id"] for row in rows(rest)] == sorted(mocks - set(seen), reverse=True)


def test_a_page_left_empty_leads_back(as_alice: Api, mocks: set[str]) -> None:
    first = as_alice.read("mock-interviews/?page_size=4")
    seen = {row["id"] for row in first["results"]}
    MockInterview.objects.filter(pk__in=mocks - seen).delete()
    empty = as_alice.read(first["next"].removeprefix("http://testserver"))
    assert (empty["results"], empty["next"]) == ([], None)
    assert as_alice.read(empty["previous"].removeprefix("http://testserver")) == {
        "next": None,
        "previous": None,
        "results": first["results"],
    }


@pytest.mark.parametrize(
    "cursor",
    [
        [],
        {},
        7,
        [0],
        [False, "2026-01-05T09:00:00+00:00"],
        [False, "2026-01-05T09:00:00", str(uuid.uuid4())],
        [False, "2026-01-35T09:00:00Z", str(uuid.uuid4())],
        [False, "0001-01-01T00:00:00+23:00", str(uuid.uuid4())],
        [True, "9999-12-31T23:00:00-23:00", str(uuid.uuid4())],
        [False, 5, str(uuid.uuid4())],
        [False, "2026-01-05T09:00:00Z", "7"],
        [False, "2026-01-05T09:00:00Z", None],
    ],
)
def test_a_cursor_that_was_never_given_is_refused(as_alice: Api, cursor: Any) -> None:
    response = as_alice.get(f"cards/?state=all&cursor={written(cursor)}")
    assert (response.status_code, *errors(response)) == (400, "cursor")


@pytest.mark.parametrize(
    "cursor",
    [
        [False, 1.5, "a/b"],
        [False, True, "a/b"],
        [False, 10**40, "a/b"],
        [False, 1, "a\x00"],
        [False, 1, "\ud800"],
        [False, 1, 2],
    ],
)
def test_nor_one_that_no_database_takes(anyone: Api, cursor: Any) -> None:
    response = anyone.get(f"questions/?cursor={written(cursor)}")
    assert (response.status_code, *errors(response)) == (400, "cursor")


def written(cursor: Any) -> str:
    return b64encode(json.dumps(cursor).encode()).decode().replace("+", "-").replace("/", "_")
