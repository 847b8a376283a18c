"""Values a person or a program may send for a demo's parameters, and what becomes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.kit.declare import Text, choice, number, switch, whole
from demos.kit.parameters import ParameterErrors, clean, cost_factor, schema_of

T = Text("学习率", "learning rate")


@dataclass(frozen=True)
class Params:
    lr: float = number(0.1, 0.001, 1.0, text=T, scale="log")
    depth: int = whole(20, 2, 60, text=T, cost=1)
    width: int = whole(128, 32, 256, text=T, cost=2)
    name: str = choice("tanh", {"tanh": T, "relu": T}, text=T)
    on: bool = switch(True, text=T)


SCHEMA = schema_of(Params())


def test_what_is_missing_takes_its_default():
    assert clean(SCHEMA, {}) == {"lr": 0.1, "depth": 20, "width": 128, "name": "tanh", "on": True}
    assert clean(SCHEMA, {"depth": 3}, defaults=False) == {"depth": 3}


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("lr", "0.5", 0.5),
        ("lr", " 1e-2 ", 0.01),
        ("lr", "０．５", 0.5),
        ("lr", 1, 1.0),
        ("depth", "１２", 12),
        ("depth", 12.0, 12),
        ("depth", "1.2e1", 12),
        ("name", "relu", "relu"),
        ("on", "false", False),
        ("on", False, False),
        ("on", "on", True),
    ],
)
def test_sound_values_are_kept(name, value, kept):
    found = clean(SCHEMA, {name: value})[name]
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr", "NaN"),
        ("lr", math.nan),
        ("lr", math.inf),
        ("lr", "1e999"),
        ("lr", "1e-400"),
        ("lr", 0.0009),
        ("lr", -0.1),
        ("lr", "−1"),
        ("lr", ""),
        ("lr", "1_0"),
        ("lr", "0x1"),
        ("lr", True),
        ("lr", None),
        ("lr", [0.1]),
        ("lr", {"a": 1}),
        ("depth", "2.5"),
        ("depth", 61),
        ("depth", 10**400),
        ("depth", "1e9"),
        ("name", "sigmoid"),
        ("name", 3),
        ("on", "maybe"),
        ("on", 1),
    ],
)
def test_others_are_refused_with_the_field_and_its_range(name, value):
    with pytest.raises(ParameterErrors) as refused:
        clean(SCHEMA, {name: value})
    assert set(refused.value.errors) == {name}
    if name == "lr":
        assert "0.001" in refused.value.errors[name].en
        assert "0.001" in refused.value.errors[name].zh


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(ParameterErrors) as refused:
        clean(SCHEMA, {"lr": 7, "depth": "x", "momentum": 0.9})
    assert set(refused.value.errors) == {"lr", "depth", "momentum"}
    assert "lr, depth" in refused.value.errors["momentum"].en


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(), st.floats(), st.integers())))
def test_nothing_a_stranger_sends_gets_through_unchecked(sent):
    errors, values = attempt(sent)
    assert errors <= {str(name)[:60] for name in sent}
    if not errors:
        assert 0.001 <= values["lr"] <= 1.0
        assert values["depth"] in range(2, 61)


def attempt(sent):
    """(names refused, values kept); one of the two is empty."""
    try:
        return set(), clean(SCHEMA, sent)
    except ParameterErrors as refused:
        return set(refused.errors), {}


def test_cost_grows_with_the_declared_powers():
    assert cost_factor(SCHEMA, clean(SCHEMA, {})) == 1.0
    assert cost_factor(SCHEMA, clean(SCHEMA, {"depth": 40, "width": 256})) == pytest.approx(8.0)
