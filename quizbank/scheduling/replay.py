"""From a log of events to the state of a card. Pure: the same log, the same bits.

Memory (stability, difficulty) is always a fold under the parameters adopted last; the
days already promised are kept as they were recorded, so adopting parameters moves no
due date. A promise is kept only where it still follows from the events before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from typing import NamedTuple

from quizbank.scheduling import engine
from quizbank.scheduling.acts import Reset
from quizbank.scheduling.balance import FARTHEST, Load, balanced
from quizbank.scheduling.days import start_of_day, study_day
from quizbank.scheduling.fuzz import fuzzed, window
from quizbank.scheduling.memory import AGAIN, HARD, REVIEW, Answer, Event, Memory


class Answered(NamedTuple):
    """A card after an answer, before the day is chosen on which it is due."""

    before: Memory
    answer: Answer
    day: date  # the study day on which the answer counts
    after: engine.Trace
    wait: timedelta
    raw: int  # days before fuzz; 0 in steps
    seed: int

    @property
    def recorded(self) -> int | None:
        """The days recorded with the answer, if they still follow: drawn for this interval and
        seed, or promised by another program."""
        drawn = (self.answer.raw, self.answer.seed) == (self.raw, self.seed)
        return self.answer.chosen if self.answer.foreign or drawn else None

    @property
    def fuzzed(self) -> bool:
        """A first interval is what the page showed before the card had a learner."""
        return self.before.reps > 0 and self.answer.policy.fuzz

    @property
    def floor(self) -> int:
        """The interval that a passing answer does not undercut."""
        return self.before.interval if self.answer.rating >= HARD else 0


class Outcome(NamedTuple):
    """A card after one answer, and how its interval came about."""

    memory: Memory
    wait: timedelta  # a step, or whole days
    seed: int
    raw: int  # days before fuzz; 0 in steps
    chosen: int  # days; 0 in steps


class Folded(NamedTuple):
    memory: Memory
    last_event: int | None  # id of the last answer that counts
    outcomes: dict[int, Outcome]  # by event id


def step(
    memory: Memory,
    answer: Answer,
    *,
    seed: int,
    parameters: tuple[float, ...],
    load: Load | None = None,
) -> Outcome:
    """The card after an answer. `seed` is the card's own.

    With `load` the day is chosen by how full the days are; a replay needs none, since what
    was chosen is recorded with the answer.
    """
    return settle(weigh(memory, answer, seed=seed, parameters=parameters), load)


def weigh(memory: Memory, answer: Answer, *, seed: int, parameters: tuple[float, ...]) -> Answered:
    """What the answer makes of the memory, and the interval that follows from it."""
    day = answer.day if memory.last_day is None else max(memory.last_day, answer.day)
    moment = engine.midnight(memory.last_day) if memory.last_day else None
    before = engine.Trace(memory.state, memory.step, memory.stability, memory.difficulty, moment)
    after, wait = engine.advance(
        before, answer.rating, engine.midnight(day), parameters, answer.policy
    )
    raw = wait.days if after.state == REVIEW else 0
    return Answered(memory, answer, day, after, wait, raw, _draw(seed, memory))


def reach(answered: Answered) -> tuple[date, date] | None:
    """The first and the last day of which `settle` would ask how full they are; None if it
    would not ask, so that nobody need count."""
    raw = answered.raw
    if not raw or raw > FARTHEST or not answered.fuzzed or answered.recorded is not None:
        return None
    lower, upper = window(raw, answered.answer.policy.maximum_interval)
    return answered.day + timedelta(days=lower), answered.day + timedelta(days=upper)


def settle(answered: Answered, load: Load | None = None) -> Outcome:
    """The card, due on a day that its interval allows."""
    memory, answer, day, after, wait, raw, seed = answered
    chosen, rollover = 0, answer.policy.rollover
    if raw:
        chosen = _choose(answered, load)
        wait, due_day = timedelta(days=chosen), day + timedelta(days=chosen)
        due = start_of_day(due_day, answer.zone, rollover)
    else:
        due = (answer.at + wait).astimezone(UTC)
        due_day = study_day(due, answer.zone, rollover)
    lapses = memory.lapses + (memory.state == REVIEW and answer.rating == AGAIN)
    struggles = lapses > memory.lapses and _is_leech(lapses, answer.policy.leech_threshold)
    scheduled = Memory(
        state=after.state,
        step=after.step,
        stability=after.stability,
        difficulty=after.difficulty,
        due=due,
        due_day=due_day,
        first_day=memory.first_day or day,
        last_day=day,
        last_review=answer.at,
        interval=chosen,
        reps=memory.reps + 1,
        lapses=lapses,
        leech=memory.leech or struggles,
        suspended=memory.suspended or (struggles and answer.policy.leech_suspends),
        buried_until=memory.buried_until,
        touched=answer.at,
    )
    return Outcome(scheduled, wait, seed, raw, chosen)


def _choose(answered: Answered, load: Load | None) -> int:
    """The days until the card is due."""
    raw, seed, longest = answered.raw, answered.seed, answered.answer.policy.maximum_interval
    if (recorded := answered.recorded) is not None:
        return recorded
    if not answered.fuzzed:
        return raw
    if load is None or raw > FARTHEST:
        return fuzzed(raw, seed=seed, maximum=longest, at_least=answered.floor)
    return balanced(
        raw,
        today=answered.day,
        load=load,
        seed=seed,
        maximum=longest,
        at_least=answered.floor,
    )


def _is_leech(lapses: int, threshold: int) -> bool:
    """At the threshold and, so that it is not overlooked, every half threshold after it."""
    return lapses >= threshold > 0 and (lapses - threshold) % max(1, threshold // 2) == 0


def _draw(seed: int, memory: Memory) -> int:
    """The seed of one draw. It holds all that the draw depends on beside the interval, so
    a recorded choice whose seed and interval match is the choice that would be made."""
    return seed + (memory.reps << 16) + memory.interval


def undone(events: Iterable[Event]) -> dict[int, int]:
    """Event id -> id of the undo that holds against it.

    An undo can itself be undone. Ids only grow, and an undo comes after its target, so
    one walk from the newest event decides them all.
    """
    by: dict[int, int] = {}
    for event in sorted(events, key=lambda event: event.id, reverse=True):
        if event.undoes is not None and event.id not in by:
            by[event.undoes] = event.id
    return by


def active(events: Iterable[Event]) -> list[Event]:
    """The events that count, without undos, in their total order."""
    events = list(events)
    dead = undone(events)
    kept = (event for event in events if event.undoes is None and event.id not in dead)
    return sorted(kept, key=lambda event: event.key)


def fold(events: Iterable[Event], *, seed: int) -> Folded:
    """The card that a log adds up to.

    `events` are those of the card and those of its owner as a whole, in any order.
    """
    memory, last_event = Memory(), None
    parameters = engine.DEFAULT_PARAMETERS
    answers: list[Answer] = []
    outcomes: dict[int, Outcome] = {}
    for event in active(events):
        if event.parameters is not None:
            parameters = event.parameters
            memory = remember(memory, answers, parameters)
        elif event.answer is not None:
            outcome = step(memory, event.answer, seed=seed, parameters=parameters)
            outcomes[event.id] = outcome
            memory, last_event = outcome.memory, event.id
            answers.append(event.answer)
        elif event.act is not None:
            memory = event.act.apply(memory)._replace(touched=event.reviewed_at)
            if isinstance(event.act, Reset):
                answers, last_event = [], None
    return Folded(memory, last_event, outcomes)


def adopted(events: Iterable[Event]) -> int | None:
    """The adoption of parameters that holds at the end of a log, by its id."""
    adoptions = [event.id for event in active(events) if event.parameters is not None]
    return adoptions[-1] if adoptions else None


def remember(memory: Memory, answers: Sequence[Answer], parameters: tuple[float, ...]) -> Memory:
    """The same card and the same promises, its memory recomputed under other parameters."""
    trace, day = engine.Trace(), None
    for answer in answers:
        day = answer.day if day is None else max(day, answer.day)
        trace, _ = engine.advance(
            trace, answer.rating, engine.midnight(day), parameters, answer.policy
        )
    return memory._replace(stability=trace.stability, difficulty=trace.difficulty)
