"""The web server's settings, on a laptop and in a container alike.

gunicorn --config python:config.gunicorn --bind … config.wsgi:application
"""

from __future__ import annotations

from pathlib import Path

from config.environment import whole

worker_class = "gthread"
# One process holds a cap on open event streams; more processes are more containers.
workers = 1
threads = whole("WEB_THREADS", 16, 2, 256)
timeout = 30
graceful_timeout = 2
keepalive = 5
loglevel = "warning"
control_socket_disable = True
# The heartbeat file on a disk can stall a whole process when the disk does.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory
