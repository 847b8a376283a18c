"""What the forms of a mock interview carry."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import QueryDict

from demos.kit.declare import Text
from quizbank.forms.reading import name, number
from quizbank.models import MockQuestion

PARTS = ("structure", "trade_off", "example")
CHOOSE = Text("请选一项。", "Choose one.")


@dataclass(frozen=True)
class AnswerForm:
    """The answer to the open question; `error` stands below it."""

    position: int
    client_uuid: uuid.UUID
    text: str = ""
    error: str = ""

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        return cls(
            position=number(data.get("position", "")),
            client_uuid=name(data.get("client_uuid", "")),
            # A browser sends the lines of a field with CRLF, which is longer than what it counted.
            text=data.get("answer", "").replace("\r\n", "\n"),
        )


@dataclass(frozen=True)
class MarksForm:
    """The marks of one answer; a part is empty as long as nothing was chosen."""

    position: int
    points: tuple[int, ...] = ()
    trap: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def shown(cls, row: MockQuestion) -> Self:
        marks = row.marks
        if marks is None:
            return cls(row.position)
        parts = {part: f"{marks[part]:g}" for part in PARTS}
        return cls(row.position, tuple(marks["points"]), marks["trap"], parts)

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        points = (
            point for point in data.getlist("points") if point.isascii() and point.isdecimal()
        )
        return cls(
            position=number(data.get("position", "")),
            points=tuple(int(point[:3]) for point in points),
            trap="trap" in data,
            parts={part: data.get(part, "") for part in PARTS},
        )

    def missing(self) -> list[str]:
        """The parts of which nothing was chosen."""
        return [part for part in PARTS if self.parts.get(part) not in ("0", "0.5", "1")]

    def marks(self) -> dict[str, Any]:
        """What the service is asked for; only if nothing is missing."""
        parts = {part: float(self.parts[part]) for part in PARTS}
        return {"points": self.points, "trap": self.trap, **parts}
