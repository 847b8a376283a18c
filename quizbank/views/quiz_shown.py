"""What the pages of a quiz show of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser

from demos.models import Demo
from quizbank.forms.reading import number
from quizbank.models import QuizAnswer, QuizItem, QuizSession, Topic, User
from quizbank.queries import quiz as queries
from quizbank.scoring import LEVELS, MARKS

Context = dict[str, Any]


@dataclass(frozen=True)
class Option:
    """One option of a choice after the answer."""

    html: Mapping[str, str]
    right: bool
    chosen: bool
    why_html: Mapping[str, str] | None


@dataclass(frozen=True)
class Rule:
    """One row of the table of marks."""

    name: str
    right: int
    wrong: int


RULES = [Rule(name, *MARKS[name]) for name in LEVELS]


def listed(visitor: User | AnonymousUser, limit: int) -> Context:
    """The visitor's quizzes: those that go on, and the latest of those that ended."""
    own = queries.quizzes_of(visitor)
    titles = {topic.slug: topic for topic in Topic.objects.all()}
    going = [(quiz, titles.get(quiz.topic)) for quiz in own.filter(finished_at=None)[:limit]]
    ended = own.filter(finished_at__isnull=False, answered__gt=0)
    return {
        "unfinished": going,
        "earlier": [(quiz, titles.get(quiz.topic)) for quiz in ended[:limit]],
    }


def wanted(answers: Sequence[QuizAnswer], item: str, finished: bool) -> QuizAnswer | None:
    """The item of that number, else the first that is open; None where there is none."""
    found = next((row for row in answers if row.position == number(item)), None)
    if found is not None and (found.answered_at is not None or not finished):
        return found
    if finished:
        return None
    return next((row for row in answers if row.answered_at is None), None)


def asked(quiz: QuizSession, answers: Sequence[QuizAnswer], row: QuizAnswer) -> Context:
    return {
        **_line(quiz, answers, row),
        "demo": _demo(row),
        "options": _options(row),
    }


def answered(quiz: QuizSession, answers: Sequence[QuizAnswer], row: QuizAnswer) -> Context:
    """The item with what was said, what is right, and why the others tempt."""
    following = next((one for one in answers if one.answered_at is None), None)
    context = {**_line(quiz, answers, row), "following": following}
    if quiz.finished_at is not None:
        context["following"] = None
    if row.kind == QuizItem.Kind.CHOICE:
        options = _options(row)
        chosen = next((o for o in options if o.chosen), None)
        return context | {
            "options": options,
            "chosen": chosen if chosen and not chosen.right else None,
            "others": [o for o in options if o.why_html and not o.chosen],
        }
    return context | (_measured(row) if row.kind == QuizItem.Kind.PREDICT else {})


def told(quiz: QuizSession, answers: list[QuizAnswer]) -> Context:
    found = queries.result(answers)
    overall = queries.calibration_of(quiz.owner)
    return {
        "quiz": quiz,
        "answers": answers,
        "result": found,
        "rules": RULES,
        "overall": overall if sum(level.n for level in overall) > found.n else [],
        "cards": len({row.question_id for row in found.misses if not row.question.retired_at}),
        "planned": queries.planned(quiz, found.misses),
        "topic": Topic.objects.filter(slug=quiz.topic).first() if quiz.topic else None,
    }


def _line(quiz: QuizSession, answers: Sequence[QuizAnswer], row: QuizAnswer) -> Context:
    return {"quiz": quiz, "answers": answers, "row": row, "rules": RULES}


def _options(row: QuizAnswer) -> list[Option]:
    if row.kind != QuizItem.Kind.CHOICE:
        return []
    said = (row.given or {}).get("option")
    return [
        Option(option["html"], option["right"], index == said, option["why_html"])
        for index, option in enumerate(row.item["options"])
    ]


def _demo(row: QuizAnswer) -> Demo | None:
    if row.kind != QuizItem.Kind.PREDICT:
        return None
    return Demo.objects.filter(pk=row.item["demo"]).first()


def _measured(row: QuizAnswer) -> Context:
    """The prediction beside what the run said of it, with the claim it bears on most."""
    texts = {o["slug"]: o["text"] for o in row.item["prediction"]["options"]}
    found = row.found or {}
    result = (row.run.result or {}) if row.run and row.state != "waiting" else {}
    findings = [f for f in result.get("findings", []) if f["kind"] != "shown"]
    claims = {c["slug"]: c for c in row.run.demo.manifest["claims"]} if row.run else {}
    metric = row.item["prediction"].get("metric")
    about = [f for f in findings if f.get("metric") == metric] or findings
    headline = next((f for f in about if f["claim"] in claims), None)
    return {
        "demo": row.run.demo if row.run else _demo(row),
        "said": texts.get((row.given or {}).get("option", "")),
        "right_text": texts.get(found.get("right") or ""),
        "measured": found if found.get("median") is not None else None,
        "figure": result.get("figure"),
        "headline": headline,
        "claim": claims[headline["claim"]] if headline else None,
    }
