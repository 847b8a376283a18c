"""Which queues are served: the last heartbeat of any worker of a queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from demos.models import Heartbeat

FRESH = timedelta(seconds=20)


def served(queue: str, now: datetime) -> bool:
    """Whether a worker of that queue has been seen lately."""
    return Heartbeat.objects.filter(queue=queue, seen_at__gt=now - FRESH).exists()


def beat(worker: str, queues: list[str], now: datetime) -> None:
    """Note that this worker serves these queues, and forget those long gone."""
    for queue in queues:
        Heartbeat.objects.update_or_create(worker=worker, queue=queue, defaults={"seen_at": now})
    Heartbeat.objects.filter(seen_at__lt=now - 100 * FRESH).delete()


def leave(worker: str) -> None:
    """Note that this worker serves no more."""
    Heartbeat.objects.filter(worker=worker).delete()
