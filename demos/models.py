"""Demos as the site knows them, and the runs that people wish for.

The row is the truth about a run; the broker is only a doorbell.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Demo(models.Model):
    """One experiment: its manifest, written by `sync_demos` from the experiment's file."""

    slug = models.SlugField(primary_key=True, max_length=80)
    topic = models.CharField(max_length=80, db_index=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    manifest = models.JSONField()
    code_hash = models.CharField(max_length=64)
    default_seconds = models.FloatField(null=True, help_text="seconds of the recorded run")
    updated_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["topic", "slug"]

    def __str__(self) -> str:
        return self.slug


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (State.QUEUED, State.RUNNING)
TERMINAL = (State.DONE, State.FAILED, State.CANCELLED)


class Run(models.Model):
    """One execution of a demo. Its key is shared by everyone who asks the same question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    demo = models.ForeignKey(Demo, on_delete=models.PROTECT, related_name="runs")
    key = models.CharField(max_length=64, help_text="hash of code, parameters, seeds, device")
    code_hash = models.CharField(max_length=64)
    params = models.JSONField()
    first_seed = models.BigIntegerField(default=0)
    limit = models.PositiveIntegerField(null=True, help_text="at most so many seeds")
    device = models.CharField(max_length=8, default="cpu")
    queue = models.CharField(max_length=8, default="cpu")
    priority = models.SmallIntegerField(default=0, help_text="0 for people, 9 for the background")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True, help_text="fences off writers that lost their lease")
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    failure = models.JSONField(null=True, help_text="code, zh, en and, for staff, the traceback")
    recorded = models.BooleanField(default=False, help_text="the stored default run of its demo")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["queued", "running", "done"]),
                name="one_computation_per_question",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["queue", "state", "priority", "created_at"], name="run_next_to_claim"
            ),
            models.Index(fields=["demo", "recorded", "-finished_at"], name="run_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.demo_id} {self.id}"

    @property
    def live(self) -> bool:
        return self.state in LIVE


class Finding(models.Model):
    """One claim as judged in one run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="findings")
    demo = models.ForeignKey(Demo, on_delete=models.PROTECT, related_name="findings")
    claim = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    verdict = models.CharField(max_length=14)
    n = models.PositiveIntegerField()
    inside = models.PositiveIntegerField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    median = models.FloatField(null=True)
    control_inside = models.PositiveIntegerField(null=True)
    control_n = models.PositiveIntegerField(null=True)
    data = models.JSONField(help_text="the whole finding")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "claim"], name="one_finding_per_claim")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["demo", "claim"], name="finding_of_claim")
        ]

    def __str__(self) -> str:
        return f"{self.demo_id}/{self.claim}: {self.verdict}"

    @classmethod
    def of(cls, run: Run, data: dict[str, Any]) -> Finding:
        """The row, unsaved, of one finding in a run's result."""
        names = (
            *("claim", "kind", "verdict", "n", "inside", "low", "high", "median"),
            *("control_inside", "control_n"),
        )
        return cls(run=run, demo_id=run.demo_id, data=data, **{name: data[name] for name in names})


class RunRequest(models.Model):
    """One person's wish for a run, with the prediction made before it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="requests")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="run_requests"
    )
    device = models.CharField(max_length=8, default="auto", help_text="as asked for")
    fresh = models.BooleanField(default=False)
    prediction = models.JSONField(null=True, help_text='{"choice", "confidence"}')
    idempotency_key = models.CharField(max_length=80, blank=True)
    payload_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="one_request_per_idempotency_key",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "-created_at"], name="request_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} wishes {self.run_id}"


class Heartbeat(models.Model):
    """When a worker last said that it serves a queue."""

    worker = models.CharField(max_length=200)
    queue = models.CharField(max_length=8)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["worker", "queue"], name="one_heartbeat_per_queue")
        ]

    def __str__(self) -> str:
        return f"{self.worker} serves {self.queue}"


class Watch(models.Model):
    """Which worker sweeps now: a row with a lease, held by one at a time."""

    name = models.CharField(primary_key=True, max_length=20)
    holder = models.CharField(max_length=200)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.holder} until {self.until:%H:%M:%S}"
