"""One run from claim to stored verdict, in real child processes, without a broker."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from demos import queries, registry, services
from demos.models import Finding, Run, State, Watch
from demos.runner import store
from demos.runner.claim import claim_next, renew
from demos.runner.limits import MIB, Limits
from demos.runner.work import answer
from demos.sweeper import hold_watch, queue_defaults, sweep, take_back

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = {"wall_seconds": 2.0, "lease_seconds": 3.0, "renew_seconds": 0.5}


@pytest.fixture(autouse=True)
def short_limits(settings):
    settings.DEMO_LIMITS = dict(SHORT)


def ask(demo, owner, now, behaviour="good", **options):
    return services.request_run(
        demo=demo, owner=owner, given={"behaviour": behaviour}, now=now, **options
    )


def test_a_run_ends_in_findings(probe, alice, real_now):
    run = ask(probe, alice, real_now).run
    assert answer("cpu")
    run.refresh_from_db()
    assert (run.state, run.attempt, run.failure) == (State.DONE, 1, None)
    finding = Finding.objects.get(run=run)
    assert (finding.claim, finding.verdict, finding.n) == ("it_shifts", "confirmed", 64)
    assert run.result["prediction"]["right"] == "up"
    assert run.recorded  # the defaults, from the first deciding seed
    assert queries.stored_findings(["probe"])[("probe", "it_shifts")] == finding
    shown = queries.progress(run, real_now)
    assert (shown["state"], shown["seeds_done"], len(shown["tape"])) == ("done", 64, 64)


def test_an_accelerators_path_starts_a_fresh_process(probe, alice, real_now, settings):
    settings.DEMO_LIMITS = {**SHORT, "wall_seconds": 60.0}  # it imports torch first
    run = ask(probe, alice, real_now).run
    Run.objects.update(queue="gpu")
    assert answer("gpu")
    run.refresh_from_db()
    assert run.state == State.DONE, run.failure


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [
        ("raise", "raised", "told to fail"),
        ("loop", "time_limit", "limit of 2 s"),
        ("garbage", "raised", "error"),
    ],
)
def test_a_demo_that_fails_says_why_and_is_not_tried_again(
    probe, alice, real_now, behaviour, code, words
):
    run = ask(probe, alice, real_now, behaviour).run
    answer("cpu")
    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.FAILED, 1)
    assert run.failure["code"] == code
    assert words in run.failure["en"]
    assert not Finding.objects.exists()
    assert "trace" not in queries.progress(run, real_now)["failure"]


def test_a_demo_that_eats_memory_is_stopped(probe, alice, real_now, settings):
    settings.DEMO_LIMITS = {**SHORT, "wall_seconds": 20.0, "memory_bytes": 900 * MIB}
    run = ask(probe, alice, real_now, "memory").run
    answer("cpu")
    run.refresh_from_db()
    assert (run.state, run.failure["code"]) == (State.FAILED, "memory")


def test_numbers_that_are_none_are_an_outcome_not_an_error(probe, alice, real_now):
    run = ask(probe, alice, real_now, "nan").run
    answer("cpu")
    run.refresh_from_db()
    assert run.state == State.DONE
    assert Finding.objects.get(run=run).verdict == "invalid"


def test_a_child_that_dies_is_tried_twice(probe, alice, real_now):
    run = ask(probe, alice, real_now, "exit").run
    answer("cpu")
    run.refresh_from_db()
    assert (run.state, run.attempt) == (State.QUEUED, 1)
    answer("cpu")
    run.refresh_from_db()
    assert (run.state, run.attempt, run.failure["code"]) == (State.FAILED, 2, "killed")
    assert not answer("cpu")


def test_progress_grows_and_a_withdrawn_wish_stops_the_run(probe, alice, real_now, settings):
    settings.DEMO_LIMITS = {**SHORT, "wall_seconds": 30.0}
    wish = ask(probe, alice, real_now, "slow")
    worker = threading.Thread(target=_answer_and_close)
    worker.start()
    seen = _watch(wish.run_id, until=8)
    services.cancel_request(request=wish, now=real_now)
    started = time.monotonic()
    worker.join(timeout=10)
    assert time.monotonic() - started < 3
    assert seen == sorted(seen)
    assert seen[-1] >= 8
    run = queries.get_run(wish.run_id)
    assert run.state == State.CANCELLED
    assert run.result is None


def _answer_and_close():
    try:
        answer("cpu")
    finally:
        connection.close()


def _watch(run_id, until):
    seen, deadline = [0], time.monotonic() + 15
    while seen[-1] < until and time.monotonic() < deadline:
        time.sleep(0.1)
        seen.append(queries.get_run(run_id).progress.get("seeds_done", seen[-1]))
    return seen


def test_only_one_worker_gets_a_run(probe, alice, real_now):
    ask(probe, alice, real_now)
    first = claim_next("cpu", real_now)
    assert first is not None
    assert claim_next("cpu", real_now) is None
    assert claim_next("gpu", real_now) is None


def test_a_zombie_cannot_write(probe, alice, real_now):
    ask(probe, alice, real_now)
    zombie = claim_next("cpu", real_now)
    Run.objects.update(lease_until=real_now - timedelta(minutes=1))
    heir = claim_next("cpu", real_now)
    assert (zombie.run_id, heir.attempt) == (heir.run_id, 2)
    result = _result(probe)
    assert not store.finish(zombie, result, real_now)
    assert not store.report(zombie, {"seeds_done": 99})
    assert not store.fail(zombie, {"code": "x", "zh": "", "en": ""}, real_now)
    assert not renew(zombie, Limits())
    assert not Finding.objects.exists()
    assert store.finish(heir, result, real_now)
    assert not store.finish(heir, result, real_now)
    assert Finding.objects.count() == 1


def _result(demo):
    from demos.kit.measure import prove

    return prove("probe", registry.get("probe"), limit=64)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seeds": 0}, "no seed"),
        ({"findings": [{"verdict": "surely"}]}, "no verdict"),
        ({"seconds": float("inf")}, "not finite"),
        ({"figure": {"series": [{"x": [0] * 6000, "y": [], "low": None, "high": None}]}}, "5000"),
    ],
)
def test_an_unsound_result_is_refused(probe, change, message):
    with pytest.raises(store.Unsound, match=message):
        store.check(_result(probe) | change)


def test_a_worker_lost_twice_gives_the_run_up(probe, alice, real_now):
    run = ask(probe, alice, real_now).run
    for state in (State.QUEUED, State.FAILED):
        assert claim_next("cpu", real_now) is not None
        Run.objects.update(lease_until=real_now - timedelta(minutes=1))
        take_back(real_now)
        run.refresh_from_db()
        assert run.state == state
    assert run.failure["code"] == "lost"
    assert claim_next("cpu", real_now) is None


def test_a_run_of_changed_code_is_not_computed(probe, alice, real_now):
    run = ask(probe, alice, real_now).run
    Run.objects.update(code_hash="before")
    answer("cpu")
    run.refresh_from_db()
    assert run.failure["code"] == "code_changed"


def test_the_queue_is_fair_between_people(probe, alice, mallory, real_now):
    hers = [ask(probe, alice, real_now, fresh=True).run_id for _ in range(3)]
    his = ask(probe, mallory, real_now + timedelta(seconds=1), fresh=True).run_id
    order = [claim_next("cpu", real_now + timedelta(seconds=i)).run_id for i in range(4)]
    assert order == [hers[0], his, hers[1], hers[2]]


def test_people_come_before_the_background(probe, alice, real_now):
    services.request_default(demo=probe, now=real_now)
    wish = ask(probe, alice, real_now + timedelta(seconds=1), fresh=True)
    assert claim_next("cpu", real_now).run_id == wish.run_id


def test_the_sweeper_asks_once_for_each_default_run(probe, real_now):
    queue_defaults(real_now)
    queue_defaults(real_now)
    run = Run.objects.get()
    assert run.recorded
    Run.objects.update(state=State.FAILED)
    queue_defaults(real_now)
    assert Run.objects.count() == 1  # a demo that fails is not hammered
    sweep(real_now)


def test_only_one_worker_sweeps(real_now):
    lease = timedelta(seconds=10)
    assert hold_watch("one", lease)
    assert not hold_watch("two", lease)
    assert hold_watch("one", lease)
    Watch.objects.update(until=real_now - timedelta(seconds=1))
    assert hold_watch("two", lease)
    assert Watch.objects.get().holder == "two"


def test_a_child_dies_with_its_parent(probe, alice, real_now, settings):
    """SIGKILL of the worker process leaves no experiment running."""
    settings.DEMO_LIMITS = {**SHORT, "wall_seconds": 60.0}
    ask(probe, alice, real_now, "loop")
    connection.close()
    pid = os.fork()
    if pid == 0:
        try:
            answer("cpu")
        finally:
            os._exit(0)
    child = _child_of(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _child_of(pid):
    listing, deadline = f"/proc/{pid}/task/{pid}/children", time.monotonic() + 15
    while time.monotonic() < deadline:
        with open(listing) as children:
            if found := children.read().split():
                return int(found[0])
        time.sleep(0.05)
    raise AssertionError("no child was started")


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
