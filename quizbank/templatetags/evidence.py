"""What was measured, drawn: stamps, figures, rulers, tables and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from demos.figures import numbers, ruler, svg, table, tape
from demos.figures import stamp as stamps_of
from quizbank.wording import language, say

register = template.Library()
# Everything these functions return is escaped where it is made.


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308


@register.simple_tag
def stamp(verdict: str | None, count: int | None = None) -> SafeString:
    return _safe(stamps_of.stamp(verdict, language(), count=count))


@register.simple_tag
def trap_stamp(verdict: str | None) -> SafeString:
    """The stamp on a trap, given the verdict on the claim that refutes it."""
    return _safe(stamps_of.stamp(stamps_of.trap_verdict(verdict), language()))


@register.simple_tag
def large_stamp(found: Mapping[str, Any] | None, landing: bool = False) -> SafeString:
    """The large stamp on a claim."""
    return _large(found["verdict"] if found else None, found, landing)


@register.simple_tag
def large_trap_stamp(found: Mapping[str, Any] | None, landing: bool = False) -> SafeString:
    """The large stamp on a trap, given the finding of the claim that refutes it."""
    return _large(stamps_of.trap_verdict(found["verdict"]) if found else None, found, landing)


def _large(verdict: str | None, found: Mapping[str, Any] | None, landing: bool) -> SafeString:
    counted = ""
    if found and found.get("inside") is not None:
        counted = say("proof.stamped", counts=numbers.of(found["inside"], found["n"], language()))
    return _safe(stamps_of.large(verdict, counted, language(), landing=landing))


@register.simple_tag
def stamps(counts: Mapping[str, int]) -> SafeString:
    """Small stamps with their counts, or the empty place of one."""
    if not counts:
        return _safe(stamps_of.sealed(language(), say("proof.waits")))
    drawn = [stamps_of.stamp(v, language(), count=n if n > 1 else None) for v, n in counts.items()]
    return _safe(" ".join(drawn))


@register.simple_tag
def sealed_stamp(words: str | None = None) -> SafeString:
    return _safe(stamps_of.sealed(language(), words))


@register.simple_tag
def figure(drawn: Mapping[str, Any], after: str = "") -> SafeString:
    return _safe(svg.figure(drawn, language(), after=after))


@register.simple_tag
def sealed_figure(drawn: Mapping[str, Any], options: Sequence[Mapping[str, Any]]) -> SafeString:
    """Axes without results; what they wait for is said beside them."""
    bare = {**drawn, "caption": None}
    return _safe(svg.figure(bare, language(), sealed=True, options=options))


@register.simple_tag
def choices(
    options: Sequence[Mapping[str, Any]], chosen: str | None, right: str | None
) -> SafeString:
    return _safe(ruler.choices(options, chosen=chosen, right=right, language=language()))


@register.simple_tag
def figure_table(drawn: Mapping[str, Any]) -> SafeString:
    return _safe(table.table(drawn, language()))


@register.simple_tag
def session_tape(ticks: Sequence[int | None], total: int) -> SafeString:
    return _safe(tape.session(ticks, total=total, language=language()))


@register.simple_tag
def counted(data: Mapping[str, Any]) -> SafeString:
    """64 of 64 · 0.16 [0.15, 0.16]: both counts, then the number the claim is about."""
    facts = []
    if data.get("inside") is not None:
        facts.append(numbers.of(data["inside"], data["n"], language()))
    if data.get("median") is not None:
        low, high = data.get("median_low"), data.get("median_high")
        facts.append(numbers.measured(data["median"], low, high))
    dot = '<i class="sep"></i>' if language() == "zh" else " · "
    return _safe(dot.join(numbers.html(fact) for fact in facts))


@register.simple_tag
def measured(
    value: float | None, low: float | None = None, high: float | None = None
) -> SafeString:
    return _safe(numbers.html(numbers.measured(value, low, high)))


@register.filter
def number(value: float | None) -> SafeString:
    return _safe(numbers.html(numbers.number(value)))


@register.filter
def percent(share: float) -> SafeString:
    return _safe(numbers.html(numbers.percent(share)))


@register.filter
def seeds(n: int) -> SafeString:
    return _safe(numbers.html(numbers.seeds(n, language())))


@register.filter
def seconds(value: float) -> SafeString:
    return _safe(numbers.html(numbers.seconds(value)))


@register.simple_tag
def needs(claim: Mapping[str, Any]) -> SafeString:
    """What was required of the runs, without its full stop: it ends up inside a sentence."""
    said = claim["needs"][language()].rstrip("。.")
    return say("proof.decided_words", needs=_safe(numbers.html(said)))


def number_and_interval(prediction: Mapping[str, Any]) -> SafeString:
    """The number set large with its interval beside it, both to the same power of ten."""
    value, low, high = (prediction[name] for name in ("median", "low", "high"))
    if low is None or high is None or low == high:
        return _safe(f'<span class="big">{numbers.html(numbers.number(value))}</span>')
    big, _, span = numbers.measured(value, low, high).partition(" ")
    return _safe(
        f'<span class="big">{numbers.html(big)}</span>'
        f' <span class="num quiet">{numbers.html(span)}</span>'
    )


@register.simple_tag
def found(prediction: Mapping[str, Any]) -> SafeString:
    """The sentence with the number that a prediction was about."""
    return say("proof.found", number=number_and_interval(prediction))


@register.simple_tag
def control(found: Mapping[str, Any]) -> SafeString:
    """What the claim's own region says of the arm without the cause."""
    said = say("proof.control_found", inside=found["control_inside"], n=found["control_n"])
    if found.get("control_median") is None:
        return said
    median = _safe(numbers.html(numbers.number(found["control_median"])))
    return say("proof.control_both", held=said, number=median)


@register.filter
def demo_title(demo: Any) -> str:
    return str(demo.title_zh if language() == "zh" else demo.title_en)
