"""Histories nobody lives: reviews in and out of order, cram, undos, acts, adoptions, moves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from quizbank.models import EventKind, ParameterSet, Question, ReviewEvent, StudyProfile, User
from quizbank.scheduling import DEFAULT_PARAMETERS, ENGINE
from quizbank.services.acts import (
    bury,
    perform,
    plan,
    reschedule,
    reset,
    set_due,
    suspend,
    unsuspend,
)
from quizbank.services.given import SOONEST, GivenAct
from quizbank.services.people import start_guest
from quizbank.services.study import adopt_parameters, undo
from tests.cast import MONDAY
from tests.examples import LONG
from tests.quizbank.study_cast import grade

FITTED = (0.4, 1.5, 3.0, 10.0, *DEFAULT_PARAMETERS[4:20], 0.2)
PROFILES: tuple[dict[str, Any], ...] = (
    {"zone": "Asia/Shanghai", "rollover_hour": 2},
    {"zone": "America/New_York", "rollover_hour": 4},
    {"zone": "Europe/Berlin", "rollover_hour": 0},
    {"learning_steps": [], "relearning_steps": [], "desired_retention": 0.8},
    {"learning_steps": [30, 60, 600, 43_200], "relearning_steps": [600, 7200]},
    {"learning_steps": [60], "fuzz": False, "maximum_interval": 20},
    {"fuzz": True, "load_balancing": False, "maximum_interval": 36_500},
    {"load_balancing": True, "leech_threshold": 1, "leech_suspends": True},
)
LATE = (0.01, 1.5, 6.0, 50.0)  # days
DATED: dict[str, Any] = {"plan": plan, "set due": set_due, "reschedule": reschedule, "bury": bury}
UNDATED: dict[str, Any] = {"suspend": suspend, "unsuspend": unsuspend, "reset": reset}
ACTS = (EventKind.SET_DUE, EventKind.BURY, EventKind.SUSPEND, EventKind.RESET)
minutes = st.integers(0, 20 * 24 * 60)
deeds = st.one_of(
    st.tuples(st.just("review"), st.integers(0, 1), st.integers(1, 4)),
    st.tuples(st.just("cram"), st.integers(0, 1), st.integers(1, 4)),
    st.tuples(st.just("late"), st.integers(0, 1), st.integers(1, 4), st.sampled_from(LATE)),
    st.tuples(st.just("late act"), st.integers(0, 1), st.sampled_from(ACTS), st.sampled_from(LATE)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("undo one"), st.integers(0, 50)),
    st.tuples(st.just("adopt"), st.sampled_from([0.2, 0.5, None])),
    st.tuples(st.just("change"), st.sampled_from(PROFILES)),
    st.tuples(st.sampled_from(list(DATED)), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.sampled_from(list(UNDATED)), st.integers(0, 1)),
)
# Left alone, lists stay short whatever they may become.
lengths = st.sampled_from((25, 25, 25, 100, 300)) if LONG else st.just(25)
histories = lengths.flatmap(
    lambda most: st.lists(
        st.tuples(deeds, minutes), min_size=most // 2 if LONG else 1, max_size=most
    )
)


def learner(**profile) -> User:
    user = start_guest(now=MONDAY - timedelta(days=60))
    StudyProfile.objects.filter(user=user).update(**profile)
    return user


def fitted(user: User, decay: float = 0.2) -> ParameterSet:
    return ParameterSet.objects.create(
        user=user, engine=ENGINE, values=[*FITTED[:20], decay], created_at=MONDAY
    )


def live(user: User, questions: list[Question], history) -> None:
    now = MONDAY
    for (deed, *facts), wait in history:
        now += timedelta(minutes=wait)
        if deed == "review":
            grade(user, questions[facts[0]], facts[1], now)
        elif deed == "cram":
            grade(user, questions[facts[0]], facts[1], now, cram=True)
        elif deed == "late":
            then = now - timedelta(days=facts[2])
            grade(user, questions[facts[0]], facts[1], now, reviewed_at=then)
        elif deed == "late act":
            then = now - timedelta(days=facts[2])
            act_late(user, questions[facts[0]], facts[1], now, then)
        elif deed in DATED:
            asked = {"question": questions[facts[0]], "client_uuid": uuid.uuid4(), "now": now}
            DATED[deed](user=user, **asked, days=facts[1])
        elif deed in UNDATED:
            asked = {"question": questions[facts[0]], "client_uuid": uuid.uuid4(), "now": now}
            UNDATED[deed](user=user, **asked)
        elif deed == "undo":
            undo(user=user, client_uuid=uuid.uuid4(), now=now)
        elif deed == "undo one":
            events = list(ReviewEvent.objects.filter(user=user).exclude(card=None).order_by("id"))
            target = events[facts[0] % len(events)] if events else None
            undo(user=user, client_uuid=uuid.uuid4(), now=now, event=target)
        elif deed == "adopt":
            adopt_parameters(
                user=user,
                parameter_set=fitted(user, facts[0]) if facts[0] else None,
                client_uuid=uuid.uuid4(),
                now=now,
            )
        else:
            StudyProfile.objects.filter(user=user).update(**facts[0])


def act_late(
    user: User, question: Question, kind: EventKind, now: datetime, then: datetime
) -> None:
    """What a device did offline and tells now."""
    given = GivenAct(
        kind=kind,
        question=question,
        client_uuid=uuid.uuid4(),
        days=3 if kind in SOONEST else None,
        reviewed_at=then,
    )
    perform(user=user, given=given, now=now)
