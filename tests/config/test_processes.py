from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.launcher import broker, lock
from config.launcher.processes import LONGEST_DELAY, Child, Service, Supervisor
from tests.conftest import PROJECT

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    *(sys.executable, "-c"),
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); "
    "time.sleep(60)",
]


def test_kills_a_child_that_will_not_stop() -> None:
    child = Child(Service("stubborn", STUBBORN, patience=0.2), os.environ)
    child.start()
    time.sleep(0.5)
    assert child.stop() == -signal.SIGKILL


def test_waits_longer_each_time_a_child_dies_and_never_for_ever() -> None:
    said: list[str] = []
    supervisor = Supervisor(os.environ, lambda zh, en: said.append(en))
    child = supervisor.start(Service("broken", [sys.executable, "-c", "raise SystemExit(3)"]))
    delays = []
    for _ in range(8):
        assert child.process is not None
        child.process.wait()
        supervisor.tick()
        delays.append(child.delay)
        child.due = 0.0
        supervisor.tick()
    supervisor.stop()
    assert delays == sorted(delays)
    assert delays[0] < 1
    assert delays[-1] == LONGEST_DELAY
    assert said[0] == "broken ended (code 3); starting it again in 0.5 s"


def test_starts_a_settled_child_again_without_delay() -> None:
    supervisor = Supervisor(os.environ, lambda zh, en: None)
    child = supervisor.start(Service("settled", SLEEP))
    assert child.process is not None
    first = child.process.pid
    child.started -= 3600
    child.process.kill()
    child.process.wait()
    supervisor.tick()
    assert child.lives()
    assert child.process.pid != first
    supervisor.stop()
    assert not child.lives()


def test_guard_stops_its_command_when_the_launcher_is_gone(tmp_path: Path) -> None:
    """The launcher is a shell here: it starts the guard, notes both and is killed."""
    note = tmp_path / "pid"
    command = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    guard = [sys.executable, "-m", "config.launcher.guard", "SIGTERM", sys.executable, "-c"]
    launcher = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({[*guard, command]!r})"],
        cwd=PROJECT,
    )
    deadline = time.monotonic() + 20
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pid = int(note.read_text())
    os.kill(pid, 0)
    launcher.kill()
    launcher.wait()
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, "the command outlived its launcher"
        time.sleep(0.05)


def test_lock_is_free_only_when_the_last_child_is_gone(tmp_path: Path) -> None:
    held = lock.take(tmp_path, patience=0)
    held.note("http://127.0.0.1:1/")
    with pytest.raises(lock.AlreadyRunning) as refused:
        lock.take(tmp_path, patience=0)
    assert refused.value.address == "http://127.0.0.1:1/"

    child = subprocess.Popen(SLEEP, pass_fds=(held.descriptor,))
    os.pwrite(held.descriptor, b'{"pid": 0, "address": ""}           ', 0)
    held.release()
    with pytest.raises(lock.AlreadyRunning):
        lock.take(tmp_path, patience=0.3)
    child.kill()
    child.wait()
    lock.take(tmp_path, patience=0).release()


def test_sets_an_unreadable_log_aside(tmp_path: Path) -> None:
    assert broker.set_log_aside(tmp_path) is None
    (tmp_path / "appendonlydir").mkdir()
    aside = broker.set_log_aside(tmp_path)
    assert aside is not None
    assert aside.is_dir()
    assert not (tmp_path / "appendonlydir").exists()
