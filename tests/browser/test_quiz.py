"""A quiz in a browser: by keyboard, with an input method's digits, and without a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from quizbank import scoring
from quizbank.models import Card, Question, QuizAnswer, QuizSession, ReviewEvent
from tests.quizbank.quiz_cast import falsehood, truth

pytestmark = pytest.mark.django_db(transaction=True)


def begin(page: Page, n: int = 10) -> QuizSession:
    page.goto("/en/quiz/")
    page.get_by_role("radiogroup", name="How many").get_by_role("radio", name=str(n)).check()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Stop here")).to_be_visible()
    return QuizSession.objects.get()


def press_answer(page: Page, row: QuizAnswer, value: Any) -> None:
    """Give this answer by keys alone."""
    if row.kind == "numeric":
        page.locator("#answer").focus()
        page.keyboard.insert_text(value)
        page.keyboard.press("Tab")
    elif row.kind == "choice":
        page.keyboard.press(str(value + 1))
    else:
        slugs = [option["slug"] for option in row.item["prediction"]["options"]]
        page.keyboard.press(str(slugs.index(value) + 1))


def test_ten_items_said_to_be_sure(quiet: Page, stone: Question) -> None:
    quiz = begin(quiet)
    rows = list(quiz.answers.order_by("position"))
    assert len(rows) == 10
    assert {row.kind for row in rows} == {"choice", "numeric", "predict"}
    right = 0
    for row in rows:
        expect(quiet.locator(".session b")).to_have_text(str(row.position))
        wrong = row.position in (2, 5)
        right += not wrong
        press_answer(quiet, row, falsehood(row) if wrong else truth(row))
        quiet.keyboard.press("d")
        expect(quiet.get_by_role("radio", name="sure")).to_be_checked()
        quiet.keyboard.press("Enter")
        mark = "Wrong −6" if wrong else "Right +3"
        expect(quiet.locator(".marked")).to_contain_text(mark)
        quiet.keyboard.press("Enter")
        expect(quiet.locator(".marked")).to_have_count(0)
    expect(quiet.get_by_role("heading", name="Result")).to_be_visible()
    sum_by_table = sum(scoring.mark(row.position not in (2, 5), "high") for row in rows)
    assert sum_by_table == 8 * 3 - 2 * 6
    expect(quiet.locator("[data-marks]")).to_have_text("+12")
    expect(quiet.get_by_text("8 of 10")).to_be_visible()
    line = quiet.locator(".levels li").filter(has_text="When you say sure")
    expect(line).to_contain_text("you are right 80 % (n = 10)")
    assert quiet.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_misses_come_up_tomorrow(quiet: Page, stone: Question) -> None:
    quiz = begin(quiet, 5)
    for row in quiz.answers.order_by("position"):
        expect(quiet.locator(".session b")).to_have_text(str(row.position))
        press_answer(quiet, row, falsehood(row) if row.position == 1 else truth(row))
        quiet.keyboard.press("a")
        quiet.keyboard.press("Enter")
        expect(quiet.locator("[data-next]")).to_be_visible()
        quiet.locator("[data-next]").click()
    assert not ReviewEvent.objects.exists()
    quiet.get_by_role("button", name="Add 1 card to tomorrow").click()
    expect(quiet.locator(".mid", has_text="1 card comes up by tomorrow.")).to_be_visible()
    missed = quiz.answers.get(position=1).question
    assert Card.objects.get().question == missed


def numeric(page: Page) -> QuizAnswer:
    quiz = begin(page)
    row = quiz.answers.filter(kind="numeric").order_by("position").first()
    assert row
    page.goto(f"/en/quiz/{quiz.pk}/?item={row.position}")
    return row


def full_width(number: str) -> str:
    return "".join(chr(ord(mark) + 0xFEE0) for mark in number)


def test_full_width_digits_count(quiet: Page, stone: Question) -> None:
    row = numeric(quiet)
    quiet.locator("#answer").focus()
    quiet.keyboard.insert_text(full_width(f"{row.item['answer']:g}"))
    quiet.get_by_role("radio", name="fairly").check()
    quiet.keyboard.press("Enter")
    expect(quiet.locator(".marked")).to_contain_text("Right +2")


@pytest.mark.parametrize("typed", ["1_0", "NaN", "", "1,5", "ten"])
def test_a_refused_number_stays_in_its_field(page: Page, stone: Question, typed: str) -> None:
    row = numeric(page)
    page.get_by_role("radio", name="guess").check()
    page.fill("#answer", typed)
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Your answer")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(typed)
    expect(field).to_be_focused()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("radio", name="guess")).to_be_checked()
    row.refresh_from_db()
    assert row.state == "open"


def test_letters_typed_into_the_field_choose_nothing(quiet: Page, stone: Question) -> None:
    numeric(quiet)
    quiet.locator("#answer").press_sequentially("asd1")
    expect(quiet.locator("#answer")).to_have_value("asd1")
    expect(quiet.locator("input[name=confidence]:checked")).to_have_count(0)


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "zh")])
def test_a_quiz_works_without_a_script(
    browser: Browser,
    browser_context_args: dict[str, Any],
    stone: Question,
    width: int,
    language: str,
) -> None:
    size = {"width": width, "height": 800}
    options = {**browser_context_args, "viewport": size, "java_script_enabled": False}
    page = browser.new_context(**options).new_page()
    page.goto(f"/{language}/quiz/")
    page.locator("input[name=n][value='5']").check()
    page.locator("main button.primary").click()
    quiz = QuizSession.objects.get()
    for row in quiz.answers.order_by("position"):
        value = truth(row)
        if row.kind == "numeric":
            page.fill("#answer", value)
        else:
            page.locator(f"input[name=answer][value='{value}']").check()
        page.locator("input[name=confidence][value=mid]").check()
        page.locator("main .dock button.primary").click()
        page.locator("[data-next]").click()
    expect(page.locator("[data-marks]")).to_have_text("+10")
    page.context.close()
