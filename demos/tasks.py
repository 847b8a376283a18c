"""What a worker does when its queue's bell rings, and what it prepares before."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down

from demos.doorbell import TASK
from demos.runner.work import answer as answer_one
from demos.sweeper import Sweeper

sweepers: list[Sweeper] = []


@shared_task(name=TASK)
def answer(queue: str) -> None:
    """Run the next run of the queue; a bell without work is harmless."""
    answer_one(queue)


@worker_init.connect
def import_torch(**_: Any) -> None:
    """Import what every child needs, once, before the pool forks; compute nothing.

    The first optimiser imports torch._dynamo, which takes longer than most runs.
    """

    import demos.kit.measure  # noqa: F401


@worker_ready.connect
def start_sweeper(sender: Any, **_: Any) -> None:
    queues = sorted(sender.app.amqp.queues.consume_from)
    sweeper = Sweeper(sender.hostname, queues)
    sweepers.append(sweeper)
    sweeper.start()


@worker_shutting_down.connect
def stop_sweeper(**_: Any) -> None:
    for sweeper in sweepers:
        sweeper.stop()
