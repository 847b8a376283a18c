"""Which writing a character belongs to, and which characters text may not hold."""

from __future__ import annotations

import re
import unicodedata

CJK = (
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # ideographs
    r"\u3000-\u303f\uff00-\uffef\u3040-\u30ff"  # punctuation, full-width forms, kana
    r"\U00020000-\U0003134f"
)
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_CJK = re.compile(f"[{CJK}]")


def is_cjk(character: str) -> bool:
    return bool(_CJK.match(character))


def has_ideographs(text: str) -> bool:
    return bool(IDEOGRAPH.search(text))


def unwelcome(text: str) -> list[tuple[int, str]]:
    """(line, name) of every control, bidirectional, invisible or private character."""
    found = []
    line = 1
    for character in text:
        if character == "\n":
            line += 1
        elif character != "\t" and (
            unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
            or character == "\ufffd"
        ):
            name = unicodedata.name(character, "")
            found.append((line, f"U+{ord(character):04X} {name}".strip()))
    return found
