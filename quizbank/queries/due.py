"""Which cards of a person are due, and which of them is the most fragile.

What may be shown and what is due stands here once, as conditions on the columns of a card.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from quizbank.models import Card, Question, State
from quizbank.models.rows import select, taken
from quizbank.models.statements import NOTHING, Part, composed, condition, of_card, value
from quizbank.models.whole import whole_card
from quizbank.queries.today import Today

Among = QuerySet[Question] | None

# Days are dates somewhere: a card due today may still lie ahead in another zone.
WIDEST_ZONES = timedelta(hours=26)
# At the end of a session a card in steps is shown early rather than waited for.
LEARN_AHEAD = timedelta(minutes=20)
COMPARED = 200  # due cards in review, for the most fragile of them

# Neither suspended nor buried, and of a question that is not retired. A card's question is the
# bank's or its person's own, so only such retired ones are told apart.
_LIVING = """
user_id = {user} AND NOT suspended AND question_id NOT IN (
  SELECT id FROM quizbank_question
  WHERE retired_at IS NOT NULL AND COALESCE(owner_id, {user}) = {user})
"""
_SHOWN = "{living} AND (buried_until IS NULL OR buried_until <= {day})"
_REVIEW = f"state = {State.REVIEW:d} AND due_day <= {{day}}"
_ASKED_FOR = f"state = {State.NEW:d} AND due_day <= {{day}}"  # only then has a new card a day
_STEPS = f"state IN ({State.LEARNING:d}, {State.RELEARNING:d}) AND due <= {{time}}"

_DUE = "{shown} AND due <= {time} AND ({review} OR {asked_for} OR {steps})"
_STEPS_AHEAD = """
SELECT id, due, last_day, stability FROM quizbank_card
WHERE {shown} AND {steps} {wanted} ORDER BY due, id
"""
_MOST_FRAGILE = """
SELECT id FROM (
  SELECT id, due_day, {elapsed} / stability AS decay FROM quizbank_card
  WHERE {shown} AND {review} {wanted} ORDER BY due_day LIMIT {compared}
) compared ORDER BY decay DESC, due_day, id LIMIT 1
"""
_LONGEST_ASKED_FOR = """
SELECT id FROM quizbank_card WHERE {shown} AND {asked_for} {wanted} ORDER BY due, id LIMIT 1
"""


@dataclass(frozen=True)
class Step:
    """A card in steps: what tells when it returns."""

    id: UUID
    due: datetime
    last_day: date | None
    stability: float | None


def living(today: Today) -> Part:
    """The person's cards that may be asked, those put off to another day included."""
    return composed(_LIVING, user=value(today.user_id))


def shown(today: Today) -> Part:
    return composed(_SHOWN, living=living(today), day=of_card(buried_until=today.day))


def _on_its_day(rule: str, today: Today) -> Part:
    return composed(rule, day=of_card(due_day=today.day))


def _in_steps(by: datetime) -> Part:
    return composed(_STEPS, time=of_card(due=by))


def cards_due(today: Today) -> QuerySet[Card]:
    """Cards in steps whose time has come, and cards whose day it is."""
    due = composed(
        _DUE,
        shown=shown(today),
        time=of_card(due=today.now + WIDEST_ZONES),
        review=_on_its_day(_REVIEW, today),
        asked_for=_on_its_day(_ASKED_FOR, today),
        steps=_in_steps(today.now),
    )
    return Card.objects.filter(condition(due))


def steps_ahead(today: Today, wanted: Part) -> list[Step]:
    """The cards in steps whose time has come or comes soon, the soonest first."""
    steps = _in_steps(today.now + LEARN_AHEAD)
    rows = select(*composed(_STEPS_AHEAD, shown=shown(today), steps=steps, wanted=wanted))
    names = ("id", "due", "last_day", "stability")
    return [Step(*taken(Card, names, row)) for row in rows]


def decay(today: Today, card: Card | Step) -> float:
    """Days elapsed over stability. Under one person's parameters recall falls as it grows, so
    it orders cards like the probability of having forgotten them."""
    if not card.last_day or not card.stability:
        return 0.0
    return (today.day - card.last_day).days / card.stability


def most_fragile(today: Today, wanted: Part) -> Card | None:
    """The due card in review least likely to be recalled.

    No index can keep an order that changes from day to day, so only so many are compared: those
    that have waited longest.
    """
    return whole_card(
        composed(
            _MOST_FRAGILE,
            elapsed=_elapsed(today),
            shown=shown(today),
            review=_on_its_day(_REVIEW, today),
            wanted=wanted,
            compared=value(COMPARED),
        )
    )


def asked_for(today: Today, wanted: Part) -> Card | None:
    """The new card somebody asked for by today, the longest ago."""
    asked = _on_its_day(_ASKED_FOR, today)
    return whole_card(
        composed(_LONGEST_ASKED_FOR, shown=shown(today), asked_for=asked, wanted=wanted)
    )


def card_of(step: Step) -> Card:
    card = whole_card(of_card(id=step.id))
    assert card is not None
    return card


def narrowed(column: str, among: Among, skip: Collection[str]) -> Part:
    """The further condition that a question is `among` those given and its path not in `skip`;
    `column` has its key."""
    inside, outside = NOTHING, NOTHING
    if among is not None:
        try:
            chosen = Part(*among.order_by().values("pk").query.sql_with_params())
        except EmptyResultSet:
            chosen = Part("NULL")
        inside = composed(f"AND {column} IN ({{chosen}})", chosen=chosen)
    if skip:
        paths = Part(", ".join("%s" for _ in skip), tuple(skip))
        skipped = composed("SELECT id FROM quizbank_question WHERE path IN ({paths})", paths=paths)
        outside = composed(f"AND {column} NOT IN ({{skipped}})", skipped=skipped)
    return composed("{inside} {outside}", inside=inside, outside=outside)


def _elapsed(today: Today) -> Part:
    """Days since the last review."""
    day = of_card(last_day=today.day)
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        return composed("(julianday({day}) - julianday(last_day))", day=day)
    return composed("(CAST({day} AS date) - last_day)", day=day)
