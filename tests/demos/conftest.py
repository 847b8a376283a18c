"""A demo that behaves as told, and workers that run it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from config.launcher.services import ONE_THREAD
from demos.doorbell import breaker
from demos.models import Demo
from tests.demos.workers import FAULTY, SHORT, Worker, add_demo

Workers = Callable[..., Worker]


@pytest.fixture
def demo(db: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The demo that behaves as told."""
    monkeypatch.setenv("DEMOS_EXTRA", str(FAULTY))
    breaker.worked()
    breaker.resting_until = 0.0
    return add_demo(now)


@pytest.fixture(scope="module")
def worker_environment(django_db_setup: None) -> dict[str, str]:
    """The environment of a worker on the tests' database and broker."""
    name = str(connection.settings_dict["NAME"])
    url = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": url}
    return {**os.environ, **ONE_THREAD, **settings, **SHORT}


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
