"""What a claim says and what it must name before it may be judged."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from demos.kit.text import DeclarationError, Text

Share = tuple[float, float]
ALWAYS: Share = (1.0, 1.0)
NEVER: Share = (0.0, 0.0)
SOMETIMES = None
LOOKS = (64, 128, 256)
MIN_ALWAYS = 256
MIN_NULL_SEARCH = 1024


def shown(value: float, kind: str) -> float | None:
    """A metric's value as readers see it: a logarithm as the number it stands for, six
    significant digits, None where it is not finite or beyond what a float holds."""
    if not math.isfinite(value) or (kind == "log10" and abs(value) > 300):
        return None
    return float(f"{10.0**value if kind == 'log10' else value:.6g}")


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
