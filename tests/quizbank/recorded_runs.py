"""Demos and recorded runs as rows, as a worker would have left them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demos.models import Demo, Finding, Run, State
from tests.cast import MONDAY
from tests.quizbank.small_bank import DEMOS

EXPECTED = {
    "falling_stones": {"same_time": "confirmed", "feather_last": "confirmed"},
    "silent_bell": {"no_sound": "shown"},
}


def install_demos(expected: Mapping[str, Mapping[str, str]] = EXPECTED) -> None:
    for slug, claims in expected.items():
        manifest = {
            "slug": slug,
            "topic": "falling",
            "code_hash": "c" * 64,
            "claims": [
                {"slug": claim, "decides": list(DEMOS[slug].claims[claim]), "expected": outcome}
                for claim, outcome in claims.items()
            ],
        }
        Demo.objects.create(
            slug=slug,
            topic="falling",
            title_zh=slug,
            title_en=slug,
            manifest=manifest,
            code_hash="c" * 64,
            updated_at=MONDAY,
        )


def record(slug: str, verdicts: Mapping[str, str]) -> Run:
    """A finished default run of the demo in which the claims came out like this."""
    findings: list[dict[str, Any]] = [
        {
            **{"claim": claim, "kind": "share", "verdict": verdict, "n": 64, "inside": 64},
            **{"low": 0.9, "high": 1.0, "median": 0.5, "control_inside": 0, "control_n": 64},
        }
        for claim, verdict in verdicts.items()
    ]
    run = Run.objects.create(
        demo_id=slug,
        key=f"{slug}:recorded",
        code_hash="c" * 64,
        params={},
        state=State.DONE,
        created_at=MONDAY,
        finished_at=MONDAY,
        result={"findings": findings},
        recorded=True,
    )
    Finding.objects.bulk_create(Finding.of(run, finding) for finding in findings)
    return run


def record_all() -> None:
    for slug, claims in EXPECTED.items():
        record(slug, claims)
