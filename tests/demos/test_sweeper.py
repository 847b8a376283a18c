"""The sweeper takes back what was lost and rings for what waits."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from demos import registry, sweeper
from demos.models import Demo, Heartbeat, Run, State, Watch
from demos.runner import failures
from demos.runner.claim import claim_next
from demos.services import request_default
from demos.sweeper import hold_watch, queue_defaults, sweep, take_back
from tests.demos.workers import LONG_AGO, claimed, why

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bells")]


def test_a_worker_lost_twice_gives_the_run_up(ask: Any, bells: list[str], now: datetime) -> None:
    run = ask().run
    bells.clear()
    for state in (State.QUEUED, State.FAILED):
        claimed(now)
        take_back(now)
        run.refresh_from_db()
        assert run.state == State.RUNNING  # its lease lasts
        Run.objects.update(lease_until=LONG_AGO)
        take_back(now)
        run.refresh_from_db()
        assert run.state == state
    assert bells == ["cpu"]
    assert why(run)["code"] == "lost"
    assert run.finished_at == now
    assert claim_next("cpu", now) is None


def test_rings_again_for_what_waits(demo: Demo, ask: Any, bells: list[str], now: datetime) -> None:
    Run.objects.create(
        demo=demo, key="x", code_hash=demo.code_hash, params={}, recorded=True, created_at=now,
        state=State.DONE,
    )  # fmt: skip
    ask(fresh=True)
    gpu = ask(fresh=True).run
    Run.objects.filter(pk=gpu.pk).update(queue="gpu")
    bells.clear()
    sweep(now + timedelta(seconds=4))
    assert bells == []
    sweep(now + timedelta(seconds=6))
    assert sorted(bells) == ["cpu", "gpu"]


def test_asks_once_for_each_default_run(demo: Demo, now: datetime) -> None:
    queue_defaults(now)
    queue_defaults(now)
    run = Run.objects.get()
    assert (run.recorded, run.priority, run.params) == (True, 9, demo.manifest["defaults"])
    Run.objects.update(state=State.FAILED, failure={"code": "raised"})
    queue_defaults(now)
    assert Run.objects.count() == 1


def test_a_worker_of_other_code_is_no_try(
    demo: Demo, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(registry, "holds", lambda slug, code: False)
        queue_defaults(now)
    assert not Run.objects.exists()
    request_default(demo=demo, now=now)
    Run.objects.update(state=State.FAILED, failure=failures.code_changed())
    queue_defaults(now)
    assert Run.objects.filter(state=State.QUEUED).count() == 1


def test_asks_nothing_for_a_retired_demo(demo: Demo, now: datetime) -> None:
    Demo.objects.update(retired_at=now)
    queue_defaults(now)
    assert not Run.objects.exists()


def test_one_worker_has_the_watch(now: datetime) -> None:
    lease = timedelta(seconds=30)
    assert hold_watch("one", lease)
    assert not hold_watch("two", lease)
    assert hold_watch("one", lease)
    Watch.objects.update(until=LONG_AGO)
    assert hold_watch("two", lease)
    assert not hold_watch("one", lease)


@pytest.mark.parametrize("broker_answers", [True, False])
def test_a_worker_that_hears_no_bell_is_deaf(
    ask: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, broker_answers: bool
) -> None:
    monkeypatch.setattr(sweeper, "ring", lambda queue: broker_answers)
    run = ask().run
    later = now + timedelta(minutes=5)
    ours, others = sweeper.Sweeper("w", ["cpu"]), sweeper.Sweeper("v", ["gpu"])
    heard = [ours.is_deaf(later, clock) for clock in (1000.0, 1059.0, 1061.0)]
    assert heard == [False, False, broker_answers]
    assert not any(others.is_deaf(later, clock) for clock in (1000.0, 1061.0))

    Run.objects.filter(pk=run.pk).update(state=State.RUNNING)
    assert not ours.is_deaf(later, 1062.0)
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    assert not ours.is_deaf(later, 1063.0)
    assert not ours.is_deaf(later, 1120.0)


def test_a_deaf_worker_ends(
    monkeypatch: pytest.MonkeyPatch, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[int] = []
    thread = sweeper.Sweeper("w", ["cpu"])
    thread.every = 0.01
    monkeypatch.setattr(thread, "is_deaf", lambda *_: True)

    def ends(code: int) -> None:
        ended.append(code)
        thread.stop()

    monkeypatch.setattr(os, "_exit", ends)
    thread.run()
    assert ended == [1]
    assert not Heartbeat.objects.exists()
    assert "no bell is answered" in caplog.text


def test_a_failing_round_does_not_end_the_sweeper(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def fails(*_: Any) -> None:
        rounds.append(1)
        raise OperationalError("the database is away")

    thread = sweeper.Sweeper("w", ["cpu"])
    thread.every = 0.01
    monkeypatch.setattr(sweeper, "beat", fails)
    thread.start()
    for _ in range(500):
        if len(rounds) > 2:
            break
        thread.stopped.wait(0.01)
    thread.stop()
    thread.join(5)
    assert len(rounds) > 2
    assert not thread.is_alive()
