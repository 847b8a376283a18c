"""Why a run failed, in words for the person who asked."""

from __future__ import annotations

import os
import signal
from typing import Any

from demos.kit.declare import Text


def failure(code: str, text: Text, trace: str = "") -> dict[str, str]:
    return {"code": code, "zh": text.zh, "en": text.en, "trace": trace}


def raised(error: dict[str, Any]) -> dict[str, str]:
    if error["code"] == "memory":
        return memory(error["trace"])
    if error["code"] == "bad_result":
        return bad_result(error["line"], error["trace"])
    line = error["line"]
    return failure(
        "raised",
        Text(f"实验出错，停在这里：{line}", f"The experiment stopped with an error: {line}"),
        error["trace"],
    )


def memory(trace: str = "") -> dict[str, str]:
    return failure(
        "memory",
        Text(
            "实验需要的内存超过了上限；请换小一点的参数。",
            "The experiment needs more memory than allowed; try smaller parameters.",
        ),
        trace,
    )


def time_limit(seconds: float) -> dict[str, str]:
    return failure(
        "time_limit",
        Text(
            f"运行到 {seconds:.0f} 秒的上限被停下；到那时为止的部分保留着。请换小一点的参数。",
            f"Stopped at the limit of {seconds:.0f} s; what was measured until then is kept."
            " Try smaller parameters.",
        ),
    )


def lost() -> dict[str, str]:
    return failure(
        "lost",
        Text(
            "运行它的 worker 两次中途消失，不再重试。可以再跑一次。",
            "The worker that ran it was lost twice, so it was given up. You can run it again.",
        ),
    )


def code_changed() -> dict[str, str]:
    return failure(
        "code_changed",
        Text(
            "排队期间这个实验的代码变了；请重新运行。",
            "The experiment's code changed while the run waited; please run it again.",
        ),
    )


def bad_result(why: str, trace: str = "") -> dict[str, str]:
    return failure(
        "bad_result",
        Text(
            f"实验给出的结果不合规格，所以没有判定：{why}",
            f"The experiment returned something unsound, so nothing was judged: {why}",
        ),
        trace,
    )


def by_signal(status: int, wall: float) -> dict[str, str]:
    """What a wait status says about a child that ended without a result."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if number == signal.SIGXCPU:
        return time_limit(wall)
    name = signal.Signals(number).name if number else f"exit {os.waitstatus_to_exitcode(status)}"
    return failure(
        "killed",
        Text(f"运行中的进程被中断（{name}）。", f"The process was interrupted ({name})."),
    )
