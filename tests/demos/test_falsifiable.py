"""Every claim of every demo can fail: without its cause it is not confirmed."""

from __future__ import annotations

import dataclasses

import pytest

from demos import registry
from demos.kit.judge import MIN_RUNS
from demos.kit.measure import prove

SLUGS = registry.slugs()
MUTATIONS = [(slug, i) for slug in SLUGS for i in range(len(registry.get(slug).mutations))]


def causes():
    """Each broken setting of a demo with the claims that lose their cause in it."""
    for slug in SLUGS:
        found: dict[tuple[object, ...], list[str]] = {}
        for claim in registry.get(slug).claims:
            if not claim.shown:
                found.setdefault(dataclasses.astuple(claim.broken), []).append(claim.slug)
        for claims in found.values():
            yield pytest.param(slug, claims, id=f"{slug}-{'+'.join(claims)}")


def findings(slug, demo, params, claims):
    """Those of the fewest runs if they speak against all claims, else of as many as promised."""
    few = prove(slug, demo, params, limit=MIN_RUNS, claims=claims)["findings"]
    if all(f["verdict"] in ("refuted", "invalid") for f in few):
        return few
    return prove(slug, demo, params, claims=claims)["findings"]


def confirmed(found):
    return {f["claim"] for f in found if f["verdict"] == "confirmed"}


@pytest.mark.parametrize(("slug", "claims"), [*causes()])
def test_no_claim_survives_the_loss_of_its_cause(slug, claims):
    demo = registry.get(slug)
    found = findings(slug, demo, demo.claim(claims[0]).broken, claims)
    assert {f["claim"] for f in found} == set(claims)
    assert not confirmed(found)
    # broken means that the cause is gone, not that the experiment blew up
    assert all(f["reason"] != "not_finite" for f in found)


@pytest.mark.long  # each claim has lost its cause above in any case
@pytest.mark.parametrize(("slug", "index"), MUTATIONS)
def test_a_mutated_experiment_loses_its_claims(slug, index):
    mutation = registry.get(slug).mutations[index]
    assert not confirmed(findings(slug, registry.mutated(slug, mutation), None, mutation.loses))
