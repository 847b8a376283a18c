"""The page of disputed claims, as plain links would use it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from demos import registry
from demos.kit.measure import prove
from demos.manifests import sync
from demos.models import Demo, Run
from demos.runner.store import record
from demos.services import run_key
from quizbank.models import Question, Trap
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.proven import install_bank
from tests.quizbank.disputes_cast import write_disputes
from tests.remembered import remembered
from tests.shipped import shipped

pytestmark = pytest.mark.django_db
MEASURED = "zero_init_symmetry"


@pytest.fixture
def stones(tmp_path: Path) -> Question:
    """Two disputes and a trap; the experiment about stones has been run."""
    write_disputes(tmp_path)
    return install_bank(tmp_path)


@pytest.fixture
def whole_bank() -> Run:
    """Everything we ship, with one experiment that has been run."""
    remembered("the whole bank", make_whole_bank)
    return Run.objects.get()


def make_whole_bank() -> None:
    bank = shipped()
    alone = tuple(replace(question, follow_ups=()) for question in bank.questions)
    sync_bank(bank=replace(bank, questions=alone), now=MONDAY)
    sync([registry.manifest(MEASURED)], now=MONDAY)
    demo = Demo.objects.get(pk=MEASURED)
    key = run_key(demo, demo.manifest["defaults"], 0, "cpu")
    record(demo, key, prove(MEASURED, registry.get(MEASURED), limit=64), MONDAY)


def page(client: Client, query: str = "", language: str = "en") -> str:
    answer = client.get(f"/{language}/disputed/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def articles(text: str) -> dict[str, str]:
    """Anchor -> markup of the entry."""
    found = re.findall(r'<article class="disputed" id="([\w-]+)"(.*?)</article>', text, re.DOTALL)
    assert len(dict(found)) == len(found), "anchors are unique"
    return dict(found)


def every_entry(client: Client, query: str = "?") -> dict[str, str]:
    found: dict[str, str] = {}
    for number in range(1, 9):
        text = page(client, f"{query}&page={number}")
        new = articles(text)
        assert not new.keys() & found.keys()
        found |= new
        if 'rel="next"' not in text:
            return found
    raise AssertionError("the pages do not end")


def places(entry: str) -> set[tuple[str, str]]:
    cited = re.findall(r'<p class="who">(d\d.*?)</p>', entry)
    return {(text, line) for text in cited for line in re.findall(r"L\d+", text)}


def test_every_contradiction_has_its_places_and_a_verdict(client: Client, whole_bank: Run) -> None:
    between = every_entry(client, "?kind=between")
    assert len(between) >= 22
    for anchor, entry in {**between, **every_entry(client, "?kind=within")}.items():
        assert len(places(entry)) >= 2, anchor
        measured = re.search(r'class="stamp" data-verdict="(?!sealed)\w+"', entry)
        assert bool(measured) != ("not yet measured" in entry), anchor
    zero = between["what_zero_weights_learn"]
    found = {finding.claim: finding.verdict for finding in whole_bank.findings.all()}
    named = ("zero_is_stuck", "units_stay_tied", "constant_still_learns")
    stamped = re.findall(r'class="stamp" data-verdict="(\w+)"', zero)
    assert stamped == [found[claim] for claim in named]
    assert f"/en/lab/{MEASURED}/" in zero
    assert f"/en/runs/{whole_bank.pk}/" in zero
    assert "/en/questions/initialisation/zero_weights/" in zero
    assert "<svg" in zero


def test_every_trap_of_the_bank_is_there(client: Client, whole_bank: Run) -> None:
    traps = every_entry(client, "?kind=trap")
    assert len(traps) == Trap.objects.count() >= 10
    refuted = traps["initialisation-zero_weights-ini-2"]
    assert 'data-verdict="refuted"' in refuted
    assert "What holds" in refuted


def test_the_whole_page_takes_few_queries(client: Client, whole_bank: Run) -> None:
    for language in ("zh", "en"):
        with CaptureQueriesContext(connection) as queries:
            text = page(client, language=language)
        assert len(queries) <= 8, [query["sql"][:90] for query in queries]
        assert "⟦" not in text
        assert " style=" not in text
        assert text.count("<h1") == 1


def test_a_side_bears_its_own_stamp(client: Client, stones: Question) -> None:
    entry = articles(page(client))["who_lands_first"]
    heavy, both = re.findall(r"<div><p class=\"who\">(.*?)</div>", entry, re.DOTALL)[:2]
    assert "The heavier one first." in heavy
    assert 'data-verdict="refuted"' in heavy
    assert "Both together." in both
    assert "data-verdict" not in both
    assert "<math" in entry
    assert "not yet measured" in articles(page(client))["vacuum_sound"]


def test_an_undecided_run_is_not_a_refutation(client: Client, stones: Question) -> None:
    finding = Run.objects.get(demo_id="falling_stones").findings.get(claim="feather_last")
    finding.verdict = "inconclusive"
    finding.save()
    entry = articles(page(client))["who_lands_first"]
    assert 'data-verdict="refuted"' not in entry
    assert 'data-verdict="inconclusive"' in entry


def test_filters_are_addresses_and_count(client: Client, stones: Question) -> None:
    trap = "falling-stone_and_feather-fal-2"
    assert [*articles(page(client))] == ["who_lands_first", "vacuum_sound", trap]
    assert [*articles(page(client, "?topic=sound"))] == ["vacuum_sound"]
    assert [*articles(page(client, "?verdict=refuted"))] == ["who_lands_first", trap]
    assert [*articles(page(client, "?verdict=none"))] == ["vacuum_sound"]
    assert [*articles(page(client, "?kind=trap"))] == [trap]
    assert [*articles(page(client, "?verdict=refuted&kind=within"))] == ["who_lands_first"]
    text = page(client, "?topic=falling")
    assert "2 disputed claims, 2 measured" in text
    assert re.search(r'href="\?topic=falling&amp;verdict=refuted">refuted <span>2<', text)
    assert re.search(r'href="\?topic=sound">Sound <span>1<', text)


def test_filters_that_nothing_meets_can_be_cleared(client: Client, stones: Question) -> None:
    text = page(client, "?topic=no-such&verdict=%00")
    assert articles(text) == {}
    assert 'href="?">Clear filters' in text
    assert "一条也没有" in page(client, "?topic=no-such", "zh")


def test_the_page_speaks_both_languages(client: Client, stones: Question) -> None:
    chinese, english = page(client, language="zh"), page(client)
    assert "有争议的说法" in chinese
    assert "谁先落地" in chinese
    assert "还没有实测" in chinese
    assert "Which lands first" not in chinese
    assert not re.search("[\u4e00-\u9fff]", english.split("<main")[1].split("</main>")[0])


def test_it_is_reached_from_the_questions_and_the_foot(client: Client, stones: Question) -> None:
    questions = str(client.get("/en/questions/").content.decode())
    main, _, foot = questions.partition("</main>")
    assert 'href="/en/disputed/"' in main
    assert 'href="/en/disputed/"' in foot


def test_only_reading_is_allowed(client: Client, stones: Question) -> None:
    assert client.post("/en/disputed/").status_code == 405


def test_ones_own_questions_are_nobodys_dispute(
    client: Client, stones: Question, alice: Any
) -> None:
    Question.objects.filter(pk=stones.pk).update(owner=alice)
    assert [*articles(page(client))] == ["who_lands_first", "vacuum_sound"]
    assert stones.path not in page(client)
