"""The composition root: settings, URLs, the queue and the launcher. Nobody imports it."""

from __future__ import annotations

from config.celery import app

# Naming the queue here makes it Celery's current application wherever Django runs.
__all__ = ["app"]
