"""What was answered to one item, and whether it was right; a prediction is right by a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from demos.kit.declare import Text
from demos.kit.parameters import ParameterErrors
from demos.models import LIVE, Demo, Run, State
from demos.queries import stored_run
from demos.services import TooManyRuns, request_default, request_run
from quizbank import scoring
from quizbank.models import QuizAnswer, QuizItem, User
from quizbank.services.errors import BadAnswer

CHOOSE = Text("请选一项。", "Choose one.")
Value = str | int | float


def read(answer: QuizAnswer, value: Value) -> dict[str, Any]:
    """What is kept of the answer that was given. Raises BadAnswer."""
    if answer.kind == QuizItem.Kind.CHOICE:
        return {"option": _index(value, len(answer.item["options"]))}
    if answer.kind == QuizItem.Kind.NUMERIC:
        return _number(value)
    if value not in slugs(answer):
        raise BadAnswer("answer", CHOOSE)
    return {"option": value}


def _index(value: Value, n: int) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 3:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < n:
        raise BadAnswer("answer", CHOOSE)
    return value


def _number(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        raise BadAnswer("answer", scoring.NO_NUMBER)
    if isinstance(value, str):
        try:
            return {"text": value, "value": scoring.number(value)}
        except scoring.NotANumber as refused:
            raise BadAnswer("answer", refused.text) from refused
    if not math.isfinite(value):
        raise BadAnswer("answer", scoring.NO_NUMBER)
    return {"text": repr(value), "value": float(value)}


def slugs(answer: QuizAnswer) -> list[str]:
    """The options of a prediction."""
    return [option["slug"] for option in answer.item["prediction"]["options"]]


def judge(answer: QuizAnswer, owner: User, now: datetime) -> None:
    """Say whether the answer is right, or which run will; the row is not saved."""
    given = answer.given or {}
    if answer.kind == QuizItem.Kind.CHOICE:
        _mark(answer, bool(answer.item["options"][given["option"]]["right"]), now)
    elif answer.kind == QuizItem.Kind.NUMERIC:
        right, tolerance = answer.item["answer"], answer.item["tolerance"]
        _mark(answer, scoring.accepts(given["value"], right, tolerance), now)
    else:
        answer.run = _deciding_run(answer, owner, now)
        if answer.run is None:
            answer.found = nothing()
        else:
            settle(answer, answer.run, now)


def settle(answer: QuizAnswer, run: Run, now: datetime) -> None:
    """Decide a prediction by a run that has ended; the row is not saved."""
    if run.state in LIVE:
        return
    measured: Mapping[str, Any] | None = (run.result or {}).get("prediction")
    if run.state != State.DONE or measured is None:
        answer.found = nothing()
        return
    names = ("right", "median", "low", "high")
    answer.found = {**{name: measured.get(name) for name in names}, "failed": False}
    # A number that fits no option, or an option not offered then, makes nobody right or wrong.
    if measured["right"] in slugs(answer):
        _mark(answer, measured["right"] == (answer.given or {})["option"], now)


def nothing() -> dict[str, Any]:
    """What is found where no run can decide."""
    return {"right": None, "median": None, "low": None, "high": None, "failed": True}


def _deciding_run(answer: QuizAnswer, owner: User, now: datetime) -> Run | None:
    """The recorded default run of the demo, else one that is wished for now."""
    demo = Demo.objects.filter(pk=answer.item["demo"]).first()
    stored = stored_run(demo) if demo else None
    if stored is not None and (stored.result or {}).get("prediction"):
        return stored
    if demo is None or demo.retired_at is not None:
        return None
    prediction = {"choice": (answer.given or {})["option"], "confidence": answer.confidence}
    try:
        wish = request_run(demo=demo, owner=owner, given={}, prediction=prediction, now=now)
    except (TooManyRuns, ParameterErrors):
        # The default run is everybody's: it may wait its turn, but it is not refused.
        return request_default(demo=demo, now=now)
    return wish.run


def _mark(answer: QuizAnswer, right: bool, now: datetime) -> None:
    answer.correct = right
    answer.score = int(right)
    answer.marks = scoring.mark(right, answer.confidence)
    if not right:
        # Every wrong answer is met by its refutation, in the same reply.
        answer.refuted_at = now
