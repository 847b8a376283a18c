"""What the launcher starts: a broker, a web server, workers, and steps before them."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from config.environment import PROJECT
from config.launcher import broker
from config.launcher.processes import Service

# One arithmetic thread a process: the work is parallel by processes, and more threads only
# make two cores wait for each other.
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def broker_service(directory: Path, socket: Path, lock: int) -> Service:
    return Service("broker", broker.command(directory, socket), descriptors=(lock,))


def step_service(command: str, lock: int, *given: str) -> Service:
    """A management command that ends by itself."""
    manage = [sys.executable, str(PROJECT / "manage.py"), command, "--verbosity", "0"]
    return Service(command, [*manage, *given], descriptors=(lock,))


def web_service(listener: int, lock: int) -> Service:
    """One process of many threads, on the socket that the launcher holds."""
    command = [
        *(sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"),
        *("--bind", f"fd://{listener}", "config.wsgi:application"),
    ]
    return Service("web", command, descriptors=(listener, lock))


def worker_service(queue: str, processes: int, soft_seconds: int, lock: int) -> Service:
    """A worker for one queue. A child forked from a process that has touched CUDA is
    unusable, so the GPU queue is served without forking.

    SIGQUIT is Celery's shutdown with a time limit; SIGTERM would wait for ever.
    """
    pool = ("--pool", "solo") if queue == "gpu" else ("--concurrency", str(processes))
    command = [
        *(sys.executable, "-m", "celery", "--app", "config.celery:app", "--quiet", "worker"),
        *("--queues", queue, "--hostname", f"{queue}@%h", *pool),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        *("--loglevel", "warning"),
    ]
    return Service(
        f"worker ({queue})",
        command,
        stop_signal=signal.SIGQUIT,
        # Stopping in order takes a worker long when the broker dies with the launcher, and
        # nothing is lost: the run's row is the truth.
        orphan_signal=signal.SIGKILL,
        patience=soft_seconds + 5.0,
        # The pages stay quick while an experiment takes all it can get.
        niceness=5,
        descriptors=(lock,),
    )
