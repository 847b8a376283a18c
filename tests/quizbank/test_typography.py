"""How texts and numbers stand on a page."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from quizbank.templatetags.evidence import number_and_interval
from quizbank.templatetags.pages import gap, localised
from quizbank.wording import say


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("divided by 1 - p", "divided by 1 - p"),
        ("divided by 1 − p in training", "divided by 1\u00a0−\u00a0p in training"),
        ("dropout of p = 0.5 in", "dropout of p\u00a0=\u00a00.5 in"),
        ("less than 5% or 20 % of", "less than 5\u00a0% or 20\u00a0% of"),
        ("from small − to large", "from small − to large"),
        ("Xavier's and the units' weights", "Xavier’s and the units’ weights"),
        ("called 'dead' here", "called &#x27;dead&#x27; here"),
    ],
)
def test_short_formulas_stay_on_one_line_and_apostrophes_are_curved(
    written: str, shown: str
) -> None:
    with override("en"):
        assert localised({"zh": "", "en": written}) == shown


def test_no_space_follows_a_chinese_full_stop() -> None:
    with override("zh-hans"):
        assert gap() == ""
    with override("en"):
        assert gap() == " "


def test_a_number_and_its_interval_have_one_power_of_ten() -> None:
    shown = number_and_interval({"median": 8.0e-8, "low": 9.6e-9, "high": 9.302e-7})
    assert "<sup>−8</sup>" in shown
    assert "<sup>−9</sup>" not in shown
    assert "[" not in number_and_interval({"median": 0.0, "low": 0.0, "high": 0.0})


def test_one_review_joins_alone() -> None:
    with override("en"):
        assert "The 1 review made here has joined." in say("people.merged", name="bob", n=1)
        assert "The 2 reviews made here have joined." in say("people.merged", name="bob", n=2)
