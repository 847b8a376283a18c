"""The answer to one quiz item as its form carries it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Self

from django.http import QueryDict

from quizbank.forms.reading import name, number
from quizbank.models import QuizAnswer


@dataclass(frozen=True)
class AnswerForm:
    """`value` stays as it was typed; `error` stands at the field `wrong`."""

    position: int
    client_uuid: uuid.UUID
    value: str = ""
    confidence: str = ""
    wrong: str = ""
    error: str = ""

    @classmethod
    def blank(cls, row: QuizAnswer) -> Self:
        return cls(row.position, uuid.uuid4())

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        return cls(
            position=number(data.get("position", "")),
            client_uuid=name(data.get("client_uuid", "")),
            value=data.get("answer", ""),
            confidence=data.get("confidence", ""),
        )

    def refused(self, field: str, error: str) -> Self:
        return replace(self, wrong=field, error=error)
