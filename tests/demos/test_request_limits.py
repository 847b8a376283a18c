"""What a wish may not be: wrong, too long, too many; and what it costs when all ask at once."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from config.launcher.processes import Child
from demos import doorbell
from demos.kit.parameters import ParameterErrors
from demos.models import Demo, Run, RunRequest, State
from demos.services import (
    RequestConflict,
    TooManyRuns,
    cancel_request,
    request_run,
)
from tests.cast import MONDAY
from tests.conftest import until_answers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "given",
    [
        {"depth": 11},
        {"depth": "1_0"},
        {"depth": True},
        {"pause": float("nan")},
        {"pause": "1e999"},
        {"mode": "no such mode"},
        {"unheard_of": 1},
        {"depth": [1]},
    ],
)
def test_names_the_field_it_refuses(ask: Any, given: dict[str, Any]) -> None:
    with pytest.raises(ParameterErrors) as refused:
        ask(given=given)
    assert list(refused.value.errors) == list(given)
    assert not RunRequest.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"device": "tpu"}, "device"),
        ({"prediction": {"choice": "sideways"}}, "prediction.choice"),
        ({"prediction": {"choice": "low", "confidence": "9"}}, "prediction.confidence"),
    ],
)
def test_refuses_what_is_no_choice(ask: Any, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(ParameterErrors) as refused:
        ask(**changed)
    assert list(refused.value.errors) == [field]


def test_names_the_dearest_parameter_of_a_run_too_long(ask: Any, demo: Demo) -> None:
    demo.default_seconds = 2.0
    demo.save()
    ask(given={"size": 30})
    with pytest.raises(ParameterErrors) as refused:
        ask(given={"size": 31, "depth": 2})
    assert list(refused.value.errors) == ["size"]
    assert "60 s" in refused.value.errors["size"].en
    assert "60 秒" in refused.value.errors["size"].zh


@pytest.mark.parametrize(("guest", "limit"), [(True, 3), (False, 10)])
def test_limits_what_one_person_has_unfinished(
    ask: Any, alice: Any, guest: bool, limit: int
) -> None:
    alice.is_guest = guest
    alice.save()
    requests = [ask(fresh=True) for _ in range(limit)]
    with pytest.raises(TooManyRuns) as refused:
        ask(fresh=True)
    assert refused.value.limit == limit
    assert refused.value.retry_after > 0

    cancel_request(request=requests[0], now=MONDAY)
    Run.objects.filter(pk=requests[1].run_id).update(state=State.DONE)
    ask(fresh=True)
    ask(fresh=True)
    with pytest.raises(TooManyRuns):
        ask(fresh=True)


def test_the_limit_is_each_persons_own(ask: Any, mallory: Any) -> None:
    for _ in range(10):
        ask(fresh=True)
    ask(owner=mallory, fresh=True)


def test_a_known_answer_costs_nothing(ask: Any) -> None:
    Run.objects.filter(pk=ask().run_id).update(state=State.DONE)
    for _ in range(10):
        ask(fresh=True)
    assert ask().run.state == State.DONE


def test_the_same_request_twice_is_one(ask: Any, mallory: Any) -> None:
    first = ask(idempotency_key="k", fresh=True)
    assert ask(idempotency_key="k", fresh=True) == first
    with pytest.raises(RequestConflict):
        ask(idempotency_key="k", given={"depth": 2}, fresh=True)
    assert ask(owner=mallory, idempotency_key="k", fresh=True) != first


@pytest.mark.django_db(transaction=True)
def test_many_at_once_share_one_run(demo: Demo, bells: list[str]) -> None:
    names = [f"learner {i}" for i in range(6)]
    people = [get_user_model().objects.create_user(name) for name in names]
    start, failed = threading.Barrier(len(people)), []

    def wish(person: Any) -> None:
        start.wait()
        try:
            request_run(demo=demo, owner=person, given={}, now=MONDAY)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=wish, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert Run.objects.filter(state=State.QUEUED).count() == 1
    assert RunRequest.objects.count() == len(people)


@pytest.mark.django_db(transaction=True)
def test_one_person_at_once_stays_within_the_limit(
    demo: Demo, alice: Any, bells: list[str]
) -> None:
    alice.is_guest = True
    alice.save()
    start, outcomes = threading.Barrier(6), []

    def wish() -> None:
        start.wait()
        try:
            request_run(demo=demo, owner=alice, given={}, fresh=True, now=MONDAY)
            outcomes.append("queued")
        except TooManyRuns:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=wish) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["queued"] * 3 + ["refused"] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", ["dead", "frozen"])
def test_a_silent_broker_costs_a_moment_and_no_run(
    demo: Demo, alice: Any, now: datetime, broker: Child, trouble: str
) -> None:
    assert broker.process is not None
    if trouble == "dead":
        broker.process.kill()
        broker.process.wait()
    else:
        os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        waits = []
        for _ in range(5):
            started = time.monotonic()
            request = request_run(demo=demo, owner=alice, given={}, fresh=True, now=now)
            waits.append(time.monotonic() - started)
            assert request.run.state == State.QUEUED
        assert doorbell.breaker.rests(time.monotonic())
    finally:
        if trouble == "dead":
            broker.start()
        else:
            os.kill(broker.process.pid, signal.SIGCONT)
        until_answers(broker)
    assert max(waits) < 0.8
    assert max(waits[doorbell.FAILURES :]) < 0.1
    assert not doorbell.ring("cpu")
    doorbell.breaker.resting_until = 0.0
    assert doorbell.ring("cpu")
