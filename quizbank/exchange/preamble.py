"""Lines at the head of a table that say how to read it, as Anki writes them: `#separator:tab`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quizbank.exchange.sheets import Malformed

SPELT = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
HEAD = re.compile(
    r"#(separator|html|columns|notetype|deck|tags|(?:notetype|deck|tags|guid) column)"
    r":([^\r\n]*)(?:\r\n|\n|\r|$)"
)
NUMBER = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True)
class Said:
    """What lines at the head of a file say of it, and where they end."""

    separator: str = ""
    is_html: bool = False
    names: tuple[str, ...] = ()
    end: int = 0
    lines: int = 0


def said(text: str) -> Said:
    """What the head of a table says. Raises Malformed."""
    given: dict[str, str] = {}
    end = lines = 0
    while match := HEAD.match(text, end):
        given[match[1]] = match[2].strip()
        end, lines = match.end(), lines + 1
    spelt = given.get("separator", "")
    separator = SPELT.get(spelt.lower(), spelt)
    if separator and len(separator) != 1:
        raise Malformed(1, f"不认识分隔符 {spelt}。", f"the separator {spelt} is not known.")
    columns = given.get("columns", "")
    numbered = {
        int(number): name
        for name in ("tags", "deck", "guid", "notetype")
        if NUMBER.fullmatch(number := given.get(f"{name} column", "")) and int(number)
    }
    names = tuple(columns.split(separator)) if columns and separator else _placed(numbered)
    return Said(separator, given.get("html", "").lower() == "true", names, end, lines)


def _placed(numbered: dict[int, str]) -> tuple[str, ...]:
    """Names by place, front and back at the places that are left."""
    if not numbered:
        return ()
    left = iter(("front", "back"))
    places = range(1, max(*numbered, len(numbered) + 2) + 1)
    return tuple(numbered.get(place) or next(left, f"#{place}") for place in places)
