"""Ringing the queue must never hold whoever rings."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from config.celery import app, broker_url
from config.launcher.processes import Child
from tests.conftest import until_answers


@pytest.fixture(autouse=True)
def no_leftovers(broker: Child) -> Iterator[None]:
    yield
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("gpu")
    client.close()


def ring() -> None:
    app.send_task("tests.nobody_answers", queue="gpu")


def test_rings(broker: Child) -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("gpu")
    ring()
    assert client.llen("gpu") == 1
    client.close()


def test_is_the_current_queue_in_every_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        url = pool.submit(lambda: current_app.conf.broker_url).result()
    assert url == broker_url(settings.REDIS_URL)


def test_gives_up_at_once_without_a_broker(broker: Child) -> None:
    broker.stop()
    try:
        started = time.monotonic()
        with pytest.raises(OperationalError):
            ring()
        assert time.monotonic() - started < 0.5
    finally:
        broker.start()
        until_answers(broker)
    ring()


def test_gives_up_soon_on_a_frozen_broker(broker: Child) -> None:
    ring()
    assert broker.process is not None
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(OperationalError):
            ring()
        assert time.monotonic() - started < 1.5
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)
        until_answers(broker)
    ring()


def test_never_redelivers_retries_or_stores() -> None:
    assert app.conf.task_acks_late is False
    assert app.conf.worker_disable_prefetch is True
    assert app.conf.task_ignore_result is True
    assert app.conf.result_backend is None
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_publish_retry_policy["max_retries"] == 0
