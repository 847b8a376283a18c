from __future__ import annotations

import os
import signal
import time
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from config.environment import version
from config.launcher import broker as embedded
from config.launcher.processes import Child


@pytest.mark.django_db
def test_says_ok_while_database_and_broker_answer(client: Any, broker: Child) -> None:
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "version": version(),
    }
    assert "no-store" in reply.headers["Cache-Control"]


@pytest.mark.django_db
def test_serves_on_while_the_broker_is_frozen(client: Any, broker: Child) -> None:
    assert broker.process is not None
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        reply = client.get("/healthz")
        taken = time.monotonic() - started
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)
    assert (reply.status_code, reply.json()["broker"]) == (200, "away")
    assert taken < 1.5
    assert embedded.answers(settings.REDIS_URL, timeout=5)


@pytest.mark.django_db
def test_fails_without_a_database(client: Any) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        reply = client.get("/healthz")
    assert reply.status_code == 503
    assert (reply.json()["status"], reply.json()["database"]) == ("failing", "away")


def test_takes_no_post(client: Any) -> None:
    assert client.post("/healthz").status_code == 405
