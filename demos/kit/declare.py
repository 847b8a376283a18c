"""What a demo says about itself: parameters, claims, figure, prediction.

Knows the standard library only. Everything doubtful about a declaration is refused here,
when the file is imported, and never after a run.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal

Share = tuple[float, float]
ALWAYS: Share = (1.0, 1.0)
NEVER: Share = (0.0, 0.0)
SOMETIMES = None
LOOKS = (64, 128, 256)
MIN_ALWAYS = 256
MIN_NULL_SEARCH = 1024


class DeclarationError(Exception):
    """A demo file that cannot be trusted as it stands; says what to change."""


@dataclass(frozen=True)
class Text:
    """One visible string in both languages."""

    zh: str
    en: str

    def json(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


# ---------------------------------------------------------------- parameters


def _parameter(default: Any, kind: str, text: Text, **facts: Any) -> Any:
    return field(default=default, metadata={"kind": kind, "text": text, **facts})


def number(
    default: float,
    low: float,
    high: float,
    *,
    text: Text,
    help: Text | None = None,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    cost: float = 0.0,
) -> Any:
    """A real parameter in low..high. A run takes about (value / default) ** cost times as long."""
    return _parameter(
        default, "number", text, help=help, low=low, high=high, scale=scale, unit=unit, cost=cost
    )


def whole(
    default: int,
    low: int,
    high: int,
    *,
    text: Text,
    help: Text | None = None,
    scale: Literal["linear", "log"] = "linear",
    unit: str = "",
    cost: float = 0.0,
) -> Any:
    """An integer parameter in low..high; `cost` as for `number`."""
    return _parameter(
        default, "whole", text, help=help, low=low, high=high, scale=scale, unit=unit, cost=cost
    )


def choice(
    default: str, options: Mapping[str, Text], *, text: Text, help: Text | None = None
) -> Any:
    """A parameter that takes one of the named values."""
    return _parameter(default, "choice", text, help=help, options=dict(options))


def switch(default: bool, *, text: Text, help: Text | None = None) -> Any:
    """A parameter that is on or off."""
    return _parameter(default, "switch", text, help=help)


# ---------------------------------------------------------------- claims


@dataclass(frozen=True)
class Clause:
    """In a share lo..hi of an arm's runs `metric` lies strictly between `above` and `below`.

    A guard is a clause about the soundness of the experiment, not about the claim.
    `tie` is the relative width of "exactly at the bound".
    """

    metric: str
    above: float = -math.inf
    below: float = math.inf
    share: Share | None = (0.8, 1.0)
    arm: Literal["with", "without"] = "with"
    guard: bool = False
    tie: float = 1e-9

    @property
    def single(self) -> bool:
        """Whether single rows decide it, rather than a count of rows."""
        return self.share in (ALWAYS, NEVER, SOMETIMES)

    @property
    def leaf(self) -> str:
        return self.metric.rsplit(".", 1)[-1]

    def disjoint(self, other: Clause) -> bool:
        return self.below <= other.above or other.below <= self.above

    def json(self, kind: str = "number") -> dict[str, Any]:
        """As JSON, its bounds as readers see a metric of that kind; null where there is none."""
        bounds = {"above": shown(self.above, kind), "below": shown(self.below, kind)}
        return dataclasses.asdict(self) | bounds


typically = partial(Clause, share=(0.5, 1.0))
mostly = partial(Clause, share=(0.8, 1.0))
nearly_always = partial(Clause, share=(0.9, 1.0))
always = partial(Clause, share=ALWAYS)
never = partial(Clause, share=NEVER)
sometimes = partial(Clause, share=SOMETIMES)


def rate(metric: str, low: float, high: float, **region: float) -> Clause:
    """The metric lies in the region in a share between `low` and `high` of the runs."""
    return Clause(metric, share=(low, high), **region)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Corner:
    """A named case that an `always` clause must hold for, computed without a seed."""

    text: Text
    metric: str
    value: Callable[[Any], float]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sentence that the measurement decides, phrased so that the truth is confirmed.

    `clauses` must all hold. `controls` say where the arm without the cause lands;
    `works_with` and `works_without` say that each arm trained or carried a signal.
    `broken` are the parameters under which the cause is gone and nothing may be confirmed.
    `shown` marks a definition, a timing or a piece of history, which is never stamped.
    """

    slug: str
    text: Text
    decides: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    controls: tuple[Clause, ...] = ()
    control_text: Text | None = None
    works_with: tuple[Clause, ...] = ()
    works_without: tuple[Clause, ...] = ()
    trained: bool = False
    corners: tuple[Corner, ...] = ()
    broken: Any = None
    expected: str = "confirmed"
    looks: tuple[int, ...] = LOOKS
    shown: bool = False
    metric: str = ""  # of a shown claim: the number that stands beside the sentence

    @property
    def kind(self) -> str:
        if self.shown:
            return "shown"
        shares = [c.share for c in self.clauses]
        if SOMETIMES in shares:
            return "sometimes"
        return "always" if all(share == ALWAYS for share in shares) else "share"

    @property
    def judged(self) -> tuple[Clause, ...]:
        """Every clause with its arm and role filled in: claim clauses first, then guards."""
        return (
            *self.clauses,
            *(replace(c, arm="without", guard=True) for c in self.controls),
            *(replace(c, arm="with", guard=True) for c in self.works_with),
            *(replace(c, arm="without", guard=True) for c in self.works_without),
        )

    @property
    def metrics(self) -> set[str]:
        named = {c.metric for c in self.judged} | {c.metric for c in self.corners}
        return named | ({self.metric} if self.metric else set())

    def control_of(self, clause: Clause) -> Clause | None:
        """The control clause that measures the same quantity without the cause."""
        return next((c for c in self.controls if c.leaf == clause.leaf), None)

    def check(self) -> None:
        """Refuse what a verdict could not be trusted on (Raises DeclarationError)."""
        if self.shown:
            if self.clauses or self.controls:
                raise DeclarationError(f"{self.slug}: a shown claim has no clauses; drop them")
            return
        if not self.clauses:
            raise DeclarationError(f"{self.slug}: no clause; say what must be measured")
        if self.control_text is None:
            raise DeclarationError(f"{self.slug}: say in control_text what the control changes")
        if self.broken is None:
            raise DeclarationError(f"{self.slug}: name broken parameters that remove the cause")
        self._check_controls()
        self._check_shares()
        if self.trained and not (self.works_with and self.works_without):
            raise DeclarationError(
                f"{self.slug}: something is trained, so both arms need a works guard"
            )

    def _check_controls(self) -> None:
        if not self.controls:
            raise DeclarationError(f"{self.slug}: no guard on the arm without the cause")
        search = self.kind == "sometimes"
        for c in self.controls:
            if not (math.isfinite(c.above) and math.isfinite(c.below)) and not (
                search and c.share == NEVER
            ):
                raise DeclarationError(
                    f"{self.slug}: the control's region for {c.metric} is open-ended;"
                    " say where it lands, from both sides"
                )
            if search and c.share == NEVER:
                continue
            for own in self.clauses:
                if own.leaf == c.leaf and not own.disjoint(c):
                    raise DeclarationError(
                        f"{self.slug}: the control's region for {c.metric} meets the claim's"
                    )
        if not any(self.control_of(own) for own in self.clauses):
            raise DeclarationError(
                f"{self.slug}: no control measures what the claim measures;"
                " give the control's metric the same last name"
            )

    def _check_shares(self) -> None:
        last = self.looks[-1]
        settled = [n for n in self.looks if n >= MIN_ALWAYS]
        if self.kind == "always" and len(settled) > 1:
            raise DeclarationError(
                f"{self.slug}: single rows are settled at the first look of {MIN_ALWAYS} or more;"
                f" name one look, such as ({settled[-1]},)"
            )
        for c in self.judged:
            if c.share in (ALWAYS, NEVER) and last < MIN_ALWAYS:
                raise DeclarationError(f"{self.slug}: always and never need {MIN_ALWAYS} runs")
            first = self.looks[0]
            if self.kind == "sometimes" and c.share == NEVER and first < MIN_NULL_SEARCH:
                raise DeclarationError(
                    f"{self.slug}: a null search needs {MIN_NULL_SEARCH} runs, not {first}"
                )
            if c.single or last > LOOKS[-1] or c.share is None:
                continue
            low, high = c.share
            if low > 0.9 or (high < 1 and high - low < 0.26):
                raise DeclarationError(
                    f"{self.slug}: {last} runs cannot decide a share of {low} to {high};"
                    " widen it or add looks"
                )


# ---------------------------------------------------------------- figure, prediction, presets


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


def shown(value: float, kind: str) -> float | None:
    """A metric's value as readers see it: a logarithm as the number it stands for, six
    significant digits, None where it is not finite or beyond what a float holds."""
    if not math.isfinite(value) or (kind == "log10" and abs(value) > 300):
        return None
    return float(f"{10.0**value if kind == 'log10' else value:.6g}")


def metric_kinds(measurements: Any) -> dict[str, str]:
    """Dotted path -> "number", "log10", "count" or "series" of every leaf of a dataclass."""
    found: dict[str, str] = {}
    for name, hint in typing.get_type_hints(measurements, include_extras=True).items():
        if dataclasses.is_dataclass(hint):
            found |= {f"{name}.{leaf}": kind for leaf, kind in metric_kinds(hint).items()}
        else:
            found[name] = getattr(hint, "__metadata__", ("number",))[0]
    return found
