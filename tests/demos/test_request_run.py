"""Wishing for a run: what is refused, what is shared, what rings, what a wish costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from demos.models import Demo, Heartbeat, Run, RunRequest, State
from demos.queries import get_request_for, place, progress, request_of, requests_of, worker_seen
from demos.services import (
    cancel_request,
    request_default,
)
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


def test_queues_a_run(ask: Any, alice: Any, demo: Demo) -> None:
    request = ask(given={"pause": "０．５"}, prediction={"choice": "high"})
    run = request.run

    assert run.state == State.QUEUED
    assert run.params == {"mode": "well", "pause": 0.5, "size": 1, "depth": 1}
    assert (run.first_seed, run.device, run.queue) == (0, "cpu", "cpu")
    assert run.code_hash == demo.code_hash
    assert request.prediction == {"choice": "high", "confidence": "mid"}
    assert request_of(alice, run) == request
    assert list(requests_of(alice, demo)) == [request]


def test_rings_after_the_commit_and_not_before(
    ask: Any, bells: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask()
        assert bells == []
    assert bells == ["cpu"]


def test_joins_a_run_that_answers_the_same_question(ask: Any, mallory: Any) -> None:
    first = ask(given={"pause": "2"})
    second = ask(owner=mallory, given={"mode": "well", "pause": 2.0})
    assert second.run == first.run
    assert second != first
    assert ask(given={"pause": 3}).run != first.run


@pytest.mark.parametrize("state", [State.RUNNING, State.DONE])
def test_joins_a_run_that_has_begun_without_ringing(
    ask: Any,
    bells: list[str],
    state: State,
    django_capture_on_commit_callbacks: Any,
) -> None:
    run = ask().run
    Run.objects.filter(pk=run.pk).update(state=state)
    with django_capture_on_commit_callbacks(execute=True):
        assert ask().run == run
    assert bells == []


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_asks_anew_after_a_run_that_came_to_nothing(ask: Any, state: State) -> None:
    run = ask().run
    Run.objects.filter(pk=run.pk).update(state=state)
    assert ask().run != run


def test_new_code_asks_a_new_question(ask: Any, demo: Demo) -> None:
    run = ask().run
    demo.code_hash = "another"
    demo.save()
    assert ask().run != run


def test_fresh_seeds_ask_a_new_question(ask: Any) -> None:
    run = ask().run
    fresh = ask(fresh=True)
    assert fresh.run.first_seed > 0
    assert fresh.run != run
    assert ask(fresh=True).run != fresh.run
    assert ask(fresh=True, first_seed=7).run == ask(fresh=True, first_seed=7).run


def test_takes_the_gpu_where_one_is_served(ask: Any, demo: Demo) -> None:
    assert ask().run.queue == "cpu"
    Heartbeat.objects.create(worker="w", queue="gpu", seen_at=MONDAY - timedelta(seconds=5))
    assert (ask().run.device, ask().run.queue) == ("cuda", "gpu")
    assert ask(device="cpu").run.queue == "cpu"
    assert ask(now=MONDAY + timedelta(minutes=1)).run.queue == "cpu"
    demo.manifest["gpu"] = False
    assert ask().run.queue == "cpu"


def test_waits_for_a_gpu_when_told_to(ask: Any) -> None:
    run = ask(device="cuda").run
    assert run.queue == "gpu"
    assert not worker_seen("gpu", MONDAY)
    assert progress(run, MONDAY)["worker"] is False


def test_tells_when_a_worker_is_seen_and_takes_nothing(ask: Any, demo: Demo) -> None:
    """As when it has lost the broker."""
    run, soon, later = ask().run, MONDAY + timedelta(seconds=5), MONDAY + timedelta(minutes=1)
    heartbeat = Heartbeat.objects.create(worker="w", queue="cpu", seen_at=soon)
    assert progress(run, soon)["worker"] is True
    heartbeat.seen_at = later
    heartbeat.save()
    assert progress(run, later)["worker"] is False
    other = ask(now=MONDAY, fresh=True).run
    Run.objects.filter(pk=other.pk).update(state=State.RUNNING)
    assert progress(run, later)["worker"] is True, "it is busy"
    Run.objects.filter(pk=other.pk).update(state=State.DONE, finished_at=MONDAY)
    assert progress(run, later)["worker"] is False
    Run.objects.filter(pk=other.pk).update(finished_at=later - timedelta(seconds=2))
    assert progress(run, later)["worker"] is True, "it takes its next one now"


def test_tells_the_place_in_the_queue(ask: Any, demo: Demo) -> None:
    background = request_default(demo=demo, now=MONDAY)
    later = [ask(now=MONDAY + timedelta(seconds=s), fresh=True).run for s in (2, 1)]
    assert [place(run) for run in (*later, background)] == [2, 1, 3]
    assert progress(later[1], MONDAY)["place"] == 1
    assert progress(later[1], MONDAY)["seeds_total"] == 64


def test_a_wish_takes_a_background_run_to_the_front(ask: Any, demo: Demo) -> None:
    run = request_default(demo=demo, now=MONDAY)
    assert run.priority == 9
    assert ask().run == run
    run.refresh_from_db()
    assert run.priority == 0
    assert run.recorded


def test_a_run_stops_when_the_last_wish_is_withdrawn(ask: Any, mallory: Any) -> None:
    mine, hers = ask(), ask(owner=mallory)
    cancel_request(request=mine, now=MONDAY)
    assert mine.withdrawn_at == MONDAY
    assert mine.run.state == State.QUEUED
    cancel_request(request=hers, now=MONDAY)
    assert hers.run.state == State.CANCELLED
    assert hers.run.finished_at == MONDAY


def test_withdrawing_leaves_a_default_run_and_a_finished_one(ask: Any, demo: Demo) -> None:
    request_default(demo=demo, now=MONDAY)
    assert cancel_request(request=ask(), now=MONDAY).run.state == State.QUEUED
    finished = ask(fresh=True)
    Run.objects.filter(pk=finished.run_id).update(state=State.DONE)
    assert cancel_request(request=finished, now=MONDAY).run.state == State.DONE
    assert finished.withdrawn_at is None


def test_a_strangers_request_does_not_exist(ask: Any, alice: Any, mallory: Any) -> None:
    request = ask()
    assert get_request_for(alice, request.pk) == request
    for stranger in (mallory, None):
        with pytest.raises(RunRequest.DoesNotExist):
            get_request_for(stranger, request.pk)
