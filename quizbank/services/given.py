"""What a client says about one review, checked before anything is locked or written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from demos.kit.declare import Text
from quizbank.models import Form, Question
from quizbank.models.study import ANSWER_LENGTH
from quizbank.scheduling import RATINGS
from quizbank.services.errors import BadReview
from quizbank.services.log import digest

OLDEST = timedelta(days=90)
AHEAD = timedelta(minutes=5)  # how far a client's clock may run before ours
LONGEST_DURATION = 10 * 60 * 1000  # ms; longer means the learner went away
MOST_TICKS = 100
LONGEST_EXTRA = 4_000  # characters of JSON


@dataclass(frozen=True, kw_only=True)
class Given:
    """One review as the client tells it. `reviewed_at` is empty if it happens now."""

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

    def check(self, now: datetime) -> None:
        """Raises BadReview for the first field that cannot be."""
        if not _is_rating(self.rating):
            text = Text("评分只能是 1 到 4。", "The rating must be 1, 2, 3 or 4.")
            raise BadReview("rating", text)
        if self.suggestion is not None and not _is_rating(self.suggestion):
            text = Text("建议评分只能是 1 到 4。", "The suggestion must be 1, 2, 3 or 4.")
            raise BadReview("suggestion", text)
        if self.form not in Form.values:
            raise BadReview("form", Text("没有这种题型。", "There is no such form of card."))
        if isinstance(self.duration_ms, bool) or not isinstance(self.duration_ms, int):
            raise BadReview("duration_ms", Text("用时须为整数毫秒。", "Give whole milliseconds."))
        if self.duration_ms < 0:
            raise BadReview("duration_ms", Text("用时不能为负。", "A duration is not negative."))
        self._check_time(now)
        self._check_words()

    def _check_time(self, now: datetime) -> None:
        if self.reviewed_at is None:
            return
        if self.reviewed_at.tzinfo is None:
            text = Text("复习时间须带时区。", "The time of the review needs a time zone.")
            raise BadReview("reviewed_at", text)
        if self.reviewed_at < now - OLDEST:
            raise BadReview(
                "reviewed_at",
                Text(
                    "这次复习已超过 90 天，未予记录。",
                    "This review is more than 90 days old and was not recorded.",
                ),
            )

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
        return digest(
            {
                "kind": "review",
                "question": self.question.path,
                "form": self.form,
                "rating": self.rating,
                "reviewed_at": self.reviewed_at.isoformat() if self.reviewed_at else None,
                "answer": self.answer,
                "ticks": list(self.ticks),
                "prediction": dict(self.prediction) if self.prediction is not None else None,
            }
        )


UNREADABLE = Text("内容过长或无法读取。", "This is too long or cannot be read.")


def _is_rating(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in RATINGS


def _is_tick(value: object) -> bool:
    return isinstance(value, str | int) and _fits(value)


def _storable(text: str) -> bool:
    """PostgreSQL stores neither NUL nor half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text)


def _fits(value: object) -> bool:
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return len(written) <= LONGEST_EXTRA and _storable(written) and "\\u0000" not in written
