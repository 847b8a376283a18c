"""The words of the schedule: what is remembered of a card, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, Self

NEW, LEARNING, REVIEW, RELEARNING = range(4)
AGAIN, HARD, GOOD, EASY = range(1, 5)
RATINGS = (AGAIN, HARD, GOOD, EASY)
RETENTION = (0.70, 0.97)
LONGEST_INTERVAL = 36_500  # days


@dataclass(frozen=True)
class Policy:
    """The settings under which one review is scheduled. Steps are in seconds."""

    desired_retention: float = 0.9
    learning_steps: tuple[int, ...] = (60, 600)
    relearning_steps: tuple[int, ...] = (600,)
    maximum_interval: int = LONGEST_INTERVAL  # days
    rollover: int = 4  # hour of the local day
    fuzz: bool = True
    leech_threshold: int = 8  # lapses; 0 means that no card becomes a leech
    leech_suspends: bool = False

    def __post_init__(self) -> None:
        """Refuse what the engine does not check: at 0 it divides by zero."""
        low, high = RETENTION
        if not low <= self.desired_retention <= high:
            raise ValueError(f"desired_retention must lie between {low} and {high}")
        if not 1 <= self.maximum_interval <= LONGEST_INTERVAL:
            raise ValueError(f"maximum_interval must lie between 1 and {LONGEST_INTERVAL}")
        if not 0 <= self.rollover <= 23:
            raise ValueError("rollover must be an hour from 0 to 23")
        if self.leech_threshold < 0:
            raise ValueError("leech_threshold must not be negative")

    def json(self) -> dict[str, Any]:
        return asdict(self) | {
            "learning_steps": list(self.learning_steps),
            "relearning_steps": list(self.relearning_steps),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        steps = {name: tuple(values[name]) for name in ("learning_steps", "relearning_steps")}
        return cls(**{**values, **steps})


class Memory(NamedTuple):
    """What the log says of one card. A card never reviewed is `Memory()`.

    `last_day` never moves back: after a flight west the days elapsed count from the
    later of the two study days. `interval` is 0 while the card is in steps. `touched` is
    the moment of the latest event that counts: an earlier one cannot simply be added.
    """

    state: int = NEW
    step: int | None = None
    stability: float | None = None  # days
    difficulty: float | None = None  # 1 to 10
    due: datetime | None = None
    due_day: date | None = None
    first_day: date | None = None
    last_day: date | None = None
    last_review: datetime | None = None
    interval: int = 0  # days
    reps: int = 0
    lapses: int = 0
    leech: bool = False  # lapsed so often that learning it anew would be cheaper
    suspended: bool = False
    buried_until: date | None = None  # the study day from which it is shown again
    touched: datetime | None = None


class Answer(NamedTuple):
    """One graded review. `seed`, `raw` and `chosen` are what was decided when it was
    recorded; they are empty for an answer that is only being considered. Where another
    program chose the days, there is no `raw`."""

    rating: int
    at: datetime
    day: date
    zone: str
    policy: Policy
    seed: int | None = None
    raw: int | None = None  # days, before fuzz
    chosen: int | None = None  # days

    @property
    def foreign(self) -> bool:
        return self.chosen is not None and self.raw is None


class Act(Protocol):
    """What a person did with a card beside answering it."""

    def apply(self, memory: Memory) -> Memory: ...


@dataclass(frozen=True)
class Event:
    """One row of the log: an answer, an act, an adoption of parameters, an undo, or none of
    these where it leaves the schedule alone."""

    id: int
    reviewed_at: datetime
    received_at: datetime
    answer: Answer | None = None
    parameters: tuple[float, ...] | None = None
    undoes: int | None = None
    act: Act | None = None

    @property
    def key(self) -> tuple[datetime, datetime, int]:
        """The total order of events."""
        return (self.reviewed_at, self.received_at, self.id)
