"""Runs a command and stops it when the launcher is gone, where the system cannot.

    python -m config.launcher.guard SIGTERM command …

Only systems without PR_SET_PDEATHSIG need it, macOS among them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

PATIENCE_SECONDS = 5.0


def main(arguments: list[str]) -> int:
    stop_signal = signal.Signals[arguments[0]]
    parent = os.getppid()
    child = subprocess.Popen(arguments[1:], close_fds=False)

    def forward(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        signal.signal(number, forward)
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(stop_signal)
            try:
                child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
            return 1
        time.sleep(0.5)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
