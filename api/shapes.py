"""The bank and the demos as JSON. Every text is {"zh", "en"}, or one of them if so asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from demos.models import Demo, Finding, Run
from quizbank.models import Question, Topic, Trap
from quizbank.queries.bank import Findings

Shape = dict[str, Any]
QUIZ = {
    "choice": ("stem", "stem_html", "options"),
    "numeric": ("stem", "stem_html", "answer", "tolerance", "unit", "why_html"),
    "predict": ("stem", "stem_html", "demo"),
}
MANIFEST = (
    *("topic", "title", "question", "summary", "gpu", "parameters", "defaults"),
    *("looks", "figure", "prediction", "presets", "source", "code_hash"),
)


def both(row: Any, name: str) -> Shape:
    """The text of `name_zh` and `name_en`."""
    return {"zh": getattr(row, f"{name}_zh"), "en": getattr(row, f"{name}_en")}


def only(value: Any, language: str) -> Any:
    """The same with every text in one language alone; "both" changes nothing."""
    if language == "both":
        return value
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return {language: value[language]}
        return {key: only(inner, language) for key, inner in value.items()}
    if isinstance(value, list):
        return [only(inner, language) for inner in value]
    return value


def topic(row: Topic, count: int) -> Shape:
    return {"slug": row.slug, "title": both(row, "title"), "questions": count}


def question_listed(row: Question, verdicts: Mapping[str, int]) -> Shape:
    return {
        "path": row.path,
        "url": reverse("api:question", args=row.path.split("/")),
        "topic": row.topic.slug,
        "level": row.level,
        "title": both(row, "title"),
        "tags": row.tags,
        "units": [unit.slug for unit in row.units.all()],
        "verdicts": dict(sorted(verdicts.items())),
        "updated_at": row.updated_at.isoformat(),
    }


def question(row: Question, verdicts: Mapping[str, int], findings: Findings) -> Shape:
    texts = {
        name: {"markdown": both(row, name), "html": both(row, f"{name}_html")}
        for name in ("prompt", "short", "full")
    }
    return {
        **question_listed(row, verdicts),
        "aliases": row.aliases,
        **texts,
        "key_points": [
            {"must": point.must, "markdown": both(point, "text"), "html": both(point, "html")}
            for point in row.key_points.all()
        ],
        "traps": [trap(found, findings) for found in row.traps.all()],
        "places": places(row),
        "proofs": [
            {
                **cited(proof.demo, proof.claim, findings),
                "why_html": both(proof, "why_html") if proof.why_html_en else None,
            }
            for proof in row.proofs.all()
        ],
        "follow_ups": [
            {
                "path": link.target.path,
                "url": reverse("api:question", args=link.target.path.split("/")),
                "title": both(link.target, "title"),
            }
            for link in row.follow_up_links.all()
        ],
        "references": row.references,
        "quiz": [quiz_item(item.kind, item.data) for item in row.quiz_items.all()],
    }


def trap(row: Trap, findings: Findings) -> Shape:
    return {
        "row": row.row.code,
        "judgement": row.row.judgement,
        "lines": row.row.lines,
        "markdown": both(row, "text"),
        "html": both(row, "html"),
        "why_html": both(row, "why_html"),
        "say_html": both(row, "say_html"),
        "refuted_by": cited(row.demo, row.claim, findings),
    }


def places(row: Question) -> list[Shape]:
    """Where the question stands in the known documents."""
    return [
        {
            "unit": unit.slug,
            "document": unit.document.slug,
            "heading": unit.heading,
            "line": unit.line,
            "line_end": unit.line_end,
        }
        for unit in row.units.all()
    ]


def cited(demo: str, claim: str, findings: Findings) -> Shape:
    """A claim a question leans on, with its verdict in the recorded run, if there is one."""
    finding = findings.get((demo, claim)) if claim else None
    return {
        "demo": demo,
        "claim": claim or None,
        "demo_url": reverse("api:demo", args=[demo]),
        "verdict": finding.verdict if finding else None,
        "run": str(finding.run_id) if finding else None,
        "n": finding.n if finding else None,
        "inside": finding.inside if finding else None,
    }


def quiz_item(kind: str, data: Mapping[str, Any]) -> Shape:
    """A predict item has no answer to give: it is measured when it is asked."""
    return {"kind": kind, **{name: data.get(name) for name in QUIZ[kind]}}


def demo_listed(row: Demo, verdicts: Mapping[str, int]) -> Shape:
    return {
        "slug": row.slug,
        "url": reverse("api:demo", args=[row.slug]),
        **{name: row.manifest[name] for name in ("topic", "title", "question", "summary", "gpu")},
        "claims": len(row.manifest["claims"]),
        "verdicts": dict(sorted(verdicts.items())),
        "seconds": row.default_seconds,
    }


def demo(row: Demo, run: Run | None, findings: Iterable[Finding]) -> Shape:
    found = {finding.claim: finding.data for finding in findings}
    manifest = row.manifest
    claims = [{**claim, "finding": found.get(claim["slug"])} for claim in manifest["claims"]]
    return {
        "slug": row.slug,
        "url": reverse("api:demo", args=[row.slug]),
        **{name: manifest.get(name) for name in MANIFEST},
        "claims": claims,
        "seconds": row.default_seconds,
        "run": str(run.pk) if run else None,
    }
