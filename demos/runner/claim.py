"""Take the next run of a queue, so that exactly one worker has it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Max, Q
from django.db.models.functions import Now

from demos.models import Run, RunRequest, State
from demos.runner.limits import Limits

ATTEMPTS = 2
CONSIDERED = 64


@dataclass(frozen=True)
class Claim:
    """A run that is ours while the token is: everything the child must know."""

    run_id: uuid.UUID
    token: uuid.UUID
    slug: str
    code_hash: str
    params: dict[str, Any]
    first_seed: int
    limit: int | None
    device: str
    attempt: int

    def payload(self) -> dict[str, Any]:
        return {
            "slug": self.slug,
            "params": self.params,
            "first_seed": self.first_seed,
            "limit": self.limit,
            "device": self.device,
        }


def claim_next(queue: str, now: datetime, limits: Limits | None = None) -> Claim | None:
    """The next run of the queue under a fresh lease, or None when none can be had."""
    limits = limits or Limits.of(settings)
    for run in _candidates(queue):
        token = uuid.uuid4()
        taken = (
            Run.objects.filter(pk=run.pk, attempt__lt=ATTEMPTS)
            .filter(Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now()))
            .update(
                state=State.RUNNING,
                attempt=F("attempt") + 1,
                token=token,
                lease_until=Now() + limits.lease,
                started_at=now,
                progress={},
            )
        )
        if taken:
            return Claim(
                run.pk,
                token,
                run.demo_id,
                run.code_hash,
                run.params,
                run.first_seed,
                run.limit,
                run.device,
                run.attempt + 1,
            )
    return None


def renew(claim: Claim, limits: Limits) -> bool:
    """Prolong the lease; False when the run is no longer ours (cancelled, or taken over)."""
    ours = Run.objects.filter(pk=claim.run_id, token=claim.token, state=State.RUNNING)
    return bool(ours.update(lease_until=Now() + limits.lease))


def _candidates(queue: str) -> list[Run]:
    """Waiting runs, the best first: urgent before background, then whoever was served least
    recently, then by age."""
    waiting = list(
        Run.objects.filter(queue=queue, attempt__lt=ATTEMPTS)
        .filter(Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now()))
        .order_by("priority", "created_at")[:CONSIDERED]
    )
    wishes = RunRequest.objects.filter(
        run__in=[run.pk for run in waiting], withdrawn_at=None
    ).order_by("-created_at")
    owner_of = {wish.run_id: wish.owner_id for wish in wishes}
    served = _last_served({owner for owner in owner_of.values() if owner})
    return sorted(
        waiting,
        key=lambda run: (
            run.priority,
            served.get(owner_of.get(run.pk), 0.0),
            run.created_at,
        ),
    )


def _last_served(owners: set[Any]) -> dict[Any, float]:
    """{owner: time their latest run was started}, as seconds."""
    started = (
        RunRequest.objects.filter(owner__in=owners)
        .order_by()
        .values("owner_id")
        .annotate(at=Max("run__started_at"))
    )
    return {row["owner_id"]: row["at"].timestamp() for row in started if row["at"]}
