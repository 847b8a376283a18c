"""What bringing a file in would do, or did: one report for the page, the API and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from demos.kit.declare import Text

# By code: why something in a file was left out.
REASONS = {
    "empty": Text("卡片正反两面都是空的", "the card is empty on both sides"),
    "rating": Text("评分不在 1 到 4 之内", "the rating is not 1, 2, 3 or 4"),
    "future": Text("时间在将来", "it lies in the future"),
    "old": Text("时间早于 2006 年", "it is older than 2006"),
    "zone": Text("时间没有时区", "its time has no time zone"),
    "days": Text("间隔不在 0 到 36500 天之内", "its interval is not 0 to 36,500 days"),
    "key": Text("编号是空的或太长", "its key is empty or too long"),
    "twice": Text("同一份文件里出现了两次", "it stands in the file twice"),
    "shape": Text("缺少内容，或内容的类型不对", "something is missing or of the wrong type"),
    "card": Text("它说的卡片不在文件里", "its card is not in the file"),
    "question": Text("这里没有它说的题", "its question does not exist here"),
    "undoes": Text("它撤销的那一条不在", "what it takes back is missing"),
    "conflict": Text(
        "编号已用于另一次操作，原记录保持不变",
        "its number belongs to a different action here, which stands",
    ),
    "open": Text("已有一场进行中的面试准备", "another interview is being prepared for"),
    "parameters": Text("不是 FSRS-6 的 21 个参数", "these are not 21 parameters of FSRS-6"),
    "document": Text("笔记文件读不出来", "the notes cannot be read"),
}
LONGEST_EXAMPLE = 80


@dataclass(frozen=True)
class Left:
    """What was left out for one reason: how much, and the first of it."""

    what: str  # "note", "review" or a section of the JSON file
    reason: str  # a key of REASONS
    number: int
    example: str

    @property
    def text(self) -> Text:
        return REASONS[self.reason]


class Leavings:
    """Gathers what is left out, by what it is and why."""

    def __init__(self) -> None:
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], str] = {}

    def add(self, what: str, reason: str, example: object) -> None:
        self._numbers[what, reason] += 1
        self._examples.setdefault((what, reason), str(example)[:LONGEST_EXAMPLE])

    def listed(self) -> tuple[Left, ...]:
        return tuple(
            Left(*pair, number, self._examples[pair])
            for pair, number in sorted(self._numbers.items())
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """`notes` are the cards in the file; each goes to a question that is there, or makes one.

    `reviews` (`acts` for what is no answer) are those that are new here, `known` what was here
    already. `others` counts what else a file of ours brings, by section.
    """

    origin: str
    notes: int = 0
    matched: int = 0  # to questions of the bank
    created: int = 0  # own questions to be made
    own: int = 0  # to own questions that are here already
    reviews: int = 0
    acts: int = 0
    known: int = 0
    first: datetime | None = None
    last: datetime | None = None
    left: tuple[Left, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def adds(self) -> bool:
        """Whether anything is new."""
        return bool(self.created or self.reviews or self.acts or any(self.others.values()))

    def also_left(self, leavings: Leavings) -> Report:
        return replace(self, left=(*self.left, *leavings.listed()))

    def json(self) -> dict[str, Any]:
        return {
            "origin": self.origin,
            "notes": self.notes,
            "matched": self.matched,
            "created": self.created,
            "own": self.own,
            "reviews": self.reviews,
            "acts": self.acts,
            "known": self.known,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "left": [
                {
                    "what": one.what,
                    "reason": one.reason,
                    "number": one.number,
                    "example": one.example,
                }
                for one in self.left
            ],
            "others": dict(self.others),
        }
