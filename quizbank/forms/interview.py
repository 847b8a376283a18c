"""The fields of an interview, as a page shows them and reads them back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import QueryDict

from demos.kit.declare import Text
from quizbank.models import Interview

NO_DAY = Text("请选一个日期。", "Choose a date.")
NO_NUMBER = Text("请填一个数。", "Give a number.")


@dataclass(frozen=True)
class InterviewForm:
    """What stands in the fields, and what is wrong with it."""

    day: str = ""
    title: str = ""
    topics: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    retention: str = "95"
    errors: dict[str, Text] = field(default_factory=dict)

    @classmethod
    def shown(cls, interview: Interview | None, today: date) -> InterviewForm:
        """The fields as they are stored; for a new one, in three weeks."""
        if interview is None:
            return cls(day=(today + timedelta(days=21)).isoformat())
        return cls(
            day=interview.day.isoformat(),
            title=interview.title,
            topics=tuple(interview.topics.values_list("slug", flat=True)),
            levels=tuple(interview.levels),
            questions=tuple(interview.named.values_list("path", flat=True)),
            retention=f"{100 * interview.retention:g}",
        )

    @classmethod
    def read(cls, posted: QueryDict) -> InterviewForm:
        typed = cls(
            day=posted.get("day", "").strip(),
            title=posted.get("title", "").strip(),
            topics=tuple(posted.getlist("topics")),
            levels=tuple(posted.getlist("levels")),
            questions=tuple(posted.getlist("questions")),
            retention=posted.get("retention", "").strip(),
        )
        if _day(typed.day) is None:
            typed.errors["day"] = NO_DAY
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", typed.retention, re.ASCII):
            typed.errors["retention"] = NO_NUMBER
        return typed

    def wanted(self) -> dict[str, Any]:
        """What the service is asked for; only if nothing is wrong."""
        return {
            "day": _day(self.day),
            "title": self.title,
            "topics": self.topics,
            "levels": self.levels,
            "questions": self.questions,
            "retention": round(float(self.retention) / 100, 4),
        }

    def refused(self, errors: Mapping[str, Text]) -> InterviewForm:
        self.errors.update(errors)
        return self


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
