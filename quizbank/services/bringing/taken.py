"""A file of ours on its way in: what is found and made as its parts follow one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from quizbank.models import Origin, ParameterSet, Question, User
from quizbank.services.bringing.report import Leavings, Report
from quizbank.services.bringing.rows import BadRow


@dataclass
class Taken:
    """One file on its way in: what is found and made as the parts follow one another."""

    user: User
    now: datetime
    data: dict[str, Any]
    left: Leavings = field(default_factory=Leavings)
    added: Counter[str] = field(default_factory=Counter)
    questions: dict[str, Question] = field(default_factory=dict)  # by the path in the file
    parameter_sets: dict[int, ParameterSet] = field(default_factory=dict)  # by id in the file
    reviews: list[datetime] = field(default_factory=list)
    acts: int = 0
    known: int = 0

    def rows(self, section: str) -> Iterator[dict[str, Any]]:
        """The objects of a section; what is none is left out."""
        for row in self.data.get(section, []):
            if isinstance(row, dict):
                yield row
            else:
                self.left.add(section, "shape", row)

    def leave(self, section: str, bad: BadRow, row: dict[str, Any]) -> None:
        named = next(
            (row[key] for key in ("client_uuid", "path", "id", "title") if row.get(key)), ""
        )
        self.left.add(section, bad.reason, named)

    def question(self, path: object) -> Question:
        """The question the file calls so. Raises BadRow."""
        found = self.questions.get(path) if isinstance(path, str) else None
        if found is None:
            raise BadRow("question")
        return found

    def report(self) -> Report:
        return Report(
            origin=Origin.JSON,
            notes=len(self.data.get("cards", [])),
            reviews=len(self.reviews),
            acts=self.acts,
            known=self.known,
            first=min(self.reviews, default=None),
            last=max(self.reviews, default=None),
            left=self.left.listed(),
            others=dict(self.added),
        )
