"""Run a demo over many seeds, look at the evidence when it was promised, and report."""

from __future__ import annotations

import dataclasses
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
import torch

from demos.kit.declare import ALWAYS, Claim, Clause, Demo, shown
from demos.kit.drawn import drawn
from demos.kit.draws import Seeds
from demos.kit.findings import evidence, finding_of
from demos.kit.judge import ALPHA, Judgement, judge

Floats = npt.NDArray[np.float64]
Progress = Callable[[dict[str, Any]], None]
PURPOSES = ("deciding", "pilot", "tuning")


@dataclass(frozen=True)
class Batch:
    """Which seeds: `purpose` is the stream, so that pilots never touch the deciding seeds."""

    purpose: str = "deciding"
    first: int = 0

    def label(self, slug: str) -> str:
        return f"{slug}/{self.purpose}"


class Evidence:
    """All that was measured so far: {metric: numbers [n, ...]} and each run's fingerprint."""

    def __init__(self, slug: str, demo: Demo, params: Any, device: str, batch: Batch) -> None:
        self.slug, self.demo, self.params, self.device = slug, demo, params, device
        self.batch = batch
        self.metrics: dict[str, Floats] = {}
        self.keys: list[str] = []
        self._replayed: dict[int, Mapping[str, Any]] = {}

    def extend(self, n: int) -> Iterator[int]:
        """Measure until n seeds are done; yields the number done after each chunk."""
        while len(self.keys) < n:
            start = len(self.keys)
            stop = min(start + self.demo.chunk, n)
            seeds = Seeds(
                self.batch.label(self.slug),
                range(self.batch.first + start, self.batch.first + stop),
            )
            measured = flatten(self.demo.run(self.params, seeds, self.device))
            for path, values in measured.items():
                if len(values) != len(seeds):
                    raise ValueError(f"{path} has {len(values)} rows for {len(seeds)} seeds")
                held = self.metrics.get(path)
                self.metrics[path] = values if held is None else np.concatenate([held, values])
            self.keys += seeds.keys
            yield stop

    def first(self, n: int) -> tuple[dict[str, Floats], list[str]]:
        return {path: values[:n] for path, values in self.metrics.items()}, self.keys[:n]

    def survives(self, clause: Clause, row: int) -> bool:
        """Whether a deciding row is real: computed again in float64 by an independent path."""
        if self.demo.replay is None:
            raise ValueError(f"{self.slug} has no replay")
        if row not in self._replayed:
            seeds = Seeds(self.batch.label(self.slug), [self.batch.first + row])
            self._replayed[row] = self.demo.replay(self.params, seeds)
        value = float(np.ravel(self._replayed[row][clause.metric])[0])
        inside = clause.above < value < clause.below
        return not inside if clause.share == ALWAYS else inside


def flatten(measurements: Any, prefix: str = "") -> dict[str, Floats]:
    """{dotted path: float64 array} of a (nested) dataclass of arrays."""
    found: dict[str, Floats] = {}
    for f in dataclasses.fields(measurements):
        value = getattr(measurements, f.name)
        if dataclasses.is_dataclass(value):
            found |= flatten(value, f"{prefix}{f.name}.")
        else:
            found[prefix + f.name] = np.asarray(value, np.float64)
    return found


