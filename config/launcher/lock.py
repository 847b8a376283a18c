"""One launcher for each data directory.

The lock is a `flock` on a file whose descriptor every child inherits, so that it is free
only when the last process of a run is gone: two brokers never share one log.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 20.0


class AlreadyRunning(Exception):
    """Somebody else holds the directory; `address` is theirs, "" if they have none yet."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True)
class Lock:
    descriptor: int

    def note(self, address: str) -> None:
        """Says where this launcher answers, for whoever tries to start a second one."""
        text = json.dumps({"pid": os.getpid(), "address": address})
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text.encode(), 0)

    def release(self) -> None:
        os.close(self.descriptor)


def take(directory: Path, patience: float = PATIENCE_SECONDS) -> Lock:
    """Locks `directory`. If its launcher is dead and only children of it are left, waits
    up to `patience` seconds for them to end.

    Raises `AlreadyRunning` if a launcher lives, or if the children outlast the wait.
    """
    descriptor = os.open(directory / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, address = _holder(descriptor)
            if _lives(pid) or time.monotonic() > deadline:
                os.close(descriptor)
                raise AlreadyRunning(address) from None
            time.sleep(0.1)
        else:
            lock = Lock(descriptor)
            lock.note("")
            return lock


def _holder(descriptor: int) -> tuple[int, str]:
    try:
        held = json.loads(os.pread(descriptor, 4096, 0))
        return int(held["pid"]), str(held["address"])
    except (ValueError, KeyError, TypeError):
        return 0, ""


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
