"""Whatever numbers a figure holds, it draws as valid XML of limited size."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.figures.svg import draw
from demos.figures.thumb import thumb
from tests.demos import figures_cases as cases

KINDS = cases.kinds()
LIMIT = 40 * 1024

numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
names = st.fixed_dictionaries({"zh": st.text(max_size=30), "en": st.text(max_size=30)})
scales = st.fixed_dictionaries(
    {"label": names, "scale": st.sampled_from(["linear", "log"]), "unit": st.text(max_size=6)}
)


@st.composite
def drawings(draw_from):
    kind = draw_from(st.sampled_from(sorted(KINDS)))
    lines = []
    for _ in range(draw_from(st.integers(0, 6))):
        n = draw_from(st.integers(0, 12))
        values = st.lists(numbers, min_size=n, max_size=n)
        y = st.lists(values, max_size=5) if kind == "heatmap" else values
        x = st.lists(names, min_size=n, max_size=n) if kind == "bars" else values
        ends = st.none() | values
        lines.append(
            {"label": draw_from(names), "role": draw_from(st.sampled_from(["effect", "control"]))}
            | {
                "x": draw_from(x),
                "y": draw_from(y),
                "low": draw_from(ends),
                "high": draw_from(ends),
            }
        )
    bounds = st.lists(st.fixed_dictionaries({"value": numbers, "label": names}), max_size=2)
    guess = st.none() | st.fixed_dictionaries({"value": numbers, "x": numbers, "text": names})
    return {
        "kind": kind,
        "title": draw_from(names),
        "caption": draw_from(names),
        "x": draw_from(scales),
        "y": draw_from(scales),
        "series": lines,
        "bounds": draw_from(bounds),
        "you": draw_from(guess),
    }


@given(drawn=drawings(), width=st.sampled_from([328, 504, 736]), sealed=st.booleans())
def test_any_figure_draws_as_valid_xml_within_the_limit(drawn, width, sealed):
    for language in ("zh", "en"):
        found = draw(drawn, language=language, width=width, sealed=sealed)
        _finite(cases.parse(found))
        assert len(found.encode()) <= LIMIT
    _finite(cases.parse(thumb(drawn, "en", sealed=sealed)))


@pytest.mark.parametrize("kind", ["lines", "scatter", "heatmap", "bars"])
def test_the_largest_figures_stay_within_the_limit(kind):
    x = [float(k) for k in range(300)]
    y = [float((7919 * k) % 1000) for k in range(300)]
    rows = [y[k : k + 100] for k in range(100)]
    own = rows if kind == "heatmap" else y
    large = [series(f"s{i}", x, own, y) for i in range(5)]
    found = draw(cases.figure(kind, large), language="en", width=736)
    assert len(found.encode()) <= LIMIT


def series(name, x, y, band):
    return cases.series(name, x, y, low=[v - 50 for v in band], high=[v + 50 for v in band])


def _finite(root: ET.Element) -> None:
    for element in root.iter():
        for value in element.attrib.values():
            if element.tag in ("line", "circle", "rect", "path"):
                assert "nan" not in value
                assert "inf" not in value
