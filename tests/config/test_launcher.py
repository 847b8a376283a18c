"""`manage.py up` as people run it: a program in a terminal, killed in every way."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "PORT")
READY_SECONDS = 90
STOP_SECONDS = 15
SEEN_BY_EVERYONE = {
    "healthz",
    "quizbank:home",
    "quizbank:question",
    "quizbank:lab",
    "quizbank:demo",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happens: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.1)


class Site:
    """One data directory and whatever is started on it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.output = directory.parent / "output.txt"
        self.launcher: subprocess.Popen[bytes] | None = None

    def environment(self, **changes: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k not in NOT_INHERITED}
        return {
            **inherited,
            "DATA_DIR": str(self.directory),
            "PORT": str(self.port),
            "LANG": "C.UTF-8",
            "WORKER_PRELOAD": "0",
            **changes,
        }

    def start(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            self.launcher = subprocess.Popen(
                [sys.executable, str(PROJECT / "manage.py"), "up"],
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self.is_ready, READY_SECONDS, "ready")
        return self.launcher

    def is_ready(self) -> bool:
        assert self.launcher is not None
        assert self.launcher.poll() is None, self.output.read_text()
        return "Ready at" in self.output.read_text()

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def second(self, **changes: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", "up", **changes)

    def get(self, path: str) -> str:
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=5) as reply:
            return str(reply.read().decode())

    def health(self) -> dict[str, str]:
        try:
            health: dict[str, str] = json.loads(self.get("/healthz"))
            return health
        except (urllib.error.URLError, OSError):
            return {"status": "failing", "broker": "away"}

    def processes(self, *words: str) -> list[int]:
        """Every process with this data directory in its environment and `words` in its
        command line, orphans included."""
        mark = b"DATA_DIR=" + os.fsencode(self.directory)
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    environment = (entry / "environ").read_bytes().split(b"\0")
                    command = (entry / "cmdline").read_bytes().decode(errors="replace")
                except OSError:
                    continue
                if command and mark in environment and all(word in command for word in words):
                    found.append(int(entry.name))
        return sorted(found)

    def kill_all(self) -> None:
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the module: the first start of each test but one is then a second start."""
    return tmp_path_factory.mktemp("site") / "data"


@pytest.fixture
def site(directory: Path) -> Iterator[Site]:
    site = Site(directory)
    yield site
    site.kill_all()
    if site.launcher is not None:
        site.launcher.wait(10)


def test_runs_refuses_a_second_start_and_stops_at_ctrl_c(site: Site) -> None:
    launcher = site.start()
    assert site.health()["status"] == site.health()["broker"] == "ok"
    assert site.processes("celery") != []
    assert (site.directory / "secret_key").stat().st_mode & 0o777 == 0o600

    page = site.get("/en/")
    sheets = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert sheets != []
    assert all(re.search(r"\.[0-9a-f]{12}\.css$", sheet) for sheet in sheets)
    assert all(site.get(sheet) for sheet in sheets)

    second = site.second(PORT=str(free_port()))
    assert second.returncode == 1
    assert f"already running at http://127.0.0.1:{site.port}/" in second.stderr
    assert "Traceback" not in second.stderr

    os.kill(launcher.pid, signal.SIGINT)
    assert launcher.wait(STOP_SECONDS) == 0
    assert site.processes() == []
    assert "Stopping" in site.output.read_text()


def test_starts_again_what_is_killed_and_itself_leaves_nothing_behind(site: Site) -> None:
    launcher = site.start()
    for words in [("gunicorn",), ("celery", "cpu@"), ("valkey-server",)]:
        is_replaced_when_killed(site, *words)
        assert launcher.poll() is None
    before = site.processes()
    launcher.kill()
    launcher.wait()

    launcher = site.start()
    assert set(site.processes()).isdisjoint(before)
    assert site.health()["broker"] == "ok"
    launcher.terminate()
    assert launcher.wait(STOP_SECONDS) == 0
    assert site.processes() == []


def test_every_address_answers_and_none_loads_an_experiment(site: Site) -> None:
    """What a start leaves in the database, asked for by a web process that starts anew."""
    database = site.directory / "proofdeck.sqlite3"
    if not database.exists():
        launcher = site.start()
        launcher.terminate()
        launcher.wait(STOP_SECONDS)
    # An address of the site's own, and pages as in production but for collected files.
    done = site.run(
        *("-m", "tests.config.walk"),
        DJANGO_SETTINGS_MODULE="tests.settings",
        TEST_DATABASE_URL=f"sqlite:///{database}",
    )
    assert done.returncode == 0, done.stderr
    walked = json.loads(done.stdout)
    answers = walked["answers"]
    assert {name for name, statuses in answers.items() if 200 in statuses} >= SEEN_BY_EVERYONE
    failed = {name: s for name, s in answers.items() if any(status >= 500 for status in s)}
    assert failed == {}
    assert walked["loaded"] == []
    # Statistics and simulations bring numpy along; nobody who only studies waits for it.
    assert walked["at_first"] == []


def is_replaced_when_killed(site: Site, *words: str) -> None:
    victims = site.processes(*words)
    assert victims != []
    os.kill(victims[0], signal.SIGKILL)

    def is_replaced() -> bool:
        now = site.processes(*words)
        return len(now) >= len(victims) and set(now).isdisjoint(victims)

    until(is_replaced, 30, f"a new {words[0]}")
    until(lambda: site.health() == {**site.health(), "status": "ok", "broker": "ok"}, 30, "health")


def test_refuses_a_port_that_is_taken(site: Site) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = str(holder.getsockname()[1])
        refused = site.second(PORT=taken)
    assert refused.returncode == 1
    assert f"port {taken} is taken" in refused.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PORT": "http"}, "PORT='http'"),
        ({"HOST": "192.0.2.1", "SECRET_KEY": "".join(map(chr, range(65, 120)))}, "HOST=192.0.2.1"),
        ({"HOST": "0.0.0.0", "SECRET_KEY": "change-me"}, "SECRET_KEY is short"),
    ],
)
def test_names_the_variable_it_cannot_start_with(
    site: Site, changes: dict[str, str], words: str
) -> None:
    refused = site.second(**changes)
    assert refused.returncode == 1
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    assert site.processes() == []
