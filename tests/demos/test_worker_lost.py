"""Workers die, freeze and come back; each run still ends once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from demos.models import Demo, Heartbeat, Run, State, Watch
from demos.queries import worker_seen
from demos.services import request_run
from tests.demos.conftest import Workers
from tests.demos.workers import Worker, ended, eventually, group, why

pytestmark = pytest.mark.django_db(transaction=True)


def ask(demo: Demo, **given: Any) -> Run:
    return request_run(demo=demo, owner=None, given=given, now=timezone.now()).run


def running(run: Run) -> bool:
    run.refresh_from_db()
    return run.state == State.RUNNING


def freeze(worker: Worker) -> bool:
    """Stop a worker; False where it was in the middle of a write, and has been let go.

    Frozen there it would hold SQLite's lock, and nobody else could ever take over.
    """
    worker.signal(signal.SIGSTOP)
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout=200")
        Heartbeat.objects.update(seen_at=F("seen_at"))
    except OperationalError:
        worker.signal(signal.SIGCONT)
        return False
    finally:
        connection.close()  # the next one waits as long as ever
    return True


def test_another_worker_takes_over(demo: Demo, workers: Workers) -> None:
    first = workers("cpu")
    run = ask(demo, pause=0.3)
    child = eventually(first.runs)[0]
    first.signal(signal.SIGKILL)
    eventually(lambda: not group(child), 2)  # it died with its worker

    workers("cpu")

    ended(run)
    assert (run.state, run.attempt) == (State.DONE, 2)
    assert run.findings.count() == 1


def test_a_run_that_loses_two_workers_is_given_up(demo: Demo, workers: Workers) -> None:
    run = ask(demo, pause=0.5)
    for attempt in (1, 2):
        worker = workers("cpu")
        eventually(worker.runs)
        run.refresh_from_db()
        assert run.attempt == attempt
        worker.signal(signal.SIGKILL)
    workers("cpu")

    ended(run)

    assert run.state == State.FAILED
    assert why(run)["code"] == "lost"
    assert "lost twice" in why(run)["en"]


def test_a_frozen_worker_that_comes_back_changes_nothing(demo: Demo, workers: Workers) -> None:
    frozen = workers("cpu")
    run = ask(demo, pause=0.3)
    eventually(lambda: running(run))
    eventually(lambda: freeze(frozen))
    other = workers("cpu")
    ended(run)
    first = Run.objects.values().get(pk=run.pk)
    assert (run.state, run.attempt) == (State.DONE, 2)

    other.kill()
    frozen.signal(signal.SIGCONT)

    assert ended(ask(demo, depth=2)).state == State.DONE  # so it is through with the one it lost
    assert Run.objects.values().get(pk=run.pk) == first
    assert run.findings.count() == 1


def test_runs_wait_for_a_worker_and_one_that_stops_says_so(demo: Demo, workers: Workers) -> None:
    """Bells rung before any worker was there, and bells that nobody ever heard."""
    run = ask(demo)
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("cpu")
    client.close()
    assert not worker_seen("cpu", timezone.now())

    worker = workers("cpu")

    assert ended(run).state == State.DONE
    eventually(lambda: worker_seen("cpu", timezone.now()))
    worker.process.send_signal(signal.SIGQUIT)
    worker.process.wait(30)
    assert not Heartbeat.objects.exists()


def test_the_gpu_queue_runs_in_fresh_processes(demo: Demo, workers: Workers) -> None:
    """Served without forking; here the demo itself computes on the CPU."""
    worker = workers("gpu", WALL_SECONDS="60")  # it imports torch first
    run = ask(demo, pause=0.2)
    Run.objects.filter(pk=run.pk).update(queue="gpu")
    eventually(lambda: worker_seen("gpu", timezone.now()))
    child = eventually(worker.runs)[0]

    program = Path(f"/proc/{child}/cmdline")
    eventually(lambda: b"demos.runner.child" in program.read_bytes(), 2)
    assert ended(run).state == State.DONE, run.failure
    eventually(lambda: not worker.runs(), 2)


def test_the_gpu_queue_stops_what_never_ends(demo: Demo, workers: Workers) -> None:
    workers("gpu")
    run = ask(demo, mode="loops")
    Run.objects.filter(pk=run.pk).update(queue="gpu")

    assert why(ended(run))["code"] == "time_limit"


def test_one_worker_sweeps_and_the_next_takes_the_watch(demo: Demo, workers: Workers) -> None:
    first, second = workers("cpu"), workers("cpu")
    eventually(lambda: Heartbeat.objects.count() == 2)
    holder = Watch.objects.get().holder
    held, other = (first, second) if holder.endswith(f":{first.process.pid}") else (second, first)

    held.kill()

    eventually(lambda: Watch.objects.get().holder.endswith(f":{other.process.pid}"), 10)
