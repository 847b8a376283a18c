"""Histories nobody lives: reviews in and out of order, undos, acts, adoptions, moves."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from quizbank.models import ParameterSet, Question, ReviewEvent, StudyProfile, User
from quizbank.scheduling import DEFAULT_PARAMETERS, ENGINE
from quizbank.services.acts import bury, plan, reschedule, reset, set_due, suspend, unsuspend
from quizbank.services.people import start_guest
from quizbank.services.study import adopt_parameters, undo
from tests.cast import MONDAY
from tests.examples import LONG
from tests.quizbank.study_cast import grade

FITTED = (0.4, 1.5, 3.0, 10.0, *DEFAULT_PARAMETERS[4:20], 0.2)
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin")
DATED: dict[str, Any] = {"plan": plan, "set due": set_due, "reschedule": reschedule, "bury": bury}
UNDATED: dict[str, Any] = {"suspend": suspend, "unsuspend": unsuspend, "reset": reset}
minutes = st.integers(0, 20 * 24 * 60)
deeds = st.one_of(
    st.tuples(st.just("review"), st.integers(0, 1), st.integers(1, 4)),
    st.tuples(st.just("late"), st.integers(0, 1), st.integers(1, 4)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("undo one"), st.integers(0, 50)),
    st.tuples(st.just("adopt"), st.sampled_from([0.2, 0.5])),
    st.tuples(st.just("move"), st.sampled_from(ZONES)),
    st.tuples(st.sampled_from(list(DATED)), st.integers(0, 1), st.integers(1, 3)),
    st.tuples(st.sampled_from(list(UNDATED)), st.integers(0, 1)),
)
histories = st.lists(st.tuples(deeds, minutes), min_size=1, max_size=300 if LONG else 25)


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
        elif deed == "late":
            grade(user, questions[facts[0]], facts[1], now, reviewed_at=now - timedelta(days=6))
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
                parameter_set=fitted(user, facts[0]),
                client_uuid=uuid.uuid4(),
                now=now,
            )
        else:
            StudyProfile.objects.filter(user=user).update(zone=facts[0], rollover_hour=2)
