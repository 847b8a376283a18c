"""What two devices did offline adds up to the same, in whatever order it arrives."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.models import EventKind, Question, ReviewEvent, User
from quizbank.services.audit import audit
from quizbank.services.given import SOONEST, Given, GivenAct
from quizbank.services.study import record_batch, undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import learner
from tests.quizbank.study_cast import make_questions, memories

ACTS = [EventKind(name) for name in ("suspend", "unsuspend", "bury", "set_due", "reset")]
DAYS = ("due", "due_day", "interval")
MONTH = 30 * 24 * 3_600  # seconds
Doing = Callable[[User, datetime], Any]
# An answer or an act on one of two cards, or an undo of one of the device's own events.
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("review"), st.integers(0, 1), st.integers(1, 4)),
        st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(1, 30)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def questions(db):
    return make_questions(2)


def device(number: int, done: list[Any], questions: list[Question], random: Random) -> list[Doing]:
    """The deeds in their order, each to be delivered for any user. No two happened at one
    instant, on whichever device."""
    back = sorted(random.sample(range(1, MONTH), len(done)), reverse=True)
    names = [uuid.uuid4() for _ in done]
    doings: list[Doing] = []
    for (kind, *facts), name, seconds in zip(done, names, back, strict=True):
        if kind == "undo":
            doings.append(partial(_take_back, name, names[facts[0] % len(names)]))
            continue
        at = MONDAY - timedelta(seconds=seconds, microseconds=number)
        told: Any = {"question": questions[facts[0]], "client_uuid": name, "reviewed_at": at}
        if kind == "review":
            item: Given | GivenAct = Given(rating=facts[1], **told)
        else:
            item = GivenAct(kind=kind, days=facts[1] if kind in SOONEST else None, **told)
        doings.append(partial(_deliver, item))
    return doings


def _deliver(item: Given | GivenAct, user: User, now: datetime) -> None:
    (delivered,) = record_batch(user=user, items=[item], now=now)
    assert delivered.refused is None


def _take_back(name: uuid.UUID, target: uuid.UUID, user: User, now: datetime) -> None:
    event = ReviewEvent.objects.filter(user=user, client_uuid=target).first()
    if event is not None:  # else the device is told that there is no such event
        undo(user=user, client_uuid=name, now=now, event=event)


@examples(15, 200)
@given(deeds, deeds, st.randoms(use_true_random=False), st.booleans())
def test_two_devices_end_equal_however_their_batches_interleave(
    questions, first, second, random, balancing
):
    """But for the day, where it was chosen by how full the days then were."""
    batches = [device(n, done, questions, random) for n, done in enumerate((first, second))]
    one_by_one = [n for n, batch in enumerate(batches) for _ in batch]
    mixed = random.sample(one_by_one, len(one_by_one))
    ended = []
    for order in (one_by_one, one_by_one[::-1], mixed):
        user = learner(load_balancing=balancing)
        waiting = [iter(batch) for batch in batches]
        for minute, which in enumerate(order):
            next(waiting[which])(user, MONDAY + timedelta(minutes=minute))
        ended.append(memories(user, *DAYS * balancing))
        assert audit(user=user, repair=False).differences == []
    assert ended[0] == ended[1] == ended[2]


@examples(15, 200)
@given(deeds, st.randoms(use_true_random=False))
def test_one_device_may_deliver_in_any_order(questions, done, random):
    """Its undos go last: they name what has to be there."""
    batch = device(0, done, questions, random)
    told = [doing for doing in batch if doing.func is _deliver]
    undos = [doing for doing in batch if doing.func is _take_back]
    ended = []
    for order in (told, random.sample(told, len(told))):
        user = learner(load_balancing=False)
        for minute, doing in enumerate([*order, *undos]):
            doing(user, MONDAY + timedelta(minutes=minute))
        ended.append(memories(user))
    assert ended[0] == ended[1]
