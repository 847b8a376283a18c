"""Disputed claims: where the notes contradict one another, and what people wrongly say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from demos.figures.stamp import trap_verdict
from demos.models import Finding
from quizbank.models import Question, Topic, Trap
from quizbank.queries import disputes
from quizbank.queries.bank import NO_VERDICT, VERDICTS, Findings, recorded
from quizbank.queries.disputes import Cited, Disputed, Drawing
from quizbank.views.questions import Filter, Option
from quizbank.wording import say

PAGE = 40  # every contradiction is on the first page, where its anchor is looked for
KINDS = ("between", "within", "trap")
DIMENSIONS = ("kind", "topic", "verdict")


@dataclass(frozen=True)
class Said:
    """One statement and where it stands; without `lines` it is what people say."""

    html: SafeString | str
    lines: Sequence[str]
    verdict: str | None


@dataclass(frozen=True)
class Entry:
    """A contradiction or a trap. `anchor` names it on the page; `holds` says what is true."""

    anchor: str
    kind: str
    topic: Topic
    verdict: str
    title: SafeString | str
    said: tuple[Said, ...]
    holds: SafeString | str
    cited: tuple[Cited, ...]
    questions: tuple[Question, ...]

    def has(self, dimension: str, wanted: str) -> bool:
        if dimension == "topic":
            return self.topic.slug == wanted
        return wanted == (self.kind if dimension == "kind" else self.verdict)

    @property
    def demos(self) -> list[str]:
        return list(dict.fromkeys(one.demo for one in self.cited))

    @property
    def runs(self) -> list[UUID]:
        return [one.finding.run_id for one in self.cited if one.finding]

    @property
    def measured(self) -> bool:
        return self.verdict != NO_VERDICT


@dataclass(frozen=True)
class Judged:
    """A claim in the words of its experiment, with its finding."""

    text: Mapping[str, str]
    finding: Finding
    experiment: Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """An entry with the drawing of its telling experiment; None where nothing was measured."""

    entry: Entry
    drawing: Drawing | None = None
    judged: tuple[Judged, ...] = ()

    @property
    def runs(self) -> list[Judged]:
        """One finding of each experiment, which knows its run."""
        first: dict[str, Judged] = {}
        for one in self.judged:
            first.setdefault(one.finding.demo_id, one)
        return list(first.values())


@require_safe
def disputed(request: HttpRequest) -> HttpResponse:
    """All of them, or those that the filters in the address leave."""
    everything = entries(recorded())
    chosen = {name: request.GET[name] for name in DIMENSIONS if request.GET.get(name)}
    left = _left(everything, chosen)
    page = Paginator(left, PAGE).get_page(request.GET.get("page"))
    drawn = disputes.drawings(run for one in page.object_list for run in one.runs)
    context = {
        "shown": [_shown(one, drawn) for one in page.object_list],
        "page": page,
        "n": len(left),
        "n_measured": sum(one.measured for one in left),
        "filters": _filters(everything, chosen),
        "chosen": chosen,
        "before": _address({**chosen, "page": str(page.number - 1)}),
        "after": _address({**chosen, "page": str(page.number + 1)}),
    }
    answer = render(request, "quizbank/disputes/list.html", context)
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def entries(findings: Findings) -> list[Entry]:
    """Every contradiction, then every trap."""
    contradictions = [_of_dispute(one) for one in disputes.disputed(findings)]
    return contradictions + [_of_trap(one, findings) for one in disputes.traps()]


def _of_dispute(one: Disputed) -> Entry:
    return Entry(
        anchor=one.dispute.slug,
        kind="within" if one.within else "between",
        topic=one.dispute.topic,
        verdict=one.verdict,
        title=one.dispute.title_html,
        said=tuple(Said(s.row.html, s.row.lines, s.verdict) for s in one.sides),
        holds=one.dispute.verdict_html,
        cited=one.cited,
        questions=one.questions,
    )


def _of_trap(trap: Trap, findings: Findings) -> Entry:
    against = disputes.cited(f"{trap.demo}/{trap.claim}", findings)
    verdict = trap_verdict(against.verdict)
    return Entry(
        anchor=f"{trap.question.path.replace('/', '-')}-{trap.row.code.lower()}",
        kind="trap",
        topic=trap.question.topic,
        verdict=verdict or NO_VERDICT,
        title=conditional_escape(trap.question.title),
        said=(Said(trap.row.statement_html, trap.row.lines, verdict),),
        holds=trap.row.truth_html or trap.say_html,
        cited=(against,),
        questions=(trap.question,),
    )


def _shown(entry: Entry, drawn: Mapping[str, Drawing]) -> Shown:
    judged = tuple(
        Judged(drawn[one.demo].claims[one.claim], one.finding, drawn[one.demo].title)
        for one in entry.cited
        if one.finding and one.demo in drawn and one.claim in drawn[one.demo].claims
    )
    return Shown(entry, drawn[judged[0].finding.demo_id], judged) if judged else Shown(entry)


def _left(everything: Sequence[Entry], chosen: Mapping[str, str]) -> list[Entry]:
    return [one for one in everything if all(one.has(*choice) for choice in chosen.items())]


def _filters(everything: Sequence[Entry], chosen: Mapping[str, str]) -> list[Filter]:
    """Each filter counts what it would leave of the list that the others leave."""
    named = sorted({one.topic for one in everything}, key=lambda topic: topic.position)
    names: dict[str, list[tuple[str, str]]] = {
        "kind": [(kind, say(f"disputed.kind_{kind}")) for kind in KINDS],
        "topic": [(topic.slug, str(topic.title)) for topic in named],
        "verdict": [(v, say(f"disputed.verdict_{v}")) for v in VERDICTS],
    }
    found = []
    for dimension, values in names.items():
        others = {name: value for name, value in chosen.items() if name != dimension}
        pool = _left(everything, others)
        options = []
        for value, name in values:
            n = sum(one.has(dimension, value) for one in pool)
            current = chosen.get(dimension) == value
            if n or current:
                address = _address(others if current else {**others, dimension: value})
                options.append(Option(name, n, address, current))
        label = say(f"disputed.{dimension}")
        found.append(Filter(label, options, _address(others), dimension in chosen))
    return found


def _address(parts: Mapping[str, str]) -> str:
    return f"?{urlencode(parts)}"
