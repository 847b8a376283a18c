"""A small bank whose experiment has really been run: what pages need to show everything.

The question about falling stones cites the numbers of an experiment on initialisation;
what a page does with a verdict does not depend on what the verdict is about.
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from demos import cli, registry
from demos.models import Demo, Run
from demos.runner import store
from demos.services import run_key
from quizbank.content.bank import read_bank
from quizbank.models import Question
from quizbank.services.bank import sync_bank
from tests.cast import MONDAY
from tests.quizbank.small_bank import DEMOS, STONES, write_bank
from tests.remembered import remembered

MEASURED = "zero_init_symmetry"
# Claim of the experiment -> what the small bank calls it.
CLAIMS = {"zero_bias_is_safe": "same_time", "constant_still_learns": "feather_last"}
STONE = "falling/stone_and_feather"
BELL = "sound/bell_in_a_jar"
MORE = tuple(f"falling/trial_{number}" for number in range(1, 4))


@lru_cache(maxsize=1)
def _measured() -> tuple[dict[str, Any], dict[str, Any]]:
    """(manifest, result) of the experiment, run once for all tests: about a second."""
    job = cli.Job(MEASURED, {}, 64, 0, "deciding", "cpu", broken=False)
    return registry.manifest(MEASURED), cli.perform(job)


def manifest(slug: str) -> dict[str, Any]:
    """The experiment's manifest under one of the small bank's names."""
    found = deepcopy(_measured()[0])
    found["slug"] = slug
    claims = [claim for claim in found["claims"] if claim["slug"] in CLAIMS]
    for claim in claims:
        claim["slug"] = CLAIMS[claim["slug"]]
        claim["decides"] = list(DEMOS["falling_stones"].claims[claim["slug"]])
    found["claims"] = claims
    if slug == "silent_bell":
        found["prediction"] = None
        found["claims"] = [{**claims[0], "slug": "no_sound", "decides": []}]
    return found


def add_demo(slug: str) -> Demo:
    described = manifest(slug)
    return Demo.objects.create(
        slug=slug,
        topic="falling",
        title_zh=described["title"]["zh"],
        title_en=described["title"]["en"],
        manifest=described,
        code_hash=described["code_hash"],
        updated_at=MONDAY,
    )


def record(demo: Demo) -> Run:
    """The experiment's result as the recorded run of that demo."""
    result = deepcopy(_measured()[1])
    result["findings"] = [f for f in result["findings"] if f["claim"] in CLAIMS]
    for finding in result["findings"]:
        finding["claim"] = CLAIMS[finding["claim"]]
    return store.record(demo, run_key(demo, result["params"], 0, "cpu"), result, MONDAY)


def _another(number: int) -> str:
    """One more question on falling, which follows nothing and sets no trap."""
    head, _, body = STONES.partition("+++\n# zh")
    traps = head.index("[[traps]]")
    quiz = head.index("[[quiz]]")
    plain = head[:traps] + head[quiz:]
    for line in ('units = ["d9-02"]\n', 'follow_ups = ["sound/bell_in_a_jar"]\n'):
        plain = plain.replace(line, "")
    title = body.replace("没有空气时，石头和羽毛", f"第 {number} 次，石头和羽毛")
    title = title.replace("Without air, does", f"On trial {number}, does")
    return f"{plain}+++\n# zh{title}"


def install_bank(root: Path) -> Question:
    """Five questions, two demos, one of them recorded; the question about stones."""
    write_bank(root)
    for number, path in enumerate(MORE, start=1):
        (root / f"{path}.md").write_text(_another(number), "utf-8")
    files = sorted(path for path in root.rglob("*") if path.is_file())

    def make() -> None:
        sync_bank(bank=read_bank(root, DEMOS), now=MONDAY)
        record(add_demo("falling_stones"))
        add_demo("silent_bell")

    remembered(tuple((str(path.relative_to(root)), path.read_bytes()) for path in files), make)
    return Question.objects.get(path=STONE)
