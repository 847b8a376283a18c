"""The visitor's own card as pages show it: what can be done with it, facts, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from quizbank.models import Card, EventKind, Question, ReviewEvent, User
from quizbank.queries import cards as queries
from quizbank.queries.own import may_put_away
from quizbank.queries.people import day_today
from quizbank.wording import calendar, say

GRADES = ("again", "hard", "good", "easy")


@dataclass(frozen=True)
class Line:
    """One line of a card's history. `takes_back` is the event that an undo here would name:
    the deed itself or, where it was taken back, the undo that did it."""

    day: date
    did: str
    then: str
    taken_back: bool
    takes_back: UUID


def menu(visitor: User | AnonymousUser, question: Question, now: datetime) -> dict[str, Any]:
    """What the menu of a card needs; `card` is None for a question nothing was done with."""
    card = queries.card_of(visitor, question)
    today = day_today(visitor if isinstance(visitor, User) else None, now)
    buried = card.buried_until if card and card.buried_until and card.buried_until > today else None
    return {
        "card": card,
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "buried_until": buried,
        "own": isinstance(visitor, User) and may_put_away(visitor, question),
        "facts": facts(card) if card and card.reps else [],
    }


def facts(card: Card) -> list[tuple[str, str]]:
    """Each fact's name and what it is."""
    due = calendar.short_date(card.due_day) if card.due_day else "–"
    found: list[tuple[str, str]] = [(say("card.due"), due)]
    if card.interval:
        found.append((say("card.interval"), calendar.wait(timedelta(days=card.interval))))
    if card.stability is not None and card.difficulty is not None:
        found.append((say("card.stability"), say("card.days", n=f"{card.stability:.1f}")))
        found.append((say("card.difficulty"), f"{card.difficulty:.1f} / 10"))
    found.append((say("card.reps"), str(card.reps)))
    found.append((say("card.lapses"), str(card.lapses)))
    return found


def history(card: Card) -> list[Line]:
    """What was done with the card, latest first."""
    return [_line(one) for one in queries.past(card)]


def _line(one: queries.Past) -> Line:
    event = one.event
    then = ""
    if event.kind in (EventKind.REVIEW, EventKind.CRAM):
        if event.kind == EventKind.CRAM:
            then = say("card.crammed")
        elif event.interval_chosen:
            then = calendar.wait(timedelta(days=event.interval_chosen))
        elif event.after_due:
            then = calendar.wait(event.after_due - event.reviewed_at)
    elif event.interval_chosen is not None:
        then = calendar.short_date(event.study_day + timedelta(days=event.interval_chosen))
    undo = one.taken_back_by
    return Line(event.study_day, deed(event), then, undo is not None, undo or event.client_uuid)


def deed(event: ReviewEvent) -> str:
    """What was done: the grade of an answer, the name of an act."""
    if event.kind in (EventKind.REVIEW, EventKind.CRAM):
        return say(f"study.{GRADES[(event.rating or 1) - 1]}")
    return say(f"card.did_{event.kind}")
