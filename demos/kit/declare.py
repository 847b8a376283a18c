"""What a demo says about itself: parameters, claims, figure, prediction.

Knows the standard library only. Everything doubtful about a declaration is refused here,
when the file is imported, and never after a run. An experiment imports its whole vocabulary
from this module.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from demos.kit.claims import ALWAYS as ALWAYS
from demos.kit.claims import LOOKS as LOOKS
from demos.kit.claims import MIN_ALWAYS as MIN_ALWAYS
from demos.kit.claims import NEVER as NEVER
from demos.kit.claims import SOMETIMES as SOMETIMES
from demos.kit.claims import Claim as Claim
from demos.kit.claims import Clause as Clause
from demos.kit.claims import Corner as Corner
from demos.kit.claims import Share as Share
from demos.kit.claims import always as always
from demos.kit.claims import mostly as mostly
from demos.kit.claims import nearly_always as nearly_always
from demos.kit.claims import never as never
from demos.kit.claims import rate as rate
from demos.kit.claims import shown as shown
from demos.kit.claims import sometimes as sometimes
from demos.kit.claims import typically as typically
from demos.kit.fields import choice as choice
from demos.kit.fields import number as number
from demos.kit.fields import switch as switch
from demos.kit.fields import whole as whole
from demos.kit.text import DeclarationError as DeclarationError
from demos.kit.text import Text as Text


@dataclass(frozen=True)
class Axis:
    label: Text
    scale: Literal["linear", "log"] = "linear"
    unit: str = ""
    descending: bool = False  # the largest value stands at the start

    def json(self) -> dict[str, Any]:
        return {
            "label": self.label.json(),
            "scale": self.scale,
            "unit": self.unit,
            "descending": self.descending,
        }


@dataclass(frozen=True)
class Series:
    """One line, bar, cloud or histogram: the seeds' median with their 95 % range as a band."""

    metric: str
    label: Text
    role: Literal["effect", "control"] = "effect"
    against: str = ""  # of a scatter: the metric on the x axis


@dataclass(frozen=True)
class Bound:
    value: float
    label: Text


@dataclass(frozen=True, kw_only=True)
class Figure:
    """How the measurements are drawn. `x_values(params)` gives the x of a lines figure."""

    kind: Literal["lines", "bars", "histogram", "scatter", "heatmap"]
    title: Text
    caption: Text
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    bounds: tuple[Bound, ...] = ()
    x_values: Callable[[Any], Sequence[float]] | None = None


@dataclass(frozen=True)
class Option:
    """A possible outcome: the metric's median lies strictly between `above` and `below`."""

    slug: str
    text: Text
    above: float = -math.inf
    below: float = math.inf


@dataclass(frozen=True)
class Prediction:
    """Asked before the run; its right answer is computed from the run."""

    question: Text
    metric: str
    options: tuple[Option, ...]

    def right(self, value: float) -> str | None:
        return next((o.slug for o in self.options if o.above < value < o.below), None)


@dataclass(frozen=True)
class Preset:
    slug: str
    text: Text
    params: Any


@dataclass(frozen=True)
class Mutation:
    """One line of the experiment changed so that the named claims must be lost."""

    old: str
    new: str
    loses: tuple[str, ...]


# ---------------------------------------------------------------- the demo


@dataclass(frozen=True, kw_only=True)
class Demo:
    """One experiment. `run(params, seeds, device)` is pure; `replay(params, seeds)` repeats
    single seeds in float64 by an independent path and returns {metric: numbers}."""

    title: Text
    question: Text
    summary: Text
    topic: str
    params: Any
    run: Callable[..., Any]
    claims: tuple[Claim, ...]
    figure: Figure
    prediction: Prediction
    mutations: tuple[Mutation, ...]
    presets: tuple[Preset, ...] = ()
    replay: Callable[..., Mapping[str, Any]] | None = None
    gpu: bool = False
    chunk: int = 32

    def __post_init__(self) -> None:
        for claim in self.claims:
            claim.check()
        slugs = [claim.slug for claim in self.claims]
        if len(set(slugs)) != len(slugs):
            raise DeclarationError(f"two claims share a slug: {slugs}")
        self._check_metrics()
        if any(c.single for claim in self.claims for c in claim.judged) and not self.replay:
            raise DeclarationError("single rows decide a claim, so the demo needs a replay")
        lost = {slug for m in self.mutations for slug in m.loses}
        if unlost := {c.slug for c in self.claims if not c.shown} - lost:
            raise DeclarationError(f"no mutation loses {', '.join(sorted(unlost))}")
        if lost - set(slugs):
            raise DeclarationError(f"a mutation names no claim: {', '.join(lost - set(slugs))}")

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What kind of number each metric is: see `metric_kinds`."""
        return metric_kinds(typing.get_type_hints(self.run)["return"])

    def _check_metrics(self) -> None:
        kinds = self.kinds
        named = {m for c in self.claims for m in c.metrics} | {self.prediction.metric}
        named |= {s.metric for s in self.figure.series}
        named |= {s.against for s in self.figure.series if s.against}
        if unknown := named - kinds.keys():
            raise DeclarationError(f"not measured: {', '.join(sorted(unknown))}")
        for claim in self.claims:
            for c in claim.judged:
                if kinds[c.metric] == "count" and any(
                    math.isfinite(b) and float(b).is_integer() for b in (c.above, c.below)
                ):
                    raise DeclarationError(
                        f"{claim.slug}: {c.metric} counts, so its bounds must lie between integers"
                    )

    def claim(self, slug: str) -> Claim:
        """The claim of that slug (Raises KeyError)."""
        try:
            return next(c for c in self.claims if c.slug == slug)
        except StopIteration:
            raise KeyError(slug) from None

    @property
    def looks(self) -> tuple[int, ...]:
        """Every number of runs at which some claim is looked at, ascending."""
        return tuple(sorted({n for claim in self.claims for n in claim.looks}))


def metric_kinds(measurements: Any) -> dict[str, str]:
    """Dotted path -> "number", "log10", "count" or "series" of every leaf of a dataclass."""
    found: dict[str, str] = {}
    for name, hint in typing.get_type_hints(measurements, include_extras=True).items():
        if dataclasses.is_dataclass(hint):
            found |= {f"{name}.{leaf}": kind for leaf, kind in metric_kinds(hint).items()}
        else:
            found[name] = getattr(hint, "__metadata__", ("number",))[0]
    return found
