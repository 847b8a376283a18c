"""Quizzes, mock interviews and interviews ahead in a JSON file.

A sitting is known by when it began and the seed that chose its questions.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import transaction

from demos.models import Run
from quizbank.models import (
    Interview,
    MockInterview,
    MockQuestion,
    QuizAnswer,
    QuizSession,
    Topic,
)
from quizbank.services.bringing.rows import BadRow, begun, clean, instance, name_of, stored
from quizbank.services.bringing.shapes import (
    check_answer,
    check_asked,
    check_interview,
    check_mock,
    need,
)
from quizbank.services.bringing.taken import Taken
from quizbank.services.quiz_marking import nothing

S = TypeVar("S", QuizSession, MockInterview)


def bring(taken: Taken) -> None:
    answers = _below(taken, "quiz_answers", "quiz")
    for quiz, row in _new(taken, QuizSession, "quizzes"):
        _whole(taken, "quizzes", row, quiz, answers[row.get("id")])
    asked = _below(taken, "mock_questions", "mock")
    for mock, row in _new(taken, MockInterview, "mock_interviews"):
        _whole(taken, "mock_interviews", row, mock, asked[row.get("id")])
    _interviews(taken)


def _below(taken: Taken, section: str, parent: str) -> dict[object, list[dict[str, Any]]]:
    found: dict[object, list[dict[str, Any]]] = defaultdict(list)
    for row in taken.rows(section):
        if isinstance(row.get(parent), str):
            found[row[parent]].append(row)
        else:
            taken.left.add(section, "shape", row.get("position", ""))
    return found


def _new(taken: Taken, model: type[S], section: str) -> Iterator[tuple[S, dict[str, Any]]]:
    """Those that are not here yet, unsaved, under their own number if nobody has it."""
    for row in taken.rows(section):
        try:
            one = instance(model, row, without=("id",), owner=taken.user)
            here = model._default_manager.filter(
                owner=taken.user, seed=one.seed, **begun(one.created_at)
            )
            if here.exists():
                continue
            one.pk = _free(model, row.get("id"))
        except BadRow as bad:
            taken.leave(section, bad, row)
        else:
            yield one, row


def _free(model: type[QuizSession] | type[MockInterview], told: object) -> uuid.UUID:
    try:
        name = uuid.UUID(str(told))
    except ValueError:
        raise BadRow("shape") from None
    return uuid.uuid4() if model._default_manager.filter(pk=name).exists() else name


def _whole(
    taken: Taken,
    section: str,
    row: dict[str, Any],
    sitting: QuizSession | MockInterview,
    parts: list[dict[str, Any]],
) -> None:
    """A sitting with all it asked, or none of it."""
    try:
        places = {row.get("position") for row in parts if type(row.get("position")) is int}
        need(bool(parts) and places == set(range(1, len(parts) + 1)))
        with transaction.atomic():
            stored(sitting)
            if isinstance(sitting, QuizSession):
                for part in parts:
                    _answer(taken, sitting, part)
            else:
                _questions(taken, sitting, parts)
    except BadRow as bad:
        taken.leave(section, bad, row)
    else:
        taken.added[section] += 1


def _answer(taken: Taken, quiz: QuizSession, row: dict[str, Any]) -> None:
    answer = instance(
        QuizAnswer, row, without=("id",), quiz=quiz, question=taken.question(row.get("question"))
    )
    check_answer(answer)
    answer.item = clean(answer.item)
    answer.run = _run(row.get("run"))
    if answer.state == "waiting" and answer.run is None:
        answer.found = nothing()
    stored(answer)


def _run(told: object) -> Run | None:
    """The run that decided, if this installation has it."""
    try:
        return Run.objects.filter(pk=uuid.UUID(str(told))).first()
    except ValueError:
        return None


def _questions(taken: Taken, mock: MockInterview, rows: list[dict[str, Any]]) -> None:
    made: dict[object, MockQuestion] = {}
    kept = []
    for row in sorted(rows, key=lambda row: str(row.get("position", "")).zfill(8)):
        question = taken.question(row.get("question"))
        asked = instance(MockQuestion, row, without=("id",), mock=mock, question=question)
        check_asked(asked)
        follows = name_of(row, "follows")
        if follows is not None:
            asked.follows = made.get(follows)
        made[name_of(row, "id")] = stored(asked)
        kept.append(asked)
    check_mock(mock, kept)


def _interviews(taken: Taken) -> None:
    for row in taken.rows("interviews"):
        try:
            interview = instance(Interview, row, without=("id",), user=taken.user)
            check_interview(interview)
            mine = Interview.objects.filter(user=taken.user)
            if mine.filter(day=interview.day, **begun(interview.created_at)).exists():
                continue
            if interview.closed_at is None and mine.filter(closed_at=None).exists():
                raise BadRow("open")
            paths, slugs = row.get("questions", []), row.get("topics", [])
            if not isinstance(paths, list) or not isinstance(slugs, list):
                raise BadRow("shape")
            questions = [taken.question(path) for path in paths]
            stored(interview)
            interview.questions.set(questions)
            interview.topics.set(Topic.objects.filter(slug__in=[str(slug) for slug in slugs]))
            taken.added["interviews"] += 1
        except BadRow as bad:
            taken.leave("interviews", bad, row)
