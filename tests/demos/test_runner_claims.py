"""Claims, leases, zombies: exactly one worker has a run, and only it may write."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from demos.models import Demo, Finding, Run, State
from demos.runner import failures, store
from demos.runner.claim import claim_next, renew
from demos.runner.limits import Limits
from demos.services import request_default
from tests.demos.workers import LIMITS, LONG_AGO, claimed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bells")]


def test_one_worker_gets_a_run(ask: Any, now: datetime) -> None:
    run = ask().run
    assert claim_next("gpu", now) is None
    assert claimed(now).run_id == run.pk
    assert claim_next("cpu", now) is None


def test_many_workers_at_once_get_one_run_each(ask: Any, now: datetime) -> None:
    runs = {ask(fresh=True).run.pk for _ in range(4)}
    start, got = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        claim = claim_next("cpu", now)
        got.append(claim and claim.run_id)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {run for run in got if run} == runs
    assert got.count(None) == 4


def test_the_queue_is_fair_between_people(ask: Any, mallory: Any, now: datetime) -> None:
    hers = [ask(fresh=True, now=now + timedelta(seconds=s)).run.pk for s in range(3)]
    his = ask(owner=mallory, fresh=True, now=now + timedelta(seconds=9)).run.pk
    order = [claimed(now + timedelta(seconds=20 + s)).run_id for s in range(4)]
    assert order == [hers[0], his, hers[1], hers[2]]


def test_people_come_before_the_background(demo: Demo, ask: Any, now: datetime) -> None:
    background = request_default(demo=demo, now=now)
    run = ask(fresh=True, now=now + timedelta(seconds=1)).run
    assert [claimed(now).run_id for _ in range(2)] == [run.pk, background.pk]


def test_an_expired_lease_is_taken_over_once(ask: Any, now: datetime) -> None:
    ask()
    first = claimed(now)
    Run.objects.update(lease_until=LONG_AGO)
    second = claimed(now)
    assert (first.run_id, second.attempt) == (second.run_id, 2)
    Run.objects.update(lease_until=LONG_AGO)
    assert claim_next("cpu", now) is None


def test_a_lease_lasts_as_long_as_it_says(ask: Any, now: datetime) -> None:
    run = ask().run
    claim = claimed(now)
    run.refresh_from_db()
    first = run.lease_until
    assert first is not None
    assert renew(claim, Limits(lease_seconds=60))
    run.refresh_from_db()
    assert run.lease_until is not None
    assert 55 < (run.lease_until - first).total_seconds() < 60


def test_a_zombie_writes_nothing(ask: Any, result: dict[str, Any], now: datetime) -> None:
    run = ask().run
    zombie = claimed(now)
    Run.objects.update(lease_until=LONG_AGO)
    heir = claimed(now)

    assert not store.report(zombie, {"seeds_done": 99})
    assert not store.finish(zombie, result, now)
    assert not store.fail(zombie, failures.lost(), now)
    assert not store.fail(zombie, failures.lost(), now, again=True)
    assert not renew(zombie, LIMITS)
    run.refresh_from_db()
    assert (run.state, run.token, run.progress) == (State.RUNNING, heir.token, {})
    assert not Finding.objects.exists()

    assert store.finish(heir, result, now)
    assert not store.finish(heir, result, now)
    assert not store.report(heir, {"seeds_done": 99})
    assert Finding.objects.count() == 1


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.CANCELLED])
def test_the_database_keeps_a_finished_run_finished(ask: Any, state: State) -> None:
    run = ask().run
    Run.objects.update(state=state)
    others = set(State) - {state}
    for other in others:
        with pytest.raises(DatabaseError, match="stays as it ended"), transaction.atomic():
            Run.objects.update(state=other)
    Run.objects.update(recorded=True)
    run.refresh_from_db()
    assert (run.state, run.recorded) == (state, True)


def test_findings_come_with_the_result_or_not_at_all(
    ask: Any, result: dict[str, Any], now: datetime
) -> None:
    run = ask().run
    claim = claimed(now)
    twice = result | {"findings": result["findings"] * 2}
    with pytest.raises(DatabaseError):
        store.finish(claim, twice, now)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.RUNNING, None)
    assert not Finding.objects.exists()
