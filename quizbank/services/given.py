"""What a client says it did with a card, checked before anything is locked or written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from demos.kit.declare import Text
from quizbank.models import EventKind, Form, Question
from quizbank.models.study import ANSWER_LENGTH, Confidence
from quizbank.scheduling import LONGEST_INTERVAL, RATINGS
from quizbank.services.errors import BadReview
from quizbank.services.log import digest

OLDEST = timedelta(days=90)
AHEAD = timedelta(minutes=5)  # a client's clock further before ours is set back to this
WRONG = timedelta(days=1)  # and from here on it says nothing of the day, in whatever zone
LONGEST_DURATION = 10 * 60 * 1000  # ms; longer means the learner went away
MOST_TICKS = 100
LONGEST_EXTRA = 4_000  # characters of JSON
FORMS = tuple(Form.values)
CONFIDENCES = ("", *Confidence.values)
# Of the acts that name a day: the soonest, in study days from the one they are done on.
SOONEST = {
    EventKind.PLAN: 1,
    EventKind.SET_DUE: 0,
    EventKind.RESCHEDULE: 0,
    EventKind.BURY: 1,
}


@dataclass(frozen=True, kw_only=True)
class Given:
    """One review as the client tells it. `reviewed_at` is empty if it happens now,
    `confidence` if it was not asked."""

    question: Question
    rating: int
    client_uuid: UUID
    reviewed_at: datetime | None = None
    duration_ms: int = 0
    form: str = Form.RECALL
    suggestion: int | None = None
    answer: str = ""
    ticks: Sequence[str | int] = ()
    prediction: Mapping[str, Any] | None = None
    confidence: str = ""
    hint_used: bool = False
    cram: bool = False  # graded, and the schedule left alone

    def check(self, now: datetime) -> None:
        """Raises BadReview for the first field that cannot be."""
        if not _is_rating(self.rating):
            text = Text("评分只能是 1 到 4。", "The rating must be 1, 2, 3 or 4.")
            raise BadReview("rating", text)
        if self.suggestion is not None and not _is_rating(self.suggestion):
            text = Text("建议评分只能是 1 到 4。", "The suggestion must be 1, 2, 3 or 4.")
            raise BadReview("suggestion", text)
        if self.form not in FORMS:
            raise BadReview("form", Text("没有这种题型。", "There is no such form of card."))
        if isinstance(self.duration_ms, bool) or not isinstance(self.duration_ms, int):
            raise BadReview("duration_ms", Text("用时须为整数毫秒。", "Give whole milliseconds."))
        if self.duration_ms < 0:
            raise BadReview("duration_ms", Text("用时不能为负。", "A duration is not negative."))
        if self.confidence not in CONFIDENCES:
            text = Text("把握只能是 low、mid 或 high。", "How sure is low, mid or high.")
            raise BadReview("confidence", text)
        if not isinstance(self.hint_used, bool):
            raise BadReview("hint_used", Text("请填 true 或 false。", "Give true or false."))
        self._check_words()
        _check_time(self.reviewed_at, now)

    def _check_words(self) -> None:
        if len(self.answer) > ANSWER_LENGTH:
            text = Text(
                f"回答最多 {ANSWER_LENGTH} 个字符。",
                f"An answer has at most {ANSWER_LENGTH:,} characters.",
            )
            raise BadReview("answer", text)
        if not _storable(self.answer):
            raise BadReview("answer", UNREADABLE)
        if len(self.ticks) > MOST_TICKS or not all(_is_tick(tick) for tick in self.ticks):
            raise BadReview("ticks", UNREADABLE)
        if self.prediction is not None and not _fits(dict(self.prediction)):
            raise BadReview("prediction", UNREADABLE)

    @property
    def payload_hash(self) -> str:
        """Of what the learner decided. How long it took is measured anew by each retry."""
        said: dict[str, Any] = {
            "kind": "cram" if self.cram else "review",
            "question": self.question.path,
            "form": self.form,
            "rating": self.rating,
            "reviewed_at": self.reviewed_at.isoformat() if self.reviewed_at else None,
            "answer": self.answer,
            "ticks": list(self.ticks),
            "prediction": dict(self.prediction) if self.prediction is not None else None,
        }
        # Only where said: a review recorded before these were asked keeps its hash.
        if self.confidence:
            said["confidence"] = self.confidence
        if self.hint_used:
            said["hint_used"] = True
        return digest(said)


@dataclass(frozen=True, kw_only=True)
class GivenAct:
    """What was done with a card beside answering it. `days` counts from the study day it was
    done on; `reviewed_at` is empty if that is now."""

    kind: EventKind
    question: Question
    client_uuid: UUID
    days: int | None = None
    reviewed_at: datetime | None = None

    def check(self, now: datetime) -> None:
        """Raises BadReview for the first field that cannot be."""
        if self.kind in SOONEST:
            least = SOONEST[self.kind]
            if type(self.days) is not int or not least <= self.days <= LONGEST_INTERVAL:
                text = Text(
                    f"请填 {least} 到 {LONGEST_INTERVAL} 之间的整数天数。",
                    f"Give whole days from {least} to {LONGEST_INTERVAL}.",
                )
                raise BadReview("days", text)
        _check_time(self.reviewed_at, now)

    @property
    def payload_hash(self) -> str:
        said: dict[str, Any] = {"kind": str(self.kind), "question": self.question.path}
        if self.days is not None:
            said["days"] = self.days
        if self.reviewed_at is not None:
            said["reviewed_at"] = self.reviewed_at.isoformat()
        return digest(said)


UNREADABLE = Text("内容过长或无法读取。", "This is too long or cannot be read.")


def _check_time(at: datetime | None, now: datetime) -> None:
    if at is None:
        return
    if at.tzinfo is None:
        text = Text("复习时间须带时区。", "The time of the review needs a time zone.")
        raise BadReview("reviewed_at", text)
    if at > now + WRONG:
        text = Text(
            "复习时间比现在晚了一天以上，未予记录。请校准设备的时钟。",
            "This review is more than a day in the future and was not recorded. Set the clock"
            " of the device right.",
        )
        raise BadReview("reviewed_at", text)
    if at < now - OLDEST:
        text = Text(
            "这次复习已超过 90 天，未予记录。",
            "This review is more than 90 days old and was not recorded.",
        )
        raise BadReview("reviewed_at", text)


def _is_rating(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in RATINGS


def _is_tick(value: object) -> bool:
    return isinstance(value, str | int) and _fits(value)


def _storable(text: str) -> bool:
    """PostgreSQL stores neither NUL nor half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _fits(value: object) -> bool:
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return len(written) <= LONGEST_EXTRA and _storable(written) and "\\u0000" not in written
