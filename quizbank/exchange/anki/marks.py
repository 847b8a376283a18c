"""Our markup in what Anki shows: formulas as TeX for its MathJax, figures as pictures."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path

SHEET = Path(__file__).resolve().parents[2] / "static" / "quizbank" / "look.css"
MATH = re.compile(r"<math\b([^>]*)>.*?</math>", re.DOTALL)
TEX = re.compile(r'\balttext="([^"]*)"')
MARGIN = 28  # px beside the drawing: on a page its labels may reach out of it
BOX = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
RULE = re.compile(r"(?<!\w )(\.(?:fig|pn[1-5])\b[^{}]*)\{([^{}]*)\}")
VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")


def with_tex(markup: str) -> str:
    """The markup with each formula between the marks that Anki's MathJax looks for."""
    return MATH.sub(_tex, markup)


def _tex(math: re.Match[str]) -> str:
    source = TEX.search(math[1])
    if source is None:
        return math[0]
    # Two braces in a row would be a field of a template.
    tex = html.unescape(source[1]).strip()
    tex = re.sub(r"(?<=\{)(?=\{)|(?<=\})(?=\})", " ", tex)
    opening, closing = (r"\[", r"\]") if 'display="block"' in math[1] else (r"\(", r"\)")
    return f"{opening}{html.escape(tex, quote=False)}{closing}"


def picture(drawing: str) -> bytes:
    """A drawn figure as a file of its own: colours written out, on a light ground."""
    box = BOX.search(drawing)
    if box is None:
        raise ValueError("a drawing without a viewBox")
    width, height = float(box[1]) + 2 * MARGIN, float(box[2])
    root, _, inside = drawing.partition(">")
    root = root.replace(box[0], f'viewBox="{-MARGIN} 0 {width:g} {height:g}"')
    root = root.replace(
        "<svg ",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" ',
        1,
    )
    style, paper = _style()
    ground = f'<rect x="{-MARGIN}" width="{width:g}" height="{height:g}" fill="{paper}"/>'
    return f"{root}><style>{style}</style>{ground}{inside}".encode()


@lru_cache(maxsize=1)
def _style() -> tuple[str, str]:
    """The sheet's rules for figures in its light colours, and the colour of paper."""
    sheet = re.sub(r"/\*.*?\*/", "", SHEET.read_text("utf-8"), flags=re.DOTALL)
    light = sheet.partition(":root")[2].partition("}")[0]
    values = dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", light))
    values["ui"] = values["sans-en"].replace('"', "'")

    def value(name: re.Match[str]) -> str:
        return VARIABLE.sub(value, values[name[1]])

    rules = [
        f"{selectors.strip()}{{{VARIABLE.sub(value, body).strip()}}}"
        for selectors, body in RULE.findall(sheet)
        if "display:" not in body and "var(--sp" not in body
    ]
    return "".join(rules), values["paper"]
