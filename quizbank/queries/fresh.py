"""The questions that could be shown as new: neither studied, nor asked for, nor put aside."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from quizbank.models import Form, Question, User
from quizbank.models.interviews import open_interview
from quizbank.models.rows import select
from quizbank.models.statements import Part, composed, of_card, query, value
from quizbank.models.whole import whole_question
from quizbank.queries.due import Among, narrowed
from quizbank.queries.today import Today

# A card that makes its question no new one.
_TAKEN = f"""
user_id = {{user}} AND form = '{Form.RECALL}'
AND (reps > 0 OR due_day IS NOT NULL OR suspended OR buried_until > {{day}})
"""
_TAKEN_QUESTIONS = "SELECT question_id FROM quizbank_card WHERE {taken}"
# Of the bank and of the person's own apart, so that each is read in order from its index.
_UNSEEN = """
FROM quizbank_question WHERE retired_at IS NULL AND {owner} AND NOT EXISTS (
  SELECT 1 FROM quizbank_card WHERE question_id = quizbank_question.id AND {taken})
"""
_FIRST = """
SELECT id FROM (
  SELECT * FROM (SELECT id, position, path {bank} {wanted} ORDER BY position, path LIMIT 1) bank
  UNION ALL
  SELECT * FROM (SELECT id, position, path {own} {wanted} ORDER BY position, path LIMIT 1) own
) firsts ORDER BY position, path LIMIT 1
"""
_SOME = """
SELECT (SELECT COUNT(*) FROM (SELECT 1 {bank} LIMIT {most}) bank)
     + (SELECT COUNT(*) FROM (SELECT 1 {own} LIMIT {most}) own)
"""
_LEAST = """
SELECT (SELECT COUNT(*) FROM quizbank_question WHERE retired_at IS NULL AND owner_id IS NULL)
     - (SELECT COUNT(*) FROM quizbank_card WHERE user_id = {user})
"""


def unseen(today: Today) -> QuerySet[Question]:
    live = Question.everyone.visible_to(today.user).filter(retired_at=None)
    taken = query(composed(_TAKEN_QUESTIONS, taken=_taken(today)))
    return live.exclude(pk__in=taken).select_related("topic")


def _taken(today: Today) -> Part:
    return composed(_TAKEN, user=value(today.user_id), day=of_card(buried_until=today.day))


def _unseen(today: Today) -> dict[str, Part]:
    own = composed("owner_id = {user}", user=value(today.user_id))
    owners = {"bank": Part("owner_id IS NULL"), "own": own}
    taken = _taken(today)
    return {name: composed(_UNSEEN, owner=owner, taken=taken) for name, owner in owners.items()}


def first_unseen(today: Today, among: Among, skip: Collection[str]) -> Question | None:
    """The next in the order of the bank; with an interview ahead, what it may ask comes first."""
    first = None
    soon = _asked_soon(today.user, today.day)
    if soon is not None:
        both = soon if among is None else soon.filter(pk__in=among.order_by().values("pk"))
        first = _first(today, narrowed("id", both, skip))
    return first or _first(today, narrowed("id", among, skip))


def _first(today: Today, wanted: Part) -> Question | None:
    return whole_question(composed(_FIRST, **_unseen(today), wanted=wanted))


def _asked_soon(user: User | None, day: date) -> QuerySet[Question] | None:
    """What the interview ahead may ask; None without one."""
    interview = open_interview(user.pk if user else None)
    return interview.may_ask() if interview and day < interview.day else None


def count_unseen(today: Today, at_most: int) -> int:
    """How many there are, counted no further than that.

    Of the bank at least as many are left as it has more questions than the person has cards;
    only where those are too few is each looked at.
    """
    ((least,),) = select(*composed(_LEAST, user=value(today.user_id)))
    if least >= at_most:
        return at_most
    found: int = select(*composed(_SOME, **_unseen(today), most=value(at_most)))[0][0]
    return min(at_most, found)
