"""TeX to MathML, and TeX to a line of text.

latex2mathml passes the contents of `\\text` through unescaped, turns unknown macros into their
own names and closes missing braces without a word. So the source is checked first, the tree is
written out by ElementTree (which escapes), and what comes out is still not to be trusted before
`rendering` has sanitised it.
"""

from __future__ import annotations

import html
import re
import unicodedata
import xml.etree.ElementTree as ET
from itertools import pairwise

from latex2mathml.converter import convert_to_element
from latex2mathml.symbols_parser import convert_symbol

LONGEST = 2000
DEEPEST = 25
FORBIDDEN = (
    *("href", "style", "class", "id", "cssId", "url", "color", "colorbox", "fcolorbox"),
    *("def", "let", "newcommand", "renewcommand", "providecommand", "newenvironment"),
)
ENVIRONMENTS = (
    *("matrix", "pmatrix", "bmatrix", "vmatrix", "Vmatrix", "smallmatrix"),
    *("cases", "aligned", "array", "split"),
)
UPRIGHT = re.compile(r"\\(?:mathrm|operatorname\*?)\s*\{([A-Za-z](?:[A-Za-z ]|\\[,;:! ])*)\}")
CHILDREN = {
    **dict.fromkeys(("mfrac", "mroot", "msub", "msup", "munder", "mover"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
STYLES = re.compile(
    r"\\(?:text|boldsymbol|math[a-z]+|(?:wide)?(?:hat|tilde)|(?:over|under)[a-z]+|bar|vec|d?dot)"
    r"(?![A-Za-z])"
)
SIGNS = tuple("+−±∓")
CLOSING = tuple(")]}|‖⟩!⌋⌉")
MACRO = re.compile(r"\\([A-Za-z]+\*?)")


class FormulaError(ValueError):
    """A formula that cannot be shown; the message says what is wrong with it."""


def mathml(tex: str, *, block: bool = False) -> str:
    """MathML of a formula, with the TeX as its alternative text.

    Raises:
        FormulaError: the formula is malformed, too long, too deep or uses what is not known.
    """
    _check_source(tex)
    try:
        root = convert_to_element(_dialect(tex), display="block" if block else "inline")
    except Exception as error:  # the converter raises whatever its parser stumbles over
        raise FormulaError(f"it cannot be read ({type(error).__name__})") from error
    root.set("alttext", tex.strip())
    for element in root.iter():
        element.text = html.unescape(element.text) if element.text else None
        _check_element(element)
        _embolden(element)
    _space_functions(root)
    _bind_signs(root)
    return ET.tostring(root, encoding="unicode")


def as_text(tex: str) -> str:
    """A formula in one line of plain text, for search and summaries: `\\frac{1}{n}` is 1/n."""
    text = re.sub(r"\\(?:begin|end)\s*\{[a-z]+\}|\\[{}]|&", " ", tex)
    text = re.sub(r"\\(?:left|right|[bB]ig+[lr]?)(?![A-Za-z])", " ", _dialect(text))
    text = re.sub(r"\\[dt]?(?:frac|binom)\s*(\w)\s*(\w)", r"\1/\2", STYLES.sub("", text))
    for _ in range(DEEPEST):
        before = text
        text = re.sub(r"\\[dt]?(?:frac|binom)\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", text)
        text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"√(\1)", text)
        text = re.sub(r"([_^])\s*\{([^{}]*)\}", r"\1\2", text)
        text = re.sub(r"(?<![A-Za-z}\s])\s*\{([^{}]*)\}", r"\1", text)
        if text == before:
            break
    text = MACRO.sub(_symbol, text)
    text = re.sub(r"\\.|[{}~\\]", " ", text)
    return " ".join(re.sub(r"\s*([_^/])\s*", r"\1", text).split())


def _symbol(match: re.Match[str]) -> str:
    code = convert_symbol(match[0])
    return chr(int(code, 16)) if code else f" {match[1]} "


def _check_source(tex: str) -> None:
    if not tex.strip():
        raise FormulaError("it is empty")
    if len(tex) > LONGEST:
        raise FormulaError(f"it has {len(tex)} characters, more than {LONGEST}")
    bare = re.sub(r"\\.", "  ", tex, flags=re.DOTALL)
    if "%" in bare or "#" in bare:
        raise FormulaError("it holds a bare % or #; write \\% or \\#")
    depth = deepest = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
        if depth < 0:
            raise FormulaError("it closes a brace that was never opened")
    if depth:
        raise FormulaError("it leaves a brace open")
    if deepest > DEEPEST or tex.count("\\left") > DEEPEST or tex.count("\\begin") > DEEPEST:
        raise FormulaError(f"it nests deeper than {DEEPEST} levels")
    if len(re.findall(r"\\left(?![A-Za-z])", tex)) != len(re.findall(r"\\right(?![A-Za-z])", tex)):
        raise FormulaError("its \\left and \\right do not pair")
    _check_names(tex)


def _check_names(tex: str) -> None:
    for name in MACRO.findall(tex):
        if name in FORBIDDEN:
            raise FormulaError(f"\\{name} is not allowed")
    opened = re.findall(r"\\begin\s*\{([^}]*)\}", tex)
    if sorted(opened) != sorted(re.findall(r"\\end\s*\{([^}]*)\}", tex)):
        raise FormulaError("its \\begin and \\end do not pair")
    for name in opened:
        if name not in ENVIRONMENTS:
            raise FormulaError(f"the environment {name} is not one of {', '.join(ENVIRONMENTS)}")


def _check_element(element: ET.Element) -> None:
    text = element.text or ""
    if "\\" in text:
        raise FormulaError(f"{text} is not known")
    if text == "&" and element.tag == "mi":
        raise FormulaError("an & stands outside a table")
    if len(element) != CHILDREN.get(element.tag, len(element)):
        raise FormulaError("a macro lacks an argument")


def _embolden(element: ET.Element) -> None:
    """Bold letters by their own characters: browsers know no `mathvariant` but normal."""
    style = element.get("mathvariant", "")
    if not style.startswith("bold") or not element.text:
        return
    italic = " ITALIC" if "italic" in style else ""
    name = unicodedata.name(element.text, "") if len(element.text) == 1 else ""
    try:
        element.text = unicodedata.lookup(
            f"MATHEMATICAL BOLD{italic} " + re.sub(r"GREEK |LATIN |LETTER ", "", name)
        )
        del element.attrib["mathvariant"]
    except KeyError:
        return


def _dialect(tex: str) -> str:
    """What the converter knows by another name, and words that it would set letter by letter."""

    def words(match: re.Match[str]) -> str:
        return "\\text{" + re.sub(r"\\.", " ", match[1]) + "}"

    return UPRIGHT.sub(words, tex).replace("{aligned}", "{align*}").replace("\\!", "")


def _space_functions(root: ET.Element) -> None:
    """A thin space between a function's name and a bare argument: browsers set none in `log x`."""
    for parent in list(root.iter()):
        if parent.tag not in ("mrow", "math", "mtd", "mstyle"):
            continue
        children = list(parent)
        for index in range(len(children) - 2, -1, -1):
            if _is_function(children[index]) and children[index + 1].tag not in ("mo", "mspace"):
                parent.insert(index + 1, ET.Element("mspace", width="0.167em"))


def _bind_signs(root: ET.Element) -> None:
    """No space after a sign that follows an operator: browsers set `(-1)` like `a - 1`."""
    for parent in root.iter():
        for before, sign in pairwise(parent):
            follows = before.tag == "mo" and (before.text or "") not in CLOSING
            if follows and sign.tag == "mo" and sign.text in SIGNS:
                sign.set("form", "prefix")


def _is_function(element: ET.Element) -> bool:
    if element.tag in ("msub", "msup", "msubsup", "munder") and len(element):
        return _is_function(element[0])
    text = (element.text or "").replace("\u00a0", "")
    return element.tag in ("mi", "mtext") and len(text) > 1 and text.isascii() and text.isalpha()
