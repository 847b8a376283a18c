"""Studying in a browser: keys, undo, double clicks, and no script at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from playwright.sync_api import Browser, Page, expect

from demos.models import RunRequest
from quizbank.models import Card, EventKind, Question, ReviewEvent
from quizbank.scheduling import Ticks, suggest
from tests.proven import BELL, STONE

pytestmark = pytest.mark.django_db(transaction=True)


def answered(page: Page) -> None:
    expect(page.get_by_role("group", name="Grade")).to_be_visible()


def asked(page: Page) -> None:
    expect(page.get_by_role("button", name="Show answer")).to_be_visible()


def test_the_first_visit_is_answered_on_the_page(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/")
    expect(quiet.get_by_role("heading", name=str(stone.title_en))).to_be_visible()
    expect(quiet.get_by_role("dialog")).to_have_count(0)
    expect(quiet.locator("aside .stamp")).to_have_text("predict first")
    quiet.get_by_role("radio", name="about 0.01").check()
    quiet.get_by_role("radio", name="high").check()
    quiet.get_by_role("button", name="Show answer").click()
    answered(quiet)
    proof = quiet.get_by_role("complementary", name="Proof")
    expect(proof).to_contain_text("You said about 0.01 (high).")
    expect(proof).to_contain_text("That is “not at all”.")
    expect(proof.locator(".stamp.large")).to_contain_text("Refuted")
    expect(proof).to_contain_text("seeds")
    expect(quiet.get_by_role("link", name="Guest")).to_be_visible()
    assert quiet.url.endswith("/en/study/")
    quiet.go_back()
    expect(quiet.get_by_role("heading", name="Say it, predict it")).to_be_visible()


def test_three_cards_by_keyboard_alone(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    for turn in range(3):
        asked(quiet)
        if turn == 0:
            quiet.keyboard.press("2")
            expect(quiet.get_by_role("radio", name="about 0.01")).to_be_checked()
        quiet.keyboard.press("d")
        quiet.keyboard.press("Space")
        answered(quiet)
        expect(quiet.locator(".grades")).to_be_focused()
        outline = quiet.locator(".grades").evaluate("e => getComputedStyle(e).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2
        quiet.keyboard.press("q")
        expect(quiet.locator("[data-suggestion]")).to_contain_text("1 of 2 musts")
        expect(quiet.locator(".grades .suggested")).to_contain_text("Hard")
        quiet.keyboard.press("w")
        expect(quiet.locator(".grades .suggested")).to_contain_text("Good")
        quiet.keyboard.press(["Enter", "4", "Space"][turn])
        expect(quiet.locator(".session b")).to_have_text(str(turn + 2))
    assert list(ReviewEvent.objects.order_by("id").values_list("rating", flat=True)) == [3, 4, 3]
    assert ReviewEvent.objects.filter(suggestion=3).count() == 3
    quiet.keyboard.press("u")
    expect(quiet.locator(".toast")).to_contain_text("Taken back")
    assert Card.objects.filter(reps=0).count() == 1


def test_undo_after_a_reload_gives_back_the_card(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    quiet.keyboard.press("Space")
    answered(quiet)
    quiet.keyboard.press("3")
    asked(quiet)
    expect(quiet.locator(".toast")).to_contain_text("Good · 10 min")
    quiet.reload()
    expect(quiet.locator(".toast")).to_have_count(0)
    expect(quiet.locator(".session b")).to_have_text("2")
    quiet.get_by_role("button", name="undo").click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text(str(stone.title_en))
    kinds = list(ReviewEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [EventKind.REVIEW, EventKind.UNDO]
    expect(quiet.locator(".session b")).to_have_text("1")


def test_keys_put_a_card_aside_and_take_it_back(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    for key, said in (("-", "Buried until tomorrow."), ("@", "Suspended")):
        quiet.locator("#answer").fill(f"typing {key} u does nothing")
        quiet.locator("#answer").press(key)
        quiet.locator("#answer").blur()
        quiet.keyboard.press(key)
        expect(quiet.locator(".toast")).to_contain_text(said)
        expect(quiet.get_by_role("heading", level=1)).not_to_have_text(str(stone.title_en))
        quiet.keyboard.press("u")
        expect(quiet.locator(".toast")).to_contain_text("Taken back")
        expect(quiet.get_by_role("heading", level=1)).to_have_text(str(stone.title_en))
    kinds = list(ReviewEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [EventKind.BURY, EventKind.UNDO, EventKind.SUSPEND, EventKind.UNDO]


def test_the_menu_of_a_card_opens_over_front_and_back_and_closes(
    quiet: Page, stone: Question
) -> None:
    quiet.goto("/en/study/")
    for ready in (asked, answered):
        ready(quiet)
        more = quiet.locator(".more > summary")
        more.click()
        expect(quiet.get_by_role("button", name="Suspend")).to_be_visible()
        quiet.keyboard.press("Escape")
        expect(quiet.get_by_role("button", name="Suspend")).not_to_be_visible()
        expect(more).to_be_focused()
        more.click()
        quiet.locator("h1").click()
        expect(quiet.get_by_role("button", name="Suspend")).not_to_be_visible()
        if ready is asked:
            quiet.keyboard.press("Space")


def test_enter_on_a_choice_or_a_tick_goes_on(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    expect(quiet.locator("header button:not([data-language], [data-theme-button])")).to_be_hidden()
    quiet.get_by_role("radio", name="about 0.01").check()
    quiet.keyboard.press("Enter")
    answered(quiet)
    quiet.locator("[data-key=q]").check()
    quiet.locator("[data-key=w]").check()
    quiet.keyboard.press("Enter")
    expect(quiet.locator(".toast")).to_contain_text("Good")
    assert ReviewEvent.objects.get().rating == 3
    expect(quiet.locator("html")).to_have_attribute("lang", "en")
    quiet.locator("#answer").press("Enter")
    expect(quiet.locator("#answer")).to_have_value("\n")
    quiet.locator("header [data-language]").focus()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_double_click_is_one_review(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    quiet.get_by_role("button", name="Show answer").dblclick()
    answered(quiet)
    quiet.get_by_role("button", name="Good, next in").dblclick()
    asked(quiet)
    expect(quiet.locator(".session b")).to_have_text("2")
    assert ReviewEvent.objects.count() == 1


def test_what_is_said_without_a_network_waits_for_it(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    quiet.locator("#answer").fill("heard on a train")
    told = quiet.get_by_text("No network.")
    quiet.context.set_offline(True)
    quiet.get_by_role("button", name="Show answer").click()
    expect(told).to_be_visible()
    quiet.context.set_offline(False)
    answered(quiet)
    expect(told).not_to_be_visible()
    quiet.context.set_offline(True)
    quiet.keyboard.press("1")
    quiet.keyboard.press("3")
    expect(told).to_be_visible()
    assert not ReviewEvent.objects.exists()
    quiet.context.set_offline(False)
    asked(quiet)
    event = ReviewEvent.objects.get()
    assert (event.rating, event.answer) == (3, "heard on a train")


def test_a_server_that_fails_loses_nothing(
    page: Page, stone: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    told = page.get_by_text("That did not go through.")
    page.goto("/en/study/?minutes=10")
    address = page.url
    page.locator("#answer").fill("typed at length")
    with monkeypatch.context() as broken:
        broken.setattr("quizbank.views.study.learner", locked)
        page.get_by_role("button", name="Show answer").click()
        expect(told).to_be_visible()
        expect(page.locator("#answer")).to_have_value("typed at length")
    page.get_by_role("button", name="Show answer").click()
    answered(page)
    expect(told).not_to_be_visible()
    page.locator("[data-key=q]").check()
    with monkeypatch.context() as broken:
        broken.setattr("quizbank.views.study.learner", locked)
        page.keyboard.press("3")
        expect(told).to_be_visible()
        expect(page.locator("[data-key=q]")).to_be_checked()
    with monkeypatch.context() as broken:  # graded, but the next card does not come
        broken.setattr("quizbank.views.study.next_of", locked)
        with page.expect_response(lambda reply: reply.status >= 500):
            page.keyboard.press("3")
        expect(told).to_be_visible()
    page.keyboard.press("3")
    asked(page)
    expect(page.locator(".toast")).to_contain_text("Good")
    event = ReviewEvent.objects.get()
    assert (event.rating, event.answer, len(event.ticks)) == (3, "typed at length", 1)
    assert "until=" in page.url
    assert page.url != address


def test_a_network_that_breaks_off_loses_nothing(page: Page, stone: Question) -> None:
    page.goto("/en/study/")
    page.locator("#answer").fill("typed at length")
    page.route("**/reveal/", lambda route: route.abort())
    page.get_by_role("button", name="Show answer").click()
    expect(page.get_by_text("That did not go through.")).to_be_visible()
    page.unroute("**/reveal/")
    page.get_by_role("button", name="Show answer").click()
    answered(page)
    expect(page.get_by_text("You wrote: typed at length")).to_be_visible()


def test_question_and_dock_stay_where_they_are(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    quiet.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true }); }"""
    )
    places = (
        "() => [...document.querySelectorAll('h1, .dock')].map(e => e.getBoundingClientRect().top)"
    )
    heading, _ = quiet.evaluate(places)
    bottom = quiet.evaluate("document.querySelector('.dock').getBoundingClientRect().bottom")
    quiet.keyboard.press("Space")
    answered(quiet)
    assert quiet.evaluate(places)[0] == heading
    after = quiet.evaluate("document.querySelector('.dock').getBoundingClientRect().bottom")
    assert abs(after - bottom) <= 1
    assert quiet.evaluate("window.shift") < 0.01


