"""A sign of life that a container's health check can read: a file the worker touches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps

EVERY_SECONDS = 5.0


class SignOfLife(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Touches the file named by WORKER_ALIVE_FILE from the worker's own event loop, so that
    a worker whose loop is stuck looks dead."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.file = os.environ.get("WORKER_ALIVE_FILE", "")
        self.enabled = bool(self.file)

    def start(self, parent: Any) -> None:
        Path(self.file).touch()
        self.repeated = parent.timer.call_repeatedly(
            EVERY_SECONDS, Path(self.file).touch, priority=10
        )

    def stop(self, parent: Any) -> None:
        self.repeated.cancel()


def install(app: Celery) -> None:
    app.steps["worker"].add(SignOfLife)
