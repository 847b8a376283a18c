"""The process in which a demo runs. Knows the kit, one pipe and nothing of Django.

Messages are JSON, one a line: {"progress": …}, then {"result": …} or {"error": …}.
`python -m demos.runner.child FD` reads its payload from standard input: that is how a run on
an accelerator starts, because a process that has touched CUDA cannot fork usable children.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from demos.runner.limits import Limits, apply, die_with_parent

FIRST_OPEN = 3


def forked(payload: Mapping[str, Any], limits: Limits, pipe: int, parent: int) -> None:
    """Become the child after a fork; never returns."""
    try:
        _leave_parent(pipe)
        _live(payload, limits, pipe, parent)
    finally:
        os._exit(0)


def _leave_parent(pipe: int) -> None:
    """Drop what was inherited: signal handlers, sockets, the parent's files."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.closerange(FIRST_OPEN, pipe)
    os.closerange(pipe + 1, max(4096, pipe + 2))


def _live(payload: Mapping[str, Any], limits: Limits, pipe: int, parent: int) -> None:
    if os.getsid(0) != os.getpid():
        os.setsid()
    die_with_parent(parent)
    apply(limits, accelerator=payload["device"] != "cpu")
    with os.fdopen(pipe, "w", encoding="utf-8") as out:

        def say(message: Mapping[str, Any]) -> None:
            out.write(json.dumps(message, ensure_ascii=False, allow_nan=False) + "\n")
            out.flush()

        try:
            result = measure(payload, lambda report: say({"progress": report}))
        except BrokenPipeError:
            raise
        except BaseException as error:  # whatever a demo does must reach the person who asked
            say({"error": describe(error)})
            return
        try:
            text = json.dumps({"result": result}, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:  # NaN, or no JSON at all
            say({"error": describe(error) | {"code": "bad_result"}})
        else:
            out.write(text + "\n")


def measure(payload: Mapping[str, Any], progress: Any) -> dict[str, Any]:
    """Run the payload's demo and return its result as JSON."""
    from demos import registry
    from demos.kit.measure import Batch, prove
    from demos.kit.parameters import clean, schema_of

    demo = registry.get(payload["slug"])
    params = type(demo.params)(**clean(schema_of(demo.params), payload["params"]))
    return prove(
        payload["slug"],
        demo,
        params,
        limit=payload["limit"],
        device=payload["device"],
        batch=Batch("deciding", payload["first_seed"]),
        progress=progress,
    )


def describe(error: BaseException) -> dict[str, str]:
    """The error as a code, one line and the traceback."""
    line = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    memory = isinstance(error, MemoryError) or "allocate memory" in str(error)
    trace = "".join(traceback.format_exception(error))[-4000:]
    return {"code": "memory" if memory else "raised", "line": line, "trace": trace}


def main() -> None:
    """Entry point of a fresh process: FD of the pipe as argument, payload on standard input."""
    pipe, given = int(sys.argv[1]), json.load(sys.stdin)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    try:
        _live(given["payload"], Limits(**given["limits"]), pipe, given["parent"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
