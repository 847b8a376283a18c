"""One run of the site, from the first child to the last."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket as Socket  # noqa: N812 - a class, whatever its case
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.environment import PROJECT, broker_socket, flag, whole
from config.launcher import address, broker, collected, services
from config.launcher.lock import Lock
from config.launcher.processes import Child, Supervisor
from config.launcher.voice import say

READY_SECONDS = 90.0
BROKER_SECONDS = 15.0
TICK_SECONDS = 0.2


class NotStarted(Exception):
    """A step failed; the message says which and what to look at."""


@dataclass
class Launch:
    directory: Path
    lock: Lock
    listener: Socket
    environment: dict[str, str] = field(init=False)
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        self.environment = self._environment()
        self.supervisor = Supervisor(self.environment, say)

    def run(self) -> None:
        """Returns after Ctrl-C or SIGTERM, with every child gone.

        Raises `NotStarted`, `NoBroker` or `BadEnvironment`.
        """
        with ExitStack() as at_end:
            self._obey_signals(at_end)
            at_end.callback(self.supervisor.stop)
            for step in (self._broker, self._database, self._static, self._content, self._serve):
                if not self.supervisor.stopping:
                    step()
            self._keep()
            say("正在停止……", "Stopping …")

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **services.ONE_THREAD,
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
            "DATA_DIR": str(self.directory),
            "REDIS_URL": settings.REDIS_URL,
            "PYTHONPATH": os.pathsep.join(
                [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
            ),
            "PYTHONUNBUFFERED": "1",
        }

    def _obey_signals(self, at_end: ExitStack) -> None:
        def stop(number: int, frame: FrameType | None) -> None:
            self.supervisor.stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a closed terminal is no reason to stop.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                at_end.callback(signal.signal, number, signal.signal(number, stop))

    def _broker(self) -> None:
        if os.environ.get("REDIS_URL", "").strip():
            return
        folder, socket = self.directory / "broker", broker_socket(self.directory)
        broker.prepare(folder, socket)
        child = self.supervisor.start(services.broker_service(folder, socket, self.lock.descriptor))
        if self._until(lambda: broker.answers(settings.REDIS_URL), BROKER_SECONDS, child.lives):
            return
        if not child.lives() and (aside := broker.set_log_aside(folder)):
            say(f"队列日志无法读取，已移到 {aside}", f"The queue's log is unreadable: see {aside}")
            child.start()
            if self._until(lambda: broker.answers(settings.REDIS_URL), BROKER_SECONDS, child.lives):
                return
        if not self.supervisor.stopping:
            raise NotStarted(f"the broker does not start: see {folder / 'broker.log'}")

    def _database(self) -> None:
        say("正在更新数据库……", "Updating the database …")
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()

    def _static(self) -> None:
        if not settings.DEBUG and collected.collect_if_changed():
            say("已收集静态文件", "Collected the static files")

    def _content(self) -> None:
        say("正在读取实验与题库……", "Reading the experiments and the question bank …")
        self._step("sync_bank")
        if folder := os.environ.get("DOCUMENTS", "").strip():
            say(f"正在导入 {folder} 里的笔记……", f"Importing the notes in {folder} …")
            self._step("import_document", "--everyone", str(Path(folder).absolute()), needed=False)

    def _step(self, command: str, *given: str, needed: bool = True) -> None:
        """Runs a management command in a process of its own: reading the experiments loads
        torch, which the launcher would otherwise hold for as long as the site runs."""
        step = Child(services.step_service(command, self.lock.descriptor, *given), self.environment)
        step.start()
        while step.lives() and not self.supervisor.stopping:
            time.sleep(TICK_SECONDS)
        if step.stop() != 0 and needed and not self.supervisor.stopping:
            raise NotStarted(f"manage.py {command} failed: see the lines above")

    def _serve(self) -> None:
        lock = self.lock.descriptor
        soft = whole("WORKER_SHUTDOWN_SECONDS", 2, 0, 600)
        self.supervisor.start(services.web_service(self.listener.fileno(), lock))
        processes = whole("WORKERS", 1, 1, 256)
        self.supervisor.start(services.worker_service("cpu", processes, soft, lock))
        if flag("GPU_WORKER", default=Path("/dev/nvidiactl").exists()):
            self.supervisor.start(services.worker_service("gpu", 1, soft, lock))
        where = address.url(*self.listener.getsockname()[:2])
        if self._until(lambda: healthy(where), READY_SECONDS):
            self.lock.note(where)
            say(f"已就绪：{where}（按 Ctrl-C 停止）", f"Ready at {where} (Ctrl-C stops it)")
        elif not self.supervisor.stopping:
            raise NotStarted(f"the site does not answer at {where}: see the lines above")

    def _keep(self) -> None:
        while not self.supervisor.stopping:
            self.supervisor.tick()
            time.sleep(TICK_SECONDS)

    def _until(
        self,
        happens: Callable[[], bool],
        seconds: float,
        still: Callable[[], bool] = lambda: True,
    ) -> bool:
        """Waits for `happens`; False after `seconds`, at Ctrl-C, or once not `still`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and still() and not self.supervisor.stopping:
            if happens():
                return True
            time.sleep(TICK_SECONDS / 4)
        return False


def healthy(where: str) -> bool:
    try:
        with urllib.request.urlopen(f"{where}healthz", timeout=2) as reply:  # noqa: S310 - http
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