def test_no_key_acts_while_an_input_method_composes(quiet: Page, stone: Question) -> None:
    quiet.goto("/zh/study/")
    for composing in ("{isComposing: true}", "{keyCode: 229}"):
        quiet.evaluate(
            f"""() => document.body.dispatchEvent(new KeyboardEvent("keydown",
            {{key: " ", bubbles: true, cancelable: true, ...{composing}}}))"""
        )
    box = quiet.get_by_label("先用自己的话答一遍")
    box.press_sequentially("d 1 u ? / ")
    expect(box).to_have_value("d 1 u ? / ")
    expect(quiet.get_by_role("button", name="显示答案")).to_be_visible()
    expect(quiet.get_by_role("dialog")).to_have_count(0)
    expect(quiet.get_by_role("radio", checked=True)).to_have_count(0)


def test_the_other_language_keeps_what_was_typed_and_ticked(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    quiet.locator("#answer").fill("一半 an answer")
    quiet.get_by_role("radio", name="more than 0.1").check()
    quiet.get_by_role("button", name="用中文看这一页").click()
    expect(quiet.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(quiet.locator("#answer")).to_have_value("一半 an answer")
    expect(quiet.get_by_role("radio", name="超过 0.1")).to_be_checked()
    quiet.get_by_role("button", name="显示答案").click()
    expect(quiet.get_by_role("group", name="评分")).to_be_visible()
    quiet.locator("[data-key=w]").check()
    quiet.get_by_role("button", name="Read this page in English").click()
    expect(quiet.locator("html")).to_have_attribute("lang", "en")
    expect(quiet.locator("[data-key=w]")).to_be_checked()
    expect(quiet.get_by_text("You wrote: 一半 an answer")).to_be_visible()
    quiet.get_by_role("button", name="Good, next in").click()
    asked(quiet)
    assert ReviewEvent.objects.filter(prediction__choice="much").count() == 1


def test_the_script_suggests_what_the_server_suggests(quiet: Page, stone: Question) -> None:
    quiet.goto("/en/study/")
    cases = [
        (Ticks(musts, total, bonuses, 2, trap), sure, hint, fast)
        for total in range(1, 6)
        for musts in range(total + 1)
        for bonuses in range(3)
        for trap in (False, True)
        for sure in (None, "low", "mid", "high")
        for hint in (False, True)
        for fast in (False, True)
    ]
    expected = [suggest(t, confidence=c, hint_used=h, fast=f) for t, c, h, f in cases]
    given = [
        [t.musts, t.musts_total, t.bonuses, t.bonuses_total, t.trap, c, h, f]
        for t, c, h, f in cases
    ]
    found = quiet.evaluate(
        """cases => cases.map(([musts, mustsTotal, bonuses, bonusesTotal, trap, ...rest]) => {
            const [confidence, hint, fast] = rest;
            const ticks = {musts, mustsTotal, bonuses, bonusesTotal, trap};
            return window.proofdeck.suggest(ticks, {confidence, hint, fast});
        })""",
        given,
    )
    assert found == expected


def test_a_panel_updates_itself_when_its_run_is_there(quiet: Page, stone: Question) -> None:
    from demos.models import Demo
    from tests.proven import record

    quiet.goto(f"/en/study/?question={BELL}")
    quiet.keyboard.press("Space")
    proof = quiet.get_by_role("complementary", name="Proof")
    expect(proof).to_contain_text("this panel updates itself")
    record(Demo.objects.get(pk="silent_bell"))
    expect(proof).to_contain_text("Claim by claim", timeout=12_000)


def test_a_run_with_fresh_seeds_shows_in_the_panel(
    quiet: Page, stone: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.services.ring", lambda queue: None)
    quiet.goto("/en/study/")
    quiet.get_by_role("radio", name="not at all").check()
    quiet.keyboard.press("Space")
    answered(quiet)
    quiet.get_by_role("button", name="Run with new seeds").click()
    live = quiet.locator("[data-live]")
    expect(live).to_contain_text("Waiting")
    wish = RunRequest.objects.get()
    assert (wish.fresh, wish.prediction) == (True, {"choice": "none", "confidence": "mid"})
    expect(quiet.get_by_role("group", name="Grade")).to_be_visible()


@pytest.fixture
def bare(browser: Browser, browser_context_args: dict[str, Any]) -> Any:
    """A page in a browser without scripts."""
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    yield context.new_page()
    context.close()


def test_everything_works_without_scripts(bare: Page, stone: Question) -> None:
    bare.goto("/en/")
    bare.locator("#answer").fill("typed without scripts")
    bare.get_by_role("radio", name="not at all").check()
    bare.get_by_role("button", name="用中文看这一页").click()
    bare.get_by_role("button", name="Read this page in English").click()
    expect(bare.get_by_role("heading", level=1)).to_contain_text("Say it, predict it")
    expect(bare.locator("#answer")).to_have_value("typed without scripts")
    bare.get_by_role("button", name="Hint").click()
    expect(bare.get_by_role("note")).to_contain_text("whatever the mass")
    expect(bare.locator("#answer")).to_have_value("typed without scripts")
    bare.get_by_role("radio", name="not at all").press("Enter")
    expect(bare.get_by_text("You had it right.")).to_be_visible()
    bare.get_by_text("Full answer").click()
    expect(bare.get_by_text("The mass cancels")).to_be_visible()
    bare.locator("input[name=ticks]").first.check()
    bare.locator("input[name=ticks]").first.press("Enter")
    expect(bare.get_by_role("alert")).to_be_visible()
    expect(bare.locator("input[name=ticks]").first).to_be_checked()
    assert not ReviewEvent.objects.exists()
    bare.get_by_role("button", name="Hard, next in").click()
    expect(bare.locator(".session b")).to_have_text("2")
    event = ReviewEvent.objects.get()
    assert (event.rating, event.answer) == (2, "typed without scripts")
    bare.locator(".session").get_by_role("button", name="undo").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text(str(stone.title_en))
    bare.get_by_role("link", name="Questions").first.click()
    bare.get_by_role("link", name=str(stone.title_en)).click()
    assert bare.url.endswith(f"/en/questions/{STONE}/")
