"""Home, the browser, question pages and errors: what stands there, in both languages."""

from __future__ import annotations

import re
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from quizbank.content.glossary import Glossary, Term
from quizbank.models import EventKind, Question, User
from quizbank.services.acts import perform
from quizbank.services.given import GivenAct
from quizbank.services.own_questions import Wanted, make_own
from quizbank.wording import LANGUAGES, TAGS, WORDS
from tests.cast import MONDAY
from tests.proven import BELL, MORE, STONE
from tests.quizbank.study_cast import grade

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "study/",
    f"study/?question={BELL}",
    "questions/",
    "questions/?q=free+fall",
    "questions/?q=nothing+like+it&topic=sound",
    f"questions/{STONE}/",
    f"questions/{BELL}/",
    "sign-in/",
    "sign-up/",
    "no-such-page/",
)
HAN = re.compile("[\u4e00-\u9fff]")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def paths(page: str) -> list[str]:
    """The questions a list shows, in order."""
    return re.findall(r'<h2><a href="/\w\w/questions/(.+?)/">', page)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole(client: Client, stone: Question, language: Any, address: str) -> None:
    page = text_of(client.get(f"/{language}/{address}"))
    assert f'<html lang="{TAGS[language]}">' in page
    assert page.count("<h1") == 1
    assert "⟦" not in page
    for text in ("{n}", "{question}", "{grade}"):
        assert text not in re.sub(r'data-\w+="[^"]*"', "", page)
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\bon(click|load|error)=", page)
    assert not re.search(r'(src|href|action)="(https?:)?//', page)


def test_the_words_are_complete_and_in_their_language() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh or key == "nav.keep_act", key
        assert en, key
        if not key.startswith("day."):
            assert ("{" in zh) == ("{" in en), key
        if not key.startswith(("nav.other", "questions.lede", "questions.placeholder")):
            assert not HAN.search(en), key


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("zh-CN,zh;q=0.9", "zh"), ("en-GB", "en"), ("de", "en"), ("zh-TW", "zh")],
)
def test_the_bare_address_leads_to_the_readers_language(
    client: Client, db: None, accepts: str, language: str
) -> None:
    answer = client.get("/", headers={"accept-language": accepts})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{language}/")


def test_the_other_language_is_the_same_page_and_query(client: Client, stone: Question) -> None:
    page = text_of(client.get("/zh/questions/?q=free+fall&level=core"))
    assert 'href="/en/questions/?q=free+fall&amp;level=core" lang="en" hreflang="en"' in page
    assert '<link rel="alternate" hreflang="zh-Hans"' in page


def test_the_first_visit_is_a_question_to_answer(client: Client, stone: Question) -> None:
    page = text_of(client.get("/en/"))
    assert f'name="question" value="{STONE}"' in page
    assert page.count('name="choice"') == 3
    assert 'action="/en/study/reveal/"' in page
    assert 'data-verdict="sealed"' in page
    assert not User.objects.exists()


def test_a_returning_learner_sees_what_is_due(
    alice_client: Client, alice: User, stone: Question
) -> None:
    guess = {"demo": "falling_stones", "choice": "much", "confidence": "high"}
    grade(alice, stone, 1, MONDAY, prediction=guess)
    page = text_of(alice_client.get("/en/"))
    assert "1 due today, 4 new." in page
    assert "Cards due in the next seven days: 1, 0, 0, 0, 0, 0, 0" in page
    assert "you said “more than 0.1”, measured “not at all”" in page
    assert "Proof of the day" in page


def test_a_prediction_that_was_right_surprises_nobody(
    alice_client: Client, alice: User, stone: Question
) -> None:
    guess = {"demo": "falling_stones", "choice": "none", "confidence": "high"}
    grade(alice, stone, 3, MONDAY, prediction=guess)
    assert "No prediction has missed yet" in text_of(alice_client.get("/en/"))


def test_the_proof_of_the_day_stays_sealed_until_it_is_predicted(
    alice_client: Client, alice: User, stone: Question
) -> None:
    grade(alice, stone, 3, MONDAY)
    sealed = text_of(alice_client.get("/en/"))
    assert "stamp large" not in sealed
    opened = text_of(alice_client.get("/en/?guess=none"))
    assert opened.count("stamp large") == 1
    assert "You had it right." in opened
    assert "stamp large" not in text_of(alice_client.get("/en/?guess=bogus"))


def test_all_done_says_that_one_may_stop(
    alice_client: Client, alice: User, stone: Question
) -> None:
    from django.utils import timezone

    for question in Question.objects.all():
        grade(alice, question, 4, timezone.now())
    page = text_of(alice_client.get("/zh/"))
    assert "今天的做完了。" in page
    assert "data-start" not in page


@pytest.fixture
def small_glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    term = Term("自由落体", "free fall", ("freefall",))
    monkeypatch.setattr("quizbank.queries.search.glossary", lambda: Glossary((term,)))


@pytest.mark.parametrize("asked", ["自由落体", "free fall", "ＦＲＥＥ　ＦＡＬＬ", "freefall"])
def test_four_spellings_find_the_same_questions(
    client: Client, stone: Question, small_glossary: None, asked: str
) -> None:
    page = text_of(client.get("/en/questions/", {"q": asked}))
    assert set(paths(page)) == {STONE, *MORE}
    assert "<mark>" in page


