"""Searching and reading in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from quizbank.content.glossary import Glossary, Term
from quizbank.models import Question
from tests.proven import BELL, MORE, STONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_glossary(monkeypatch: pytest.MonkeyPatch) -> None:
    term = Term("自由落体", "free fall", ("freefall",))
    monkeypatch.setattr("quizbank.queries.search.glossary", lambda: Glossary((term,)))


def test_a_search_by_key_in_four_spellings(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/questions/")
    for asked in ("自由落体", "free fall", "ＦＲＥＥ　ＦＡＬＬ", "freefall"):
        quiet.keyboard.press("/")
        box = quiet.get_by_role("searchbox")
        expect(box).to_be_focused()
        box.fill(asked)
        box.press("Enter")
        expect(quiet.get_by_role("status")).to_contain_text("4 questions for")
        expect(quiet.locator("mark").first).to_have_text(re.compile("free fall", re.IGNORECASE))
        assert quiet.get_by_role("main").locator("h2 a").count() == 1 + len(MORE)


def test_slash_on_another_page_leads_to_the_search(quiet: Page, stone: Question) -> None:
    quiet.goto("/zh/sign-up/")
    quiet.keyboard.press("/")
    expect(quiet.get_by_role("searchbox")).to_be_focused()
    quiet.keyboard.press("Escape")
    quiet.get_by_role("main").click(position={"x": 2, "y": 2})
    quiet.keyboard.press("g")
    quiet.keyboard.press("h")
    expect(quiet).to_have_url(re.compile("/zh/$"))


def test_filters_are_an_address_that_others_can_open(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/questions/?q=free+fall")
    quiet.get_by_role("link", name="refuted 1").click()
    expect(quiet.get_by_role("status")).to_contain_text("1 question for")
    address = quiet.url
    assert "verdict=refuted" in address
    assert "q=free+fall" in address
    quiet.goto(address)
    expect(quiet.get_by_role("heading", level=2)).to_have_text(str(stone.title_en))
    quiet.get_by_role("link", name="Clear filters").click()
    expect(quiet.get_by_role("status")).to_contain_text("4 questions for")


def test_the_language_switch_keeps_page_query_and_place(quiet: Page, stone: Question) -> None:
    quiet.set_viewport_size({"width": 1280, "height": 500})
    quiet.goto(f"/en/questions/{STONE}/")
    quiet.evaluate("scrollTo({top: 400, behavior: 'instant'})")
    # A click of Playwright's would scroll up to the link first.
    quiet.get_by_role("link", name="用中文看这一页").evaluate("link => link.click()")
    expect(quiet.get_by_role("heading", level=1)).to_have_text(str(stone.title_zh))
    assert quiet.evaluate("scrollY") > 300
    quiet.goto("/zh/questions/?q=自由落体&level=core")
    quiet.get_by_role("link", name="Read this page in English").click()
    expect(quiet.get_by_role("searchbox")).to_have_value("自由落体")
    expect(quiet.get_by_role("link", name="core")).to_have_attribute("aria-current", "true")


def test_from_a_question_to_its_card(quiet: Page, stone: Question) -> None:
    quiet.goto(f"/en/questions/{BELL}/")
    quiet.get_by_role("link", name="Study now").click()
    expect(quiet.get_by_role("button", name="Show answer")).to_be_visible()
    expect(quiet.get_by_role("heading", level=1)).to_contain_text("bell in a jar")


def test_the_theme_is_chosen_once(quiet: Page, stone: Question) -> None:
    quiet.emulate_media(color_scheme="light")
    quiet.goto("/en/questions/")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = quiet.evaluate(paper)
    quiet.get_by_role("button", name="Light or dark").click()
    assert quiet.evaluate(paper) != light
    quiet.goto("/zh/")
    expect(quiet.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_question_mark_lists_the_keys(quiet: Page, stone: Question) -> None:
    quiet.goto("/zh/study/")
    quiet.keyboard.press("?")
    expect(quiet.get_by_role("dialog", name="全部按键")).to_be_visible()
    quiet.keyboard.press("Space")  # closes: the button has the focus, the card does not act
    expect(quiet.get_by_role("dialog")).to_have_count(0)
    expect(quiet.get_by_role("button", name="显示答案")).to_be_visible()
