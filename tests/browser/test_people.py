"""A guest's progress, kept and carried along, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from quizbank.models import Question, ReviewEvent, User
from tests.cast import MONDAY, PASSWORD
from tests.quizbank.study_cast import grade

pytestmark = pytest.mark.django_db(transaction=True)


def study(page: Page, cards: int) -> None:
    """Answer that many cards as whoever the browser is."""
    page.goto("/en/study/")
    for _ in range(cards):
        page.get_by_role("button", name="Show answer").click()
        page.get_by_role("button", name="Easy, next in").click()
        expect(page.get_by_role("button", name="Show answer")).to_be_visible()


def key(page: Page) -> str:
    """The value of the session cookie, which scripts must not see."""
    (cookie,) = (c for c in page.context.cookies() if c["name"] == "session")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    return str(cookie["value"])


def test_a_guest_signs_up_and_keeps_everything(quiet: Page, stone: Question) -> None:
    study(quiet, 2)
    before = list(ReviewEvent.objects.order_by("id").values("id", "user", "after_due"))
    guest_key = key(quiet)
    quiet.get_by_role("link", name="Guest").click()
    expect(quiet.get_by_text("Your 2 reviews are stored")).to_be_visible()
    quiet.get_by_label("Name").fill("张三")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Keep it").click()
    expect(quiet.locator(".toast")).to_contain_text("Done, 张三.")
    expect(quiet.get_by_text("2 cards today, 0 missed.")).to_be_visible()
    assert list(ReviewEvent.objects.order_by("id").values("id", "user", "after_due")) == before
    assert key(quiet) != guest_key
    assert User.objects.get().username == "张三"
    quiet.locator("details.account summary").click()
    quiet.get_by_role("button", name="Sign out").click()
    expect(quiet.get_by_role("heading", name="Say it, predict it")).to_be_visible()


def test_signing_in_brings_the_guests_reviews_along(quiet: Page, stone: Question) -> None:
    alice = User.objects.create_user("alice", password=PASSWORD)
    grade(alice, stone, 2, MONDAY)
    study(quiet, 2)
    quiet.goto("/en/sign-in/")
    quiet.get_by_label("Name").fill("alice")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Sign in").click()
    expect(quiet.locator(".toast")).to_contain_text("The 2 reviews made here have joined.")
    assert ReviewEvent.objects.filter(user=alice).count() == 3


def test_a_refused_form_keeps_what_was_typed(page: Page, stone: Question) -> None:
    page.goto("/zh/sign-up/")
    page.get_by_label("用户名").fill("李四")
    page.get_by_label("密码").fill("短")
    page.get_by_label("邮箱").fill("li@example.org")
    page.get_by_role("button", name="注册").click()
    expect(page.locator("#password-error")).to_have_text("密码太短：至少 8 个字符。")
    expect(page.get_by_label("用户名")).to_have_value("李四")
    expect(page.get_by_label("邮箱")).to_have_value("li@example.org")
    expect(page.get_by_label("密码")).to_have_attribute("aria-invalid", "true")
