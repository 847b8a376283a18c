from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections

from api import throttles
from api.throttles import BrokerCounter, network
from config.launcher.processes import Child
from tests.api.calls import Api


@pytest.fixture(autouse=True)
def _within_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of one test fall into one window."""
    monkeypatch.setattr(throttles, "clock", lambda: 1_000_000_040.0)


@pytest.fixture
def counting_broker(
    broker: Child, _count_afresh: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[redis.Redis]:
    monkeypatch.setattr(throttles, "broker_counter", BrokerCounter())
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def statuses(api: Api, times: int, **headers: str) -> list[int]:
    return [
        api.client.get("/api/v1/topics/", headers={**api.headers, **headers}).status_code
        for _ in range(times)
    ]


def test_an_address_may_ask_120_times_a_minute(anyone: Api, counting_broker: Any) -> None:
    assert statuses(anyone, 122) == [200] * 120 + [429] * 2
    refused = anyone.get("topics/")
    assert refused["Retry-After"] == "40"
    assert refused.json()["status"] == 429


def test_counting_starts_again_with_the_next_minute(
    anyone: Api, counting_broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert statuses(anyone, 121)[-1] == 429
    monkeypatch.setattr(throttles, "clock", lambda: 1_000_000_081.0)
    assert statuses(anyone, 1) == [200]


def test_a_person_may_ask_more(as_alice: Api, counting_broker: Any) -> None:
    assert statuses(as_alice, 121) == [200] * 121


def test_a_person_is_not_held_for_others_at_the_address(
    anyone: Api, as_alice: Api, counting_broker: Any
) -> None:
    assert statuses(anyone, 121)[-1] == 429
    assert statuses(as_alice, 1) == [200]


def test_without_a_broker_half_as_many_are_let_through(anyone: Api) -> None:
    assert statuses(anyone, 62) == [200] * 60 + [429] * 2


def test_a_wrong_key_is_counted_too(anyone: Api) -> None:
    wrong = statuses(anyone, 61, Authorization="Bearer pd_wrong")
    assert wrong == [401] * 60 + [429]


def test_a_forged_address_is_no_way_around(anyone: Api) -> None:
    for n in range(60):
        anyone.client.get("/api/v1/topics/", headers={"X-Forwarded-For": f"198.51.100.{n}"})
    assert statuses(anyone, 1, **{"X-Forwarded-For": "203.0.113.1"}) == [429]


@pytest.mark.django_db(transaction=True)
def test_requests_that_come_at_once_are_counted_one_by_one(counting_broker: Any) -> None:
    ready = threading.Barrier(8)

    def ask(_: int) -> list[int]:
        ready.wait()
        try:
            return statuses(Api(), 25)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = [status for found in pool.map(ask, range(8)) for status in found]
    assert answers.count(200) == 120
    assert answers.count(429) == 80


def test_processes_count_together_and_counts_pass(counting_broker: Any) -> None:
    count = (
        "import django; django.setup()\n"
        "from api.throttles import BrokerCounter\n"
        "print(BrokerCounter().count('throttle:test'))"
    )
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": settings.REDIS_URL}
    env["DATA_DIR"] = str(settings.DATA_DIR)
    counter = BrokerCounter()
    assert counter.count("throttle:test") == 1
    said = subprocess.run(
        [sys.executable, "-c", count], env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "2"
    assert counter.count("throttle:test") == 3
    assert 0 < counting_broker.ttl("throttle:test") <= 120


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_ipv6_network_counts_as_one(address: str, counted: str) -> None:
    assert network(address) == counted
