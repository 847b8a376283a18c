"""An interview bends the dates of its cards, each in its own way, and lets go after it."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizbank.scheduling import Aim, Policy, seed_of

DAY = date(2026, 12, 12)
AIM = Aim(DAY, last_days=4, retention=0.95)
SEEDS = st.integers(0, 2**62 - 1)


@given(seed=SEEDS, before=st.integers(5, 400), longest=st.integers(1, 36_500))
def test_before_the_last_days_no_interval_leads_past_the_last_look(seed, before, longest):
    policy = Policy(maximum_interval=longest)
    day = DAY - timedelta(days=before)
    bent = AIM.policy(policy, day, seed)
    assert bent.maximum_interval <= longest
    assert day + timedelta(days=bent.maximum_interval) <= AIM.last_look(seed) < DAY
    assert bent.desired_retention == policy.desired_retention
    if longest >= before:
        assert day + timedelta(days=bent.maximum_interval) == AIM.last_look(seed)


@given(seed=SEEDS, before=st.integers(1, 4), wanted=st.floats(0.7, 0.97))
def test_in_the_last_days_recall_on_the_day_is_what_counts(seed, before, wanted):
    policy = Policy(desired_retention=wanted)
    bent = AIM.policy(policy, DAY - timedelta(days=before), seed)
    assert bent.desired_retention == max(wanted, 0.95)
    assert bent.maximum_interval == policy.maximum_interval


@given(seed=SEEDS, after=st.integers(0, 90))
def test_from_the_day_on_everything_is_as_before(seed, after):
    assert AIM.policy(Policy(), DAY + timedelta(days=after), seed) == Policy()


def test_the_last_looks_spread_over_the_last_days():
    days = [AIM.last_look(seed_of(f"topic/{n}:recall")) for n in range(400)]
    counted = [days.count(AIM.opens + timedelta(days=n)) for n in range(4)]
    assert sum(counted) == 400
    assert min(counted) > 70