def test_filters_narrow_and_count(client: Client, stone: Question) -> None:
    page = text_of(client.get("/en/questions/"))
    assert len(paths(page)) == 5
    assert re.search(r'href="\?topic=sound">Sound <span>1</span>', page)
    assert re.search(r'href="\?verdict=refuted">refuted <span>1</span>', page)
    assert paths(text_of(client.get("/en/questions/?verdict=refuted"))) == [STONE]
    assert paths(text_of(client.get("/en/questions/?verdict=none"))) == [BELL]
    assert paths(text_of(client.get("/en/questions/?document=d9&level=core"))) == [STONE]
    assert paths(text_of(client.get("/en/questions/?topic=<script>"))) == []


def test_the_list_holds_ones_own_questions_for_their_owner_alone(
    client: Client, alice_client: Client, alice: User, stone: Question, monkeypatch: Any
) -> None:
    asked = [Wanted(heading, "<p>Marmalade.</p>") for heading in ("A breakfast?", "A supper?")]
    (breakfast, supper), _ = make_own(owner=alice, wanted=asked, now=MONDAY)
    away = GivenAct(kind=EventKind.SUSPEND, question=supper, client_uuid=uuid4())
    perform(user=alice, given=away, now=MONDAY)
    for query in ("q=marmalade", "topic=own-notes"):
        page = text_of(alice_client.get(f"/en/questions/?{query}"))
        assert set(paths(page)) == {breakfast.path, supper.path}, query
        assert paths(text_of(client.get(f"/en/questions/?{query}"))) == [], query
    assert len(paths(text_of(alice_client.get("/en/questions/")))) == 7
    assert len(paths(text_of(client.get("/en/questions/")))) == 5
    monkeypatch.setattr("quizbank.views.questions.MOST_OWN", 1)
    page = text_of(alice_client.get("/en/questions/?topic=own-notes"))
    assert len(paths(page)) == 1
    assert "1 more of your own is not listed" in page
    page = text_of(alice_client.get("/en/questions/?card=suspended"))
    assert paths(page) == [supper.path]


def test_a_search_without_result_offers_near_terms(
    client: Client, stone: Question, small_glossary: None
) -> None:
    page = text_of(client.get("/en/questions/?q=freefal+q"))
    assert "Nothing found." in page
    assert 'href="?q=free+fall"' in page
    assert '<span lang="zh-Hans">自由落体</span>' in page


@pytest.mark.parametrize("query", ["q=%00", "q=" + "x" * 3000, "page=99", "page=-1", "q=%25_%27"])
def test_odd_queries_are_answered(client: Client, stone: Question, query: str) -> None:
    assert client.get(f"/en/questions/?{query}").status_code == 200


def test_the_list_costs_the_same_however_long_it_is(
    client: Client, stone: Question, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        client.get("/en/questions/")
    with django_assert_num_queries(10):
        client.get("/en/questions/?q=bell")


def test_home_and_card_cost_a_known_number_of_queries(
    alice_client: Client,
    alice: User,
    stone: Question,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    grade(alice, stone, 1, MONDAY)
    with django_assert_max_num_queries(45):
        alice_client.get("/en/")
    with django_assert_max_num_queries(42):
        alice_client.get("/en/study/")


def test_a_question_page_shows_answer_dispute_and_verdict(client: Client, stone: Question) -> None:
    page = text_of(client.get(f"/en/questions/{STONE}/"))
    assert "In free fall" in page or "in free fall" in page
    assert "d9 · L3–4" in page
    assert "Without air they land together." in page
    assert page.count("stamp large") == 1
    assert f'href="/en/study/?question={STONE}"' in page
    assert f'href="/en/questions/{BELL}/"' in page
    assert "Not studied yet" in page


def test_a_question_page_knows_where_its_reader_stands(
    alice_client: Client, alice: User, stone: Question
) -> None:
    grade(alice, stone, 4, MONDAY)
    page = text_of(alice_client.get(f"/zh/questions/{STONE}/"))
    assert re.search(r"回忆概率 <b>\d+.%</b>", page)
    assert "学过 1 次" in page


def test_a_question_that_is_not_there_is_a_404_with_a_search(
    client: Client, stone: Question
) -> None:
    answer = client.get("/zh/questions/falling/nothing/")
    assert answer.status_code == 404
    assert 'type="search"' in text_of(answer)
    assert "没有这一页" in text_of(answer)


@pytest.fixture
def forgiving() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SuspiciousOperation("secret"), 400, "That request makes no sense"),
        (PermissionDenied("secret"), 403, "Not yours to open"),
        (RuntimeError("secret"), 500, "Something broke on our side"),
        (OperationalError("secret"), 503, "The database cannot be reached"),
    ],
)
def test_failures_are_pages_that_give_nothing_away(
    forgiving: Client, stone: Question, error: Exception, status: int, said: str
) -> None:
    with patch("quizbank.views.questions.bank.questions", side_effect=error):
        answer = forgiving.get("/en/questions/")
    assert answer.status_code == status
    assert said in text_of(answer)
    assert "secret" not in text_of(answer)
    assert (answer.headers.get("Retry-After") == "10") == (status == 503)
