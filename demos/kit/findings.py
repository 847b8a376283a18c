"""A judged claim as the record that is stored and shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from demos.kit.declare import Claim, Clause, shown
from demos.kit.judge import Counted, Judgement, likely_runs, median_interval, needed, sort_rows
from demos.kit.words import requirement, sentence, share_word

Floats = npt.NDArray[np.float64]
TAPE = 256  # ticks that a tape shows at most


def evidence(claim: Claim, metrics: Mapping[str, Floats]) -> dict[str, Any]:
    """What the first clause of a claim has seen so far, for the live view."""
    inside, _ = sort_rows(claim.clauses[0], metrics[claim.clauses[0].metric])
    return {
        "claim": claim.slug,
        "inside": int(inside.sum()),
        "n": len(inside),
        "tape": _tape(claim.clauses[0], metrics),
    }


def finding_of(
    claim: Claim,
    verdict: Judgement | None,
    metrics: Mapping[str, Floats],
    first_seed: int,
    kinds: Mapping[str, str],
) -> dict[str, Any]:
    """The finding of one claim over the runs in `metrics` ({metric: numbers [n, ...]})."""
    if verdict is None:
        return _shown(claim, metrics, kinds)
    own = [c for c in verdict.counted if not c.clause.guard]
    worst = min(own, key=_comfort) if own else None
    clause = worst.clause if worst else claim.clauses[0]
    kind = kinds[clause.metric]
    level = 1 - 2 * verdict.alpha
    inside, outside = sort_rows(clause, metrics[clause.metric])
    n = worst.n if worst else len(inside)
    low, high = worst.interval(level) if worst else (0.0, 1.0)
    median, median_low, median_high = median_interval(metrics[clause.metric], level)
    fewest = needed(clause, n, verdict.alpha)
    finding = {
        "claim": claim.slug,
        "kind": claim.kind,
        "verdict": verdict.verdict,
        "reason": verdict.reason or None,
        "n": n,
        "inside": worst.inside if worst else int(inside.sum()),
        "outside": worst.outside if worst else int(outside.sum()),
        "doubtful": n - worst.inside - worst.outside if worst else 0,
        "low": round(low, 4),
        "high": round(high, 4),
        "metric": clause.metric,
        "median": shown(median, kind),
        "median_low": shown(median_low, kind),
        "median_high": shown(median_high, kind),
        "needed": {"n": n, "inside": fewest} if fewest else None,
        "likely_n": _likely(worst, verdict),
        "rows": [first_seed + row for row in worst.rows[:5]] if worst else [],
        "tape": _tape(clause, metrics),
        "clauses": [_counted_json(c, level, metrics, kinds) for c in verdict.counted],
        "at": _counted_json(verdict.at, level, metrics, kinds) if verdict.at else None,
    } | _control(claim, clause, metrics, kinds)
    return finding | {"words": sentence(claim, finding).json()}


def _shown(claim: Claim, metrics: Mapping[str, Floats], kinds: Mapping[str, str]) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("reason", "inside", "outside", "low", "high", "needed", "likely_n", "at", "control_n")
    )
    finding: dict[str, Any] = blank | {
        "claim": claim.slug,
        "kind": "shown",
        "verdict": "shown",
        "doubtful": 0,
        "n": len(next(iter(metrics.values()))),
        "metric": claim.metric,
        "median": None,
        "median_low": None,
        "median_high": None,
        "control_inside": None,
        "control_median": None,
        "rows": [],
        "tape": [],
        "clauses": [],
    }
    if claim.metric:
        names, kind = ("median", "median_low", "median_high"), kinds[claim.metric]
        values = median_interval(metrics[claim.metric], 0.998)
        finding |= {name: shown(v, kind) for name, v in zip(names, values, strict=True)}
    return finding | {"words": sentence(claim, finding).json()}


def _comfort(c: Counted) -> tuple[int, float]:
    """Sort key: clauses that fail first, then open ones, then the narrowest share."""
    order = {"fails": 0, "open": 1, "holds": 2}[c.state]
    return order, c.inside / c.n if c.n else 0.0


def _control(
    claim: Claim, clause: Clause, metrics: Mapping[str, Floats], kinds: Mapping[str, str]
) -> dict[str, Any]:
    """The claim's own question asked of the arm without the cause."""
    control = claim.control_of(clause) or next(
        (c for own in claim.clauses if (c := claim.control_of(own))), None
    )
    if control is None:
        return {"control_inside": None, "control_n": None, "control_median": None}
    asked = next(own for own in claim.clauses if own.leaf == control.leaf)
    values = metrics[control.metric]
    inside, _ = sort_rows(asked, values)
    return {
        "control_inside": int(inside.sum()),
        "control_n": len(values),
        "control_median": shown(_median(values), kinds[control.metric]),
    }


def _likely(worst: Counted | None, verdict: Judgement) -> int | None:
    if worst is None or worst.state != "open":
        return None
    return likely_runs(worst.clause, worst.inside, worst.n, verdict.alpha)


def _tape(clause: Clause, metrics: Mapping[str, Floats]) -> list[int | None]:
    inside, outside = sort_rows(clause, metrics[clause.metric][:TAPE])
    return [1 if i else 0 if o else None for i, o in zip(inside, outside, strict=True)]


def _counted_json(
    c: Counted, level: float, metrics: Mapping[str, Floats], kinds: Mapping[str, str]
) -> dict[str, Any]:
    low, high = c.interval(level)
    kind = kinds[c.clause.metric]
    return c.clause.json(kind) | {
        "word": share_word(c.clause.share).json(),
        "requirement": requirement(c.clause).json(),
        "state": c.state,
        "n": c.n,
        "inside": c.inside,
        "outside": c.outside,
        "low": round(low, 4),
        "high": round(high, 4),
        "median": shown(_median(metrics[c.clause.metric]), kind),
    }


def _median(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")
