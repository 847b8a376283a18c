"""What people see of a run, from the bell to the verdict, whatever the demo does."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from config.launcher.processes import Child
from demos.models import Demo, Finding, Run, State
from demos.queries import progress, stored_findings, stored_run, worker_seen
from demos.services import cancel_request, request_run
from tests.conftest import until_answers
from tests.demos.workers import Worker, ended, eventually, group, why

pytestmark = pytest.mark.django_db(transaction=True)


def ask(demo: Demo, **given: Any) -> Run:
    return request_run(demo=demo, owner=None, given=given, now=timezone.now()).run


def test_answers_the_bell(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo))

    assert run.state == State.DONE, run.failure
    assert run.attempt == 1
    assert run.result
    assert run.result["findings"][0]["verdict"] == "confirmed"
    assert [f.verdict for f in run.findings.all()] == ["confirmed"]
    assert progress(run)["claims"][0] == {
        "claim": "effect_is_high",
        "inside": 64,
        "n": 64,
        "tape": [1] * 64,
    }
    assert worker_seen("cpu", timezone.now())
    assert not worker_seen("gpu", timezone.now())


def test_records_the_defaults(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo))
    demo.refresh_from_db()

    assert run.result
    assert stored_run(demo) == run
    assert stored_findings([demo.slug])[demo.slug, "effect_is_high"].run_id == run.pk
    assert demo.default_seconds == run.result["seconds"]


def test_records_nothing_else(demo: Demo, worker: Worker) -> None:
    ended(ask(demo, depth=2))
    assert stored_run(demo) is None


def test_queues_the_defaults_of_a_new_demo(demo: Demo, worker: Worker) -> None:
    Run.objects.filter(key="tried").delete()

    run = ended(eventually(lambda: Run.objects.filter(demo=demo).first()))

    assert run.priority == 9
    assert stored_run(demo) == run


def test_shows_progress_that_only_grows(demo: Demo, worker: Worker) -> None:
    run, seen = ask(demo, pause=0.2), []
    while run.live:
        run.refresh_from_db()
        seen.append(progress(run))
        time.sleep(0.03)

    assert run.state == State.DONE, run.failure
    done = [report["seeds_done"] for report in seen]
    assert done == sorted(done)
    assert len(set(done)) > 5
    assert done[-1] == 64
    states = list(dict.fromkeys(report["state"] for report in seen))
    assert states[-2:] == ["running", "done"]
    halfway = next(report for report in seen if report["seeds_done"] == 32)
    assert halfway["claims"][0]["inside"] == 32
    assert halfway["place"] is None


def test_stops_when_nobody_wants_it(demo: Demo, worker: Worker) -> None:
    request = request_run(demo=demo, owner=None, given={"pause": 3}, now=timezone.now())
    child = eventually(worker.runs)[0]

    cancel_request(request=request, now=timezone.now())

    eventually(lambda: not worker.runs(), 2)
    assert not group(child)
    assert ended(request.run).state == State.CANCELLED
    assert not Finding.objects.exists()


def test_tries_again_when_the_process_is_killed(demo: Demo, worker: Worker) -> None:
    run = ask(demo, pause=0.2)
    os.kill(eventually(worker.runs)[0], signal.SIGKILL)

    ended(run)

    assert (run.state, run.attempt) == (State.DONE, 2)
    assert progress(run)["failure"] is None
    assert run.findings.count() == 1


def test_gives_up_a_process_that_is_killed_twice(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="kills_itself"))

    assert (run.state, run.attempt) == (State.FAILED, 2)
    assert why(run)["code"] == "killed"
    assert why(run)["en"] == "The process was interrupted (SIGKILL)."
    assert why(run)["zh"] == "运行中的进程被中断（SIGKILL）。"


@pytest.mark.parametrize("mode", ["loops", "swallows"])
def test_stops_what_never_ends_and_keeps_what_it_had(demo: Demo, worker: Worker, mode: str) -> None:
    run = ended(ask(demo, mode=mode))

    assert run.state == State.FAILED
    assert run.attempt == 1
    assert why(run)["code"] == "time_limit"
    assert "5 s" in why(run)["en"]
    assert "5 秒" in why(run)["zh"]
    assert progress(run)["claims"][0]["n"] == 8
    eventually(lambda: not worker.runs(), 2)


def test_stops_what_hangs_up(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="hangs_up"))

    assert why(run)["code"] == "killed"
    eventually(lambda: not worker.runs(), 2)


def test_ends_what_a_run_leaves_behind(demo: Demo, worker: Worker) -> None:
    run = ask(demo, mode="leaves_a_child", pause=0.1)
    child = eventually(worker.runs)[0]
    ended(run)

    assert run.state == State.DONE, run.failure
    eventually(lambda: not group(child), 2)


def test_names_a_lack_of_memory(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="eats"))

    assert why(run)["code"] == "memory"
    assert "more memory than allowed" in why(run)["en"]


def test_names_an_error(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="raises"))

    assert why(run)["code"] == "raised"
    assert why(run)["en"].endswith("RuntimeError: the net has no layers")
    assert "misbehave.py" in why(run)["trace"]
    assert "trace" not in progress(run)["failure"]


def test_refuses_measurements_of_the_wrong_length(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="short"))

    assert run.state == State.FAILED
    assert "effect.value has 7 rows for 8 seeds" in why(run)["en"]


def test_confirms_nothing_from_numbers_that_are_not_finite(demo: Demo, worker: Worker) -> None:
    run = ended(ask(demo, mode="not_finite"))

    assert run.state == State.DONE, run.failure
    assert run.findings.get().verdict == "invalid"


def test_gives_up_a_run_whose_code_is_gone(demo: Demo, worker: Worker) -> None:
    demo.code_hash = "of another day"
    demo.save()
    Run.objects.filter(key="tried").update(code_hash=demo.code_hash)

    run = ended(ask(demo))

    assert why(run)["code"] == "code_changed"


# --- The broker fails while the worker lives ---


def test_an_emptied_broker_loses_no_run(demo: Demo, broker: Child, worker: Worker) -> None:
    eventually(lambda: worker_seen("cpu", timezone.now()))
    busy = ask(demo, pause=0.3)
    eventually(worker.runs)
    rung = [ask(demo, depth=depth) for depth in (2, 3, 4)]
    broker.process.kill()
    broker.process.wait()
    shutil.rmtree(Path(settings.REDIS_URL.removeprefix("unix://")).parent / "broker/appendonlydir")
    try:
        started = time.monotonic()
        deaf = [ask(demo, depth=depth) for depth in (5, 6)]
        assert time.monotonic() - started < 1
    finally:
        broker.start()
        until_answers(broker)

    for run in (busy, *rung, *deaf):
        ended(run)
        assert (run.state, run.attempt) == (State.DONE, 1), run.failure


def test_a_frozen_broker_delays_and_loses_nothing(
    demo: Demo, broker: Child, worker: Worker
) -> None:
    eventually(lambda: worker_seen("cpu", timezone.now()))
    assert broker.process is not None
    broker.process.send_signal(signal.SIGSTOP)
    try:
        run = ask(demo)
        time.sleep(2)
    finally:
        broker.process.send_signal(signal.SIGCONT)

    assert ended(run).state == State.DONE
