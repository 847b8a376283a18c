"""Tapes, rulers, intervals and stamps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demos.figures.intervals import intervals
from demos.figures.ruler import choices, distance, ruler
from demos.figures.stamp import large, sealed, stamp, trap_verdict
from demos.figures.svg import draw
from demos.figures.tape import session, tape
from demos.figures.thumb import thumb
from tests.demos import figures_cases as cases

LOOK = Path(__file__).parents[2] / "quizbank/static/quizbank/look.css"
OPTIONS = [
    {"slug": "none", "text": cases.text("一点没动", "not at all")},
    {"slug": "much", "text": cases.text("超过 0.1", "more than 0.1")},
]
FINDING = {
    "metric": "zero.moved",
    "median": 0.24,
    "median_low": 0.2,
    "median_high": 0.3,
    "control_median": 5e-17,
    "clauses": [{"metric": "zero.moved", "above": 0.05, "below": None, "guard": False}],
}


def wide(figure):
    return cases.parse(figure).findall("svg")[0]


def moves(root, kind):
    return sum(e.get("d", "").count("M") for e in root.iter("path") if e.get("class") == kind)


def test_a_tape_has_one_tick_a_seed():
    root = wide(tape([1] * 38 + [0, 0, None], looks=(64, 128), total=64, language="en"))
    assert (moves(root, "for"), moves(root, "against"), moves(root, "doubt")) == (38, 2, 1)
    assert moves(root, "todo") == 23
    assert root.get("aria-label") == "38 seeds for, 2 against, 1 too close to call, 23 to come"
    written = [content for content, _ in cases.texts(root)]
    assert written == ["41", "64, first look"]


@pytest.mark.parametrize("total", [1, 64, 100, 256, 1024, 3000])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_seed_of_a_long_tape_is_there_and_words_stand_apart(total, language):
    drawn = tape([1] * (total // 3), looks=(64, 128, total), total=total, language=language)
    for root in cases.parse(drawn).findall("svg"):
        assert moves(root, "for") + moves(root, "todo") == total
        assert cases.overlapping(cases.texts(root)) == []
        size = float(root.get("viewBox", "").split()[2])
        assert all(box[0] >= -1 and box[2] <= size + 1 for _, box in cases.texts(root))


def test_a_session_is_a_small_tape_of_cards():
    root = cases.parse(session([1, 0, 1], total=10, language="zh"))
    assert (moves(root, "for"), moves(root, "against"), moves(root, "todo")) == (2, 1, 7)
    assert root.get("aria-label") == "共 10 张，做了 3 张，忘了 1 张"


@pytest.mark.parametrize(
    ("said", "measured", "log", "en", "zh"),
    [
        (1e-3, 5.8e-19, True, "15 orders of magnitude apart", "差 15 个数量级"),
        (1.0, 12.0, True, "1 order of magnitude apart", "差 1 个数量级"),
        (1.0, 2.0, True, "a factor 2.0 apart", "差 2.0 倍"),
        (0.5, 0.35, False, "0.15 apart", "差 0.15"),
        (0.5, 0.5, False, "exactly as you said", "和你押的一样"),
    ],
)
def test_the_distance_in_words(said, measured, log, en, zh):
    assert distance(said, measured, log, "en") == en
    assert distance(said, measured, log, "zh") == zh


def test_the_ruler_is_logarithmic_where_the_numbers_are_orders_apart():
    root = wide(ruler(said=1e-3, measured=5.8e-19, language="en"))
    written = [content for content, _ in cases.texts(root)]
    assert "10−20" in written
    assert "15 orders of magnitude apart" in written
    assert root.get("aria-label") == (
        "You said 0.0010, measured 5.8×10⁻¹⁹, 15 orders of magnitude apart"
    )
    assert any(e.get("class") == "you" for e in root.iter("path"))


@given(
    said=st.none() | st.floats(-1e300, 1e300),
    measured=st.none() | st.floats(-1e300, 1e300),
    log=st.sampled_from([None, True, False]),
)
def test_any_two_numbers_fit_on_a_ruler(said, measured, log):
    drawn = ruler(said=said, measured=measured, language="en", log=log)
    for root in cases.parse(drawn).findall("svg"):
        size = float(root.get("viewBox", "").split()[2])
        for circle in root.iter("circle"):
            assert 0 <= float(circle.get("cx", "-1")) <= size
        assert "nan" not in drawn
        assert cases.overlapping(cases.texts(root)) == []


def test_worded_options_lie_on_the_same_ruler():
    root = wide(choices(OPTIONS, chosen="much", right="none", language="en"))
    assert root.get("aria-label") == "You said more than 0.1, measured not at all"
    written = [content for content, _ in cases.texts(root)]
    assert {"not at all", "more than 0.1", "you", "measured"} <= set(written)
    drawn = choices(OPTIONS, chosen=None, right=None, language="zh")
    assert "你没有押" in drawn


def test_long_options_are_written_out_on_the_ruler():
    texts = ("within tenfold", "10 to 10 000 times smaller", "over 10 000 times smaller")
    options = [{"slug": t, "text": {"zh": t, "en": t}} for t in texts]
    drawn = choices(options, chosen=texts[0], right=texts[2], language="en")
    for drawing in cases.parse(drawn).findall("svg"):
        written = " ".join(content for content, _ in cases.texts(drawing))
        assert "…" not in written
        assert cases.overlapping(cases.texts(drawing)) == []


def test_an_interval_shows_region_dot_whisker_and_hollow_control():
    root = wide(intervals(FINDING, "en"))
    classes = [e.get("class") for e in root.iter()]
    for part in ("region", "bound", "whisker", "dot fi", "dot hollow"):
        assert part in classes
    written = [content for content, _ in cases.texts(root)]
    assert "claim: > 0.05" in written
    assert root.get("aria-label", "").startswith("0.24 [0.20, 0.30]")
    assert intervals(FINDING | {"median": None}, "en") == ""


@pytest.mark.parametrize(
    ("verdict", "zh", "en"),
    [
        ("confirmed", "证实", "Confirmed"),
        ("refuted", "证伪", "Refuted"),
        ("inconclusive", "未决", "Inconclusive"),
        ("invalid", "无效", "Invalid"),
    ],
)
def test_a_stamp_has_its_glyph_and_its_word(verdict, zh, en):
    for language, word in (("zh", zh), ("en", en)):
        small, big = stamp(verdict, language, count=3), large(verdict, "64 / 64", language)
        assert f'data-verdict="{verdict}"' in small
        assert f"{word}\u00a03" in small
        assert f"<b>{word}</b><small>64 / 64</small>" in big
        assert "<path" in small
    assert "landing" in large(verdict, "", "zh", landing=True)


def test_without_a_verdict_the_place_is_empty_and_shown_is_a_plain_word():
    assert sealed("zh") == '<span class="stamp" data-verdict="sealed">先预测，后盖章</span>'
    for verdict in (None, "", "preview", "<x>"):
        assert stamp(verdict, "en") == sealed("en")
    assert stamp("shown", "zh") == '<span class="shown">展示</span>'
    assert "<b>" not in sealed("en", "<b>")
    assert "<i>" not in large("refuted", "<i>", "en")


def test_a_trap_bears_the_verdict_on_itself():
    assert trap_verdict("confirmed") == "refuted"
    assert trap_verdict("refuted") == "confirmed"
    assert trap_verdict("inconclusive") == "inconclusive"
    assert trap_verdict(None) is None


def test_every_class_of_the_drawings_is_in_the_style_sheet():
    look = LOOK.read_text("utf-8")
    parts = [draw(f, language="en", you={"value": 0.4}) for f in cases.kinds().values()]
    parts += [thumb(f, "en", sealed=True, options=OPTIONS) for f in cases.kinds().values()]
    parts += [tape([1, 0, None], looks=(64,), language="en"), intervals(FINDING, "en")]
    parts += [ruler(said=1.0, measured=2.0, language="en"), stamp("shown", "en")]
    used = {
        name for part in parts for c in re.findall(r'class="([^"]+)"', part) for name in c.split()
    }
    # Plain markers: the text's own colour, the wide drawing, and text that needs no rule.
    missing = {n for n in used if not re.search(rf"\.{n}(?![\w-])", look)} - {"val", "strip"}
    assert missing == set()


def test_the_style_sheet_asks_no_other_host():
    look = LOOK.read_text("utf-8")
    assert "@import" not in look
    assert set(re.findall(r'url\("?([a-z]+:|/)', look)) <= {"data:"}
