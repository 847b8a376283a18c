"""Figures as SVG: accessible, without styles, labels apart, every number drawn."""

from __future__ import annotations

import re

import pytest

from demos.figures.svg import draw, figure
from demos.figures.thumb import thumb
from tests.demos import figures_cases as cases

KINDS = cases.kinds()
LIMIT = 40 * 1024


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [328, 504, 736])
def test_a_drawing_is_an_image_with_a_name_and_neither_style_nor_script(kind, language, width):
    drawn = draw(KINDS[kind], language=language, width=width)
    root = cases.parse(drawn)
    assert root.get("role") == "img"
    assert KINDS[kind]["title"][language] in root.get("aria-label", "")
    assert root.get("viewBox", "").split()[2] == str(width)
    assert not re.search(r"<script|\son\w+=|\sstyle=|href|<style|<a\b", drawn)
    assert len(drawn.encode()) <= LIMIT


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [328, 504, 736])
def test_no_two_texts_cover_each_other(kind, language, width):
    you = {"value": 1e-3 if kind == "lines" else 0.4, "x": None, "text": None}
    root = cases.parse(draw(KINDS[kind], language=language, width=width, you=you))
    assert cases.overlapping(cases.texts(root)) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [328, 504])
def test_no_text_leaves_the_drawing(kind, language, width):
    root = cases.parse(draw(KINDS[kind], language=language, width=width))
    height = float(root.get("viewBox", "").split()[3])
    for content, (left, top, right, bottom) in cases.texts(root):
        assert left >= -1, content
        assert right <= width + 1, content
        assert top >= -1, content
        assert bottom <= height + 1, content


def test_every_curve_has_a_line_a_band_and_a_named_end():
    root = cases.parse(draw(KINDS["lines"], language="en"))
    classes = [e.get("class") for e in root.iter("path")]
    for colour in ("c2", "c1", "c3", "c4", "ctl"):
        assert f"line {colour}" in classes
    for fill in ("f2", "f1", "f3", "f4", "fctl"):
        assert f"band {fill}" in classes
    written = " ".join(content for content, _ in cases.texts(root))
    for entry in KINDS["lines"]["series"]:
        assert entry["label"]["en"] in written
    assert len(list(root.iter("circle"))) == 5


def test_the_name_says_the_essential_numbers():
    label = cases.parse(draw(KINDS["lines"], language="en")).get("aria-label", "")
    assert "sigmoid 2.5×10⁻¹⁹ [2.0, 3.0]×10⁻¹⁹" in label
    assert "tanh 0.25 [0.20, 0.30]" in label
    assert "bound 10⁻¹²" in label


def test_powers_of_ten_are_raised_by_tspans_with_a_real_minus():
    drawn = draw(KINDS["lines"], language="en")
    assert '10<tspan class="sup" dy="-4.5">−10</tspan>' in drawn
    assert not re.search("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]", re.sub('aria-label="[^"]*"', "", drawn))


def test_the_bound_is_dotted_with_its_value_and_the_guess_a_diamond():
    drawn = draw(KINDS["lines"], language="zh", you={"value": 1e-3})
    assert 'class="bound"' in drawn
    assert 'class="you"' in drawn
    written = [content for content, _ in cases.texts(cases.parse(drawn))]
    assert "界 10−12" in written
    assert "你 10−3" in written


def test_a_linear_axis_begins_at_zero_and_a_constant_line_lies_on_its_value():
    flat = cases.figure("lines", [cases.series("flat", [1, 2, 3], [0.97, 0.97, 0.97])])
    root = cases.parse(draw(flat, language="en"))
    ticks = {c: box for c, box in cases.texts(root) if c in ("0", "1") and box[2] < 44}
    assert set(ticks) == {"0", "1"}
    line = next(e for e in root.iter("path") if e.get("class") == "line c2")
    heights = {float(y) for y in re.findall(r"[ML ]-?[\d.]+ (-?[\d.]+)", line.get("d", ""))}
    (height,) = heights
    zero, one = ticks["0"][3] - 7, ticks["1"][3] - 7  # the middle of the numbers
    assert height == pytest.approx(zero + 0.97 * (one - zero), abs=1)


def test_a_descending_axis_begins_with_its_largest_x_and_names_curves_at_the_other_end():
    y = [1e-9, 1e-6, 1e-3, 1.0]
    own = cases.figure("lines", [cases.series("grad", [0, 1, 2, 3], y)])
    own |= {"y": cases.axis("梯度", "gradient", "log"), "x": own["x"] | {"descending": True}}
    written = dict(cases.texts(cases.parse(draw(own, language="en"))))
    assert written["0"][0] > written["3"][0]
    assert "grad 1.0×10−9" in written


def test_a_bound_named_by_a_bare_number_is_written_as_the_axis_writes_numbers():
    named = [{"value": 1e-8, "label": cases.text("亿分之一", "1e-8"), "axis": "y"}]
    own = KINDS["lines"] | {"bounds": named}
    assert "10−8" in dict(cases.texts(cases.parse(draw(own, language="en"))))
    assert "亿分之一 10−8" in dict(cases.texts(cases.parse(draw(own, language="zh"))))


def test_missing_numbers_leave_gaps_and_an_early_end_is_crossed():
    y = [1.0, 2.0, None, 3.0, None, 4.0, 5.0, None]
    broken = cases.figure("lines", [cases.series("run", list(range(8)), y)])
    root = cases.parse(draw(broken, language="en"))
    line = next(e for e in root.iter("path") if e.get("class") == "line c2")
    assert line.get("d", "").count("M") == 3
    assert any("stop" in (e.get("class") or "") for e in root.iter("path"))


