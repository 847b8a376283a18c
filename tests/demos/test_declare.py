"""What the kit refuses at declaration, before a single number is measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from demos.kit.declare import (
    Axis,
    Bound,
    Claim,
    DeclarationError,
    Demo,
    Figure,
    Mutation,
    Option,
    Prediction,
    Series,
    Text,
    always,
    mostly,
    nearly_always,
    never,
    number,
    rate,
    sometimes,
)
from demos.kit.draws import Counts, Numbers, Seeds

T = Text("中", "en")


@dataclass(frozen=True)
class Params:
    size: float = number(1.0, 0.0, 2.0, text=T)


@dataclass(frozen=True)
class Arm:
    effect: Numbers
    steps: Counts


@dataclass(frozen=True)
class Measurements:
    cause: Arm
    control: Arm


def run(params: Params, seeds: Seeds, device: str) -> Measurements:
    raise AssertionError("declared, never run")


CLAIM = Claim(
    slug="it_does",
    text=T,
    clauses=(mostly("cause.effect", above=1.0),),
    controls=(mostly("control.effect", above=-0.5, below=0.5),),
    control_text=T,
    broken=Params(),
)


def demo(*claims, mutations=None, **changes):
    claims = claims or (CLAIM,)
    lost = mutations or (Mutation("a", "b", tuple(c.slug for c in claims)),)
    options = {
        "title": T,
        "question": T,
        "summary": T,
        "topic": "practice",
        "params": Params(),
        "run": run,
        "replay": run,
        "claims": claims,
        "mutations": lost,
        "figure": Figure(
            kind="bars", title=T, caption=T, x=Axis(T), y=Axis(T), bounds=(Bound(1.0, T),),
            series=(Series("cause.effect", T),),
        ),
        "prediction": Prediction(T, "cause.effect", (Option("up", T, above=1.0),)),
    }  # fmt: skip
    return Demo(**(options | changes))


def test_a_sound_declaration_passes():
    assert demo().claim("it_does") is CLAIM
    with pytest.raises(KeyError):
        demo().claim("something_else")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"controls": ()}, "no guard on the arm without"),
        ({"controls": (mostly("control.effect", below=0.5),)}, "open-ended"),
        ({"controls": (mostly("control.effect", above=0.0, below=1.5),)}, "meets the claim's"),
        ({"controls": (mostly("control.steps", above=0.5, below=1.5),)}, "same last name"),
        ({"control_text": None}, "control_text"),
        ({"broken": None}, "broken"),
        ({"clauses": ()}, "no clause"),
        ({"trained": True}, "works guard"),
        ({"trained": True, "works_with": (mostly("cause.steps", above=0.5),)}, "works guard"),
        ({"clauses": (mostly("cause.efect", above=1.0),)}, "same last name"),
        (
            {"clauses": (nearly_always("cause.effect", above=1, share=(0.95, 1.0)),)},
            "cannot decide",
        ),
        ({"clauses": (rate("cause.effect", 0.4, 0.6, above=1.0),)}, "cannot decide"),
        ({"clauses": (always("cause.effect", above=1.0),), "looks": (64, 128)}, "need 256"),
        ({"clauses": (always("cause.effect", above=1.0),), "looks": (256, 4096)}, "one look"),
        ({"shown": True}, "shown claim"),
    ],
)
def test_what_could_not_be_trusted_is_refused(change, message):
    with pytest.raises(DeclarationError, match=message):
        demo(replace(CLAIM, **{"clauses": CLAIM.clauses} | change))


def test_an_unmeasured_metric_is_refused():
    with pytest.raises(DeclarationError, match=r"not measured: cause\.efect"):
        demo(replace(CLAIM, works_with=(mostly("cause.efect", above=1.0),)))


def test_an_integer_bound_on_a_count_is_refused():
    counted = replace(
        CLAIM,
        clauses=(mostly("cause.steps", above=5.0),),
        controls=(mostly("control.steps", above=0.5, below=1.5),),
    )
    with pytest.raises(DeclarationError, match="between integers"):
        demo(counted)
    demo(replace(counted, clauses=(mostly("cause.steps", above=5.5),)))


def test_more_looks_make_a_narrow_share_decidable():
    long = (256, 1024, 4096)
    demo(replace(CLAIM, clauses=(rate("cause.effect", 0.4, 0.5, above=1.0),), looks=long))


def test_a_null_search_needs_a_thousand_runs():
    search = replace(
        CLAIM,
        clauses=(sometimes("cause.effect", above=1.0),),
        controls=(never("control.effect", above=1.0),),
    )
    with pytest.raises(DeclarationError, match="null search"):
        demo(search)
    with pytest.raises(DeclarationError, match="null search"):
        demo(replace(search, looks=(256, 1024)))
    demo(replace(search, looks=(1024,)))


def test_single_rows_need_a_replay():
    universal = replace(CLAIM, clauses=(always("cause.effect", above=1.0),))
    with pytest.raises(DeclarationError, match="replay"):
        demo(universal, replay=None)


def test_every_claim_must_be_lost_by_some_mutation():
    with pytest.raises(DeclarationError, match="no mutation loses it_does"):
        demo(CLAIM, mutations=(Mutation("a", "b", ()),))
    with pytest.raises(DeclarationError, match="names no claim"):
        demo(CLAIM, mutations=(Mutation("a", "b", ("it_does", "another")),))


def test_two_claims_cannot_share_a_slug():
    with pytest.raises(DeclarationError, match="share a slug"):
        demo(CLAIM, CLAIM)
