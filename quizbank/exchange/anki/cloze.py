"""Gaps in a text: `{{c1::answer::hint}}`, also one inside another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MARK = re.compile(r"\{\{c([0-9,]{1,50})::|\}\}")


@dataclass
class _Gap:
    numbers: tuple[str, ...] = ()
    parts: list[str] = field(default_factory=list)


def question(text: str, number: int) -> str:
    """The text with that gap open and every other filled; "" where it has no such gap."""
    return _filled(text, str(number), hide=True)


def answer(text: str, number: int) -> str:
    """The text with every gap filled, that one in bold; "" where it has no such gap."""
    return _filled(text, str(number), hide=False)


def _filled(text: str, number: str, *, hide: bool) -> str:
    gaps = [_Gap()]
    found = False
    at = 0
    for mark in MARK.finditer(text):
        gaps[-1].parts.append(text[at : mark.start()])
        at = mark.end()
        if mark[1]:
            gaps.append(_Gap(tuple(mark[1].split(","))))
            found = found or number in gaps[-1].numbers
        elif len(gaps) > 1:
            gap = gaps.pop()
            gaps[-1].parts.append(_shown("".join(gap.parts), number in gap.numbers, hide))
        else:
            gaps[-1].parts.append(mark[0])
    rest = text[at:]
    while len(gaps) > 1:  # a gap that is never closed is no gap
        gap = gaps.pop()
        gaps[-1].parts.append(f"{{{{c{','.join(gap.numbers)}::" + "".join(gap.parts))
    return "".join([*gaps[0].parts, rest]) if found else ""


def _shown(inner: str, mine: bool, hide: bool) -> str:
    said, _, hint = inner.partition("::")
    if not mine:
        return said
    return f"<b>[{hint or '...'}]</b>" if hide else f"<b>{said}</b>"
