"""Start, read and end the process of one run."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from demos.runner import child
from demos.runner.limits import Limits

CHUNK = 65536
PROJECT = Path(__file__).resolve().parents[2]


class Child:
    """A running demo: forked on the CPU, a fresh process on an accelerator."""

    def __init__(self, payload: Mapping[str, Any], limits: Limits, *, fresh: bool) -> None:
        self.limits, self.started = limits, time.monotonic()
        self.received, self._rest = 0, b""
        self._status: int | None = None
        reading, writing = os.pipe()
        self.pid = (_spawn if fresh else _fork)(payload, limits, reading, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        self._pipe = reading

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def messages(self, seconds: float) -> Iterator[dict[str, Any] | None]:
        """What the child said within so many seconds; None at the end of its life.

        Raises:
            ValueError: it said something that is no message, or far too much.
        """
        ready, _, _ = select.select([self._pipe], [], [], seconds)
        if not ready:
            return
        data = os.read(self._pipe, CHUNK)
        if not data:
            yield None
            return
        self.received += len(data)
        if self.received > 16 * self.limits.result_bytes:
            raise ValueError("the run said more than it may")
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "result" in message and len(line) > self.limits.result_bytes:
                raise ValueError(f"the result has {len(line)} bytes, more than it may")
            yield message

    def end(self, patience: float = 0.0) -> int:
        """The child's wait status, after at most `patience` seconds and the death of its group.

        A child may close its pipe and live on, so its own end is not waited for without limit.
        """
        if self._status is not None:
            return self._status
        os.close(self._pipe)
        deadline = time.monotonic() + patience
        # Not reaped yet: while the child is a zombie, nobody else gets its number.
        while not self._exited() and time.monotonic() < deadline:
            time.sleep(0.01)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        os.kill(self.pid, signal.SIGKILL)
        _, self._status = os.waitpid(self.pid, 0)
        return self._status

    def _exited(self) -> bool:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _fork(payload: Mapping[str, Any], limits: Limits, reading: int, writing: int) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child.forked(payload, limits, writing, parent)
    return pid


def _spawn(payload: Mapping[str, Any], limits: Limits, reading: int, writing: int) -> int:
    given = {"payload": dict(payload), "limits": limits.json(), "parent": os.getpid()}
    process = subprocess.Popen(
        [sys.executable, "-m", "demos.runner.child", str(writing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[writing],
        cwd=PROJECT,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(given).encode())
    process.stdin.close()
    process.returncode = 0  # we wait by pid; without this Popen would warn that nobody did
    return process.pid
