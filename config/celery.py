"""The queue. It only rings: what a run is and whether it is done stands in the database.

Acknowledged early, never retried and without a result store, because redelivery by the
broker comes too late or twice; the sweeper rings again for whatever was lost.
"""

from __future__ import annotations

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from kombu.entity import Queue

from config.environment import redis_url, whole
from config.liveness import install

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A frozen broker must not hold a web thread: redis-py's own limit is none at all.
BROKER_SECONDS = 0.3
QUEUES = ("cpu", "gpu")


# What it warns of, a pickle run as root, cannot happen: messages are JSON and hold an id.
warnings.filterwarnings("ignore", category=SecurityWarning)


def broker_url(url: str) -> str:
    """`url` in kombu's spelling, which names a Unix socket differently from redis-py."""
    return f"redis+socket://{url.removeprefix('unix://')}" if url.startswith("unix://") else url


app = Celery("proofdeck")
app.conf.update(
    broker_url=broker_url(redis_url()),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": BROKER_SECONDS,
        "socket_connect_timeout": BROKER_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 25,
    },
    # retry=False would be the trap here: it lets the client's own retries take six seconds.
    task_publish_retry_policy={
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    result_backend=None,
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_acks_late=False,
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="cpu",
    task_create_missing_queues=False,
    worker_disable_prefetch=True,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=whole("WORKER_MAX_TASKS", 200, 1, 100_000),
    worker_soft_shutdown_timeout=whole("WORKER_SHUTDOWN_SECONDS", 2, 0, 600),
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
)
app.autodiscover_tasks()
install(app)
