r"""Stretches of a text from a beginning to the next end, replaced in one pass.

An expression such as `<i>.*?</i>` looks for an end from every beginning, which takes time with
the square of the length of a text of beginnings alone. Here each end is looked for once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def replaced(
    text: str,
    begin: re.Pattern[str],
    ends: Mapping[str, re.Pattern[str]] | re.Pattern[str],
    by: Callable[[re.Match[str], str], str],
    longest: int | None = None,
) -> str:
    """The text with `by(beginning, inner)` for each stretch whose inside is no longer than
    `longest`. `ends` has an end for what the first group of a beginning says in small letters,
    or is the one end of all."""
    out: list[str] = []
    next_ends: dict[str, re.Match[str] | None] = {}
    kept = at = 0
    while opening := begin.search(text, at):
        at = opening.end()
        kind = "" if isinstance(ends, re.Pattern) else opening[1].lower()
        known = next_ends.get(kind)
        if kind not in next_ends or (known and known.start() < at):
            end = ends if isinstance(ends, re.Pattern) else ends[kind]
            known = next_ends[kind] = end.search(text, at)
        if known and (longest is None or known.start() - at <= longest):
            out += text[kept : opening.start()], by(opening, text[at : known.start()])
            kept = at = known.end()
    return "".join([*out, text[kept:]])
