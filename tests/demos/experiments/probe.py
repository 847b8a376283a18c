"""A demo that behaves as it is told: for tests of what becomes of a run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

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
)
from demos.kit.draws import Numbers, Seeds, draws, numbers

T = Text("探针", "probe")


@dataclass(frozen=True)
class Params:
    behaviour: str = choice(
        "good",
        {name: T for name in ("good", "slow", "loop", "memory", "raise", "nan", "garbage", "exit")},
        text=T,
    )
    effect: float = number(1.0, 0.0, 5.0, text=T, cost=3.0)


@dataclass(frozen=True)
class Measurements:
    effect: Numbers


@dataclass(frozen=True)
class Both:
    cause: Measurements
    control: Measurements


def run(params: Params, seeds: Seeds, device: str) -> Both:
    noise = numbers(draws(seeds, "noise", 1)[:, 0]) * 0.1
    misbehave(params.behaviour)
    effect = noise + params.effect
    if params.behaviour == "nan":
        effect = effect * np.nan
    if params.behaviour == "garbage":
        return None  # type: ignore[return-value]
    return Both(Measurements(effect), Measurements(noise))


def misbehave(behaviour: str) -> None:
    if behaviour == "slow":
        time.sleep(0.3)
    while behaviour == "loop":
        try:
            time.sleep(0.01)
        except BaseException:
            continue
    if behaviour == "memory":
        held = []
        while True:
            held.append(np.ones(2**22))
    if behaviour == "raise":
        raise RuntimeError("the probe was told to fail")
    if behaviour == "exit":
        import os

        os._exit(7)


DEFAULT = Params()

DEMO = Demo(
    title=T,
    question=T,
    summary=T,
    topic="practice",
    params=DEFAULT,
    run=run,
    chunk=4,
    claims=(
        Claim(
            slug="it_shifts",
            text=T,
            clauses=(mostly("cause.effect", above=0.5),),
            controls=(mostly("control.effect", above=-0.5, below=0.5),),
            control_text=T,
            broken=replace(DEFAULT, effect=0.0),
        ),
    ),
    figure=Figure(
        kind="bars", title=T, caption=T, x=Axis(T), y=Axis(T),
        series=(Series("cause.effect", T), Series("control.effect", T, role="control")),
    ),
    prediction=Prediction(
        T, "cause.effect", (Option("up", T, above=0.5), Option("none", T, below=0.5))
    ),
    mutations=(Mutation("noise + params.effect", "noise", loses=("it_shifts",)),),
)  # fmt: skip
