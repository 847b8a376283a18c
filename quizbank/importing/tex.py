r"""TeX out of notes, repaired for display alone.

Notes lose what their editor took for its own: the `\\` between the rows of `cases`, stars that
meant italics, a numbered environment that only a whole page can hold.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from quizbank.content.formulas import FormulaError, mathml
from quizbank.content.script import IDEOGRAPH

EQUATION = re.compile(r"/equation\?(?:[^\s]*?&(?:amp;)?)?tex=([^\s&#]*)", re.IGNORECASE)
NUMBERED = re.compile(r"\\(?:begin|end)\s*\{(?:equation|displaymath|math)\*?\}")
ALIGNED = re.compile(r"\\(begin|end)\s*\{(?:align|eqnarray|gather)(?:ed)?\*?\}")
CASES = re.compile(r"(\\begin\s*\{cases\})(.*?)(\\end\s*\{cases\})", re.DOTALL)
STARS = re.compile(r"^(\s*)\*+|(?<![\^_{\\*])\*+(\s*)$")
WORDS = re.compile(rf"(?:{IDEOGRAPH.pattern}|[\u3000-\u303f\uff00-\uffef])+")
IN_TEXT = re.compile(r"\\(?:text|mbox|mathrm|textbf)\s*\{[^{}]*\}")


def from_address(address: str) -> str | None:
    """The TeX an equation image's address carries, or None for any other address."""
    match = EQUATION.search(address)
    return unquote_plus(match[1]).strip() if match else None


def shown(tex: str, *, block: bool = False) -> tuple[str, bool] | None:
    """MathML of the formula and whether it had to be repaired; None where nothing helps."""
    try:
        if not needs_repair(tex):
            return mathml(tex, block=block), False
    except FormulaError:
        pass
    mended = repaired(tex)
    try:
        return mathml(mended, block=block), mended != tex
    except FormulaError:
        return None


def repaired(tex: str) -> str:
    """The formula with what is known to go wrong set right; not always a valid one."""
    tex = NUMBERED.sub(" ", tex)
    tex = ALIGNED.sub(r"\\\1{aligned}", tex)
    tex = re.sub(r"\\tag\*?\s*\{[^{}]*\}|\\(?:nonumber|notag|label\s*\{[^{}]*\})", " ", tex)
    tex = CASES.sub(_rows, tex)
    tex = STARS.sub(lambda match: match[1] or match[2] or "", tex)
    tex = re.sub(r"(?:\\\\\s*)+$", "", tex.strip()).strip()
    tex = re.sub(r"(?<!\\)([%#])", r"\\\1", tex)
    return _worded(tex)


def needs_repair(tex: str) -> bool:
    """Whether a formula that can be set would still look wrong."""
    stars = STARS.sub(lambda match: match[1] or match[2] or "", tex)
    return stars != tex or CASES.sub(_rows, tex) != tex


def _rows(match: re.Match[str]) -> str:
    r"""Rows of `cases` apart again: where a lone backslash, or nothing, stands between them."""
    inner = match[2]
    if r"\\" not in inner and inner.count("&") > 1:
        inner = re.sub(r"\\(?=\s)", r"\\\\", inner)
    return match[1] + inner + match[3]


def _worded(tex: str) -> str:
    """Chinese words as text, wherever they are not already."""
    pieces, end = [], 0
    for known in IN_TEXT.finditer(tex):
        pieces += [_as_text(tex[end : known.start()]), known[0]]
        end = known.end()
    return "".join([*pieces, _as_text(tex[end:])])


def _as_text(tex: str) -> str:
    return WORDS.sub(lambda match: rf"\text{{{match[0]}}}", tex)
