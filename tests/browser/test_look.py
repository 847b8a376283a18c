"""What everyone must be able to see and use: narrow screens, both themes, axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from quizbank.models import Question, User
from tests.cast import MONDAY, PASSWORD
from tests.proven import BELL, STONE
from tests.quizbank.study_cast import grade

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = (
    *("", "study/", f"study/?question={BELL}", "questions/", "questions/?q=zzz"),
    *(f"questions/{STONE}/", f"questions/{BELL}/", "sign-in/", "sign-up/", "no-such-page/"),
    *("interview/", "settings/", "exchange/", "mock/", "progress/"),
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast"]  # all that the other theme changes


@pytest.fixture(autouse=True)
def _no_page_asks_another_host(page: Page, live_server: Any) -> Iterator[None]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield
    assert asked
    assert {url for url in asked if not url.startswith((live_server.url, "data:"))} == set()


def reveal(page: Page, language: str) -> None:
    page.goto(f"/{language}/study/?question={STONE}")
    page.locator("[data-reveal]").click()
    expect(page.locator(".grades")).to_be_visible()


def sit(page: Page, language: str, look: Callable[[str], None]) -> None:
    """Through a mock interview by its primary buttons, with a look at each of its pages."""
    page.goto(f"/{language}/mock/")
    page.locator("input[name=minutes][value='15']").check()
    page.locator("main button.primary").click()
    look("mock: question")
    while page.locator("[data-answer]").count():
        page.locator("#answer").fill("Because.")
        page.locator("[data-answer]").click()
    look("mock: estimate")
    page.locator("input[name=value][value='3']").check()
    page.locator("main button.primary").click()
    look("mock: marks")
    while page.locator("form[data-marks]").count():
        for part in ("structure", "trade_off", "example"):
            page.locator(f"input[name={part}][value='1']").check()
        page.locator("main .dock button.primary").click()
    look("mock: report")


def bring(page: Page, language: str, look: Callable[[str], None]) -> None:
    """A table with a past: what it would do, what it did, and the progress there is then."""
    past = "2026-01-05T09:00:00Z review 3 1 1 a; 2026-02-06T09:00:00Z reset - 0 0 b"
    head = "key,path,deck,front,back,tags,due,suspended,history"
    table = f"{head}\r\nk,,,What \\(x_1\\)?,That,,2026-03-01,1,{past}\r\n".encode()
    page.goto(f"/{language}/exchange/")
    file: Any = {"name": "cards.csv", "mimeType": "text/csv", "buffer": table}
    page.locator("#file").set_input_files(file)
    page.locator("[data-upload] button").click()
    expect(page.locator(".report dt")).to_have_count(4)
    look("exchange: preview")
    page.locator("main button.primary").click()
    expect(page.locator(".report dt")).to_have_count(4)
    look("exchange: report")
    page.goto(f"/{language}/progress/")
    expect(page.locator(".panel")).to_have_count(5)
    look("progress")


def sign_in(page: Page, stone: Question) -> None:
    """As somebody with a past, so that home shows all it has."""
    alice = User.objects.create_user("alice", password=PASSWORD)
    guess = {"demo": "falling_stones", "choice": "much", "confidence": "mid"}
    grade(alice, stone, 1, MONDAY, prediction=guess)
    page.goto("/en/sign-in/")
    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".toast")).to_be_visible()


def narrow(page: Page) -> list[str]:
    """What hangs over the right edge, and targets too small to hit."""
    found: list[str] = page.evaluate(
        """() => {
        const wrong = [];
        const root = document.documentElement;
        if (root.scrollWidth > innerWidth) wrong.push(`${root.scrollWidth} px wide`);
        const inText = (e) => e.closest("p, li, dd, td, h1, h2, summary, legend, .cite");
        for (const e of document.querySelectorAll("a, button, summary, input, select, textarea")) {
            const box = e.getBoundingClientRect();
            if (!box.width || e.closest(".skip, .vh, dialog") || e.matches(".skip")) continue;
            const hit = e.labels && e.labels[0] ? e.labels[0].getBoundingClientRect() : box;
            const height = Math.max(hit.height, box.height), width = Math.max(hit.width, box.width);
            const small = Math.min(height, width);
            if (small < 24 && !inText(e)) wrong.push(`${e.outerHTML.slice(0, 90)}: ${small} px`);
        }
        return wrong;
    }"""
    )
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_hangs_over_at_360_px(page: Page, stone: Question, language: str) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    found: dict[str, Any] = {}
    for address in PAGES:
        page.goto(f"/{language}/{address}")
        found[address] = narrow(page)
    reveal(page, language)
    found["back"] = narrow(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
    sit(page, language, lambda where: found.update({where: narrow(page)}))
    bring(page, language, lambda where: found.update({where: narrow(page)}))
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
    reveal(page, language)
    heights = page.locator(".grades button").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert min(heights) >= 44


def test_the_menu_of_a_narrow_page_needs_no_script(page: Page, stone: Question) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/zh/study/")
    page.get_by_role("link", name="菜单").click()
    inside = page.get_by_role("navigation", name="页脚导航").get_by_role("link", name="题库")
    expect(inside).to_be_in_viewport()
    inside.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("题库")


def violations(page: Page, rules: list[str]) -> list[str]:
    kind = "rule" if rules is COLOURS else "tag"
    options = {"runOnly": {"type": kind, "values": rules}, "resultTypes": ["violations"]}
    answer = Axe().run(page, options=options).response
    assert len(answer["passes"]) > (0 if rules is COLOURS else 10)
    return [
        f"{broken['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for broken in answer["violations"]
        for node in broken["nodes"]
    ]


@pytest.mark.parametrize(
    ("theme", "language", "rules"), [("light", "zh", RULES), ("dark", "en", COLOURS)]
)
def test_axe_finds_nothing(
    page: Page, stone: Question, theme: Any, language: str, rules: list[str]
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for address in PAGES:
        page.goto(f"/{language}/{address}")
        found[address] = violations(page, rules)
    reveal(page, language)
    found["back"] = violations(page, rules)
    sign_in(page, stone)
    for address in ("", "?guess=none"):
        page.goto(f"/{language}/{address}")
        found[f"today{address}"] = violations(page, rules)
    sit(page, language, lambda where: found.update({where: violations(page, rules)}))
    assert {address: broken for address, broken in found.items() if broken} == {}