def prove(
    slug: str,
    demo: Demo,
    params: Any = None,
    *,
    limit: int | None = None,
    device: str = "cpu",
    batch: Batch = Batch(),
    claims: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run `demo` until every claim is decided or its looks are used up.

    Args:
        params: an instance of the demo's Params; its defaults when None.
        limit: at most so many seeds; below the first look the result is a preview.
        claims: slugs to judge; all when None.
        progress: called after each chunk with {"seeds_done", "seeds_total", "seconds", "claims"}.

    Returns:
        The result as JSON: seeds, seconds, environment, findings, figure, prediction.
    """
    torch.set_num_threads(1)
    params = demo.params if params is None else params
    wanted = [c for c in demo.claims if claims is None or c.slug in claims]
    looks = sorted({n for c in wanted for n in c.looks if limit is None or n <= limit})
    gathered = Evidence(slug, demo, params, device, batch)
    corners = {c.slug: _corners(c, params) for c in wanted}
    judged: dict[str, tuple[Judgement, int]] = {}
    started = time.monotonic()
    for look in looks or [limit or demo.looks[0]]:
        for done in gathered.extend(look):
            if progress:
                progress(_report(gathered, wanted, done, look, time.monotonic() - started))
        for claim in wanted:
            if not claim.shown and _due(claim, look, judged, bool(looks)):
                verdict = judge(
                    claim.judged,
                    *gathered.first(look),
                    ALPHA / len(claim.looks),
                    gathered.survives,
                    corners[claim.slug],
                )
                judged[claim.slug] = verdict, look
        if all(c.shown or _settled(c, judged, limit) for c in wanted):
            break
    return _result(gathered, wanted, judged, time.monotonic() - started)


def _due(
    claim: Claim, look: int, judged: Mapping[str, tuple[Judgement, int]], planned: bool
) -> bool:
    if claim.slug in judged and judged[claim.slug][0].verdict != "inconclusive":
        return False
    return look in claim.looks or not planned


def _settled(claim: Claim, judged: Mapping[str, tuple[Judgement, int]], limit: int | None) -> bool:
    if claim.slug not in judged:
        return False
    verdict, look = judged[claim.slug]
    last = max((n for n in claim.looks if limit is None or n <= limit), default=look)
    return verdict.verdict != "inconclusive" or look >= last


def _corners(claim: Claim, params: Any) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for corner in claim.corners:
        values.setdefault(corner.metric, []).append(float(corner.value(params)))
    return values


def _report(
    gathered: Evidence, wanted: Sequence[Claim], done: int, look: int, seconds: float
) -> dict[str, Any]:
    return {
        "seeds_done": done,
        "seeds_total": look,
        "seconds": round(seconds, 2),
        "claims": [evidence(c, gathered.metrics) for c in wanted if not c.shown],
    }


def _result(
    gathered: Evidence,
    wanted: Sequence[Claim],
    judged: Mapping[str, tuple[Judgement, int]],
    seconds: float,
) -> dict[str, Any]:
    demo, metrics, kinds = gathered.demo, gathered.metrics, gathered.demo.kinds
    findings = []
    for claim in wanted:
        verdict, n = judged.get(claim.slug, (None, len(gathered.keys)))
        rows = {path: values[:n] for path, values in metrics.items()}
        findings.append(finding_of(claim, verdict, rows, gathered.batch.first, kinds))
    predicted = metrics[demo.prediction.metric]
    predicted = predicted[np.isfinite(predicted)]
    low, middle, high = np.quantile(predicted if len(predicted) else [np.nan], (0.025, 0.5, 0.975))
    return {
        "seeds": len(gathered.keys),
        "first_seed": gathered.batch.first,
        "purpose": gathered.batch.purpose,
        "device": gathered.device,
        "dtype": "float32",
        "seconds": round(seconds, 3),
        "environment": environment(),
        "params": dataclasses.asdict(gathered.params),
        "findings": findings,
        "figure": drawn(demo, gathered.params, metrics),
        "prediction": {
            "metric": demo.prediction.metric,
            "right": demo.prediction.right(float(middle)),
            "median": shown(middle, kinds[demo.prediction.metric]),
            "low": shown(low, kinds[demo.prediction.metric]),
            "high": shown(high, kinds[demo.prediction.metric]),
        },
    }


def environment() -> dict[str, Any]:
    """What a run must name so that it can be repeated."""
    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__).split("+")[0],
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "cpu": torch.backends.cpu.get_cpu_capability(),
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
    }
