"""How numbers are written."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.figures import numbers

finite = st.floats(-1.7e308, 1.7e308)


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (5.83e-19, 2, "5.8×10⁻¹⁹"),
        (5.83e-19, 3, "5.83×10⁻¹⁹"),
        (0.5, 2, "0.50"),
        (0.157, 2, "0.16"),
        (1.0, 2, "1.0"),
        (9.96, 2, "10"),
        (12345, 3, "12\u202f300"),
        (1234, 2, "1200"),
        (0.0012, 2, "0.0012"),
        (0.00099999, 2, "0.0010"),
        (0.00012, 2, "1.2×10⁻⁴"),
        (99_999, 2, "1.0×10⁵"),
        (-3.04, 2, "−3.0"),
        (-2e-7, 2, "−2.0×10⁻⁷"),
        (0, 2, "0"),
        (-0.0, 2, "0"),
        (None, 2, "–"),
        (math.nan, 2, "–"),
        (math.inf, 2, "∞"),
        (-math.inf, 2, "−∞"),
        (5e-324, 2, "4.9×10⁻³²⁴"),
        (1.7e308, 2, "1.7×10³⁰⁸"),
    ],
)
def test_number(value, digits, said):
    assert numbers.number(value, digits) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.5, "0.5"),
        (300.0, "300"),
        (12000.0, "12\u202f000"),
        (1e5, "10⁵"),
        (-1e6, "−10⁶"),
        (2e-5, "2×10⁻⁵"),
        (0.0, "0"),
    ],
)
def test_tick(value, said):
    assert numbers.tick(value) == said


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (5.8e-19, 5.6e-19, 5.9e-19, "5.8×10⁻¹⁹ [5.6, 5.9]×10⁻¹⁹"),
        (9e5, 7.9e5, 11.1e5, "9.0×10⁵ [7.9, 11.1]×10⁵"),
        (0.157, 0.1542, 0.1589, "0.16 [0.15, 0.16]"),
        (0.99, 0.95, 1.01, "0.99 [0.95, 1.01]"),
        (1.0, 0.9999, 1.0001, "1.0000 [0.9999, 1.0001]"),
        (1.0, 0.02, 1.4, "1.0 [0.020, 1.4]"),
        (0.0, 0.0, 0.0, "0 [0, 0]"),
        (None, 0.498, 0.502, "[0.498, 0.502]"),
        (None, 1e-7, 0.5, "[1.0×10⁻⁷, 0.50]"),
        (None, -0.5, 0.5, "[−0.50, 0.50]"),
        (0.3, None, 0.5, "0.30"),
    ],
)
def test_measured(value, low, high, said):
    assert numbers.measured(value, low, high) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.95, "95\u00a0%"),
        (0.05, "5\u00a0%"),
        (0.9961, "99.6\u00a0%"),
        (0.99996, "99.996\u00a0%"),
        (0.001, "0.1\u00a0%"),
        (1, "100\u00a0%"),
        (0.0, "0\u00a0%"),
        (None, "–"),
    ],
)
def test_percent_never_rounds_to_all_or_nothing(share, said):
    assert numbers.percent(share) == said


def test_counts_seeds_and_seconds():
    assert numbers.count(1200) == "1200"
    assert numbers.count(12_300) == "12\u202f300"
    assert numbers.seeds(1, "en") == "1 seed"
    assert numbers.seeds(64, "en") == "64 seeds"
    assert numbers.seeds(64, "zh") == "64 粒种子"
    assert numbers.of(62, 64, "en") == "62 of 64"
    assert numbers.of(62, 64, "zh") == "62 / 64"
    assert numbers.seconds(1.43) == "1.4\u00a0s"
    assert numbers.seconds(0.00061) == "0.61\u00a0ms"
    assert numbers.seconds(312.4) == "312\u00a0s"


def test_html_raises_exponents_and_escapes_the_rest():
    assert numbers.html("p < 10⁻³ & more") == "p &lt; 10<sup>−3</sup> &amp; more"


@given(finite)
def test_a_number_reads_back_to_its_digits(value):
    said = numbers.number(value, 3)
    plain = said.replace("−", "-").replace("\u202f", "")
    mantissa, _, power = plain.partition("×10")
    exponent = int(numbers.plain_digits(power).replace("−", "-")) if power else 0
    assert float(f"{mantissa}e{exponent}") == pytest.approx(value, rel=0.0051, abs=1e-323)


@given(finite, finite)
def test_an_interval_has_two_ends_and_no_ascii_minus(low, high):
    said = numbers.interval(low, high)
    assert re.fullmatch(r"\[.+, .+\](×10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)?", said)
    assert "-" not in said
