"""Runs in the lab, in a browser and with a real worker and broker behind it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from demos.doorbell import breaker
from demos.models import Run, State
from demos.queries import worker_seen
from tests.browser.lab_form import LAB, field, press_run, slider
from tests.demos.workers import FAULTY, SHORT, Worker, add_demo, eventually

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 30_000


@pytest.fixture(scope="module")
def serving(
    process_environment: dict[str, str], broker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """One worker for all tests: each leaves it alive."""
    worker = Worker("cpu", process_environment | SHORT, tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.kill()


@pytest.fixture
def worker(transactional_db: None, serving: Worker, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """The worker, and the demo that behaves as told."""
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    breaker.worked()
    with redis.Redis.from_url(settings.REDIS_URL) as queue:
        queue.flushall()  # what earlier tests rang for and nobody answered
    add_demo(timezone.now(), tried=True)
    eventually(lambda: worker_seen("cpu", timezone.now()), 60)
    return serving


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
