"""Decide one claim from per-run numbers. Pure: numpy and scipy, no state, no randomness.

The rule: every clause is one question about the share of runs that lie in a region, answered
by an exact binomial test (Clopper & Pearson 1934) at looks fixed in advance, or by single
rows that survive a second computation. A run that is not finite, or sits exactly on a bound,
counts against whichever stamp is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from demos.kit.declare import ALWAYS, LOOKS, MIN_ALWAYS, NEVER, SOMETIMES, Clause

ALPHA = 1e-3
MIN_RUNS = 64
REPLAYS = 32  # rows computed a second time; one that survives is enough
MAX_LOST = 0.01  # share of non-finite rows above which an experiment is unsound
LIKELY = (128, 256, 512, 1024, 4096)
POWER = 0.8

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Metrics = Mapping[str, Floats]
Replay = Callable[[Clause, int], bool]


@dataclass
class Counted:
    """One clause counted: holds, fails or open, with the rows that decided it alone."""

    clause: Clause
    state: str
    n: int
    inside: int
    outside: int  # the rest is doubtful
    rows: list[int] = field(default_factory=list)

    def interval(self, level: float = 1 - 2 * ALPHA) -> tuple[float, float]:
        """Exact limits of the share inside, widened by doubt."""
        if not self.n:
            return 0.0, 1.0
        low = stats.binomtest(self.inside, self.n).proportion_ci(level, method="exact").low
        most = self.n - self.outside
        return float(low), float(
            stats.binomtest(most, self.n).proportion_ci(level, method="exact").high
        )


@dataclass
class Judgement:
    """The verdict on one claim, why, and every clause as counted."""

    verdict: str
    reason: str  # "" | equal_inputs | not_finite | guard | guard_open | preview
    counted: list[Counted]
    alpha: float = ALPHA
    at: Counted | None = None  # the clause that the reason names


def sort_rows(clause: Clause, x: Floats) -> tuple[Bools, Bools]:
    """-> inside, outside. A row not finite or on a bound is neither: it counts against any."""
    at = np.zeros(len(x), bool)
    for bound in (clause.above, clause.below):
        if np.isfinite(bound):
            at |= np.abs(x - bound) <= clause.tie * max(abs(bound), clause.tie)
    sound = np.isfinite(x) & ~at
    inside = sound & (x > clause.above) & (x < clause.below)
    return inside, sound & ~inside


def count(
    clause: Clause,
    x: Floats,
    alpha: float,
    replay: Replay | None = None,
    corners: Sequence[float] = (),
) -> Counted:
    """Count one clause over distinct runs `x` [n] and, if it is single-row, its corner cases."""
    inside, outside = sort_rows(clause, x)
    rows: list[int] = []
    if clause.single:
        hit = outside if clause.share == ALWAYS else inside
        found = np.flatnonzero(hit)
        asked = found if replay is None else found[:REPLAYS]
        rows = [int(i) for i in asked if replay is None or replay(clause, int(i))]
        # What is rounding and no finding is doubtful; beyond the last replay nothing is known,
        # so without a survivor all of it is.
        hit[np.setdiff1d(asked if rows else found, rows)] = False
    counted = Counted(clause, "open", len(x), int(inside.sum()), int(outside.sum()), rows)
    counted.state = (
        _single_state(counted, corners) if clause.single else _share_state(counted, alpha)
    )
    return counted


def _single_state(c: Counted, corners: Sequence[float]) -> str:
    if c.clause.share == SOMETIMES:
        return "holds" if c.rows else "open"
    cases, outside = sort_rows(c.clause, np.asarray(corners, np.float64))
    against = outside if c.clause.share == ALWAYS else cases
    if c.rows or against.any():
        return "fails"
    settled = c.inside + c.outside == c.n and bool((cases | outside).all())
    return "holds" if c.n >= MIN_ALWAYS and settled else "open"


def _share_state(c: Counted, alpha: float) -> str:
    assert c.clause.share is not None
    low, high = c.clause.share

    def beyond(wins: int, share: float, side: str) -> bool:
        return c.n > 0 and bool(stats.binomtest(wins, c.n, share, alternative=side).pvalue <= alpha)

    most = c.n - c.outside
    if (low <= 0 or beyond(c.inside, low, "greater")) and (high >= 1 or beyond(most, high, "less")):
        return "holds"
    too_few = low > 0 and beyond(most, low, "less")
    too_many = high < 1 and beyond(c.inside, high, "greater")
    return "fails" if too_few or too_many else "open"


def distinct(keys: Sequence[str], metrics: Metrics) -> npt.NDArray[np.intp] | None:
    """First run of each input; None when equal inputs gave unequal numbers."""
    _, first, back = np.unique(np.asarray(keys), return_index=True, return_inverse=True)
    for x in metrics.values():
        if not np.array_equal(x, x[first][back], equal_nan=True):
            return None
    return np.sort(first)


def judge(
    clauses: Sequence[Clause],
    metrics: Metrics,
    keys: Sequence[str],
    alpha: float = ALPHA,
    replay: Replay | None = None,
    corners: Mapping[str, Sequence[float]] | None = None,
) -> Judgement:
    """Judge one claim.

    Args:
        clauses: claim clauses and guards.
        metrics: {metric: numbers [n]} of all arms.
        keys: a fingerprint of each run's inputs [n]; equal inputs count once.
        replay: replay(clause, row) -> the row is real, by an independent float64 path.
        corners: {metric: values} of the named corner cases of `always` clauses.
    """
    used = {c.metric: np.asarray(metrics[c.metric], np.float64) for c in clauses}
    rows = distinct(keys, used)
    if rows is None:
        return Judgement("invalid", "equal_inputs", [], alpha)
    original = (lambda c, i: replay(c, int(rows[i]))) if replay else None
    own = sum(not c.guard for c in clauses)  # all must hold: only refuting shares alpha
    counted = []
    for c in clauses:
        x, cases = used[c.metric][rows], () if c.guard else (corners or {}).get(c.metric, ())
        entry = count(c, x, alpha, original, cases)
        if entry.state == "fails" and not c.guard and own > 1:
            entry.state = count(c, x, alpha / own, original, cases).state
        counted.append(entry)
        lost = int((~np.isfinite(x)).sum())
        if lost and len(x) >= MIN_RUNS and _too_many_lost(lost, len(x), alpha):
            return Judgement("invalid", "not_finite", counted, alpha, entry)
    return _verdict(clauses, counted, len(rows), alpha)


def _too_many_lost(lost: int, n: int, alpha: float) -> bool:
    return bool(stats.binomtest(lost, n, MAX_LOST, alternative="greater").pvalue <= alpha)


def _verdict(clauses: Sequence[Clause], counted: list[Counted], n: int, alpha: float) -> Judgement:
    if n < MIN_RUNS and any(not c.single for c in clauses):
        return Judgement("inconclusive", "preview", counted, alpha)
    guards = [g for g in counted if g.clause.guard]
    for guard in guards:
        if guard.state == "fails":
            return Judgement("invalid", "guard", counted, alpha, guard)
    if all(entry.state == "holds" for entry in counted):
        return Judgement("confirmed", "", counted, alpha)
    sound = all(g.state == "holds" for g in guards if g.clause.arm == "with")
    against = [c for c in counted if c.state == "fails"]
    if sound and against:
        return Judgement("refuted", "", counted, alpha, against[0])
    open_claim = any(c.state == "open" for c in counted if not c.clause.guard)
    return Judgement("inconclusive", "" if open_claim else "guard_open", counted, alpha)


def decide(
    run: Callable[[int], tuple[Metrics, Sequence[str]]],
    clauses: Sequence[Clause],
    looks: Sequence[int] = LOOKS,
    alpha: float = ALPHA,
    replay: Replay | None = None,
    corners: Mapping[str, Sequence[float]] | None = None,
) -> Judgement:
    """Judge at each look, run(n) -> metrics and keys of the first n seeds, until one decides."""
    for n in looks:
        verdict = judge(clauses, *run(n), alpha / len(looks), replay, corners)
        if verdict.verdict != "inconclusive":
            break
    return verdict


def needed(clause: Clause, n: int, alpha: float) -> int | None:
    """The fewest inside rows of n that make a one-sided share clause hold, if any do."""
    if clause.single or clause.share is None or clause.share[1] < 1:
        return None
    fewest = int(stats.binom.isf(alpha, n, clause.share[0])) + 1
    return fewest if fewest <= n else None


def likely_runs(clause: Clause, inside: int, n: int, alpha: float) -> int | None:
    """Smallest number of runs that would decide with power 0.8, the share seen taken as true."""
    if clause.single or clause.share is None or not n:
        return None
    low, high = clause.share
    seen = inside / n
    for runs in LIKELY:
        if runs <= n:
            continue
        k = np.arange(runs + 1)
        above = stats.binom.sf(k - 1, runs, low) <= alpha if low > 0 else np.ones(runs + 1, bool)
        under = stats.binom.cdf(k, runs, high) <= alpha if high < 1 else np.ones(runs + 1, bool)
        fails = np.zeros(runs + 1, bool)
        if low > 0:
            fails |= stats.binom.cdf(k, runs, low) <= alpha
        if high < 1:
            fails |= stats.binom.sf(k - 1, runs, high) <= alpha
        weight: Any = stats.binom.pmf(k, runs, seen)
        if weight[(above & under) | fails].sum() >= POWER:
            return runs
    return None


def median_interval(x: Floats, level: float) -> tuple[float, float, float]:
    """The median of the finite values of x [n] and its exact (order statistics) interval."""
    finite = np.sort(x[np.isfinite(x)])
    n = len(finite)
    if not n:
        return float("nan"), float("nan"), float("nan")
    rank = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    if stats.binom.cdf(rank - 1, n, 0.5) > (1 - level) / 2 or rank < 1:
        return float(np.median(finite)), float(finite[0]), float(finite[-1])
    return float(np.median(finite)), float(finite[rank - 1]), float(finite[n - rank])


__all__ = ["ALPHA", "NEVER", "Counted", "Judgement", "count", "decide", "distinct", "judge"]
