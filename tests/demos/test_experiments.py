"""Every demo, the day its file appears: stated verdicts, purity."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest

from demos import registry
from demos.kit.draws import Seeds
from demos.kit.measure import Batch, flatten, prove

SLUGS = registry.slugs()


@pytest.mark.parametrize("slug", SLUGS)
def test_claims_come_out_as_the_file_states(slug):
    demo = registry.get(slug)
    result = prove(slug, demo)
    stated = {c.slug: "shown" if c.shown else c.expected for c in demo.claims}
    assert {f["claim"]: f["verdict"] for f in result["findings"]} == stated
    json.dumps(result, allow_nan=False)
    assert result["prediction"]["right"] in {o.slug for o in demo.prediction.options}
    assert all(series["y"] for series in result["figure"]["series"])


def measured(slug, purpose, numbers):
    demo, seeds = registry.get(slug), Seeds(Batch(purpose).label(slug), numbers)
    return flatten(demo.run(demo.params, seeds, "cpu")), seeds.keys


@pytest.mark.parametrize("slug", SLUGS)
def test_a_seed_measures_the_same_alone_as_in_a_batch_and_again(slug):
    """Alone but for rounding, and again to the bit; seeds of a pilot are other inputs."""
    together, keys = measured(slug, "deciding", range(3))
    again, _ = measured(slug, "deciding", range(3))
    alone, key = measured(slug, "deciding", [2])
    for path, values in together.items():
        np.testing.assert_array_equal(values, again[path], err_msg=path)
        np.testing.assert_allclose(alone[path][0], values[2], rtol=1e-3, atol=1e-6, err_msg=path)
    assert key == keys[2:]
    _, pilots = measured(slug, "pilot", range(3))
    assert len(set(keys + pilots)) == 6


@pytest.mark.parametrize("slug", SLUGS)
def test_every_visible_string_exists_in_both_languages(slug):
    def texts(value):
        if isinstance(value, dict):
            if set(value) == {"zh", "en"}:
                yield value
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    found = list(texts(registry.manifest(slug)))
    assert found
    for text in found:
        assert text["zh"].strip()
        assert text["en"].strip()


@pytest.mark.parametrize("slug", SLUGS)
def test_presets_begin_with_the_default_and_stay_within_range(slug):
    demo = registry.get(slug)
    assert [p.slug for p in demo.presets] == ["default", "make_it_fail", "follow_up"]
    assert demo.presets[0].params == demo.params
    for preset in demo.presets:
        for f in dataclasses.fields(preset.params):
            value, low = getattr(preset.params, f.name), f.metadata.get("low")
            if low is not None:
                assert low <= value <= f.metadata["high"]


def test_the_command_reaches_neither_django_nor_celery():
    code = (
        "import sys; from demos import cli, registry, __main__; registry.get('zero_init_symmetry');"
        "print([m for m in ('django', 'celery', 'rest_framework', 'quizbank') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
