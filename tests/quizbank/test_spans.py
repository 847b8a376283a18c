"""Beginnings without an end cost no more than other text."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.exchange.spans import replaced
from quizbank.services.bringing.faces import LONGEST_SIDE, safe
from tests.examples import examples

BEGIN = re.compile(r"<(i|b)>", re.IGNORECASE)
ENDS = {name: re.compile(f"</{name}>", re.IGNORECASE) for name in "ib"}
EXPRESSION = re.compile(r"<(i|b)>(.{0,6}?)</\1>", re.IGNORECASE)
HOSTILE = (
    *("<style <style ", "<script>", "<title ", "<img ", "<img src=", "<div ", "<h1 ", "<"),
    *("\\(", "\\[", "[$]", "[$$]", "<math ", "<a title='<img ", "\\(" + "<" * 1_900 + "\\)"),
)
SECONDS = 4.0  # a square of this length took eleven; formulas that can be set take one and a half


@examples(300, 20_000)
@given(st.lists(st.sampled_from(["<i>", "<b>", "</i>", "</B>", "<I>", "x", "ab", " "])))
def test_one_pass_finds_what_an_expression_finds(parts):
    text = "".join(parts)
    wanted = EXPRESSION.sub(lambda match: f"[{match[1]}:{match[2]}]", text)
    assert replaced(text, BEGIN, ENDS, lambda begin, inner: f"[{begin[1]}:{inner}]", 6) == wanted


@pytest.mark.parametrize("mark", HOSTILE)
def test_no_side_takes_long(mark):
    side = (mark * LONGEST_SIDE)[:LONGEST_SIDE]
    began = time.perf_counter()
    safe(side)
    assert time.perf_counter() - began < SECONDS


@pytest.mark.parametrize("text", [r"\(\) and \[\]", "[$][/$] and [$$][/$$]"])
def test_marks_of_a_formula_with_nothing_between_are_text(text):
    assert safe(text) == f"<p>{text}</p>"
