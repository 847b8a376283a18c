"""Whether what a JSON file says of a sitting can be shown and marked as one of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from quizbank.models import Interview, MockInterview, MockQuestion, Question, QuizAnswer, QuizItem
from quizbank.rubric import BEST
from quizbank.services.bringing.rows import BadRow
from quizbank.services.errors import BadMock
from quizbank.services.mock import checked_marks

WORDS = {"zh": str, "en": str}
NUMBER = (int, float)
MOST = 1e300  # a number that any arithmetic of ours can bear
RUBRIC = {"key_points": [{"must": bool, **WORDS}], "traps": [WORDS]}
MAYBE = (WORDS, None)
ITEMS: Mapping[str, Any] = {
    QuizItem.Kind.CHOICE: {
        "stem_html": WORDS,
        "options": [{"html": WORDS, "right": bool, "why_html": MAYBE}],
    },
    QuizItem.Kind.NUMERIC: {
        "stem_html": WORDS,
        **{"answer": NUMBER, "tolerance": NUMBER, "unit": str, "why_html": WORDS},
    },
    QuizItem.Kind.PREDICT: {
        "demo": str,
        "title": WORDS,
        "stem_html": MAYBE,
        "prediction": {"question": WORDS, "options": [{"slug": str, "text": WORDS}]},
    },
}
GIVEN: Mapping[str, Any] = {
    QuizItem.Kind.CHOICE: {"option": int},
    QuizItem.Kind.NUMERIC: {"text": str, "value": NUMBER},
    QuizItem.Kind.PREDICT: {"option": str},
}
FIGURE = (*NUMBER, None)
FOUND = {"right": (str, None), "median": FIGURE, "low": FIGURE, "high": FIGURE, "failed": bool}


def fits(value: Any, shape: Any) -> bool:
    """Whether a JSON value has that shape: objects may hold more, numbers are finite."""
    if isinstance(shape, tuple):
        return any(fits(value, each) for each in shape)
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(each, shape[0]) for each in value)
    if isinstance(shape, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and fits(value[name], inner) for name, inner in shape.items()
        )
    if shape is None:
        return value is None
    if type(value) is not shape:
        return False
    return shape not in NUMBER or abs(value) <= MOST


def need(holds: bool) -> None:
    """Raises BadRow unless it does."""
    if not holds:
        raise BadRow("shape")


def check_answer(row: QuizAnswer) -> None:
    """An item of a quiz and what was said to it. Raises BadRow."""
    need(fits(row.item, ITEMS[row.kind]))
    need(row.given is None or fits(row.given, GIVEN[row.kind]))
    need(row.found is None or fits(row.found, FOUND))
    answered = row.answered_at is not None
    need(answered or (row.correct is None and row.found is None))
    if row.kind != QuizItem.Kind.PREDICT:
        need(answered is (row.correct is not None))


def check_asked(row: MockQuestion) -> None:
    """A question of a mock interview and its marks. Raises BadRow."""
    need(fits(row.rubric, RUBRIC))
    if row.marks is not None:
        need(isinstance(row.marks, Mapping))
        try:
            row.marks = checked_marks(row, row.marks)
        except BadMock:
            raise BadRow("shape") from None


def check_mock(mock: MockInterview, rows: Sequence[MockQuestion]) -> None:
    """It has one question open, or has ended; once finished every answer has its marks."""
    answered = [row for row in rows if row.answered_at is not None]
    still_open = [row for row in rows if row.asked_at is not None and row.answered_at is None]
    need(mock.self_estimate is None or 0 <= mock.self_estimate <= BEST)
    if mock.ended_at is None:
        need(len(still_open) == 1 and mock.self_estimate is None and mock.finished_at is None)
    if mock.finished_at is not None:
        need(mock.self_estimate is not None and bool(answered))
        need(all(row.marks is not None for row in answered))


def check_interview(interview: Interview) -> None:
    """Raises BadRow where its lists hold anything but levels and UUIDs."""
    need(fits(interview.levels, [str]) and set(interview.levels) <= set(Question.Level.values))
    need(fits(interview.planned, [str]))
    try:
        for each in interview.planned:
            UUID(each)
    except ValueError:
        raise BadRow("shape") from None
