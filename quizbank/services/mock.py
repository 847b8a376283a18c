"""Mock interviews: begin, answer against the clock, estimate oneself, mark, and learn from it.

There is no way back: an answer stands once given, the estimate comes before the rubric, and
what was missed becomes due today.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from demos.kit.declare import Text
from quizbank import rubric
from quizbank.models import MockInterview, MockQuestion, Topic, User
from quizbank.models.study import ANSWER_LENGTH
from quizbank.queries.mock import marks_of, rubric_from, seconds_left
from quizbank.queries.quiz import weakest
from quizbank.services.acts import reschedule
from quizbank.services.errors import BadMock as BadMock
from quizbank.services.errors import MockConflict as MockConflict
from quizbank.services.mock_questions import choose, openers, rubric_of

SHORTEST, LONGEST = 10, 120  # minutes
MINUTES_EACH = 6
Source = MockInterview.Source
NO_TOPIC = Text("没有这个主题。", "There is no such topic.")
NO_QUESTION = Text("题库里没有这样的题。", "The bank has no such question.")
OVER = Text("面试已经结束。", "The interview has ended.")
NOT_OVER = Text("面试还没有结束。", "The interview has not ended yet.")
PAUSED = Text("面试暂停中，请先继续。", "The interview is paused: go on first.")
NOT_THIS_ONE = Text("现在问的是另一题，不能回头。", "Another question is open; there is no back.")
ESTIMATE_FIRST = Text(
    "先给自己估个分，再看评分表。", "Estimate yourself before you see the rubric."
)
ESTIMATED = Text("已经估过分，不再改动。", "The estimate was given and stands.")
NOT_ANSWERED = Text("这一题没有作答。", "This question was not answered.")


@transaction.atomic
def start(
    *,
    user: User,
    minutes: int,
    now: datetime,
    topic: str = "",
    paths: Collection[str] = (),
    weakness: bool = False,
    seed: int | None = None,
) -> MockInterview:
    """Begin an interview of that many minutes, about six of them a question.

    On a topic, on these questions, or on everything; with `weakness` what was missed or is
    about to be forgotten opens the chains. Follow-ups may come from anywhere in the bank.
    The same seed asks the same of the same bank. Raises BadMock with the field to blame.
    """
    if isinstance(minutes, bool) or not SHORTEST <= minutes <= LONGEST:
        text = f"{SHORTEST} 到 {LONGEST} 分钟。", f"From {SHORTEST} to {LONGEST} minutes."
        raise BadMock("minutes", Text(*text))
    if topic and not Topic.objects.filter(slug=topic).exists():
        raise BadMock("topic", NO_TOPIC)
    seed = secrets.randbelow(2**31) if seed is None else seed
    first = weakest(user, now) if weakness else []
    found = openers(topic=topic, paths=paths, first=first, seed=seed)
    if not found:
        raise BadMock("questions" if paths else "topic", NO_QUESTION)
    mock = MockInterview.objects.create(
        owner=user,
        source=_source(topic, paths, weakness),
        topic=topic,
        seed=seed,
        minutes=minutes,
        created_at=now,
    )
    rows: list[MockQuestion] = []
    for position, asked in enumerate(choose(found, max(2, minutes // MINUTES_EACH), seed), 1):
        rows.append(
            MockQuestion.objects.create(
                mock=mock,
                position=position,
                question=asked.question,
                follows=rows[asked.follows - 1] if asked.follows else None,
                depth=asked.depth,
                rubric=rubric_of(asked.question),
                asked_at=now if position == 1 else None,
            )
        )
    return mock


def _source(topic: str, paths: Collection[str], weakness: bool) -> Source:
    if weakness:
        return Source.WEAKNESS
    return Source.LIST if paths else Source.TOPIC if topic else Source.MIXED


def _locked(mock: MockInterview) -> MockInterview:
    locked = MockInterview.objects.select_for_update(of=("self",)).select_related("owner")
    return locked.get(pk=mock.pk)


@transaction.atomic
def answer(
    *, mock: MockInterview, position: int, text: str, client_uuid: UUID, now: datetime
) -> MockQuestion:
    """Answer the open question, once however often it is sent; empty if it was spoken.

    The last answer, or the first after the time is up, ends the interview. Raises BadMock
    for a text too long, MockConflict if another question is open, the interview has ended
    or is paused, or the UUID was used for something else, MockQuestion.DoesNotExist for a
    position there is not.
    """
    if len(text) > ANSWER_LENGTH or "\x00" in text:
        most = f"回答最多 {ANSWER_LENGTH} 个字符。", f"At most {ANSWER_LENGTH:,} characters."
        raise BadMock("answer", Text(*most))
    mock = _locked(mock)
    row = mock.asked.get(position=position)
    before = mock.asked.filter(client_uuid=client_uuid).first()
    if before is not None:
        if (before.position, before.answer) != (position, text):
            raise MockConflict(MockConflict.REUSED)
        return before
    if mock.ended_at is not None:
        raise MockConflict(OVER)
    if mock.paused_at is not None:
        raise MockConflict(PAUSED)
    if row.asked_at is None or row.answered_at is not None:
        raise MockConflict(NOT_THIS_ONE)
    row.answer, row.client_uuid, row.answered_at = text, client_uuid, now
    row.seconds = max(0, _spent(mock, now) - _spent_before(mock))
    row.save()
    following = mock.asked.filter(position=position + 1).first()
    if following is None or seconds_left(mock, now) <= 0:
        _end(mock, now)
    else:
        following.asked_at = now
        following.save(update_fields=["asked_at"])
    return row


def _spent(mock: MockInterview, now: datetime) -> int:
    """Seconds of the interview so far, without pauses."""
    return mock.minutes * 60 - seconds_left(mock, now)


def _spent_before(mock: MockInterview) -> int:
    return sum(mock.asked.exclude(seconds=None).values_list("seconds", flat=True))  # type: ignore[arg-type]


@transaction.atomic
def pause(*, mock: MockInterview, now: datetime) -> MockInterview:
    """Stop the clock. Raises MockConflict once the interview has ended."""
    mock = _running(mock)
    if mock.paused_at is None:
        mock.paused_at = now
        mock.save(update_fields=["paused_at"])
    return mock


@transaction.atomic
def go_on(*, mock: MockInterview, now: datetime) -> MockInterview:
    """Let the clock run again. Raises MockConflict once the interview has ended."""
    mock = _running(mock)
    if mock.paused_at is not None:
        mock.paused_seconds += max(0, round((now - mock.paused_at).total_seconds()))
        mock.paused_at = None
        mock.save(update_fields=["paused_at", "paused_seconds"])
    return mock


@transaction.atomic
def extend(*, mock: MockInterview, minutes: int) -> MockInterview:
    """More time. Raises BadMock if it comes to more than two hours, MockConflict at the end."""
    mock = _running(mock)
    if isinstance(minutes, bool) or minutes < 1 or mock.minutes + minutes > LONGEST:
        text = f"总共最多 {LONGEST} 分钟。", f"At most {LONGEST} minutes in all."
        raise BadMock("minutes", Text(*text))
    mock.minutes += minutes
    mock.save(update_fields=["minutes"])
    return mock


@transaction.atomic
def stop(
    *,
    mock: MockInterview,
    now: datetime,
    position: int = 0,
    text: str = "",
    client_uuid: UUID | None = None,
) -> MockInterview:
    """End the interview early. A text is the answer to the open question, also where it is
    paused; what was not answered counts neither for nor against. Raises as `answer` does, and
    then the interview goes on."""
    mock = _locked(mock)
    if mock.ended_at is None and client_uuid is not None and text.strip():
        mock = go_on(mock=mock, now=now)
        answer(mock=mock, position=position, text=text, client_uuid=client_uuid, now=now)
        mock = _locked(mock)
    if mock.ended_at is None:
        _end(mock, now)
    return mock


def _running(mock: MockInterview) -> MockInterview:
    mock = _locked(mock)
    if mock.ended_at is not None:
        raise MockConflict(OVER)
    return mock


def _end(mock: MockInterview, now: datetime) -> None:
    mock.ended_at = now
    if mock.paused_at is not None:
        mock.paused_seconds += max(0, round((now - mock.paused_at).total_seconds()))
        mock.paused_at = None
    mock.save(update_fields=["ended_at", "paused_at", "paused_seconds"])


@transaction.atomic
def estimate(*, mock: MockInterview, value: float) -> MockInterview:
    """How good one thinks the answers were, from 0 to 4, before the rubric is shown.

    Raises BadMock out of range, MockConflict before the end or for a second estimate.
    """
    mock = _locked(mock)
    if isinstance(value, bool) or not 0 <= value <= rubric.BEST:
        raise BadMock("value", Text("请估 0 到 4 分。", "Estimate from 0 to 4."))
    if mock.ended_at is None:
        raise MockConflict(NOT_OVER)
    if mock.self_estimate not in (None, value):
        raise MockConflict(ESTIMATED)
    mock.self_estimate = value
    mock.save(update_fields=["self_estimate"])
    return mock


@transaction.atomic
def mark(
    *, mock: MockInterview, position: int, marks: Mapping[str, Any], now: datetime
) -> MockQuestion:
    """Mark one answer against its rubric; the last mark finishes the interview.

    `marks` has `points` (indices), `trap`, `structure`, `trade_off` and `example` (0, 0.5 or
    1). Marks may be corrected until then. Raises BadMock with the field to blame,
    MockConflict before the estimate, after the end or for a question that was not answered,
    MockQuestion.DoesNotExist for a position there is not.
    """
    mock = _locked(mock)
    row = mock.asked.select_related("question").get(position=position)
    if mock.self_estimate is None:
        raise MockConflict(ESTIMATE_FIRST if mock.ended_at else NOT_OVER)
    if mock.finished_at is not None:
        raise MockConflict(OVER)
    if row.answered_at is None:
        raise MockConflict(NOT_ANSWERED)
    row.marks, row.marked_at = checked_marks(row, marks), now
    row.save(update_fields=["marks", "marked_at"])
    if not mock.asked.filter(answered_at__isnull=False, marks__isnull=True).exists():
        _finish(mock, now)
    return row


def checked_marks(row: MockQuestion, marks: Mapping[str, Any]) -> dict[str, Any]:
    """The marks as they are kept. Raises BadMock with the field to blame."""
    count = len(row.rubric["key_points"])
    points = marks.get("points")
    if not isinstance(points, list | tuple | set | frozenset) or not all(
        isinstance(point, int) and not isinstance(point, bool) and 0 <= point < count
        for point in points
    ):
        raise BadMock("points", Text("没有这样的要点。", "There are no such points."))
    if not isinstance(marks.get("trap"), bool):
        raise BadMock("trap", Text("请填 true 或 false。", "Give true or false."))
    for part in ("structure", "trade_off", "example"):
        if isinstance(marks.get(part), bool) or marks.get(part) not in rubric.PARTS:
            raise BadMock(part, Text("请填 0、0.5 或 1。", "Give 0, 0.5 or 1."))
    parts = {part: float(marks[part]) for part in ("structure", "trade_off", "example")}
    return {"points": sorted(set(points)), "trap": marks["trap"], **parts}


def _finish(mock: MockInterview, now: datetime) -> None:
    mock.finished_at = now
    mock.save(update_fields=["finished_at"])
    answered = mock.asked.filter(answered_at__isnull=False, question__retired_at=None)
    for row in answered.select_related("question"):
        if rubric.score(rubric_from(row), marks_of(row)).missed:
            name = uuid5(mock.pk, row.question.path)
            reschedule(user=mock.owner, question=row.question, client_uuid=name, now=now, days=0)
