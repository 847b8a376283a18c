"""How much of the notes the bank answers, and how much of that recorded runs have decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from demos.queries import demos, stored_findings
from quizbank.models import CatalogueRow, Question, Trap, Unit

Report = dict[str, dict[str, Any]]
Key = tuple[str, str]
LANGUAGES = ("title", "prompt", "short", "full")
# What must be empty for the bank to be complete.
GAPS = {
    "units": ("missing",),
    "questions": ("without_demo", "without_proof", "without_quiz", "one_language", "unproven"),
    "traps": ("open",),
    "rows": ("missing", "without_trap"),
    "demos": ("orphans",),
}


def coverage() -> Report:
    """The report of `manage.py coverage`; lists name what is missing.

    Beyond the totals: `questions.unproven` are citations whose claim no recorded run bears out,
    `rows.shown` counts rows named only by claims that are never stamped, and `rows.without_trap`
    are statements found wrong by a claim that no question warns of. A question that merely
    names related demos, because no experiment can decide it, is not without proof.
    """
    manifests = [demo.manifest for demo in demos()]
    findings = stored_findings([manifest["slug"] for manifest in manifests])
    claims = {(m["slug"], c["slug"]): c for m in manifests for c in m["claims"]}
    borne_out = {
        key
        for key, c in claims.items()
        if key in findings and _verdict(findings[key]) == c["expected"]
    }
    stamped = {key for key in borne_out if claims[key]["expected"] != "shown"}
    confirmed = {key for key in stamped if claims[key]["expected"] == "confirmed"}
    living = list(
        Question.objects.filter(retired_at=None).prefetch_related("proofs", "traps", "quiz_items")
    )
    return {
        "units": _units(),
        "questions": _questions(living, borne_out, confirmed),
        "traps": _traps(living, confirmed),
        "rows": _rows(claims, borne_out, stamped),
        "demos": _demos([m["slug"] for m in manifests], living),
    }


def complete(report: Report) -> bool:
    return not any(report[part][gap] for part, gaps in GAPS.items() for gap in gaps)


def _verdict(finding: Any) -> str:
    return str(finding.verdict)


def _units() -> dict[str, Any]:
    asked = Unit.objects.filter(kind=Unit.Kind.QUESTION)
    missing = list(asked.filter(question=None).values_list("slug", flat=True))
    total = asked.count()
    return {"total": total, "covered": total - len(missing), "missing": sorted(missing)}


def _questions(
    living: Iterable[Question], borne_out: set[Key], confirmed: set[Key]
) -> dict[str, Any]:
    report: dict[str, Any] = {"total": 0, **{gap: [] for gap in GAPS["questions"]}}
    for question in living:
        report["total"] += 1
        proofs = question.proofs.all()
        cited = [(proof.demo, proof.claim) for proof in proofs if proof.claim]
        if not proofs:
            report["without_demo"].append(question.path)
        if cited and not confirmed.intersection(cited):
            report["without_proof"].append(question.path)
        if not question.quiz_items.all():
            report["without_quiz"].append(question.path)
        if not all(getattr(question, f"{n}_{lang}") for n in LANGUAGES for lang in ("zh", "en")):
            report["one_language"].append(question.path)
        report["unproven"] += [
            f"{question.path}: {demo}/{claim}"
            for demo, claim in cited
            if (demo, claim) not in borne_out
        ]
    return report


def _traps(living: Iterable[Question], confirmed: set[Key]) -> dict[str, Any]:
    rows = dict(CatalogueRow.objects.values_list("pk", "code"))
    total = 0
    open_traps = []
    for question in living:
        for trap in question.traps.all():
            total += 1
            if (trap.demo, trap.claim) not in confirmed:
                open_traps.append(f"{question.path}: {rows[trap.row_id]}")
    return {"total": total, "refuted": total - len(open_traps), "open": open_traps}


def _rows(
    claims: Mapping[Key, Mapping[str, Any]], borne_out: set[Key], stamped: set[Key]
) -> dict[str, Any]:
    decided = {code for key in stamped for code in claims[key]["decides"]}
    shown = {code for key in borne_out - stamped for code in claims[key]["decides"]}
    warned = set(Trap.objects.filter(question__retired_at=None).values_list("row__code", flat=True))
    report: dict[str, Any] = {"total": 0, "decided": 0, "argued": 0, "shown": 0}
    missing, without_trap = [], []
    for row in CatalogueRow.objects.all():
        report["total"] += 1
        if row.code in decided:
            report["decided"] += 1
        elif row.argued_zh and row.argued_en:
            report["argued"] += 1
        elif row.code in shown:
            report["shown"] += 1
        else:
            missing.append(row.code)
        wrong = row.judgement == CatalogueRow.Judgement.WRONG
        if wrong and row.code in decided and row.code not in warned:
            without_trap.append(row.code)
    return report | {"missing": missing, "without_trap": without_trap}


def _demos(slugs: list[str], living: Iterable[Question]) -> dict[str, Any]:
    used: set[str] = set()
    for question in living:
        used |= {proof.demo for proof in question.proofs.all()}
        used |= {trap.demo for trap in question.traps.all()}
        used |= {item.data["demo"] for item in question.quiz_items.all() if "demo" in item.data}
    return {"total": len(slugs), "orphans": sorted(set(slugs) - used)}
