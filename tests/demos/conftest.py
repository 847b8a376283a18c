"""A demo that behaves as told, and workers that run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demos import registry
from demos.doorbell import breaker
from demos.models import Demo, RunRequest
from demos.services import request_run
from tests.cast import MONDAY
from tests.demos.workers import FAULTY, LIMITS, SHORT, SLUG, Worker, add_demo

Workers = Callable[..., Worker]


@pytest.fixture
def demo(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Demo:
    """The demo that behaves as told; workers leave its default run alone."""
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    breaker.worked()
    breaker.resting_until = 0.0
    return add_demo(now, tried=not {"worker", "workers"}.isdisjoint(request.fixturenames))


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """The queues rung so far, in place of a broker; leases are short."""
    rung: list[str] = []
    monkeypatch.setattr("demos.services.ring", rung.append)
    monkeypatch.setattr("demos.sweeper.ring", rung.append)
    settings.DEMO_LIMITS = asdict(LIMITS)
    return rung


@pytest.fixture
def ask(demo: Demo, alice: Any, bells: list[str]) -> Callable[..., RunRequest]:
    """Wishes for a run as Alice: `ask(given={"depth": 2}, fresh=True)`."""

    def ask(**changed: Any) -> RunRequest:
        wish = {"demo": demo, "owner": alice, "given": {}, "now": MONDAY} | changed
        return request_run(**wish)

    return ask


@pytest.fixture(scope="session")
def result() -> dict[str, Any]:
    """What one run of the demo's defaults returns."""
    from demos.kit.measure import prove

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEMOS_EXTRA", str(FAULTY))
        return prove(SLUG, registry.get(SLUG))


@pytest.fixture(scope="module")
def worker_environment(process_environment: dict[str, str]) -> dict[str, str]:
    return process_environment | SHORT


@pytest.fixture(scope="module")
def worker(
    worker_environment: dict[str, str], broker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """One worker of the cpu queue, shared by the tests that leave it alive."""
    worker = Worker("cpu", worker_environment, tmp_path_factory.mktemp("worker") / "log")
    yield worker
    worker.kill()


@pytest.fixture
def workers(worker_environment: dict[str, str], broker: Any, tmp_path: Path) -> Iterator[Workers]:
    """Starts workers: `workers("cpu")`. All are gone after the test."""
    started: list[Worker] = []

    def start(queue: str, **changed: str) -> Worker:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(Worker(queue, worker_environment | changed, log))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
