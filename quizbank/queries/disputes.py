"""Where the notes disagree, with what recorded runs say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from demos.figures.stamp import trap_verdict
from demos.models import Finding, Run
from quizbank.models import Dispute, DisputeSide, Question, Trap, Unit
from quizbank.queries.bank import NO_VERDICT, Findings

LONG = tuple(
    f"{name}_{tongue}"
    for name in ("prompt", "prompt_html", "short", "short_html", "full", "full_html")
    for tongue in ("zh", "en")
)


@dataclass(frozen=True)
class Cited:
    """A claim that bears on the point, and its finding in the recorded run, if there is one."""

    demo: str
    claim: str
    finding: Finding | None

    @property
    def verdict(self) -> str | None:
        return self.finding.verdict if self.finding else None


@dataclass(frozen=True)
class Side:
    """A statement of the notes; `verdict` is None where no run has measured this very one."""

    row: DisputeSide
    verdict: str | None


@dataclass(frozen=True)
class Disputed:
    dispute: Dispute
    sides: tuple[Side, ...]
    cited: tuple[Cited, ...]
    questions: tuple[Question, ...]

    @property
    def within(self) -> bool:
        """Whether one document contradicts itself, and no other has a say."""
        documents = {line.partition(":")[0] for side in self.sides for line in side.row.lines}
        return len(documents) == 1

    @property
    def verdict(self) -> str:
        """What became of it: "refuted" where a side is, else the verdict of the first claim."""
        if any(side.verdict == "refuted" for side in self.sides):
            return "refuted"
        return next((one.verdict for one in self.cited if one.verdict), NO_VERDICT)


@dataclass(frozen=True)
class Drawing:
    """The figure of a demo's recorded run, the demo's title and the words of its claims."""

    title: Mapping[str, str]
    figure: Mapping[str, Any]
    claims: Mapping[str, Mapping[str, str]]


def disputed(findings: Findings) -> list[Disputed]:
    """Every contradiction in the order of the bank."""
    disputes = list(Dispute.objects.select_related("topic").prefetch_related("sides"))
    homes = _homes({unit for row in disputes for side in row.sides.all() for unit in side.units})
    return [_disputed(row, findings, homes) for row in disputes]


def traps() -> QuerySet[Trap]:
    """Every trap of the bank's living questions, in the order of the bank."""
    living = Trap.objects.filter(question__retired_at=None, question__owner=None)
    named = living.select_related("row", "question__topic")
    named = named.order_by("question__position", "question__path", "position")
    return named.defer("question__search_text", *(f"question__{name}" for name in LONG))


def cited(named: str, findings: Findings) -> Cited:
    """The claim called "demo/claim"."""
    demo, _, claim = named.partition("/")
    return Cited(demo, claim, findings.get((demo, claim)))


def drawings(runs: Iterable[UUID]) -> dict[str, Drawing]:
    """Demo -> what its recorded run drew."""
    rows = Run.objects.filter(pk__in=set(runs)).values_list(
        "demo_id", "result__figure", "demo__manifest__title", "demo__manifest__claims"
    )
    return {
        demo: Drawing(title, figure, {claim["slug"]: claim["text"] for claim in claims})
        for demo, figure, title, claims in rows
    }


def _disputed(row: Dispute, findings: Findings, homes: Mapping[str, Question]) -> Disputed:
    sides = tuple(Side(side, _measured(side, findings)) for side in row.sides.all())
    units = [unit for side in sides for unit in side.row.units]
    return Disputed(
        dispute=row,
        sides=sides,
        cited=tuple(cited(named, findings) for named in row.decided_by),
        questions=tuple(dict.fromkeys(homes[unit] for unit in units if unit in homes)),
    )


def _measured(side: DisputeSide, findings: Findings) -> str | None:
    if side.confirmed_by:
        return cited(side.confirmed_by, findings).verdict
    return trap_verdict(cited(side.refuted_by, findings).verdict) if side.refuted_by else None


def _homes(units: Iterable[str]) -> dict[str, Question]:
    """Unit -> the living question that answers it."""
    answered = Unit.objects.filter(
        slug__in=units,
        question__isnull=False,
        question__retired_at=None,
        question__owner=None,
    )
    found = answered.select_related("question")
    found = found.defer("question__search_text", *(f"question__{name}" for name in LONG))
    return {unit.slug: unit.question for unit in found if unit.question is not None}
