"""What a person's own notes say of a question."""

from __future__ import annotations

from typing import Any

from django import template

from quizbank.models import Question
from quizbank.queries import bank
from quizbank.queries.notes import passages_for

register = template.Library()


@register.inclusion_tag("quizbank/documents/_in_your_notes.html", takes_context=True)
def in_your_notes(context: dict[str, Any], question: Question) -> dict[str, Any]:
    """The passages of the visitor's notes on this question, with a stamp on each trap."""
    noted = passages_for(context["request"].user, question)
    traps = [mark.trap for one in noted for mark in one.marks if mark.trap]
    findings = bank.recorded() if traps else {}
    verdicts = {}
    for trap in traps:
        finding = findings.get((trap.demo, trap.claim))
        verdicts[trap.pk] = finding.verdict if finding else None
    return {"in_notes": noted, "verdicts": verdicts, "language": context.get("language")}
