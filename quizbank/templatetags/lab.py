"""What only the lab draws: plates, tapes, and an experiment's source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from demos.figures import numbers, svg, tape, thumb
from quizbank.templatetags.evidence import number_and_interval
from quizbank.views.run_data import RunView
from quizbank.wording import language, say

register = template.Library()
# Everything these functions return is escaped where it is made.


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308


@register.simple_tag
def plate(plate: Any) -> SafeString:
    """The small drawing of a plate; sealed, its axes and what may be guessed."""
    options = plate.options if plate.sealed else ()
    return _safe(thumb.thumb(plate.figure, language(), sealed=plate.sealed, options=options))


@register.simple_tag
def gallery_tape(done: int, total: int) -> SafeString:
    """One tick an experiment; those already opened stand tall."""
    return _safe(tape.tape([1] * done, total=total, language=language()))


@register.simple_tag
def run_tape(view: RunView) -> SafeString:
    """The tape of a run that goes on, as far as it is."""
    drawn = tape.tape(view.ticks, looks=view.looks, total=view.total, language=language())
    return _safe(drawn)


@register.simple_tag
def blank_tape(view: RunView, total: int) -> SafeString:
    """A tape of `total` seeds before its first, for a script to fill in."""
    looks = [n for n in view.followed["looks"] if n <= total]
    return _safe(tape.tape([], looks=looks, done=0, total=total, language=language()))


@register.simple_tag
def specimen_tape() -> SafeString:
    """A tape that explains itself: 41 seeds of 64, two of them against."""
    ticks: list[int | None] = [0 if seed in (11, 30) else 1 for seed in range(41)]
    return _safe(tape.tape(ticks, looks=(64,), total=64, language=language()))


@register.simple_tag
def lab_figure(drawn: Mapping[str, Any]) -> SafeString:
    """The figure at the width of the lab's right column."""
    return _safe(svg.figure(drawn, language(), width=736))


@register.simple_tag
def lab_sealed(
    drawn: Mapping[str, Any], options: Sequence[Mapping[str, Any]], title: str = ""
) -> SafeString:
    """Axes and options at that width; results wait for a guess."""
    bare = {**drawn, "caption": None}
    return _safe(svg.figure(bare, language(), width=736, sealed=True, options=options))


@register.simple_tag
def run_found(prediction: Mapping[str, Any]) -> SafeString:
    """The sentence with the number that a prediction was about."""
    return say("run.found", number=number_and_interval(prediction))


@register.simple_tag
def control_says(finding: Mapping[str, Any]) -> SafeString:
    """control 0.83 · 0 of 64: what the arm without the cause gave."""
    facts = []
    if finding.get("control_median") is not None:
        facts.append(numbers.number(finding["control_median"]))
    if finding.get("control_n"):
        facts.append(numbers.of(finding["control_inside"], finding["control_n"], language()))
    if not facts:
        return _safe("")
    said = numbers.html(("，" if language() == "zh" else ", ").join(facts))
    return say("lab.control", said=_safe(said))


@register.filter
def short_hash(code: str) -> str:
    return code[:7]
