"""The evidence of a question: its demos, their recorded runs, and the panel of the first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from demos.models import Demo, Run
from demos.queries import demos, stored_findings, stored_run
from quizbank.forms.draft import Draft
from quizbank.models import Question, Trap

Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Judged:
    """One claim of a manifest with its finding, if it has been judged."""

    claim: Mapping[str, Any]
    finding: Finding | None

    @property
    def verdict(self) -> str | None:
        return self.finding["verdict"] if self.finding else None


@dataclass(frozen=True)
class Related:
    """A demo that is only named in passing, with what is known of it."""

    demo: Demo
    stamps: Counter[str]


@dataclass(frozen=True)
class Panel:
    """What one demo says about a question. `trap` is the note its headline claim refutes."""

    demo: Demo
    run: Run | None
    judged: list[Judged]
    headline: Judged | None
    trap: Trap | None
    why: str

    @property
    def prediction(self) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.demo.manifest.get("prediction")
        return found

    @property
    def options(self) -> list[Mapping[str, Any]]:
        return list(self.prediction["options"]) if self.prediction else []

    @property
    def no_options(self) -> list[Mapping[str, Any]]:
        return []

    @property
    def option_slugs(self) -> list[str]:
        return [option["slug"] for option in self.options]

    @property
    def right(self) -> str | None:
        found = (self.run.result or {}).get("prediction") if self.run else None
        return found["right"] if found else None

    @property
    def measured(self) -> Mapping[str, Any] | None:
        """The number the prediction was about, with its interval."""
        found: Mapping[str, Any] | None = (
            (self.run.result or {}).get("prediction") if self.run else None
        )
        return found if found and found.get("median") is not None else None

    @property
    def counts(self) -> Counter[str]:
        """How many of its claims bear each verdict."""
        return Counter(one.verdict for one in self.judged if one.verdict)

    @property
    def stale(self) -> bool:
        return self.run is not None and self.run.code_hash != self.demo.code_hash

    def text_of(self, slug: str | None) -> Mapping[str, str] | None:
        """The words of an option."""
        return next((o["text"] for o in self.options if o["slug"] == slug), None)


@dataclass(frozen=True)
class Evidence:
    """All that runs say about a question: the first demo in full, the others in passing."""

    panel: Panel | None
    others: list[Related]
    findings: Mapping[tuple[str, str], Finding]

    def of_trap(self, trap: Trap) -> Finding | None:
        return self.findings.get((trap.demo, trap.claim))


def evidence(question: Question) -> Evidence:
    """The evidence of a question that `get_question` has loaded."""
    proofs = list(question.proofs.all())
    traps = list(question.traps.all())
    slugs = list(dict.fromkeys([*(p.demo for p in proofs), *(t.demo for t in traps)]))
    known = {demo.slug: demo for demo in demos().filter(pk__in=slugs)}
    findings = _findings(list(known))
    # A proof by experiment comes before an experiment that only illustrates.
    order = [p.demo for p in proofs if p.claim] + [p.demo for p in proofs]
    first = next((known[slug] for slug in order if slug in known), None)
    others = [
        Related(known[slug], _stamps(known[slug], findings))
        for slug in slugs
        if slug in known and known[slug] is not first
    ]
    panel = _panel(question, first, findings, traps) if first else None
    return Evidence(panel, others, findings)


def _stamps(demo: Demo, findings: Mapping[tuple[str, str], Finding]) -> Counter[str]:
    return Counter(found["verdict"] for (slug, _), found in findings.items() if slug == demo.slug)


def trap_panel(trap: Trap, question: Question) -> Panel | None:
    """The panel of the demo that refutes this trap; None where that demo is gone."""
    demo = demos().filter(pk=trap.demo).first()
    if demo is None:
        return None
    return _panel(question, demo, _findings([demo.slug]), [trap])


def _findings(slugs: list[str]) -> dict[tuple[str, str], Finding]:
    rows = stored_findings(slugs) if slugs else {}
    return {key: row.data | {"verdict": row.verdict} for key, row in rows.items()}


def _panel(
    question: Question,
    demo: Demo,
    findings: Mapping[tuple[str, str], Finding],
    traps: Iterable[Trap],
) -> Panel:
    judged = [
        Judged(claim, findings.get((demo.slug, claim["slug"]))) for claim in demo.manifest["claims"]
    ]
    by_slug = {one.claim["slug"]: one for one in judged}
    trap = next((t for t in traps if t.demo == demo.slug and t.claim in by_slug), None)
    cited = [p for p in question.proofs.all() if p.demo == demo.slug]
    named = [trap.claim] if trap else [p.claim for p in cited]
    headline = next((by_slug[slug] for slug in named if slug in by_slug), None)
    return Panel(
        demo=demo,
        run=stored_run(demo),
        judged=judged,
        headline=headline or (judged[0] if judged else None),
        trap=trap,
        why=next((p.why_html for p in cited if p.why_html), ""),
    )


def prediction_of(panel: Panel | None, draft: Draft) -> dict[str, Any] | None:
    """What the log keeps of the prediction made on this card."""
    if panel is None or panel.prediction is None:
        return None
    return draft.among(panel.option_slugs).prediction(panel.demo.slug)