def test_zeros_stand_apart_on_a_logarithmic_axis():
    zero = cases.series("zero", [1, 2, 3], [0.0, 0.0, 0.0])
    some = cases.series("some", [1, 2, 3], [1e-3, 1e-2, 1e-1])
    drawn = cases.figure("lines", [zero, some], y=cases.axis("变动", "move", "log"))
    root = cases.parse(draw(drawn, language="en"))
    ticks = dict(cases.texts(root))
    assert "0" in ticks
    lowest = max(box[3] for content, box in ticks.items() if content.startswith("10−"))
    assert ticks["0"][3] > lowest + 15
    assert any(e.get("class") == "line c2" for e in root.iter("path"))


def test_a_jump_at_the_start_does_not_flatten_the_rest_and_is_written_down():
    x = list(range(1, 101))
    jump = cases.figure("lines", [cases.series("loss", x, [50.0] + [1.0] * 98 + [0.9])])
    written = [content for content, _ in cases.texts(cases.parse(draw(jump, language="en")))]
    assert "↑ 50" in written
    assert "40" not in written


@pytest.mark.parametrize("y", [[None, None], [], [7.0]])
def test_a_series_with_little_to_show_still_draws(y):
    little = cases.figure("lines", [cases.series("few", list(range(len(y))), y)])
    assert cases.parse(draw(little, language="en")).get("role") == "img"


def test_bars_carry_whiskers_and_numbers():
    root = cases.parse(draw(KINDS["bars"], language="en"))
    assert len([e for e in root.iter("rect") if "bar" in (e.get("class") or "")]) == 3
    assert len([e for e in root.iter("path") if e.get("class") == "whisker"]) == 3
    written = [content for content, _ in cases.texts(root)]
    assert {"1.0", "0.62", "0.090"} <= set(written)


@pytest.mark.parametrize("width", [328, 504])
def test_long_names_of_bars_wrap_above_the_name_of_the_axis(width):
    names = ["random weights, biases at zero", "all weights at one constant", "control: all random"]
    bars = [cases.series(n, [cases.text(n, n)], [1.0]) for n in names]
    drawn = cases.figure("bars", [b | {"label": b["x"][0]} for b in bars])
    found = cases.texts(cases.parse(draw(drawn, language="en", width=width)))
    assert cases.overlapping(found) == []
    lowest = max(found, key=lambda item: item[1][3])
    assert lowest[0] == "layer"
    written = " ".join(content for content, _ in found)
    assert "constant" in written
    assert "…" not in written


def test_bars_on_a_logarithmic_axis_are_dots():
    root = cases.parse(draw(KINDS["bars"] | {"y": cases.axis("比", "ratio", "log")}, language="en"))
    assert not [e for e in root.iter("rect") if "bar" in (e.get("class") or "")]
    assert len(list(root.iter("circle"))) == 3


def test_sealed_figures_show_axes_and_options_but_no_result():
    options = [{"slug": "a", "text": cases.text("约 1", "about 1")}]
    sealed = draw(KINDS["lines"], language="en", sealed=True, options=options)
    root = cases.parse(sealed)
    written = [content for content, _ in cases.texts(root)]
    assert "about 1?" in written
    assert "gradient (log axis)" in written
    assert 'class="you open"' in sealed
    for hidden in ('"line c', "band", "dot", "bound", "10<tspan", "2.5"):
        assert hidden not in sealed
    assert "sigmoid" not in sealed


def test_a_manifest_without_numbers_can_be_sealed():
    spec = {k: v for k, v in KINDS["bars"].items() if k not in ("bounds", "you")}
    spec["series"] = [{"label": s["label"], "role": s["role"]} for s in spec["series"]]
    assert cases.parse(draw(spec, language="zh", sealed=True)).get("role") == "img"
    assert cases.parse(thumb(spec, "zh", sealed=True)).get("role") == "img"


HOSTILE = '"><script>alert(1)</script>\x00\x1f<b>&\ufffe'


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_is_escaped(kind):
    own = dict(KINDS[kind])
    bad = cases.text(HOSTILE, HOSTILE)
    own |= {"title": bad, "caption": bad, "x": {"label": bad}, "y": {"label": bad, "unit": HOSTILE}}
    own["series"] = [s | {"label": bad} for s in own["series"]]
    own["bounds"] = [{"value": 0.3, "label": bad}]
    drawn = figure(own, "en", you={"value": 0.2, "text": bad}, title_id='x" onload="y')
    assert "<script" not in drawn
    assert 'onload="' not in drawn
    for part in re.findall(
        r"<svg class=\"fig.*?</svg>(?=<svg class=\"fig|<figcaption)", drawn, re.S
    ):
        cases.parse(part)


def test_a_figure_has_two_drawings_a_caption_and_what_the_caller_adds():
    drawn = figure(KINDS["lines"], "en", after='<div class="twins"></div>')
    root = cases.parse(drawn)
    assert [e.get("class") for e in root.findall("svg")] == ["fig w", "fig n"]
    assert root.find("figcaption") is not None
    assert drawn.endswith('<div class="twins"></div></figure>')


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_plates_are_small_and_their_texts_apart(kind, language):
    root = cases.parse(thumb(KINDS[kind], language))
    assert root.get("viewBox") == "0 0 336 150"
    for content, (left, top, right, bottom) in cases.texts(root):
        assert left >= -1, content
        assert right <= 337, content
        assert top >= -1, content
        assert bottom <= 151, content
