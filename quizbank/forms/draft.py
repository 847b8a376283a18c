"""What a learner has put on a card so far, carried from page to page in its fields.

Nothing of it is stored before the grade, so a reload, a change of language or an error
can lose nothing: every page that shows the card writes the fields out again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import QueryDict

from quizbank.forms import wishes
from quizbank.forms.reading import name
from quizbank.models.study import ANSWER_LENGTH
from quizbank.queries.sessions import TODAY, Wish
from quizbank.queries.study import StudyItem

SURE = ("low", "mid", "high")
UNSAID = "mid"  # how sure a prediction is of which nothing else is said
LONGEST_ZONE = 64
LONGEST_MS = 10 * 60 * 1000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`shown_at` is when the front was first shown, `duration_ms` how long until the answer.

    `wish` is the session the card belongs to, `seen` how often it had been answered when it was
    first shown.
    `asked` says that a prediction was asked for, so that none means it was skipped. `confidence`
    is empty where nothing was said.
    """

    question: str
    client_uuid: uuid.UUID = field(default_factory=uuid.uuid4)
    shown_at: int = 0
    seen: int | None = None
    duration_ms: int = 0
    answer: str = ""
    choice: str = ""
    confidence: str = ""
    asked: bool = False
    hint: bool = False
    never: bool = False
    wish: Wish = TODAY
    zone: str = ""
    ticks: tuple[str, ...] = ()

    @classmethod
    def new(cls, item: StudyItem, now: datetime, wish: Wish = TODAY) -> Draft:
        seen = item.card.reps if item.card else 0
        return cls(question=item.question.path, shown_at=_milliseconds(now), seen=seen, wish=wish)

    @classmethod
    def read(cls, posted: QueryDict) -> Draft:
        """The card as a form sent it; what makes no sense is as if it were not there."""
        sure = posted.get("confidence", "")
        return cls(
            question=posted.get("question", ""),
            client_uuid=name(posted.get("client_uuid", "")),
            shown_at=wishes.whole(posted.get("shown_at", "")),
            seen=wishes.whole(seen) if (seen := posted.get("seen")) else None,
            duration_ms=min(wishes.whole(posted.get("duration_ms", "")), LONGEST_MS),
            answer=posted.get("answer", "").replace("\r\n", "\n"),
            choice=posted.get("choice", ""),
            confidence=sure if sure in SURE else "",
            asked=bool(posted.get("asked")),
            hint=bool(posted.get("hint")),
            never=bool(posted.get("never")),
            wish=wishes.read(posted),
            zone=posted.get("zone", "")[:LONGEST_ZONE],
            ticks=tuple(posted.getlist("ticks")),
        )

    def revealed(self, now: datetime) -> Draft:
        """The same card at the moment the answer is shown; the first showing counts."""
        if self.duration_ms or not self.shown_at:
            return self
        spent = _milliseconds(now) - self.shown_at
        return replace(self, duration_ms=min(max(spent, 1), LONGEST_MS))

    def among(self, options: Collection[str]) -> Draft:
        """Without a choice that is none of the options."""
        return self if self.choice in options else replace(self, choice="")

    @property
    def too_long(self) -> bool:
        return len(self.answer) > ANSWER_LENGTH

    def answered_elsewhere(self, reps: int) -> bool:
        """Whether a card answered so often now was answered since beside this answer."""
        return self.seen is not None and reps > self.seen + 1

    def prediction(self, demo: str | None) -> dict[str, Any] | None:
        """As the log keeps it; None where no prediction was asked."""
        if not self.asked or demo is None:
            return None
        if not self.choice:
            return {"demo": demo, "skipped": True}
        return {"demo": demo, "choice": self.choice, "confidence": self.confidence or UNSAID}


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
