"""Write what became of a run. Every write asks whether the run is still ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from demos.models import LIVE, Demo, Finding, Run, State
from demos.runner.claim import ATTEMPTS, Claim

log = logging.getLogger(__name__)

POINTS = 5000
REQUIRED = {"seeds", "seconds", "findings", "figure", "environment", "prediction"}
VERDICTS = {"confirmed", "refuted", "inconclusive", "invalid", "shown"}


class Unsound(ValueError):
    """A result that is not what a run must return."""


def report(claim: Claim, progress: Mapping[str, Any]) -> bool:
    """Store progress; False when the run is no longer ours."""
    ours = Run.objects.filter(pk=claim.run_id, token=claim.token, state=State.RUNNING)
    return bool(ours.update(progress=dict(progress)))


def finish(claim: Claim, result: Mapping[str, Any], now: datetime) -> bool:
    """Store a result and its findings, both or neither; False for a zombie's late write.

    Raises:
        Unsound: the result breaks the schema; nothing is stored.
    """
    check(result)
    with transaction.atomic():
        done = Run.objects.filter(pk=claim.run_id, token=claim.token, state=State.RUNNING).update(
            state=State.DONE,
            result=dict(result),
            finished_at=now,
            token=None,
            lease_until=None,
            progress={},
            failure=None,
        )
        if not done:
            log.warning("discarded the late result of run %s", claim.run_id)
            return False
        run = Run.objects.select_related("demo").get(pk=claim.run_id)
        Finding.objects.bulk_create(Finding.of(run, data) for data in result["findings"])
        _note_default(run, result)
    return True


def fail(claim: Claim, failure: Mapping[str, str], now: datetime, *, again: bool = False) -> bool:
    """Give a run up, or, with `again`, queue it for its second attempt if it has one."""
    if again and claim.attempt < ATTEMPTS:
        change: dict[str, Any] = {"state": State.QUEUED, "failure": dict(failure)}
    else:
        change = {"state": State.FAILED, "failure": dict(failure), "finished_at": now}
    ours = Run.objects.filter(pk=claim.run_id, token=claim.token, state=State.RUNNING)
    return bool(ours.update(token=None, lease_until=None, **change))


def record(demo: Demo, key: str, result: Mapping[str, Any], now: datetime) -> Run:
    """Store a default run that was measured outside the queue; the stored one if it exists."""
    check(result)
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(key=key, state=State.DONE).first()
        if run is not None:
            if not run.recorded:
                run.recorded = True
                run.save(update_fields=["recorded"])
            return run
        run = _held(demo, key, result["params"], now)
        run.state, run.result, run.recorded, run.finished_at = State.DONE, dict(result), True, now
        run.token = run.lease_until = run.failure = None
        run.progress = {}
        run.save()
        Finding.objects.bulk_create(Finding.of(run, data) for data in result["findings"])
        _note_default(run, result)
    return run


def _held(demo: Demo, key: str, params: Mapping[str, Any], now: datetime) -> Run:
    """The row that people wait for under this key, taken from its worker; else a new one."""
    live = Run.objects.select_for_update().filter(key=key, state__in=LIVE).first()
    if live is not None:
        return live
    return Run(
        demo=demo,
        key=key,
        code_hash=demo.code_hash,
        params=dict(params),
        attempt=1,
        created_at=now,
        started_at=now,
    )


def check(result: Any) -> None:
    """Refuse a result that pages or judges could not trust (Raises Unsound)."""
    if not isinstance(result, Mapping):
        raise Unsound("it is no result")
    if missing := REQUIRED - result.keys():
        raise Unsound(f"it lacks {', '.join(sorted(missing))}")
    if type(result["seeds"]) is not int or result["seeds"] < 1:
        raise Unsound("no seed was measured")
    for finding in result["findings"]:
        if finding["verdict"] not in VERDICTS:
            raise Unsound(f"there is no verdict {finding['verdict']!r}")
    for series in result["figure"]["series"]:
        if any(len(series[axis] or ()) > POINTS for axis in ("x", "y", "low", "high")):
            raise Unsound(f"a series has more than {POINTS} points")
    if any(value != value or value in (float("inf"), float("-inf")) for value in _floats(result)):
        raise Unsound("a number is not finite")


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _floats(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _floats(inner)


def _note_default(run: Run, result: Mapping[str, Any]) -> None:
    """A run of the defaults from the first deciding seed is what pages show from now on.

    Its seconds are what other parameters' cost is told from; runs of other seeds can only
    lower them, so that one measured on a busy machine does not stay for ever.
    """
    demo = run.demo
    if run.params != demo.manifest["defaults"] or run.limit:
        return
    if run.code_hash != demo.code_hash or run.device != "cpu":
        return
    demos = Demo.objects.filter(pk=demo.pk)
    if run.first_seed:
        demos = demos.filter(default_seconds__gt=result["seconds"])
    else:
        Run.objects.filter(pk=run.pk).update(recorded=True)
    demos.update(default_seconds=result["seconds"])
