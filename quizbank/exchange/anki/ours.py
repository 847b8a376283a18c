"""The note type that our packages carry, and how a card of ours is known again.

Its id never changes, or Anki would take a later package for another type. A card is named by
its question's path: in every package, of whoever and in either language, it is the same note,
so a second import renews its words and leaves the schedule alone. The field Path says by what
name we know it, which for a question of one's own is its slug.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from quizbank.exchange.anki.templates import Template

KIND = "Proofdeck"
KIND_ID = 1_760_000_000_001
PRESET_ID = 1_760_000_000_002
PATH = "Path"
FIELDS = ("Question", "Answer", "Key points", "Traps", "Proof", PATH)
SECTIONS = FIELDS[2:5]
BACK = "{{FrontSide}}<hr id=answer>{{Answer}}" + "".join(
    f'{{{{#{name}}}}}<div class="part">{{{{{name}}}}}</div>{{{{/{name}}}}}' for name in SECTIONS
)
TEMPLATE = Template("{{Question}}", BACK)
STYLE = """.card { font: 18px/1.6 -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC",
  "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 42em; margin: 0 auto;
  text-align: left; }
.part { margin-top: 1em; padding-top: .6em; border-top: 1px solid #8886; }
.part h4 { margin: 0 0 .4em; font-size: 1em; }
.part img { max-width: 100%; background: #fff; border-radius: 4px; }
pre { white-space: pre-wrap; } table { border-collapse: collapse; }
td, th { border: 1px solid #8888; padding: .2em .6em; }
"""


def is_ours(name: str, fields: Sequence[str]) -> bool:
    """Anki adds signs to a name that is taken already; the fields decide."""
    return name.startswith(KIND) and tuple(fields[: len(FIELDS)]) == FIELDS


def guid(path: str) -> str:
    """The name of a card of ours in all of Anki."""
    return hashlib.sha256(f"proofdeck:{path}".encode()).hexdigest()[:20]


def number(name: str, taken: set[int], spread: int = 10**11) -> int:
    """An id by name, and the next free one where two names fall together.

    Anki's ids are milliseconds since 1970; these lie between 2017 and 2020.
    """
    digest = hashlib.sha256(name.encode()).digest()
    found = 1_500_000_000_000 + int.from_bytes(digest[:8], "big") % spread
    while found in taken:
        found += 1
    taken.add(found)
    return found


def note_type(deck: int, stamp: int) -> dict[str, Any]:
    """Our note type as collections of the older schema describe it."""
    return {
        "id": KIND_ID,
        "name": KIND,
        "type": 0,
        "mod": stamp,
        "usn": -1,
        "sortf": 0,
        "did": deck,
        "tmpls": [
            {
                "name": "Card 1",
                "ord": 0,
                "qfmt": TEMPLATE.front,
                "afmt": TEMPLATE.back,
                "bqfmt": "",
                "bafmt": "",
                "did": None,
                "bfont": "",
                "bsize": 0,
            }
        ],
        "flds": [
            {
                "name": name,
                "ord": place,
                "sticky": False,
                "rtl": False,
                "font": "Arial",
                "size": 20,
                "description": "",
                "plainText": name == PATH,
                "collapsed": name == PATH,
                "excludeFromSearch": False,
            }
            for place, name in enumerate(FIELDS)
        ],
        "css": STYLE,
        "latexPre": "",
        "latexPost": "",
        "latexsvg": False,
        "req": [[0, "any", [0]]],
    }
