"""What `python -m demos` does. Knows nothing of Django, Celery or the question bank."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from demos import registry
from demos.kit.parameters import ParameterErrors, clean, schema_of

SKELETON = Path(__file__).parent / "skeleton.txt"
WIDTH = 76


class Refused(Exception):
    """A command line that cannot be carried out, with the remedy."""


@dataclass(frozen=True)
class Job:
    """One demo to run: everything a worker process needs."""

    slug: str
    given: Mapping[str, str]
    limit: int | None
    first_seed: int
    purpose: str
    device: str
    broken: bool


def show_list(arguments: argparse.Namespace) -> int:
    for slug in registry.slugs():
        demo = registry.get(slug)
        print(f"{slug}  {demo.title.en} / {demo.title.zh}")
        for claim in demo.claims:
            rows = ", ".join(claim.decides) or "no row"
            print(f"  {claim.slug:<28} {claim.kind:<10} {rows}")
    return 0


def run(arguments: argparse.Namespace) -> int:
    jobs = list(_jobs(arguments))
    to_stdout = arguments.json == "-"
    out = sys.stderr if to_stdout else sys.stdout
    started = time.monotonic()
    results = []
    for job, result in zip(jobs, _perform(jobs, arguments.workers, out), strict=True):
        results.append(result)
        _table(job, result, out)
        if arguments.figures:
            _write_figures(arguments.figures, job.slug, result)
    if arguments.json:
        _write_json(report(jobs, results, time.monotonic() - started), arguments.json)
    unexpected = [x for job, r in zip(jobs, results, strict=True) for x in surprises(job, r)]
    for line in unexpected:
        print(line, file=out)
    return 1 if unexpected else 0


def new(arguments: argparse.Namespace) -> int:
    slug = arguments.slug
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", slug):
        raise Refused(f"{slug!r}: name a demo in lower case with underscores, as in batch_noise")
    path = Path(os.environ.get("DEMOS_EXTRA") or registry.EXPERIMENTS) / f"{slug}.py"
    if slug in registry.slugs():
        raise Refused(f"the demo {slug} exists already")
    path.write_text(SKELETON.read_text("utf-8"), "utf-8")
    print(f"Wrote {path}. It fails until run, clauses and bounds are yours:")
    print(f"  python -m demos run {slug} --purpose pilot")
    return 0


def _jobs(arguments: argparse.Namespace) -> Iterator[Job]:
    known = registry.slugs()
    slugs = known if arguments.all else arguments.slugs
    if not slugs:
        raise Refused("name a demo, or --all; `python -m demos list` shows them")
    if arguments.seeds is not None and arguments.seeds < 1:
        raise Refused("--seeds needs at least 1")
    given = {}
    for setting in arguments.set:
        name, mark, value = setting.partition("=")
        if not mark:
            raise Refused(f"--set {setting}: write NAME=VALUE")
        given[name] = value
    for slug in slugs:
        if slug not in known:
            raise Refused(f"there is no demo {slug!r}; there are: {', '.join(known)}")
        try:
            clean(schema_of(registry.get(slug).params), given)
        except ParameterErrors as error:
            raise Refused(f"{slug}: {error}") from None
        yield Job(
            slug,
            given,
            arguments.seeds,
            arguments.first_seed,
            arguments.purpose,
            _device(arguments.device),
            arguments.broken,
        )


def _device(asked: str) -> str:
    if asked == "cpu":
        return asked
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if asked == "cuda":
        raise Refused("this machine has no CUDA device; use --device cpu")
    return "cpu"


def _perform(jobs: Sequence[Job], workers: int, out: TextIO) -> Iterator[dict[str, Any]]:
    if workers > 1 and len(jobs) > 1 and all(job.device == "cpu" for job in jobs):
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=context) as pool:
            yield from pool.map(perform, jobs)
    else:
        for job in jobs:
            yield perform(job, bar=partial(_bar, job.slug) if out.isatty() else None)


def perform(job: Job, bar: Any = None) -> dict[str, Any]:
    """Run one job in this process and return its result as JSON."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from demos.kit.measure import Batch, prove

    demo = registry.get(job.slug)
    batch = Batch(job.purpose, job.first_seed)
    if job.broken:
        return _broken(job, batch)
    values = clean(schema_of(demo.params), job.given)
    params = type(demo.params)(**values)
    result = prove(
        job.slug, demo, params, limit=job.limit, device=job.device, batch=batch, progress=bar
    )
    if bar:
        print("\r" + " " * WIDTH, end="\r", flush=True)
    return result


