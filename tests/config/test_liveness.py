"""The worker's container: its command, its sign of life, its stop signal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT

STOP_SECONDS = 15


def worker_command() -> list[str]:
    """The last CMD of the Dockerfile, which is the worker image's."""
    text = (PROJECT / "Dockerfile").read_text()
    commands = re.findall(r"^CMD (\[.*?\])$", text.replace("\\\n", ""), re.MULTILINE)
    program, *arguments = json.loads(commands[-1])
    assert program == "celery"
    return [sys.executable, "-m", "celery", *arguments]


@pytest.mark.usefixtures("broker")
def test_shows_that_it_lives_and_stops_at_the_images_signal(
    environment: dict[str, str], tmp_path: Path
) -> None:
    alive = tmp_path / "worker.alive"
    worker = subprocess.Popen(
        worker_command(),
        cwd=PROJECT,
        env={
            **environment,
            "WORKER_ALIVE_FILE": str(alive),
            "WORKER_SHUTDOWN_SECONDS": "2",
            "WORKER_PRELOAD": "0",
        },
        start_new_session=True,
    )
    try:
        wait_for(alive.exists, 60)
        first = alive.stat().st_mtime
        wait_for(lambda: alive.stat().st_mtime > first, 30)
        worker.send_signal(signal.SIGQUIT)
        worker.wait(STOP_SECONDS)
    finally:
        if worker.poll() is None:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


def wait_for(happens: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
