"""What the front and the back of a card show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from quizbank.forms.draft import Draft
from quizbank.models import Card, Form, Question, User
from quizbank.queries.bank import get_question
from quizbank.queries.session import session
from quizbank.queries.study import (
    StudyItem,
    counts,
    last_deed,
    previews,
    suggests_to,
    usual_duration_ms,
)
from quizbank.scheduling import Ticks, suggest
from quizbank.views import own_card
from quizbank.views.own_card import GRADES
from quizbank.views.panel import Evidence, Panel, evidence
from quizbank.views.predictions import guess_of
from quizbank.wording import calendar, say

Visitor = User | AnonymousUser
TICK_KEYS = "qwerty"


@dataclass(frozen=True)
class Tick:
    """One line of the checklist; `name` is how the log calls it."""

    name: str
    kind: str  # must, bonus or trap
    html: str
    key: str
    ticked: bool


@dataclass(frozen=True)
class Grade:
    """`wait` is empty where the grade moves nothing."""

    rating: int
    slug: str
    wait: str
    suggested: bool


def item_of(visitor: Visitor, now: datetime, path: str) -> StudyItem:
    """The card of one question (Raises Question.DoesNotExist)."""
    question = (
        Question.everyone.visible_to(visitor)
        .select_related("topic")
        .get(path=path, retired_at=None)
    )
    card = None
    if isinstance(visitor, User):
        card = Card.objects.filter(user=visitor, question=question, form=Form.RECALL).first()
    studied = card if card and card.reps else None
    return StudyItem(question, studied, counts(visitor, now))


def line(visitor: Visitor, item: StudyItem | None, now: datetime) -> dict[str, Any]:
    """The session line: where the day stands and whether something can be taken back."""
    today = session(visitor, now)
    count = item.counts if item else counts(visitor, now)
    done = len(today.ticks)
    total = max(done + count.due + count.new, done + (1 if item else 0))
    undoable = isinstance(visitor, User) and last_deed(visitor) is not None
    return {"session": today, "position": done + 1, "total": total, "undoable": undoable}


def front(request: HttpRequest, item: StudyItem, draft: Draft, now: datetime) -> dict[str, Any]:
    question = get_question(item.question.path, request.user)
    shown = evidence(question)
    return {
        **line(request.user, item, now),
        **_card(question, item, draft, shown),
        "asks": _asks(request, item, shown.panel),
        "hint": _hint(question) if draft.hint else "",
        "musts": sum(point.must for point in question.key_points.all()),
        "menu": own_card.menu(request.user, question, now),
        "minutes_left": _minutes_left(draft, now),
    }


def _minutes_left(draft: Draft, now: datetime) -> int | None:
    """Of a session with an end, begun ones counted; None without an end."""
    if draft.wish.until is None:
        return None
    return max(0, math.ceil((draft.wish.until - now) / timedelta(minutes=1)))


def _asks(request: HttpRequest, item: StudyItem, panel: Panel | None) -> bool:
    """A prediction is asked at first sight, and once per experiment."""
    if item.card is not None or panel is None or panel.prediction is None:
        return False
    return guess_of(request, panel.demo) is None


def back(visitor: Visitor, item: StudyItem, draft: Draft, now: datetime) -> dict[str, Any]:
    question = get_question(item.question.path, visitor)
    shown = evidence(question)
    ticks = checklist(question, draft)
    usual, suggests = usual_duration_ms(visitor), suggests_to(visitor)
    suggested = suggestion(question, draft, usual) if suggests else None
    crammed = draft.wish.kind == "cram"
    promises = {} if crammed else previews(item.card, visitor, now, unseen=item.question)
    return {
        **line(visitor, item, now),
        **_card(question, item, draft, shown),
        "ticks": ticks,
        "usual_ms": usual,
        "suggests": suggests,
        "suggested": suggested,
        "suggestion_says": _suggestion_words(question, draft, suggested),
        "grades": [
            Grade(
                rating,
                slug,
                "" if crammed else _wait(promises[rating].days, promises[rating].wait),
                rating == suggested,
            )
            for rating, slug in enumerate(GRADES, start=1)
        ],
        **outcome(shown.panel, draft),
        "menu": own_card.menu(visitor, question, now),
        "minutes_left": _minutes_left(draft, now),
    }


def outcome(panel: Panel | None, draft: Draft) -> dict[str, Any]:
    """The prediction beside what was measured."""
    chosen = draft.choice if panel and draft.choice in panel.option_slugs else ""
    return {
        "chosen": chosen,
        "said": panel.text_of(chosen) if panel else None,
        "right_text": panel.text_of(panel.right) if panel else None,
        "sure_word": say(f"study.{draft.confidence}") if draft.confidence else "",
    }


def _card(question: Question, item: StudyItem, draft: Draft, shown: Evidence) -> dict[str, Any]:
    return {
        "item": item,
        "question": question,
        "more_prompt": more_prompt(question),
        "draft": draft,
        "evidence": shown,
        "panel": shown.panel,
        "traps": [{"trap": trap, "finding": shown.of_trap(trap)} for trap in question.traps.all()],
    }


def more_prompt(question: Question) -> SafeString:
    """What the prompt says after its first paragraph, which is the heading."""
    _, _, rest = str(question.prompt_html).partition("</p>")
    return mark_safe(rest.strip())  # noqa: S308 - a part, cut between blocks, of what was sanitised


def checklist(question: Question, draft: Draft) -> list[Tick]:
    """Key points, then traps, in the order of their keys."""
    lines = [
        (f"k{point.position}", "must" if point.must else "bonus", point.html)
        for point in question.key_points.all()
    ]
    lines += [(f"t{trap.position}", "trap", trap.html) for trap in question.traps.all()]
    return [
        Tick(name, kind, html, TICK_KEYS[i] if i < len(TICK_KEYS) else "", name in draft.ticks)
        for i, (name, kind, html) in enumerate(lines)
    ]


def suggested_to(visitor: Visitor, question: Question, draft: Draft) -> int | None:
    """The grade that was suggested when the card was graded; None to those who want none."""
    if not suggests_to(visitor):
        return None
    return suggestion(question, draft, usual_duration_ms(visitor))


def suggestion(question: Question, draft: Draft, usual_ms: float | None) -> int | None:
    """The grade the published rule suggests for what is ticked."""
    ticked = counted(question, draft)
    found = suggest(
        ticked,
        confidence=draft.confidence if draft.confidence in ("low", "mid", "high") else None,  # type: ignore[arg-type]
        hint_used=draft.hint,
        fast=usual_ms is not None and 0 < draft.duration_ms < usual_ms,
    )
    return 1 if found is None and draft.never else found


def counted(question: Question, draft: Draft) -> Ticks:
    lines = checklist(question, draft)
    of = {
        kind: [one.ticked for one in lines if one.kind == kind]
        for kind in ("must", "bonus", "trap")
    }
    return Ticks(
        musts=sum(of["must"]),
        musts_total=len(of["must"]),
        bonuses=sum(of["bonus"]),
        bonuses_total=len(of["bonus"]),
        trap=any(of["trap"]),
    )


def _suggestion_words(question: Question, draft: Draft, rating: int | None) -> SafeString:
    if rating is None:
        return say("study.decide")
    ticked = counted(question, draft)
    grade = say(f"study.{GRADES[rating - 1]}")
    if ticked.trap:
        return say("study.suggest_trap", grade=grade)
    if draft.never and not (ticked.musts or ticked.bonuses):
        return say("study.suggest_never", grade=grade)
    if draft.hint and rating == 2:
        return say("study.suggest_hint", grade=grade)
    return say("study.suggest_musts", n=ticked.musts, total=ticked.musts_total, grade=grade)


def _hint(question: Question) -> SafeString | str:
    """One point of the answer, the first that must be in it."""
    points = sorted(question.key_points.all(), key=lambda point: (not point.must, point.position))
    return points[0].html if points else ""


def _wait(days: int, wait: timedelta) -> str:
    return calendar.wait(timedelta(days=days) if days else wait)
