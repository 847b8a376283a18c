"""Every read of demos and runs. A run is readable by whoever knows its random id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from demos.models import Demo, Finding, Run, RunRequest, State
from demos.presence import served

UNANSWERED = timedelta(seconds=15)


def demos() -> QuerySet[Demo]:
    """Every demo that is not retired."""
    return Demo.objects.filter(retired_at=None)


def get_demo(slug: str) -> Demo:
    """The demo of that slug (Raises Demo.DoesNotExist)."""
    return demos().get(pk=slug)


def get_run(run_id: UUID | str) -> Run:
    """The run of that id (Raises Run.DoesNotExist)."""
    return Run.objects.select_related("demo").get(pk=run_id)


def get_request_for(user: AbstractBaseUser | None, request_id: UUID | str) -> RunRequest:
    """A person's own request (Raises RunRequest.DoesNotExist for anybody else's)."""
    if user is None or user.pk is None:
        raise RunRequest.DoesNotExist
    return RunRequest.objects.select_related("run__demo").get(pk=request_id, owner_id=user.pk)


def request_of(user: AbstractBaseUser | None, run: Run) -> RunRequest | None:
    """The person's latest request for this run, if they made one."""
    if user is None or user.pk is None:
        return None
    return run.requests.filter(owner_id=user.pk).order_by("-created_at").first()


def requests_of(user: AbstractBaseUser, demo: Demo | None = None) -> QuerySet[RunRequest]:
    """A person's requests, latest first."""
    own = RunRequest.objects.filter(owner_id=user.pk).select_related("run__demo")
    if demo is not None:
        own = own.filter(run__demo=demo)
    return own.order_by("-created_at")


def stored_run(demo: Demo) -> Run | None:
    """The recorded default run that pages show, from the present code if there is one."""
    done = Run.objects.filter(demo=demo, recorded=True, state=State.DONE).order_by("-finished_at")
    return done.filter(code_hash=demo.code_hash).first() or done.first()


def stored_runs(slugs: Iterable[str] | None = None) -> dict[str, Run]:
    """{slug: recorded run} for many demos in one query; results are not loaded."""
    runs = Run.objects.filter(recorded=True, state=State.DONE).select_related("demo")
    if slugs is not None:
        runs = runs.filter(demo__in=list(slugs))
    found: dict[str, Run] = {}
    for run in runs.defer("result", "progress", "demo__manifest").order_by("finished_at"):
        held = found.get(run.demo_id)
        fresher = run.code_hash == run.demo.code_hash
        if held is None or fresher or held.code_hash != held.demo.code_hash:
            found[run.demo_id] = run
    return found


def stored_findings(slugs: Iterable[str] | None = None) -> dict[tuple[str, str], Finding]:
    """{(demo, claim): finding} of the recorded runs, in two queries."""
    runs = stored_runs(slugs)
    findings = Finding.objects.filter(run__in=[run.pk for run in runs.values()])
    return {(f.demo_id, f.claim): f for f in findings}


def place(run: Run) -> int | None:
    """How many runs are claimed before this one, plus one; None unless it waits."""
    if run.state != State.QUEUED:
        return None
    waiting = Run.objects.filter(queue=run.queue, state=State.QUEUED)
    ahead = waiting.filter(priority__lt=run.priority) | waiting.filter(
        priority=run.priority, created_at__lt=run.created_at
    )
    return ahead.count() + 1


def worker_seen(queue: str, now: datetime) -> bool:
    """Whether a worker serves the queue; if not, what waits will run when one is back."""
    return served(queue, now)


def answered(run: Run, now: datetime) -> bool:
    """Whether somebody takes runs of this one's queue.

    A worker that is seen and cut off from the broker takes none: what waits for long then, with
    nothing running and nothing lately ended, is not answered.
    """
    if not served(run.queue, now):
        return False
    if run.state != State.QUEUED or run.created_at > now - UNANSWERED:
        return True
    others = Run.objects.filter(queue=run.queue)
    return (
        others.filter(state=State.RUNNING).exists()
        or others.filter(finished_at__gt=now - UNANSWERED).exists()
    )


def progress(run: Run, now: datetime | None = None) -> dict[str, Any]:
    """What a page or program shows of a run that goes on or has ended, as JSON."""
    seen = run.progress or {}
    result = run.result or {}
    claims = seen.get("claims", [])
    if run.state == State.DONE:
        claims = [
            {"claim": f["claim"], "inside": f["inside"], "n": f["n"], "tape": f["tape"]}
            for f in result["findings"]
            if f["kind"] != "shown"
        ]
    why = run.failure if run.state == State.FAILED and run.failure else {}
    failure = {k: v for k, v in why.items() if k in ("code", "zh", "en")}
    return {
        "id": str(run.pk),
        "state": run.state,
        "place": place(run),
        "worker": answered(run, now or timezone.now()),
        "queue": run.queue,
        "seeds_done": result.get("seeds") or seen.get("seeds_done", 0),
        "seeds_total": result.get("seeds")
        or seen.get("seeds_total", run.demo.manifest["looks"][0]),
        "looks": run.demo.manifest["looks"],
        "seconds": result.get("seconds") or seen.get("seconds", 0.0),
        "attempt": run.attempt,
        "claims": claims,
        "tape": claims[0].get("tape", []) if claims else [],
        "failure": failure or None,
    }
