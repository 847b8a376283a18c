"""What a person may do with a card beside answering it. Each is a change of `Memory` alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quizbank.scheduling.days import start_of_day
from quizbank.scheduling.memory import LEARNING, RELEARNING, Memory


@dataclass(frozen=True)
class Plan:
    """The wish to see a card by a study day, if its schedule does not show it sooner.

    A card in steps comes back by itself within a day.
    """

    day: date
    zone: str
    rollover: int

    def apply(self, memory: Memory) -> Memory:
        if memory.state in (LEARNING, RELEARNING):
            return memory
        if memory.due_day is not None and memory.due_day <= self.day:
            return memory
        return SetDue(self.day, self.zone, self.rollover).apply(memory)


@dataclass(frozen=True)
class SetDue:
    """The card due on that study day, sooner or later than its schedule says.

    Memory and interval stay: they say what is remembered, and that has not changed.
    """

    day: date
    zone: str
    rollover: int

    def apply(self, memory: Memory) -> Memory:
        due = start_of_day(self.day, self.zone, self.rollover)
        return memory._replace(due=due, due_day=self.day)


@dataclass(frozen=True)
class Suspend:
    """Out of every session until it is brought back."""

    suspended: bool = True

    def apply(self, memory: Memory) -> Memory:
        return memory._replace(suspended=self.suspended)


@dataclass(frozen=True)
class Bury:
    """Out of every session before that study day."""

    until: date

    def apply(self, memory: Memory) -> Memory:
        return memory._replace(buried_until=self.until)


@dataclass(frozen=True)
class Reset:
    """Forget everything about the card: it starts as a new one. The log keeps its past."""

    def apply(self, memory: Memory) -> Memory:
        return Memory(suspended=memory.suspended, buried_until=memory.buried_until)
