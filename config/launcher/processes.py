"""Children that never outlive the launcher, come back when they die, and stop in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
# Whoever lived this long starts again without delay: it is an accident, not a fault.
SETTLED_SECONDS = 60.0
PR_SET_PDEATHSIG = 1

_LIBC = ctypes.CDLL(None, use_errno=True)
DIES_WITH_PARENT = sys.platform == "linux" and hasattr(_LIBC, "prctl")


@dataclass(frozen=True)
class Service:
    """How one child is started and stopped.

    `patience` is the time in seconds between `stop_signal` and SIGKILL. `orphan_signal` is
    what the system sends it when the launcher is killed; `stop_signal` if none is named.
    """

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 5.0
    niceness: int = 0
    descriptors: tuple[int, ...] = ()
    orphan_signal: signal.Signals | None = None


def guarded(command: Sequence[str], stop_signal: signal.Signals) -> list[str]:
    """`command`, ending with its parent. Linux does that by itself; elsewhere a guard does."""
    if DIES_WITH_PARENT:
        return list(command)
    return [sys.executable, "-m", "config.launcher.guard", stop_signal.name, *command]


def _prepare(service: Service) -> Callable[[], None]:
    launcher = os.getpid()

    def prepare() -> None:
        if DIES_WITH_PARENT:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(service.orphan_signal or service.stop_signal))
            if os.getppid() != launcher:  # it died between the fork and the line above
                os._exit(1)
        if service.niceness:
            os.nice(service.niceness)

    return prepare


@dataclass
class Child:
    service: Service
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches the launcher alone, which stops things in
        # order, and what a dead child leaves behind can be swept with it.
        self.process = subprocess.Popen(
            guarded(self.service.command, self.service.stop_signal),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            pass_fds=self.service.descriptors,
            process_group=0,
            preexec_fn=_prepare(self.service),
        )
        self.started = time.monotonic()

    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.lives():
            self.process.send_signal(self.service.stop_signal)

    def wait_stopped(self, deadline: float) -> None:
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
            self.signal_group(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int | None:
        """Stops the child and its group; the exit status, None if it never ran."""
        self.ask_to_stop()
        self.wait_stopped(time.monotonic() + self.service.patience)
        return self.process.returncode if self.process is not None else None


@dataclass
class Supervisor:
    """Keeps services alive until `stopping` is set, by a signal or by the caller."""

    environment: Mapping[str, str]
    say: Callable[[str, str], None]
    stopping: bool = False
    children: list[Child] = field(default_factory=list)

    def start(self, service: Service) -> Child:
        child = Child(service, self.environment)
        child.start()
        self.children.append(child)
        return child

    def tick(self) -> None:
        """Starts again whoever died and whose delay is over."""
        now = time.monotonic()
        for child in self.children:
            if child.lives():
                continue
            if child.process is not None:
                self._bury(child, now)
            if now >= child.due:
                child.start()

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None
        child.signal_group(signal.SIGKILL)
        settled = now - child.started >= SETTLED_SECONDS
        grown = min(max(FIRST_DELAY, child.delay * 2), LONGEST_DELAY)
        child.delay = 0.0 if settled else grown
        child.due = now + child.delay
        self.say(
            f"{child.service.name} 停了（返回 {child.process.returncode}），"
            f"{child.delay:.1f} 秒后重新启动",
            f"{child.service.name} ended (code {child.process.returncode}); "
            f"starting it again in {child.delay:.1f} s",
        )
        child.process = None

    def stop(self) -> None:
        """Stops everything: all but the first child together, the first, the broker, last."""
        self.stopping = True
        for group in (self.children[1:], self.children[:1]):
            for child in group:
                child.ask_to_stop()
            now = time.monotonic()
            for child in group:
                child.wait_stopped(now + child.service.patience)
        self.children.clear()
