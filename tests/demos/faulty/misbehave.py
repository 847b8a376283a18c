"""A demo for tests that behaves as it is told: well, slowly, or badly in every known way."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from demos.kit.declare import (
    Axis,
    Claim,
    Demo,
    Figure,
    Mutation,
    Option,
    Prediction,
    Series,
    Text,
    choice,
    mostly,
    number,
    whole,
)
from demos.kit.draws import Numbers, Seeds, draws, numbers

MODES = (
    *("well", "gone", "raises", "loops", "swallows", "eats", "not_finite", "short", "nothing"),
    *("exits", "kills_itself", "hangs_up", "leaves_a_child"),
)


def T(word: str) -> Text:  # noqa: N802
    return Text(word, word)


@dataclass(frozen=True)
class Params:
    mode: str = choice("well", {mode: T(mode) for mode in MODES}, text=T("mode"))
    pause: float = number(0.0, 0.0, 10.0, text=T("seconds slept in each chunk"))
    size: int = whole(1, 1, 100, text=T("size"), cost=1)
    depth: int = whole(1, 1, 10, text=T("depth"), cost=0.1)


@dataclass(frozen=True)
class Arm:
    value: Numbers


@dataclass(frozen=True)
class Measurements:
    effect: Arm
    control: Arm


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    base = draws(seeds, "base", law="uniform", low=-0.1, high=0.1)
    time.sleep(params.pause)
    if seeds.numbers[0] >= 8:  # the first chunk is reported before anything goes wrong
        WRONGS.get(params.mode, lambda: None)()
    height = 0.0 if params.mode == "gone" else 1.0
    if params.mode == "not_finite":
        height = float("nan")
    effect = base + height
    if params.mode == "short":
        effect = effect[:-1]
    if params.mode == "nothing":
        return None  # type: ignore[return-value]
    return Measurements(Arm(numbers(effect)), Arm(numbers(base)))


def raises() -> None:
    raise RuntimeError("the net has no layers\nand this is a second line")


def loops() -> None:
    while True:
        pass


def swallows() -> None:
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.01)


def eats() -> None:
    held: list[Any] = []
    while True:
        held.append(torch.empty(64 * 2**20, dtype=torch.uint8))


def hangs_up() -> None:
    os.closerange(3, 4096)
    time.sleep(600)


def leaves_a_child() -> None:
    if os.fork() == 0:
        time.sleep(600)


WRONGS: dict[str, Callable[[], object]] = {
    "raises": raises,
    "loops": loops,
    "swallows": swallows,
    "eats": eats,
    "exits": lambda: os._exit(3),
    "kills_itself": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hangs_up": hangs_up,
    "leaves_a_child": leaves_a_child,
}

DEFAULT = Params()

DEMO = Demo(
    title=T("Behaves as told"),
    question=T("What does a run survive?"),
    summary=T("A number with and without its cause."),
    topic="initialisation",
    params=DEFAULT,
    run=run,
    chunk=8,
    gpu=True,
    claims=(
        Claim(
            slug="effect_is_high",
            text=T("The effect is high."),
            clauses=(mostly("effect.value", above=0.5),),
            controls=(mostly("control.value", above=-0.5, below=0.5),),
            control_text=T("The same without the cause."),
            broken=replace(DEFAULT, mode="gone"),
        ),
    ),
    figure=Figure(
        kind="histogram",
        title=T("Values"),
        caption=T("Values"),
        x=Axis(T("value")),
        y=Axis(T("runs")),
        series=(
            Series("effect.value", T("effect")),
            Series("control.value", T("control"), role="control"),
        ),
    ),
    prediction=Prediction(
        T("How high?"),
        "effect.value",
        (Option("high", T("high"), above=0.5), Option("low", T("low"), below=0.5)),
    ),
    mutations=(Mutation("else 1.0", "else 0.0", loses=("effect_is_high",)),),
)
