from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from quizbank import scoring
from quizbank.scoring import COMMA, FRACTIONS, MARKS, NO_NUMBER, NOTHING, NotANumber


@pytest.mark.parametrize(
    ("confidence", "right", "wrong"), [("low", 1, 0), ("mid", 2, -2), ("high", 3, -6)]
)
def test_the_table_of_marks(confidence, right, wrong):
    assert scoring.mark(True, confidence) == right
    assert scoring.mark(False, confidence) == wrong


@given(chance=st.floats(0, 1))
def test_saying_what_one_believes_pays_best(chance):
    """The level whose band holds the chance of being right has the highest expected mark."""
    expected = {name: chance * a + (1 - chance) * b for name, (a, b) in MARKS.items()}
    honest = "low" if chance < 2 / 3 else "mid" if chance < 4 / 5 else "high"
    assert expected[honest] == pytest.approx(max(expected.values()))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", 12.0),
        (" -0.5 ", -0.5),
        ("１２．５", 12.5),
        ("－３", -3.0),
        ("−3", -3.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e-3", 0.001),
        ("１Ｅ３", 1000.0),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed, value):
    assert scoring.number(typed) == value


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", NOTHING),
        ("　 ", NOTHING),
        ("1_0", NO_NUMBER),
        ("nan", NO_NUMBER),
        ("NaN", NO_NUMBER),
        ("inf", NO_NUMBER),
        ("1e999", NO_NUMBER),
        ("twelve", NO_NUMBER),
        ("十二", NO_NUMBER),
        ("12 s", NO_NUMBER),
        ("१२", NO_NUMBER),
        ("9" * 41, NO_NUMBER),
        ("1,5", COMMA),
        ("1，234.5", COMMA),
        ("1/2", FRACTIONS),
        ("１／２", FRACTIONS),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(typed, said):
    with pytest.raises(NotANumber) as refused:
        scoring.number(typed)
    assert refused.value.text == said


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_as_it_is_written(value):
    assert scoring.number(repr(value)) == value


@pytest.mark.parametrize(
    ("value", "answer", "tolerance", "accepted"),
    [
        (1.95, 2.0, 0.05, True),
        (2.05, 2.0, 0.05, True),
        (1.9499, 2.0, 0.05, False),
        (0.3, 0.1 + 0.2, 0.0, True),
        (0.3001, 0.3, 0.0, False),
        (2e-10, 1e-10, 0.0, False),
        (0.0, 0.0, 0.0, True),
    ],
)
def test_a_number_counts_within_its_tolerance(value, answer, tolerance, accepted):
    assert scoring.accepts(value, answer, tolerance) is accepted


@given(n=st.integers(1, 60), data=st.data())
def test_the_interval_is_wilsons(n, data):
    right = data.draw(st.integers(0, n))
    reference = binomtest(right, n).proportion_ci(method="wilson")
    assert scoring.wilson(right, n) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_the_interval_ends_where_shares_end():
    assert all(scoring.wilson(0, n)[0] == 0.0 for n in range(1, 60))
    assert all(scoring.wilson(n, n)[1] == 1.0 for n in range(1, 60))


@pytest.mark.parametrize(("right", "n"), [(0, 0), (2, 1), (-1, 3)])
def test_no_share_has_no_interval(right, n):
    with pytest.raises(ValueError, match="no share"):
        scoring.wilson(right, n)


def test_each_level_counts_for_itself():
    answers = [("high", True)] * 7 + [("high", False)] * 2 + [("low", False)] * 4
    low, mid, high = scoring.calibration(answers)
    assert (high.n, high.right, high.marks, high.enough) == (9, 7, 9, True)
    assert high.share == pytest.approx(7 / 9)
    assert (low.n, low.share, low.marks, low.enough) == (4, 0.0, 0, False)
    assert (mid.n, mid.share, mid.low, mid.high) == (0, None, None, None)