def _broken(job: Job, batch: Any) -> dict[str, Any]:
    """Each claim under its own broken parameters, as one result."""
    from demos.kit.measure import prove

    demo = registry.get(job.slug)
    together: dict[str, Any] = {}
    for claim in (c for c in demo.claims if not c.shown):
        result = prove(
            job.slug, demo, claim.broken, limit=job.limit, device=job.device,
            batch=batch, claims=[claim.slug],
        )  # fmt: skip
        if together:
            together["findings"] += result["findings"]
            together["seconds"] += result["seconds"]
        else:
            together = result
    return together


def _bar(slug: str, report: dict[str, Any]) -> None:
    done, total = report["seeds_done"], report["seeds_total"]
    filled = round(30 * done / total)
    line = f"{slug}  {'|' * filled}{'.' * (30 - filled)}  {done}/{total}  {report['seconds']:.1f} s"
    print("\r" + line[:WIDTH].ljust(WIDTH), end="", flush=True)


def _table(job: Job, result: dict[str, Any], out: TextIO) -> None:
    mode = " (broken)" if job.broken else ""
    print(f"{job.slug}{mode}  {result['seeds']} seeds  {result['seconds']:.2f} s", file=out)
    for finding in result["findings"]:
        counts = f"{finding['inside']}/{finding['n']}" if finding["inside"] is not None else ""
        print(f"  {finding['verdict']:<13}{counts:>10}  {finding['claim']}", file=out)
        print(f"  {'':<25}{finding['words']['en']}", file=out)


def surprises(job: Job, result: dict[str, Any]) -> list[str]:
    """Verdicts other than stated; a preview states nothing."""
    demo, lines = registry.get(job.slug), []
    for finding in result["findings"]:
        claim = demo.claim(finding["claim"])
        if claim.shown:
            continue
        expected = claim.expected
        verdict = finding["verdict"]
        if job.broken and verdict == "confirmed":
            lines.append(f"{job.slug}/{claim.slug}: confirmed although its cause is removed")
        elif not job.broken and job.limit is None and not job.given and verdict != expected:
            lines.append(f"{job.slug}/{claim.slug}: {verdict}, but the file states {expected}")
    return lines


def _write_figures(directory: Path, slug: str, result: dict[str, Any]) -> None:
    from demos.figures.svg import draw

    directory.mkdir(parents=True, exist_ok=True)
    for language in ("zh", "en"):
        svg = draw(result["figure"], language=language, width=504)
        (directory / f"{slug}.{language}.svg").write_text(svg, "utf-8")


def report(jobs: Sequence[Job], results: Sequence[dict[str, Any]], seconds: float) -> Any:
    """The results as the JSON that other programs read."""
    first = results[0]
    return {
        "seconds": round(seconds, 3),
        "device": first["device"],
        "threads": first["environment"]["threads"],
        "versions": {k: first["environment"][k] for k in ("python", "torch", "numpy", "scipy")},
        "demos": [_demo_report(job.slug, r) for job, r in zip(jobs, results, strict=True)],
    }


def _demo_report(slug: str, result: dict[str, Any]) -> dict[str, Any]:
    demo = registry.get(slug)
    claims = []
    for finding in result["findings"]:
        claim = demo.claim(finding["claim"])
        fields = ("verdict", "n", "inside", "low", "high", "median", "control_inside", "control_n")
        claims.append(
            {
                "slug": claim.slug,
                "kind": claim.kind,
                "decides": list(claim.decides),
                "expected": "shown" if claim.shown else claim.expected,
            }
            | {name: finding[name] for name in fields}
        )
    return {
        "slug": slug,
        "seconds": result["seconds"],
        "seeds": result["seeds"],
        "claims": claims,
    }


def _write_json(report: Any, target: str) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, "utf-8")
