"""From a wish to its verdict through web, queue and worker, against the bare function.

    python -m benchmarks.run_overhead --base http://127.0.0.1:8000 --token TOKEN

Needs a running site (`make run`) and a token with the scope `run`. For each demo it alternates
a run with fresh seeds, over HTTP with polling, and the same demo called in this process.
Goal: at most 1.2 for demos whose bare run takes 50 ms or more.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.pairs import machine, report, seconds
from demos import registry
from demos.kit.judge import median_interval
from demos.kit.measure import Batch, prove

POLL_SECONDS = 0.12  # the API allows ten requests a second


class Site:
    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base.rstrip("/"), token

    def call(self, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def run(self, slug: str) -> tuple[float, float, int]:
        """Seconds to the first progress and to the verdict, and the first seed."""
        started = time.perf_counter()
        wish = self.call("/api/v1/runs/", {"demo": slug, "fresh": True})
        first = None
        while True:
            seen = self.call(f"/api/v1/runs/{wish['run']['id']}/")
            now = time.perf_counter() - started
            if first is None and (seen["seeds_done"] or seen["state"] != "queued"):
                first = now
            if seen["state"] not in ("queued", "running"):
                assert seen["state"] == "done", seen
                return first or now, now, int(seen["first_seed"])
            time.sleep(POLL_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--token", required=True)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    site, rows = Site(given.base, given.token), []
    for slug in registry.slugs():
        rows.append(one_demo(site, slug, given.pairs))
        print(rows[-1])
    judged = [row for row in rows if row["bare_s"] >= 0.05]
    report(
        {
            "what": "submit to verdict over the bare function, fresh seeds",
            "ratio": round(float(np.median([row["ratio"] for row in judged])), 3),
            "interval": [min(r["ratio"] for r in judged), max(r["ratio"] for r in judged)],
            "goal": "at most 1.2 for demos of 50 ms and more",
            "pass": all(row["ratio"] <= 1.2 for row in judged),
            "pairs": given.pairs,
            "demos": rows,
            "machine": machine(),
        },
        given.json,
    )


def one_demo(site: Site, slug: str, pairs: int) -> dict[str, Any]:
    demo, quotients, firsts, totals, bare = registry.get(slug), [], [], [], []
    prove(slug, demo, limit=64)
    for _ in range(pairs):
        first, total, seed = site.run(slug)
        alone = seconds(lambda seed=seed: prove(slug, demo, batch=Batch("deciding", seed)))  # type: ignore[misc]
        firsts.append(first)
        totals.append(total)
        bare.append(alone)
        quotients.append(total / alone)
    middle, low, high = median_interval(np.array(quotients), 0.9)
    return {
        "slug": slug,
        "ratio": round(middle, 2),
        "interval": [round(low, 2), round(high, 2)],
        "first_progress_s": round(float(np.median(firsts)), 3),
        "verdict_s": round(float(np.median(totals)), 3),
        "bare_s": round(float(np.median(bare)), 3),
    }


if __name__ == "__main__":
    main()
