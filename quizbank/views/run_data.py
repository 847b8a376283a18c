"""One run as pages show it: what was asked, what was measured, how each claim came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from demos.kit.declare import Text
from demos.models import Demo, Run, State
from demos.queries import progress
from quizbank.forms.lab import Field, LabForm, query_of
from quizbank.views.predictions import Guess

MIN_ALWAYS = 256  # runs below which no stamp is given for "always"
TICKS = 256  # ticks that a tape shows at most


@dataclass(frozen=True)
class Judged:
    """A claim, as its manifest states it, with the finding of one run."""

    claim: Mapping[str, Any]
    finding: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        return str(self.finding["verdict"])

    @property
    def shown(self) -> bool:
        return self.verdict == "shown"


@dataclass(frozen=True)
class Need:
    """What the next look asks for: at `n` seeds, `inside` of them, if a count decides."""

    n: int
    inside: int | None


class RunView:
    """A run with what its page needs. `guess` is the visitor's, if it was about this run."""

    def __init__(self, run: Run, guess: Guess | None = None, *, mine: bool = False) -> None:
        self.run, self.guess, self.mine = run, guess, mine
        self.demo: Demo = run.demo
        self.manifest: Mapping[str, Any] = run.demo.manifest
        self.result: Mapping[str, Any] = run.result or {}

    @property
    def done(self) -> bool:
        return self.run.state == State.DONE

    @property
    def live(self) -> bool:
        return self.run.live

    @cached_property
    def progress(self) -> dict[str, Any]:
        return progress(self.run)

    @property
    def stale(self) -> bool:
        """Whether the experiment has changed since this run."""
        return self.run.code_hash != self.demo.code_hash

    @cached_property
    def fields(self) -> list[Field]:
        return LabForm(self.manifest, self.run.params).fields

    @property
    def changed(self) -> list[Field]:
        return [field for field in self.fields if field.changed]

    @property
    def query(self) -> str:
        """The address's query that fills the form with this run's parameters."""
        return query_of(self.manifest["parameters"], self.run.params)

    @cached_property
    def judged(self) -> list[Judged]:
        claims = {claim["slug"]: claim for claim in self.manifest["claims"]}
        return [
            Judged(claims.get(f["claim"], _unknown(f["claim"])), f)
            for f in self.result.get("findings", [])
        ]

    @property
    def last_seed(self) -> int:
        return self.run.first_seed + int(self.result.get("seeds", 1)) - 1

    @property
    def headline(self) -> Judged | None:
        return next((one for one in self.judged if not one.shown), None)

    @property
    def figure(self) -> Mapping[str, Any] | None:
        figure: Mapping[str, Any] | None = self.result.get("figure")
        return figure

    @property
    def measured(self) -> Mapping[str, Any] | None:
        """The number that the prediction was about, with its interval."""
        found = self.result.get("prediction")
        return found if found and found.get("median") is not None else None

    @property
    def right(self) -> Mapping[str, str] | None:
        """The text of the option that came true."""
        slug = (self.result.get("prediction") or {}).get("right")
        asked = self.manifest.get("prediction") or {"options": []}
        return next((o["text"] for o in asked["options"] if o["slug"] == slug), None)

    @property
    def guessed_right(self) -> bool:
        right = (self.result.get("prediction") or {}).get("right")
        return self.guess is not None and self.guess.made and self.guess.choice == right

    # ------------------------------------------------------------ while it goes on

    @property
    def followed(self) -> Mapping[str, Any]:
        """The claim whose tape is drawn: the first that is judged."""
        claims = self.manifest["claims"]
        return next((c for c in claims if c["kind"] != "shown"), claims[0])

    @property
    def ticks(self) -> list[int | None]:
        ticks: list[int | None] = self.progress["tape"]
        return ticks[:TICKS]

    @property
    def total(self) -> int:
        return min(int(self.progress["seeds_total"]), TICKS)

    @property
    def looks(self) -> list[int]:
        return [n for n in self.followed["looks"] if n <= self.total]

    @property
    def lengths(self) -> list[int]:
        """How long the tape may become as the run goes on from look to look."""
        every = {min(int(n), TICKS) for n in self.manifest["looks"]} | {self.total}
        return sorted(n for n in every if n >= self.total)

    @property
    def counts(self) -> tuple[int, int]:
        """For and against so far, of the followed claim."""
        for claim in self.progress["claims"]:
            if claim["claim"] == self.followed["slug"]:
                return claim["inside"], claim["n"] - claim["inside"]
        return 0, 0

    @property
    def percent(self) -> int:
        done, total = self.progress["seeds_done"], self.progress["seeds_total"]
        return min(100, round(100 * done / total)) if total else 0

    @property
    def needs(self) -> list[Need]:
        fewest = {entry["n"]: entry["inside"] for entry in self.followed.get("needed", [])}
        looks = [int(n) for n in self.followed["looks"]]
        if self.followed["kind"] != "share":
            looks = [n for n in looks if n >= MIN_ALWAYS] or looks[-1:]
        return [Need(n, fewest.get(n)) for n in looks]

    @property
    def need(self) -> Need | None:
        """What the look ahead asks for."""
        done = self.progress["seeds_done"]
        return next((need for need in self.needs if need.n > done), None)


def _unknown(slug: str) -> dict[str, Any]:
    """A claim that the present code no longer states."""
    said = Text(slug, slug).json()
    return {"slug": slug, "text": said, "kind": "share", "control_text": None, "needs": None}
