"""The lab in a browser, with a real worker and broker behind it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from demos import registry
from demos.doorbell import breaker
from demos.manifests import sync
from demos.models import Demo, Run, State
from quizbank.models import Question
from tests.demos.workers import FAULTY, SHORT, SLUG, Worker, add_demo
from tests.quizbank.lab_cast import record

pytestmark = pytest.mark.django_db(transaction=True)

LAB = f"/en/lab/{SLUG}/"
ZERO = "/en/lab/zero_init_symmetry/"
SECONDS = 30_000


@pytest.fixture
def worker(
    environment: dict[str, str],
    broker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Worker]:
    """A worker, and the demo that behaves as told."""
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    breaker.worked()
    with redis.Redis.from_url(settings.REDIS_URL) as queue:
        queue.flushall()  # what earlier tests rang for and nobody answered
    add_demo(timezone.now(), tried=True)
    worker = Worker("cpu", environment | SHORT, tmp_path / "worker.log")
    yield worker
    worker.kill()


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


def press_run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=False).first.click()


def slider(page: Page, name: str) -> Any:
    return page.locator(f'[data-param="{name}"] input[type=range]')


def field(page: Page, name: str) -> Any:
    return page.locator(f'[data-param="{name}"] input[type=text]')


# ---------------------------------------------------------------- with a worker


def test_a_changed_parameter_runs_to_its_verdict(
    page: Page, browser: Browser, live_server: Any, worker: Worker
) -> None:
    page.goto(LAB)
    page.get_by_text("high", exact=True).first.click()
    field(page, "pause").fill("0.4")
    press_run(page)
    live = page.locator("[data-run][data-panel]")
    expect(live.locator("[data-of]")).to_have_text(
        re.compile(r"^(8|16|24|32|40|48) of 64 seeds$"), timeout=SECONDS
    )
    expect(live.locator("[data-tally]")).to_have_text(re.compile(r"^\d+ for, 0 against\.$"))
    assert "pause=0.4" in page.url

    page.reload()  # mid-run: the same run goes on
    expect(live.locator("[data-state-word]")).to_have_text("Running")
    landed = page.locator("#result .stamp.large")
    expect(landed).to_contain_text("Confirmed", timeout=SECONDS)
    expect(landed).to_contain_text("64 of 64 seeds")
    expect(page.locator("[data-announce]")).to_contain_text("The run has ended")
    expect(page.locator("#result .outcome")).to_contain_text("You said high (mid)")

    permalink = page.get_by_role("link", name="Permalink").get_attribute("href")
    claims = page.locator("#result .judged").inner_text()
    drawing = page.locator("#result .fig.w text").all_inner_texts()
    stranger = browser.new_context(base_url=live_server.url, locale="en-GB").new_page()
    stranger.goto(str(permalink))
    assert stranger.locator("#result .judged").inner_text() == claims
    assert stranger.locator("#result .fig.w text").all_inner_texts() == drawing
    assert "You said" not in stranger.locator("main").inner_text()
    _files_equal_the_page(stranger, claims)
    stranger.context.close()


def _files_equal_the_page(page: Page, claims: str) -> None:
    def fetched(name: str) -> str:
        address = page.get_by_role("link", name=name, exact=True).get_attribute("href")
        return page.request.get(str(address)).body().decode("utf-8-sig")

    found = json.loads(fetched("JSON"))
    (finding,) = found["findings"]
    assert f"{finding['inside']} of {finding['n']}" in claims
    assert finding["words"]["en"] in claims
    page.locator("#result summary", has_text="Table").click()
    shown = page.locator("#result .twins table tbody tr").all()
    rows = list(csv.reader(io.StringIO(fetched("CSV"))))[1:]
    assert len(rows) == len(shown)
    densities = [y for s in found["figure"]["series"] for y in s["y"]]
    assert [float(row[3]) for row in rows] == densities
    first = shown[0].locator("th, td").all_inner_texts()
    assert first[0] == rows[0][0]
    (counted,) = list(csv.DictReader(io.StringIO(fetched("Claims as CSV"))))
    assert int(counted["hold"]) == finding["inside"]


def test_a_run_can_be_cancelled_and_another_started(page: Page, worker: Worker) -> None:
    page.goto(LAB)
    field(page, "pause").fill("5")
    press_run(page)
    expect(page.locator("[data-state-word]")).to_have_text("Running", timeout=SECONDS)

    page.keyboard.press("Escape")

    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible(timeout=2000)
    assert Run.objects.get(params__pause=5.0).state == State.CANCELLED
    field(page, "pause").fill("0")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result .stamp.large")).to_be_visible(timeout=SECONDS)


def test_a_run_that_breaks_says_so_in_words(page: Page, worker: Worker) -> None:
    page.goto(f"{LAB}?mode=raises")
    press_run(page)
    expect(page.get_by_role("heading", name="The run failed")).to_be_visible(timeout=SECONDS)
    expect(page.locator("#result")).to_contain_text("nothing was judged")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()


def test_a_refused_stream_is_polled(page: Page, worker: Worker) -> None:
    page.route("**/events/", lambda route: route.fulfill(status=503))
    page.goto(LAB)
    press_run(page)
    expect(page.locator("#result .stamp.large")).to_contain_text("Confirmed", timeout=SECONDS)


def test_without_scripts_a_form_runs(browser: Browser, live_server: Any, worker: Worker) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(LAB)
    expect(slider(page, "size")).to_be_hidden()
    field(page, "size").fill("3")
    press_run(page)
    assert "size=3" in page.url
    # The page renews itself by a <noscript> that this browser leaves out, so we do it here.
    for _ in range(30):
        if page.locator("#result .stamp.large").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator("#result .stamp.large")).to_contain_text("Confirmed")
    context.close()


# ---------------------------------------------------------------- the form alone


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
@pytest.mark.parametrize("width", [360, 820, 1280])
def test_nothing_scrolls_sideways(
    page: Page, live_server: Any, zero: Run, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    lab = f"/{language}/lab/"
    page.goto(f"{lab}zero_init_symmetry/")
    page.locator("[formaction]").click()
    addresses = [lab, f"{lab}zero_init_symmetry/?lr=x", f"/{language}/runs/{zero.pk}/"]
    for address in [page.url, *addresses, f"/{language}/help/judging/"]:
        page.goto(address)
        for summary in page.locator("main summary").all():
            summary.click()
        root = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert root[0] <= root[1], address
    assert problems == []
