"""What a worker does when its queue's bell rings, and what it prepares before."""

from __future__ import annotations

import atexit
import os
from typing import Any

from celery import shared_task
from celery.concurrency import get_implementation
from celery.signals import (
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)
from django.conf import settings

from demos.doorbell import TASK, ring
from demos.runner.limits import Limits, die_with_parent
from demos.runner.work import answer as answer_one
from demos.sweeper import Sweeper

# After the wall clock of a run; only a parent that hangs itself ever meets it.
GRACE_SECONDS = 15
LEAVE_SECONDS = 4

sweepers: list[Sweeper] = []


@shared_task(name=TASK, time_limit=Limits.of(settings).wall_seconds + GRACE_SECONDS)
def answer(queue: str) -> None:
    """Run the next run of the queue; a bell without work is harmless.

    Rings for the next one, so that a single bell empties a queue whose bells were lost.
    """
    if answer_one(queue):
        ring(queue)


@worker_init.connect
def import_torch(sender: Any, **_: Any) -> None:
    """Import what every child needs, once, before the pool forks; compute nothing.

    The first optimiser imports torch._dynamo, which takes longer than most runs. A pool that
    does not fork has no use for either.
    """
    if get_implementation(sender.pool_cls) is get_implementation("solo"):
        return
    import demos.kit.measure  # noqa: F401

    if settings.WORKER_PRELOAD:
        import torch._dynamo  # noqa: F401


@worker_process_init.connect
def end_with_worker(**_: Any) -> None:
    """A pool process that watches a run would not notice that its worker was killed."""
    die_with_parent(os.getppid())


@worker_ready.connect
def start_sweeper(sender: Any, **_: Any) -> None:
    queues = sorted(sender.app.amqp.queues.consume_from)
    sweeper = Sweeper(f"{sender.hostname}:{os.getpid()}", queues)
    sweepers.append(sweeper)
    sweeper.start()
    # Not by a signal of Celery's: it sends none at the end of a worker that is stopped cold.
    atexit.register(wait_for_sweeper)


@worker_shutting_down.connect
def stop_sweeper(**_: Any) -> None:
    for sweeper in sweepers:
        sweeper.stop()


def wait_for_sweeper() -> None:
    """Let it say goodbye, so that pages know at once that nobody listens."""
    stop_sweeper()
    for sweeper in sweepers:
        sweeper.join(LEAVE_SECONDS)
