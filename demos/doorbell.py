"""Tell a queue's workers that there is work. A message without content, never relied upon."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import current_app

log = logging.getLogger(__name__)

TASK = "demos.answer"
FAILURES, REST_SECONDS = 3, 10.0


class Breaker:
    """Skips the broker for a while after it failed several times in a row."""

    def __init__(self) -> None:
        self.failures, self.resting_until = 0, 0.0

    def rests(self, now: float) -> bool:
        return now < self.resting_until

    def failed(self, now: float) -> None:
        self.failures += 1
        if self.failures >= FAILURES:
            self.failures, self.resting_until = 0, now + REST_SECONDS

    def worked(self) -> None:
        self.failures = 0


breaker = Breaker()


def ring(queue: str) -> bool:
    """Ring once; whether the broker took it. The sweeper rings again for what waits."""
    return send(TASK, [queue], queue)


def send(task: str, arguments: list[Any], queue: str) -> bool:
    """Send a task by its name, whose code this process need not have; whether it was taken."""
    if breaker.rests(time.monotonic()):
        return False
    try:
        current_app.send_task(task, args=arguments, queue=queue)
    except Exception as error:  # any trouble with the broker costs a few seconds, never a run
        breaker.failed(time.monotonic())
        log.warning("the doorbell of queue %s did not ring: %s", queue, error)
        return False
    breaker.worked()
    return True
