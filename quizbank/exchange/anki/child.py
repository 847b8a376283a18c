"""Read a package in a process of its own, which may neither take long nor grow large.

A package is a stranger's database: SQLite and zlib read it where a flaw of theirs, or a loop
without an end, costs nothing but that process.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from quizbank.exchange.anki.reading import Read, from_json
from quizbank.exchange.anki.refusals import Refused

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 30.0  # on the clock
CPU_SECONDS = 20
MEMORY = 1 << 30
LARGEST_FILE = 128 << 20  # the unpacked collection, or the answer
LARGEST_ANSWER = 96 << 20
OUT_OF_MEMORY = 3
STOPPED = (signal.SIGXCPU, signal.SIGKILL)
COMMAND = (sys.executable, "-m", "quizbank.exchange.anki")


def read(data: bytes, name: str = "", *, seconds: float = SECONDS) -> Read:
    """The notes in a package of Anki and what was left out of it. Raises Refused."""
    with TemporaryDirectory(prefix="anki-") as place:
        answer = run([*COMMAND, place, name.replace("\x00", "")], data, Path(place), seconds)
    if "refused" in answer:
        raise Refused(answer["refused"], answer["detail"])
    return from_json(answer)


def run(command: Sequence[str], data: bytes, place: Path, seconds: float) -> dict[str, Any]:
    """What the command says in JSON when it is given those bytes. Raises Refused."""
    # It has no business with our secrets; an interpreter may need to find its own library.
    environment = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    path = filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    environment["PYTHONPATH"] = os.pathsep.join(path)
    said = place / "answer"
    try:
        with said.open("wb") as out:
            done = subprocess.run(
                command,
                input=data,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=place,
                env=environment,
                timeout=seconds,
                check=False,
            )
    except subprocess.TimeoutExpired as error:
        raise Refused("slow") from error
    if done.returncode == OUT_OF_MEMORY:
        raise Refused("memory")
    if done.returncode < 0:
        raise Refused("slow" if -done.returncode in STOPPED else "broken", done.returncode)
    if said.stat().st_size > LARGEST_ANSWER:
        raise Refused("words")
    try:
        answer: dict[str, Any] = json.loads(said.read_bytes())
    except ValueError as error:
        raise Refused("broken", done.returncode) from error
    return answer


def restrict() -> None:
    """Bind this process to the limits, before it has looked at anything of a stranger's."""
    limits = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
