"""Tables and CSV say what the picture draws, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv as reader
import io

import pytest

from demos.figures import numbers
from demos.figures.table import csv, findings_csv, findings_table, table
from tests.demos import figures_cases as cases

KINDS = cases.kinds()
CLAIMS = [{"slug": "stuck", "text": cases.text("没有一个权重动过。", "Not one weight moves.")}]
FINDING = {
    "claim": "stuck",
    "verdict": "confirmed",
    "n": 12300,
    "inside": 12300,
    "outside": 0,
    "doubtful": 0,
    "low": 0.9988,
    "high": 1.0,
    "median": 5.8e-19,
    "median_low": 5.6e-19,
    "median_high": 5.9e-19,
    "control_inside": 0,
    "control_n": 64,
    "control_median": None,
}


def rows_of(text):
    assert text.startswith("\ufeff")
    return list(reader.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("kind", ["lines", "bars"])
def test_csv_holds_every_drawn_number_in_full(kind):
    head, *rows = rows_of(csv(KINDS[kind], "en"))
    expected = [
        (entry["label"]["en"], y, low, high)
        for entry in KINDS[kind]["series"]
        for y, low, high in zip(entry["y"], entry["low"], entry["high"], strict=True)
    ]
    assert head[0] == "series"
    found = [(row[0], float(row[2]), float(row[3]), float(row[4])) for row in rows]
    assert found == expected


def test_histograms_scatters_and_matrices_have_their_own_columns():
    head, *rows = rows_of(csv(KINDS["histogram"], "en"))
    assert head == ["series", "layer: from", "layer: to", "density"]
    assert len(rows) == 80
    head, *rows = rows_of(csv(KINDS["scatter"], "zh"))
    assert head == ["曲线", "层", "梯度 ÷ 最后一层"]
    assert len(rows) == 300
    head, *rows = rows_of(csv(KINDS["heatmap"], "en"))
    assert rows[17] == ["masked", "1", "1", "1"]
    assert len(rows) == 256


def test_the_table_has_a_caption_scopes_and_the_same_numbers():
    root = cases.parse(table(KINDS["lines"], "en"))
    assert root.findtext("caption") == "Size of the gradient"
    assert [th.get("scope") for th in root.findall("thead/tr/th")] == ["col"] * 5
    rows = root.findall("tbody/tr")
    assert len(rows) == 150
    first = ["".join(cell.itertext()) for cell in rows[29]]
    y = KINDS["lines"]["series"][0]["y"][29]
    shown = numbers.number(y, 3).partition("×10")[0]
    assert rows[29][0].get("scope") == "row"
    assert first[0] == "sigmoid"
    assert first[1] == "30"
    assert first[2].startswith(shown)


def test_all_series_are_listed_even_where_the_picture_shows_fewer():
    many = cases.figure("lines", [cases.series(f"s{k}", [1.0], [2.0]) for k in range(20)])
    assert len(rows_of(csv(many, "en"))) == 21


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    bad = f'{start}HYPERLINK("x")'
    drawn = cases.figure("bars", [cases.series("a", [bad], [-3.5])])
    drawn["series"][0]["label"] = {"zh": bad, "en": bad}
    drawn["y"]["label"] = {"zh": bad, "en": bad}
    head, row = rows_of(csv(drawn, "en"))
    assert row[0] == row[1] == head[2] == f"'{bad}"
    assert float(row[2]) == -3.5


def test_missing_numbers_are_empty_in_csv_and_a_dash_in_the_table():
    gap = cases.figure("lines", [cases.series("a", [1.0, 2.0], [None, 3.0])])
    assert rows_of(csv(gap, "en"))[1] == ["a", "1", "", "", ""]
    assert f'<td class="n">{numbers.NONE}</td>' in table(gap, "en")


def test_findings_in_both_languages():
    said = findings_table([FINDING], CLAIMS, "zh")
    assert "没有一个权重动过。" in said
    assert "证实" in said
    assert "5.80×10<sup>−19</sup>" in said
    assert "12\u202f300" in said
    head, row = rows_of(findings_csv([FINDING], CLAIMS, "en"))
    named = dict(zip(head, row, strict=True))
    assert named["claim"] == "Not one weight moves."
    assert named["verdict"] == "Confirmed"
    assert float(named["median"]) == 5.8e-19
    assert named["seeds"] == "12300"
    assert named["control: median"] == ""


def test_markup_in_texts_is_escaped():
    bad = "<img src=x onerror=1>"
    drawn = cases.figure("bars", [cases.series(bad, [bad], [1.0])], title={"zh": bad, "en": bad})
    assert "<img" not in table(drawn, "en")
    assert "<img" not in findings_table([FINDING | {"claim": bad}], [], "en")
