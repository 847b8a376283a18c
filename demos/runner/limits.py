"""What one run may use. Hard limits: a soft one is a courtesy that code can swallow."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes. `wall` is watched by the parent, the rest by the kernel.

    The kernel's limit on CPU seconds lies above the wall clock: it stops a run whose parent
    is frozen.
    """

    lease_seconds: float = 20.0
    renew_seconds: float = 5.0
    wall_seconds: float = 90.0
    memory_bytes: int = 2048 * MIB
    open_files: int = 64
    file_bytes: int = 16 * MIB
    result_bytes: int = 512 * 1024

    @classmethod
    def of(cls, settings: Any) -> Limits:
        """The limits as the settings' DEMO_LIMITS changes them."""
        return cls(**getattr(settings, "DEMO_LIMITS", {}))

    @property
    def cpu_seconds(self) -> int:
        return math.ceil(self.wall_seconds) + 5

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_seconds)

    def json(self) -> dict[str, Any]:
        return asdict(self)


def apply(limits: Limits, *, accelerator: bool) -> None:
    """Bind this process, which is about to run a demo, and everything it may start."""
    soft_and_hard = {
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 2),
        resource.RLIMIT_NOFILE: (limits.open_files, limits.open_files),
        resource.RLIMIT_FSIZE: (limits.file_bytes, limits.file_bytes),
        resource.RLIMIT_CORE: (0, 0),
    }
    if not accelerator:  # CUDA maps far more address space than it uses
        soft_and_hard[resource.RLIMIT_DATA] = (limits.memory_bytes, limits.memory_bytes)
    for kind, pair in soft_and_hard.items():
        resource.setrlimit(kind, pair)


def die_with_parent(parent: int) -> None:
    """Be killed when the parent dies, even by SIGKILL (Linux; elsewhere the pipe breaks)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel was told
            os._exit(1)
