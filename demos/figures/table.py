"""The drawn numbers as a table and as CSV: what the picture shows, to be read or reckoned with."""

from __future__ import annotations

import csv as _csv
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from demos.figures import numbers, plot
from demos.figures.markup import clean, words
from demos.figures.numbers import Language
from demos.figures.plot import Plot, Series
from demos.figures.stamp import WORDS as VERDICTS

Cell = str | float | int | None
BOM = "\ufeff"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

_HEADS = {
    "series": {"zh": "曲线", "en": "series"},
    "low": {"zh": "2.5\u00a0% 分位", "en": "2.5th percentile"},
    "high": {"zh": "97.5\u00a0% 分位", "en": "97.5th percentile"},
    "from": {"zh": "从", "en": "from"},
    "to": {"zh": "到", "en": "to"},
    "density": {"zh": "密度", "en": "density"},
    "row": {"zh": "行", "en": "row"},
    "column": {"zh": "列", "en": "column"},
    "claim": {"zh": "结论", "en": "claim"},
    "verdict": {"zh": "判定", "en": "verdict"},
    "n": {"zh": "种子数", "en": "seeds"},
    "inside": {"zh": "成立", "en": "hold"},
    "outside": {"zh": "不成立", "en": "do not hold"},
    "doubtful": {"zh": "分不清", "en": "too close to call"},
    "share_low": {"zh": "比例下限", "en": "share, low end"},
    "share_high": {"zh": "比例上限", "en": "share, high end"},
    "median": {"zh": "中位数", "en": "median"},
    "median_low": {"zh": "中位数下限", "en": "median, low end"},
    "median_high": {"zh": "中位数上限", "en": "median, high end"},
    "control_inside": {"zh": "对照成立", "en": "control: hold"},
    "control_n": {"zh": "对照种子数", "en": "control: seeds"},
    "control_median": {"zh": "对照中位数", "en": "control: median"},
}
_COUNTS = {"n", "inside", "outside", "doubtful", "control_inside", "control_n"}


def table(drawn: Mapping[str, Any], language: Language) -> str:
    """The figure's numbers as an HTML table with a caption and scopes."""
    read = plot.read(drawn, language, None, most=None)
    head, rows = _content(read)
    return _markup(read.title, head, rows)


def csv(drawn: Mapping[str, Any], language: Language) -> str:
    """The same rows as CSV with a byte order mark; numbers are written in full."""
    return _written(*_content(plot.read(drawn, language, None, most=None)))


def findings_table(
    findings: Sequence[Mapping[str, Any]],
    claims: Iterable[Mapping[str, Any]],
    language: Language,
) -> str:
    """One row per claim: verdict, counts, intervals, control."""
    caption = "Claim by claim" if language == "en" else "逐条判定"
    return _markup(
        caption, *_findings(findings, claims, language), counts=_COUNTS, language=language
    )


def findings_csv(
    findings: Sequence[Mapping[str, Any]],
    claims: Iterable[Mapping[str, Any]],
    language: Language,
) -> str:
    """One row per claim as CSV with a byte order mark."""
    return _written(*_findings(findings, claims, language))


def _content(read: Plot) -> tuple[list[str], list[list[Cell]]]:
    language = read.language
    x, y = read.x.name or "x", read.y.name or "y"
    head = {name: text[language] for name, text in _HEADS.items()}
    if read.kind == "heatmap":
        return [head["series"], head["row"], head["column"], y], list(_cells(read.series))
    if read.kind == "histogram":
        names = [head["series"], f"{x}: {head['from']}", f"{x}: {head['to']}", head["density"]]
        return names, list(_bins(read.series))
    if read.kind == "scatter":
        return [head["series"], x, y], [row[:3] for row in _points(read.series)]
    return [head["series"], x, y, head["low"], head["high"]], list(_points(read.series))


def _points(series: Iterable[Series]) -> Iterable[list[Cell]]:
    for s in series:
        for x, y, low, high in zip(s.x, s.y, s.low, s.high, strict=False):
            yield [s.label, x, y, low, high]


def _bins(series: Iterable[Series]) -> Iterable[list[Cell]]:
    for s in series:
        for low, high, tall in zip(s.x, s.x[1:], s.y, strict=False):
            yield [s.label, low, high, tall]


def _cells(series: Iterable[Series]) -> Iterable[list[Cell]]:
    for s in series:
        for i, row in enumerate(s.rows):
            for j, value in enumerate(row):
                yield [s.label, i, s.x[j] if j < len(s.x) else float(j), value]


def _findings(
    findings: Sequence[Mapping[str, Any]],
    claims: Iterable[Mapping[str, Any]],
    language: Language,
) -> tuple[list[str], list[list[Cell]]]:
    texts = {claim.get("slug"): words(claim.get("text"), language) for claim in claims}
    fields = [*("n", "inside", "outside", "doubtful", "low", "high", "median", "median_low")]
    fields += ["median_high", "control_inside", "control_n", "control_median"]
    keys = {"low": "share_low", "high": "share_high"}
    head = [_HEADS[name][language] for name in ("claim", "verdict")]
    head += [_HEADS[keys.get(name, name)][language] for name in fields]
    rows: list[list[Cell]] = []
    for finding in findings:
        slug, verdict = str(finding.get("claim")), str(finding.get("verdict"))
        said = VERDICTS.get(verdict, {}).get(language, verdict)
        rows.append([texts.get(slug, slug), said, *(finding.get(name) for name in fields)])
    return head, rows


def _markup(
    caption: str,
    head: list[str],
    rows: list[list[Cell]],
    counts: Iterable[str] = (),
    language: Language = "en",
) -> str:
    whole = {_HEADS[name][language] for name in counts}
    names = "".join(
        f'<th scope="col"{"" if i == 0 else _side(rows, i)}>{numbers.html(clean(name))}</th>'
        for i, name in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + "".join(_cell(value, i == 0, head[i] in whole) for i, value in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="numbers"><caption>{numbers.html(clean(caption))}</caption>'
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    )


def _side(rows: list[list[Cell]], column: int) -> str:
    """Numbers and their heads stand at the end of their column."""
    words_only = rows and all(isinstance(row[column], str) for row in rows)
    return "" if words_only else ' class="n"'


def _cell(value: Cell, first: bool, whole: bool) -> str:
    if isinstance(value, str):
        tag = 'th scope="row"' if first else "td"
        return f"<{tag}>{escape(clean(value))}</{tag[:2]}>"
    if value is None:
        return f'<td class="n">{numbers.NONE}</td>'
    said = numbers.count(int(value)) if whole or isinstance(value, int) else _short(value)
    return f'<td class="n">{numbers.html(said)}</td>'


def _short(value: float) -> str:
    """Whole numbers as they are, others to three digits."""
    if value.is_integer() and abs(value) < 1e5:
        return numbers.count(int(value))
    return numbers.number(value, 3)


def _written(head: list[str], rows: list[list[Cell]]) -> str:
    out = io.StringIO()
    writer = _csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(name) for name in head])
    writer.writerows([_safe(value) for value in row] for row in rows)
    return BOM + out.getvalue()


def _safe(value: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_DANGEROUS) else value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
