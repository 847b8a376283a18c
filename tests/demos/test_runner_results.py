"""What a child may say, and what is stored of it."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError

from demos.models import Demo, Finding, Run, State
from demos.queries import progress, stored_findings, stored_run
from demos.runner import store, work
from demos.runner.child import describe
from demos.runner.claim import Claim, renew
from demos.runner.limits import Limits
from demos.runner.processes import Child
from demos.runner.work import answer
from demos.services import run_key
from tests.demos.workers import LIMITS, claimed, why

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bells")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seeds": 0}, "no seed"),
        ({"seeds": True}, "no seed"),
        ({"findings": [{"verdict": "surely"}]}, "no verdict"),
        ({"seconds": float("inf")}, "not finite"),
        ({"environment": {"deep": [[float("nan")]]}}, "not finite"),
        ({"figure": {"series": [{"x": [0] * 5001, "y": [], "low": None, "high": None}]}}, "5000"),
    ],
)
def test_refuses_an_unsound_result(result: dict[str, Any], change: Any, message: str) -> None:
    store.check(result)
    with pytest.raises(store.Unsound, match=message):
        store.check(result | change)


@pytest.mark.parametrize("missing", sorted(store.REQUIRED))
def test_refuses_an_incomplete_result(result: dict[str, Any], missing: str) -> None:
    with pytest.raises(store.Unsound, match=missing):
        store.check({k: v for k, v in result.items() if k != missing})


@pytest.mark.parametrize("nonsense", [None, [], "done", 3])
def test_refuses_what_is_no_result(nonsense: Any) -> None:
    with pytest.raises(store.Unsound):
        store.check(nonsense)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("print('hello')", "bad_result"),
        ("print('[1, 2]')", "bad_result"),
        ("print('{\"result\": {}}')", "bad_result"),
        ('print(\'{"result": {"x": "\' + "y" * 600_000 + \'"}}\')', "bad_result"),
        ('print(\'{"progress": {"x": "\' + "y" * 10_000_000 + \'"}}\')', "bad_result"),
        ("pass", "killed"),
    ],
)
def test_a_child_that_speaks_nonsense_is_no_verdict(
    ask: Any, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    run = ask().run
    Run.objects.update(attempt=1)

    def speak(payload: Any, limits: Any, reading: int, writing: int) -> int:
        with os.fdopen(os.dup(writing), "w") as pipe:
            return os.posix_spawn(
                "/usr/bin/env",
                ["env", "python3", "-c", script],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, pipe.fileno(), 1)],
                setsid=True,
            )

    monkeypatch.setattr("demos.runner.processes._fork", speak)
    assert answer("cpu")

    run.refresh_from_db()
    assert why(run)["code"] == code
    assert not Finding.objects.exists()


def test_an_error_is_one_line_for_people_and_a_traceback_for_staff() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        told = describe(error)
    assert told["line"] == "ValueError: first"
    assert "test_runner_results.py" in told["trace"]
    assert describe(ValueError())["line"] == "ValueError: "
    assert describe(MemoryError())["code"] == "memory"


def test_a_run_ends_in_findings(demo: Demo, ask: Any, now: datetime) -> None:
    run = ask().run
    assert answer("cpu")
    assert not answer("cpu")

    run.refresh_from_db()
    assert (run.state, run.failure, run.token) == (State.DONE, None, None)
    finding = Finding.objects.get(run=run)
    assert (finding.claim, finding.verdict, finding.n) == ("effect_is_high", "confirmed", 64)
    assert stored_findings([demo.slug])[demo.slug, "effect_is_high"] == finding
    assert progress(run, now)["seeds_done"] == 64


def test_a_database_away_for_a_moment_ends_no_run(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, calls = ask(given={"pause": 0.1}).run, []

    def away(claim: Claim, limits: Limits) -> bool:
        calls.append(claim)
        if len(calls) < 3:
            raise OperationalError("database is locked")
        return renew(claim, limits)

    monkeypatch.setattr(work, "renew", away)
    answer("cpu")
    run.refresh_from_db()
    assert run.state == State.DONE, run.failure
    assert len(calls) >= 3


def test_a_run_of_changed_code_is_not_computed(ask: Any) -> None:
    run = ask().run
    Run.objects.update(code_hash="before")
    answer("cpu")
    run.refresh_from_db()
    assert why(run)["code"] == "code_changed"


def test_ending_a_child_twice_is_harmless() -> None:
    child = Child({"slug": "no such", "device": "cpu"}, LIMITS, fresh=False)
    status = child.end(patience=5)
    assert os.waitstatus_to_exitcode(status) == 0
    assert child.end() == status


def test_records_a_default_run(demo: Demo, result: dict[str, Any], now: datetime) -> None:
    key = run_key(demo, result["params"], 0, "cpu")
    run = store.record(demo, key, result, now)
    assert store.record(demo, key, result, now) == run
    assert stored_run(demo) == run
    assert run.findings.count() == 1
    demo.refresh_from_db()
    assert demo.default_seconds == result["seconds"]


def test_recording_answers_those_who_wait(
    demo: Demo, ask: Any, result: dict[str, Any], now: datetime
) -> None:
    run = ask().run
    claim = claimed(now)
    recorded = store.record(demo, run.key, result, now)
    assert recorded == run
    run.refresh_from_db()
    assert (run.state, run.recorded) == (State.DONE, True)
    assert not store.finish(claim, result, now)
    assert run.findings.count() == 1


def test_learns_what_the_defaults_cost_when_the_machine_is_idle(
    demo: Demo, ask: Any, result: dict[str, Any], now: datetime
) -> None:
    def cost(seconds: float, **changed: Any) -> float | None:
        run = ask(**changed).run
        assert store.finish(claimed(now), result | {"seconds": seconds}, now)
        run.refresh_from_db()
        assert run.recorded is not bool(changed)
        demo.refresh_from_db()
        return demo.default_seconds

    assert cost(9.0) == 9.0
    assert cost(12.0, fresh=True) == 9.0
    assert cost(3.0, fresh=True) == 3.0
    assert cost(0.1, given={"depth": 2}) == 3.0
