"""`manage.py prove` measures here and now, and is loud about a verdict nobody expected."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from demos import registry
from demos.models import Demo, Finding, Run, State
from demos.queries import get_demo, stored_findings, stored_run
from tests.demos.workers import FAULTY, SLUG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    monkeypatch.setattr(registry, "EXPERIMENTS", FAULTY / "none")


def prove(*arguments: str) -> str:
    out = StringIO()
    call_command("prove", *arguments, stdout=out)
    return out.getvalue()


def test_says_what_came_out_and_stores_nothing() -> None:
    said = prove(SLUG)
    assert SLUG in said
    assert "64 seeds" in said
    assert "1 confirmed" in said
    assert not Run.objects.exists()


def test_records_the_run_that_pages_show() -> None:
    prove("--all", "--record")
    demo = get_demo(SLUG)
    run = stored_run(demo)
    assert run is not None
    assert (run.state, run.recorded, run.first_seed) == (State.DONE, True, 0)
    assert run.params == demo.manifest["defaults"]
    assert stored_findings()[SLUG, "effect_is_high"].verdict == "confirmed"

    prove(SLUG, "--record")
    assert Run.objects.count() == 1
    assert Finding.objects.count() == 1


def test_is_the_run_that_people_join(alice: object, now: object) -> None:
    from demos.services import request_run

    prove(SLUG, "--record")
    request = request_run(demo=get_demo(SLUG), owner=alice, given={}, now=now)
    assert request.run == stored_run(get_demo(SLUG))


def test_ends_with_an_error_on_an_unexpected_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = registry.get(SLUG).claims[0]
    monkeypatch.setitem(claim.__dict__, "expected", "refuted")
    with pytest.raises(CommandError, match="confirmed, but the file states refuted"):
        prove(SLUG, "--record")
    assert stored_run(get_demo(SLUG)) is not None  # what was measured is kept all the same


def test_writes_the_results(tmp_path: Path) -> None:
    prove(SLUG, "--json", str(tmp_path / "results.json"))
    report = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert report["demos"][0]["slug"] == SLUG
    assert report["demos"][0]["claims"][0]["verdict"] == "confirmed"


def test_a_preview_states_nothing_and_is_not_recorded() -> None:
    assert "8 seeds" in prove(SLUG, "--seeds", "8")
    with pytest.raises(CommandError, match="preview"):
        prove(SLUG, "--seeds", "8", "--record")
    assert not Demo.objects.exists()


@pytest.mark.parametrize(("arguments", "message"), [([], "--all"), (["unheard_of"], "unheard_of")])
def test_names_what_it_cannot_do(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        prove(*arguments)
