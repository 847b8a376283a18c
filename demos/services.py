"""Every write that a person causes: wish for a run, withdraw the wish."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from demos.doorbell import ring
from demos.kit.declare import Text
from demos.kit.parameters import ParameterErrors, clean, cost_factor
from demos.models import LIVE, Demo, Run, RunRequest, State
from demos.presence import served

LIVE_RUNS = {"guest": 3, "user": 10, "nobody": 10}
WAIT_SECONDS = 10
BUDGET_SECONDS = 60.0
DEVICES = {"cpu": "cpu", "cuda": "gpu"}
ASKED = ("auto", "cpu", "cuda")


class TooManyRuns(Exception):
    """The person has as many unfinished runs as allowed; try again after `retry_after` s."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} runs are unfinished")
        self.limit, self.retry_after = limit, WAIT_SECONDS


class RequestConflict(Exception):
    """The idempotency key was used for another request."""


def request_run(
    *,
    demo: Demo,
    owner: AbstractBaseUser | None,
    given: Mapping[str, Any],
    now: datetime,
    device: str = "auto",
    fresh: bool = False,
    prediction: Mapping[str, Any] | None = None,
    idempotency_key: str = "",
    first_seed: int | None = None,
) -> RunRequest:
    """Wish for a run; join one that answers the same question, else queue it.

    Raises:
        ParameterErrors: a value is refused; the field and its range are named.
        TooManyRuns: the owner has too many unfinished runs.
        RequestConflict: the idempotency key belongs to a different request.
    """
    params = clean(demo.manifest["parameters"], given)
    if device not in ASKED:
        raise ParameterErrors({"device": _one_of(ASKED)})
    _check_cost(demo, params)
    prediction = _clean_prediction(demo, prediction)
    payload = _digest([demo.slug, params, device, fresh, prediction])
    if idempotency_key and (held := _held(owner, idempotency_key, payload)):
        return held
    seed = (secrets.randbelow(2**31) if first_seed is None else first_seed) if fresh else 0
    try:
        with transaction.atomic():
            run = _find_or_make(demo, params, seed, _resolve(demo, device, now), now)
            if run.live:
                _check_quota(owner)
            request = RunRequest.objects.create(
                run=run,
                owner_id=owner.pk if owner else None,
                device=device,
                fresh=fresh,
                prediction=prediction,
                idempotency_key=idempotency_key,
                payload_hash=payload,
                created_at=now,
            )
    except IntegrityError:  # the same key from the same person at the same moment
        held = _held(owner, idempotency_key, payload) if idempotency_key else None
        if held is None:
            raise
        return held
    return request


def request_default(*, demo: Demo, now: datetime) -> Run:
    """Queue the run whose verdicts pages show, behind everything people wait for."""
    params = clean(demo.manifest["parameters"], {})
    with transaction.atomic():
        run = _find_or_make(demo, params, 0, "cpu", now, priority=9)
        if not run.recorded:
            run.recorded = True
            run.save(update_fields=["recorded"])
    return run


def cancel_request(*, request: RunRequest, now: datetime) -> RunRequest:
    """Withdraw a wish; a run that nobody wants any more stops."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=request.run_id)
        if request.withdrawn_at is None and run.live:
            request.withdrawn_at = now
            request.save(update_fields=["withdrawn_at"])
            wanted = run.recorded or run.requests.filter(withdrawn_at=None).exists()
            if not wanted:
                Run.objects.filter(pk=run.pk, state__in=LIVE).update(
                    state=State.CANCELLED, finished_at=now, token=None, lease_until=None
                )
    request.run.refresh_from_db()
    return request


def run_key(demo: Demo, params: Mapping[str, Any], first_seed: int, device: str) -> str:
    """The hash of all that decides a run's numbers."""
    return _digest([demo.slug, demo.code_hash, params, first_seed, device])


def _find_or_make(
    demo: Demo, params: dict[str, Any], seed: int, device: str, now: datetime, priority: int = 0
) -> Run:
    key = run_key(demo, params, seed, device)
    # Locked, so that nobody cancels the run while it gains another wish.
    usable = Run.objects.select_for_update().filter(key=key, state__in=[*LIVE, State.DONE])
    if (run := usable.first()) is None:
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    demo=demo,
                    key=key,
                    code_hash=demo.code_hash,
                    params=params,
                    first_seed=seed,
                    device=device,
                    queue=DEVICES[device],
                    priority=priority,
                    created_at=now,
                )
        except IntegrityError:  # somebody asked the same in this moment: join
            run = usable.get()
    if run.state == State.QUEUED:
        if priority < run.priority:
            run.priority = priority
            run.save(update_fields=["priority"])
        transaction.on_commit(partial(ring, run.queue))
    return run


def _resolve(demo: Demo, device: str, now: datetime) -> str:
    """The device kind: `auto` takes the GPU where one is served and the demo says it pays."""
    if device != "auto":
        return device
    return "cuda" if demo.manifest["gpu"] and served("gpu", now) else "cpu"


def _check_quota(owner: AbstractBaseUser | None) -> None:
    """Refuse a wish too many; those without an owner share one quota (Raises TooManyRuns)."""
    kind = "nobody" if owner is None else "guest" if getattr(owner, "is_guest", False) else "user"
    limit = LIVE_RUNS[kind]
    if owner is not None:  # two wishes at once must not both be the last one
        get_user_model().objects.select_for_update().get(pk=owner.pk)
    unfinished = RunRequest.objects.filter(
        owner_id=owner.pk if owner else None, withdrawn_at=None, run__state__in=LIVE
    ).count()
    if unfinished >= limit:
        raise TooManyRuns(limit)


def _check_cost(demo: Demo, params: Mapping[str, Any]) -> None:
    schema = demo.manifest["parameters"]
    seconds = (demo.default_seconds or 2.0) * cost_factor(schema, params)
    if seconds <= BUDGET_SECONDS:
        return

    def alone(entry: Mapping[str, Any]) -> float:
        return cost_factor([entry], params)

    dearest = max((e for e in schema if e["cost"]), key=alone)
    raise ParameterErrors(
        {
            dearest["name"]: Text(
                f"这样大约要 {seconds:.0f} 秒，上限是 {BUDGET_SECONDS:.0f} 秒；请把它调小。",
                f"This would take about {seconds:.0f} s, and {BUDGET_SECONDS:.0f} s are allowed;"
                " make it smaller.",
            )
        }
    )


def _clean_prediction(demo: Demo, given: Mapping[str, Any] | None) -> dict[str, str] | None:
    if given is None:
        return None
    options = [option["slug"] for option in demo.manifest["prediction"]["options"]]
    levels = ("low", "mid", "high")
    if given.get("choice") not in options:
        raise ParameterErrors({"prediction.choice": _one_of(options)})
    if given.get("confidence", "mid") not in levels:
        raise ParameterErrors({"prediction.confidence": _one_of(levels)})
    return {"choice": given["choice"], "confidence": given.get("confidence", "mid")}


def _held(owner: AbstractBaseUser | None, key: str, payload: str) -> RunRequest | None:
    if owner is None:
        return None
    held = RunRequest.objects.filter(owner_id=owner.pk, idempotency_key=key).first()
    if held and held.payload_hash != payload:
        raise RequestConflict
    return held


def _one_of(values: Any) -> Text:
    return Text(
        f"请从这些值中选一个：{'、'.join(values)}。", f"Choose one of: {', '.join(values)}."
    )


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
