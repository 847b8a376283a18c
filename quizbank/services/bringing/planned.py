"""What becomes of one card when notes come in: its new events and where it stands after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from quizbank.exchange.notes import Note, Past
from quizbank.models import Card, EventKind, Question, ReviewEvent
from quizbank.models.history import PENDING, to_event
from quizbank.scheduling import Event, Folded, Memory, Outcome, SetDue, Suspend, active, fold
from quizbank.services.bringing.past import SAME, Known, Recorder, checked, named
from quizbank.services.bringing.report import Leavings

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Coming:
    """All that the file says of one card. `question` and `card` may not be stored yet."""

    question: Question
    card: Card
    notes: list[Note] = field(default_factory=list)
    new_question: bool = False
    new_card: bool = False
    events: list[ReviewEvent] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    last: ReviewEvent | int | None = None  # the last answer that counts: new, or its id
    known: int = 0


def plan(
    coming: Coming, before: Sequence[Event], recorder: Recorder, known: Known, left: Leavings
) -> None:
    """Fill in the events that are new and the card after them. `before` is what the card is a
    fold of now."""
    told = [(note, list(checked(note.past, recorder.now, left))) for note in coming.notes]
    for past in (past for _, pasts in told for past in pasts):
        _take(coming, past, recorder, known)
    note, last = max(((note, _end(pasts)) for note, pasts in told), key=lambda pair: pair[1])
    events = [*before, *_pure(coming)]
    folded = fold(events, seed=coming.card.seed)
    coming.memory = folded.memory
    coming.last = _last(coming, folded.last_event)
    _say_what_followed(coming, folded)
    for event in _standing(note, last, coming, folded.memory, recorder, events):
        if event.client_uuid not in known.uuids:
            known.uuids.add(event.client_uuid)
            coming.events.append(event)
            coming.memory = _after(coming.memory, event)
            _say(event, coming.memory)


def _end(pasts: Iterable[Past]) -> datetime:
    return max((past.at for past in pasts), default=NEVER)


def _take(coming: Coming, past: Past, recorder: Recorder, known: Known) -> None:
    name = named(recorder.origin, past.key)
    stored = None if coming.new_card else coming.card.pk
    if known.has(stored, past) or name in known.uuids:
        coming.known += 1
        return
    known.uuids.add(name)
    coming.events.append(recorder.past(coming.card, past))


def _standing(
    note: Note,
    last: datetime,
    coming: Coming,
    memory: Memory,
    recorder: Recorder,
    events: Sequence[Event],
) -> Iterator[ReviewEvent]:
    """What the file says of the card beside its past, where the log says otherwise.

    It was so after the last thing in the file. What was done here later knows better.
    """
    touched = memory.touched
    if touched is not None and (touched - last).total_seconds() >= SAME:
        return
    at = max(touched or NEVER, last)
    at = recorder.now if at == NEVER else at
    if note.suspended != memory.suspended:
        after = _before(events, Suspend)
        yield recorder.suspension(coming.card, note.key, note.suspended, at, after)
    if note.due is not None and note.due != memory.due_day:
        event = recorder.due(coming.card, note.key, note.due, at, _before(events, SetDue))
        # A day before the card was last seen is that day.
        if event.study_day + timedelta(days=event.interval_chosen or 0) != memory.due_day:
            yield event


def _before(events: Sequence[Event], act: type[Suspend] | type[SetDue]) -> list[int]:
    """How often such a thing was done and not undone, if ever; the same before it is stored."""
    times = sum(type(event.act) is act for event in active(events))
    return [times] if times else []


def _pure(coming: Coming) -> Iterator[Event]:
    """The new events before they are stored."""
    for number, row in enumerate(coming.events):
        row.id = _provisional(number)
        yield to_event(row)
        row.id = None  # the database numbers it


def _after(memory: Memory, row: ReviewEvent) -> Memory:
    """The card after an act that is the latest thing done with it."""
    row.id = PENDING
    event = to_event(row)
    row.id = None
    assert event.act is not None
    return event.act.apply(memory)._replace(touched=event.reviewed_at)


def _provisional(number: int) -> int:
    """Ids later than every stored one, in the order in which they will be stored."""
    return PENDING - 10_000_000 + number


def _last(coming: Coming, found: int | None) -> ReviewEvent | int | None:
    if found is None or found < _provisional(0):
        return found
    return coming.events[found - _provisional(0)]


def _say_what_followed(coming: Coming, folded: Folded) -> None:
    for number, row in enumerate(coming.events):
        outcome = folded.outcomes.get(_provisional(number))
        if outcome is None:
            continue
        _say(row, outcome.memory)
        if row.interval_chosen is None:
            _draw(row, outcome)


def _say(row: ReviewEvent, after: Memory) -> None:
    row.after_state, row.after_step = after.state, after.step
    row.after_stability, row.after_difficulty = after.stability, after.difficulty
    row.after_due = after.due


def _draw(row: ReviewEvent, outcome: Outcome) -> None:
    """No program promised a day: it was drawn as for an answer of our own."""
    if row.kind == EventKind.REVIEW:
        row.fuzz_seed, row.interval_raw = outcome.seed, outcome.raw
        row.interval_chosen = outcome.chosen
