"""Two runs of one experiment side by side: what was changed between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demos.models import Run
from quizbank.forms.lab import said

WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}


@dataclass(frozen=True)
class Change:
    """One thing that differs: its name, and its value there and here."""

    text: Mapping[str, str]
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """A claim with its finding in either run."""

    claim: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """`things` counts what differs besides the seeds."""

    run: Run
    other: Run
    changes: list[Change]
    outcomes: list[Outcome]

    @property
    def things(self) -> int:
        return len(self.changes) + self.other_code + self.other_device

    @property
    def number(self) -> str:
        """How many things differ, as an English sentence begins with it."""
        return WORDS.get(self.things, str(self.things))

    @property
    def other_code(self) -> bool:
        return self.run.code_hash != self.other.code_hash

    @property
    def other_device(self) -> bool:
        return self.run.device != self.other.device

    @property
    def other_seeds(self) -> bool:
        return self.run.first_seed != self.other.first_seed


def compare(run: Run, other: Run) -> Comparison:
    """What differs from `other` to `run`, both finished runs of one demo."""
    manifest = run.demo.manifest
    changes = [
        Change(
            entry["text"], said(entry, other.params.get(name)), said(entry, run.params.get(name))
        )
        for entry in manifest["parameters"]
        for name in [entry["name"]]
        if other.params.get(name) != run.params.get(name)
    ]
    claims = {claim["slug"]: claim for claim in manifest["claims"]}
    before = {f["claim"]: f for f in (other.result or {}).get("findings", [])}
    outcomes = [
        Outcome(claims[f["claim"]], before.get(f["claim"]), f)
        for f in (run.result or {}).get("findings", [])
        if f["claim"] in claims and f["verdict"] != "shown"
    ]
    return Comparison(run, other, changes, outcomes)
