"""The forms of the lab in a browser; what they start is in `test_lab_runs`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from demos import registry
from demos.manifests import sync
from demos.models import Demo, Run, RunRequest
from quizbank.models import Question
from tests.browser.lab_form import LAB, field, press_run, slider
from tests.demos.workers import FAULTY, add_demo
from tests.quizbank.lab_cast import record

pytestmark = pytest.mark.django_db(transaction=True)

ZERO = "/en/lab/zero_init_symmetry/"


@pytest.fixture
def behaving(db: None, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The same demo without anybody to run it."""
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    monkeypatch.setattr("demos.services.ring", lambda queue: None)
    return add_demo(timezone.now(), tried=True)


@pytest.fixture
def zero(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An experiment with logarithmic parameters and a recorded run."""
    monkeypatch.setattr("demos.services.ring", lambda queue: None)
    sync([registry.manifest("zero_init_symmetry")], now=timezone.now())
    return record(Demo.objects.get(pk="zero_init_symmetry"))


def test_nobody_listening_is_said(page: Page, live_server: Any, behaving: Demo) -> None:
    page.goto(LAB)
    press_run(page)
    expect(
        page.get_by_text("Nobody answers: the worker or the message broker is away")
    ).to_be_visible()
    expect(page.locator("[data-place]")).to_have_text("place 1")


def test_a_card_runs_its_experiment_in_its_place(
    page: Page, live_server: Any, stone: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demos.services.ring", lambda queue: None)
    page.goto(f"/en/study/?question={stone.path}")
    page.get_by_role("button", name="Show answer").click()
    page.get_by_role("button", name="Run with new seeds").click()
    place = page.locator("[data-live]")
    expect(place.locator("[data-state-word]")).to_have_text("Waiting")
    place.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()


def test_slider_and_field_stay_equal(page: Page, live_server: Any, zero: Run) -> None:
    page.goto(ZERO)
    rate, place = field(page, "lr"), slider(page, "lr")
    rate.fill("0.03")
    # log(0.03 / 0.01) / log(0.3 / 0.01) of 200
    expect(place).to_have_value("65")
    expect(page).to_have_url(re.compile(r"\?lr=0\.03$"))
    place.focus()
    page.keyboard.press("End")
    expect(rate).to_have_value("0.3")
    page.keyboard.press("Home")
    expect(rate).to_have_value("0.01")
    page.keyboard.press("ArrowRight")
    assert 0.01 < float(rate.input_value()) < 0.0105 or rate.input_value() == "0.011"

    units = field(page, "width")  # 2 to 64: one key, one unit
    units.fill("2")
    slider(page, "width").focus()
    page.keyboard.press("ArrowRight")
    expect(units).to_have_value("3")
    page.keyboard.press("ArrowLeft")
    expect(units).to_have_value("2")


def test_enter_in_a_field_runs_it_and_opens_no_seal(
    page: Page, live_server: Any, zero: Run
) -> None:
    page.goto(ZERO)
    expect(page.locator(".looking")).to_be_visible()
    field(page, "lr").fill("0.03")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        field(page, "lr").press("Enter")
    assert asked.value.url.endswith("/en/lab/zero_init_symmetry/run/")
    expect(page.locator("[data-place]")).to_be_visible()
    assert RunRequest.objects.count() == 1


def test_the_address_restores_the_form(page: Page, live_server: Any, zero: Run) -> None:
    page.goto(ZERO)
    field(page, "steps").fill("123")
    page.get_by_label("activation").select_option("relu")
    page.goto("/en/lab/")
    page.go_back()
    expect(field(page, "steps")).to_have_value("123")
    expect(page.get_by_label("activation")).to_have_value("relu")
    page.get_by_role("link", name="reset").click()
    expect(field(page, "steps")).to_have_value("300")
    expect(page).to_have_url(re.compile(r"/zero_init_symmetry/$"))
    page.get_by_role("link", name="Make it fail").click()
    expect(field(page, "spread")).to_have_value("0.5")
    expect(page).to_have_url(re.compile(r"\?spread=0\.5$"))
    page.get_by_role("link", name="中文").or_(page.locator("[data-language]")).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(field(page, "spread")).to_have_value("0.5")


@pytest.mark.parametrize("typed", ["1e9", "-1", "−1", "NaN", "", "1e-400"])
def test_a_bad_value_is_told_at_its_field(
    page: Page, live_server: Any, zero: Run, typed: str
) -> None:
    page.goto(ZERO)
    field(page, "width").fill(typed)
    press_run(page)
    error = page.locator("#p-width-error")
    expect(error).to_have_text("Give a whole number from 2 to 64.")
    expect(field(page, "width")).to_have_value(typed)
    assert Run.objects.count() == 1
    field(page, "width").fill("１２")
    expect(error).to_have_count(0)
    press_run(page)
    expect(page.locator("[data-state-word]")).to_have_text("Waiting")
    assert Run.objects.latest("created_at").params["width"] == 12


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_scrolls_sideways(page: Page, live_server: Any, zero: Run, language: str) -> None:
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    lab = f"/{language}/lab/"
    page.goto(f"{lab}zero_init_symmetry/")
    page.locator("[formaction]").click()
    addresses = [lab, f"{lab}zero_init_symmetry/?lr=x", f"/{language}/runs/{zero.pk}/"]
    for address in [page.url, *addresses, f"/{language}/help/judging/"]:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(address)
        for summary in page.locator("main summary").all():
            summary.click()
        for width in (1280, 820, 360):
            page.set_viewport_size({"width": width, "height": 800})
            root = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert root[0] <= root[1], (address, width)
    assert problems == []
