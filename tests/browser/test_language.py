"""The other language shows the same page with what was typed there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from quizbank.models import Question, QuizSession
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def switch(page: Page) -> None:
    path = page.url.split("/en/")[1]
    page.locator("header [data-language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    assert page.url.split("/zh/")[1] == path


def test_on_the_first_page(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/")
    quiet.locator("#answer").fill("一半 an answer")
    quiet.get_by_role("radio", name="more than 0.1").check()
    switch(quiet)
    expect(quiet.locator("#answer")).to_have_value("一半 an answer")
    expect(quiet.get_by_role("radio", name="超过 0.1")).to_be_checked()
    expect(quiet.locator("header.welcome-head")).to_be_visible()
    quiet.get_by_role("button", name="显示答案").click()
    expect(quiet.get_by_text("你写的：一半 an answer")).to_be_visible()


def test_in_a_mock_interview(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/mock/")
    quiet.locator("main form button[type=submit]").first.click()
    quiet.locator("#answer").fill("一半 an answer")
    switch(quiet)
    expect(quiet.locator("#answer")).to_have_value("一半 an answer")
    quiet.locator("#answer").fill("")
    quiet.reload()
    expect(quiet.locator("#answer")).to_have_value("")


def test_in_a_quiz(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/quiz/")
    quiet.get_by_role("button", name="Start").click()
    expect(quiet.get_by_role("button", name="Stop here")).to_be_visible()
    for row in QuizSession.objects.get().answers.order_by("position"):
        expect(quiet.locator(".session b")).to_have_text(str(row.position))
        if row.kind == "numeric":
            break
        quiet.keyboard.press("1")
        quiet.keyboard.press("d")
        quiet.keyboard.press("Enter")
        expect(quiet.locator(".marked")).to_be_visible()
        quiet.keyboard.press("Enter")
    quiet.locator("#answer").fill("12.5")
    quiet.locator("input[name=confidence][value=high]").check()
    switch(quiet)
    expect(quiet.locator("#answer")).to_have_value("12.5")
    expect(quiet.locator("input[name=confidence][value=high]")).to_be_checked()


def test_in_settings_and_in_plans(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/settings/")
    quiet.locator("#new_per_day").fill("7")
    quiet.locator("#day2").select_option("reduced")
    fuzz = quiet.locator("[name=fuzz]")
    fuzzy = not fuzz.is_checked()
    fuzz.set_checked(fuzzy)
    switch(quiet)
    expect(quiet.locator("#new_per_day")).to_have_value("7")
    expect(quiet.locator("#day2")).to_have_value("reduced")
    expect(fuzz).to_be_checked(checked=fuzzy)

    quiet.goto("/en/interview/")
    quiet.locator("#title").fill("ACME")
    quiet.locator("details.one-by-one summary").click()
    question = quiet.locator(f"[name=questions][value='{stone.path}']")
    question.check()
    switch(quiet)
    expect(quiet.locator("#title")).to_have_value("ACME")
    expect(question).to_be_visible()
    expect(question).to_be_checked()


def test_of_a_refused_form_but_never_a_password(page: Page, stone: Question) -> None:
    page.goto("/en/sign-up/")
    page.locator("#username").fill("张三")
    page.locator("#password").fill("short")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#password-error")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.evaluate(
        "addEventListener('pagehide', () => localStorage.setItem('seen', sessionStorage.place))"
    )
    switch(page)
    expect(page.locator("#username")).to_have_value("张三")
    expect(page.locator("#password")).to_have_value("")
    assert "张三" in (seen := page.evaluate("localStorage.seen"))
    assert PASSWORD not in seen
    assert page.evaluate("sessionStorage.place") is None
