from __future__ import annotations

import pytest

from quizbank.scheduling import Ticks, suggest

EVERYTHING = Ticks(musts=5, musts_total=5, bonuses=1, bonuses_total=1)


def test_nothing_ticked_suggests_nothing():
    assert suggest(Ticks(musts=0, musts_total=5, bonuses_total=2), hint_used=True) is None


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [
        (Ticks(musts=2, musts_total=5), 1),
        (Ticks(musts=0, musts_total=5, bonuses=1, bonuses_total=1), 1),
        (Ticks(musts=2, musts_total=4), 2),
        (Ticks(musts=3, musts_total=4), 2),
        (Ticks(musts=4, musts_total=5), 3),
        (Ticks(musts=3, musts_total=3), 3),
    ],
)
def test_the_share_of_the_musts_decides(ticks, expected):
    assert suggest(ticks) == expected


def test_a_trap_outweighs_everything_else():
    ticks = Ticks(musts=3, musts_total=3, trap=True)

    assert suggest(ticks, confidence="high", fast=True) == 1


def test_a_hint_costs_one_grade():
    assert suggest(EVERYTHING, confidence="high", fast=True, hint_used=True) == 2


def test_complete_sure_and_fast_is_easy():
    assert suggest(EVERYTHING, confidence="high", fast=True) == 4


@pytest.mark.parametrize(
    ("ticks", "confidence", "fast"),
    [
        (EVERYTHING, "mid", True),
        (EVERYTHING, None, True),
        (EVERYTHING, "high", False),
        (Ticks(musts=5, musts_total=5, bonuses=0, bonuses_total=1), "high", True),
    ],
)
def test_easy_needs_all_of_it(ticks, confidence, fast):
    assert suggest(ticks, confidence=confidence, fast=fast) == 3
