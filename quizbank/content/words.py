"""Text as the search column holds it: one line of tokens that LIKE can look through.

A Chinese run becomes its overlapping pairs of characters in order, anything else lower-case
words; so a phrase is a substring, in any database, whatever its full-text search makes of
Chinese. (FTS5's trigram tokenizer finds no two-character word, silently; unicode61 finds none
inside a sentence; a segmenter splits what learners do not.) At some thousand rows a scan takes
milliseconds.

Tokens of a title, an alias or a tag stand there once more with a mark in front, so that the
same column also tells where a phrase was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from quizbank.content.script import IDEOGRAPH

TITLE, ALIAS, TAG = "^", "@", "#"
TOKEN = re.compile(rf"{IDEOGRAPH.pattern}+|(?:(?!{IDEOGRAPH.pattern})[^\W_])+")


def fold(text: str) -> str:
    """Text as search compares it: full-width and half-width, case and spacing made equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\s_\-‐‑–—'’·]+", " ", folded).split())


def tokens(text: str) -> list[str]:
    """`批归一化 BatchNorm` is 批归 归一 一化 batchnorm."""
    found: list[str] = []
    for run in TOKEN.findall(fold(text)):
        if IDEOGRAPH.match(run) and len(run) > 1:
            found += (run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found


def column(
    *, title: Iterable[str], aliases: Iterable[str], tags: Iterable[str], body: Iterable[str]
) -> str:
    """What the search column of one question holds."""
    marked = ((TITLE, tuple(title)), (ALIAS, tuple(aliases)), (TAG, tuple(tags)))
    texts = [text for _, texts in marked for text in texts] + list(body)
    lines = [" ".join(tokens(text)) for text in texts]
    lines += [" ".join(mark + t for t in tokens(text)) for mark, texts in marked for text in texts]
    return "".join(f" {line} \n" for line in lines if line)


def phrase(text: str, mark: str = "") -> str:
    """The substring of the column that says `text` stands there; empty where nothing is asked.

    The last word matches from its beginning, without a plural s ("norms" finds
    "normalisation"); a single ideograph in front matches wherever it stands.
    """
    parts = tokens(text)
    if not parts:
        return ""
    last = parts[-1]
    if last.isascii() and len(last) > 3 and last.endswith("s") and not last.endswith("ss"):
        parts[-1] = last[:-1]
    alone = len(parts[0]) == 1 and IDEOGRAPH.match(parts[0]) and not mark
    return ("" if alone else " ") + " ".join(mark + part for part in parts)
