"""Ring again for what waits, take back what was lost, keep the shown verdicts current.

A thread of every worker; the one that holds the watch does the work, so that no beat process
is needed and two sweepers do no harm.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, close_old_connections, connections
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from demos import registry
from demos.doorbell import ring
from demos.models import Demo, Run, State, Watch
from demos.presence import beat, leave
from demos.runner import failures
from demos.runner.claim import ATTEMPTS
from demos.services import request_default

log = logging.getLogger(__name__)


DEAF_SECONDS = 60.0


class Sweeper(threading.Thread):
    """Sweeps every few seconds until told to stop; an error costs one round, not the thread."""

    def __init__(self, worker: str, queues: list[str]) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.worker, self.queues = worker, queues
        self.stopped = threading.Event()
        self.every = float(getattr(settings, "SWEEP_SECONDS", 3.0))
        self.unanswered_since: float | None = None

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                close_old_connections()
                now = timezone.now()
                beat(self.worker, self.queues, now)
                if hold_watch(self.worker, timedelta(seconds=4 * self.every)):
                    sweep(now)
                if self.is_deaf(now, time.monotonic()):
                    self.give_way()
            except Exception:
                log.exception("this round of the sweeper failed; the next one comes")
            finally:
                connections.close_all()
            self.stopped.wait(self.every)
        leave(self.worker)
        connections.close_all()

    def stop(self) -> None:
        self.stopped.set()

    def is_deaf(self, now: datetime, clock: float) -> bool:
        """Whether the broker takes bells for our queues and yet nobody has come for long.

        Consumers have been seen to stay silent after a broken connection; only a new process
        helps them.
        """
        ours = Run.objects.filter(queue__in=self.queues)
        waiting = ours.filter(state=State.QUEUED, created_at__lt=_overdue(now)).order_by()
        queue = waiting.values_list("queue", flat=True).first()
        if queue is None or ours.filter(state=State.RUNNING).exists():
            self.unanswered_since = None
            return False
        if self.unanswered_since is None:
            self.unanswered_since = clock
        return clock - self.unanswered_since > DEAF_SECONDS and ring(queue)

    def give_way(self) -> None:
        """End the whole worker at once; whoever supervises it starts another."""
        log.critical("runs wait and no bell is answered: this worker ends itself")
        leave(self.worker)
        os._exit(1)


def hold_watch(holder: str, lease: timedelta) -> bool:
    """Take or prolong the watch, by the database's clock; False while another has it."""
    watch = Watch.objects.filter(name="sweeper")
    if watch.filter(holder=holder).update(until=Now() + lease):
        return True
    if watch.filter(until__lt=Now()).update(holder=holder, until=Now() + lease):
        return True
    try:
        _, created = Watch.objects.get_or_create(
            name="sweeper", defaults={"holder": holder, "until": Now() + lease}
        )
    except IntegrityError:
        return False
    return created


def sweep(now: datetime) -> None:
    """One round."""
    take_back(now)
    queue_defaults(now)
    waiting = Run.objects.filter(state=State.QUEUED, created_at__lt=_overdue(now))
    for queue in waiting.order_by().values_list("queue", flat=True).distinct():
        ring(queue)


def _overdue(now: datetime) -> datetime:
    return now - timedelta(seconds=float(getattr(settings, "RING_AGAIN_SECONDS", 5.0)))


def take_back(now: datetime) -> None:
    """Queue runs whose worker let the lease expire; give up those that lost two workers."""
    lost = Run.objects.filter(state=State.RUNNING, lease_until__lt=Now())
    lost.filter(attempt__gte=ATTEMPTS).update(
        state=State.FAILED, finished_at=now, token=None, lease_until=None, failure=failures.lost()
    )
    for run in lost.filter(attempt__lt=ATTEMPTS):
        queued = Run.objects.filter(pk=run.pk, token=run.token, state=State.RUNNING).update(
            state=State.QUEUED, token=None, lease_until=None
        )
        if queued:
            ring(run.queue)


def queue_defaults(now: datetime) -> None:
    """Wish for the default run of every demo whose present code has none; one try each.

    A worker with other code than the database knows, as in the middle of an update, neither
    wishes nor counts as a try.
    """
    tried = Run.objects.filter(
        demo=OuterRef("pk"), recorded=True, code_hash=OuterRef("code_hash")
    ).exclude(state=State.FAILED, failure__code="code_changed")
    for demo in Demo.objects.filter(~Exists(tried), retired_at=None):
        if registry.holds(demo.slug, demo.code_hash):
            request_default(demo=demo, now=now)
