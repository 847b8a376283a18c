"""The first row of a table: headings of its columns, or a card already.

A heading says what its column holds, in English or Chinese. Where it is not known, the columns
are taken by their place: front, back, tags. Whether a first row holds headings at all is looked
for and may be wrong, so whoever brings a table in can say it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizbank.content.script import IDEOGRAPH

NAMES = {
    "front": (
        *("front", "front side", "card front", "side 1", "question", "question text", "questions"),
        *("prompt", "term", "terms", "word", "words", "phrase", "concept", "expression", "q"),
        *(
            "正面",
            "卡片正面",
            "前面",
            "问题",
            "问题内容",
            "题目",
            "题目内容",
            "题面",
            "题干",
            "试题",
        ),
        *("面试题", "提问", "问", "术语", "名词", "概念", "单词", "词语", "词汇", "词条"),
    ),
    "back": (
        *("back", "back side", "card back", "side 2", "answer", "answer text", "answers"),
        *("response", "solution", "definition", "definitions", "meaning", "explanation"),
        *("translation", "a", "背面", "卡片背面", "反面", "答案", "答案内容", "参考答案"),
        *("正确答案", "标准答案", "回答", "解答", "答", "解析", "答案解析", "题目解析", "解释"),
        *("定义", "释义", "含义", "意思", "翻译", "译文"),
    ),
    "tags": ("tags", "tag", "label", "labels", "标签", "标记"),
    "deck": ("deck", "deck name", "牌组", "卡组"),
    "due": ("due", "due date", "到期", "到期日", "到期日期"),
    "key": ("key", "guid", "id"),
    "number": ("no", "no.", "nr", "nr.", "number", "#", "序号", "编号", "题号"),
}
SEVERAL = ("front", "back")  # one side may stand in several columns: the answer, its explanation
LETTERS = ("q", "a")  # where nothing else asks or answers; beside that, they are choices
PLAIN = ("front", "back", "tags")
KNOWN = {spelt: name for name, spellings in NAMES.items() for spelt in spellings}
LONGEST_LABEL = 24  # letters; an ideograph counts for three
SENTENCE = re.compile(r"[.?!,;:=<>$\\{}\"。？！，；：、“”…]")
MOST_LOOKED_AT = 200  # rows


class First(StrEnum):
    """What the first row of a table is."""

    HEADINGS = "headings"
    CARD = "card"


@dataclass(frozen=True)
class FirstRow:
    """How a first row was taken, and whether it could be taken otherwise. `columns` are its
    headings and what each stands for, "" for a column that is not read; a card has none."""

    taken: First
    columns: tuple[tuple[str, str], ...] = ()
    either: bool = True

    @property
    def other(self) -> First:
        return First.CARD if self.taken is First.HEADINGS else First.HEADINGS


def known(cell: str) -> str:
    """The name of ours that a heading stands for, also twice (`问题 Question`), else ""."""
    spelt = _spelt(cell)
    if spelt in KNOWN:
        return KNOWN[spelt]
    parts = {KNOWN.get(part, "") for part in re.split(r"[\s()/|]+", spelt) if part}
    return parts.pop() if len(parts) == 1 else ""


def columns(cells: Sequence[str]) -> list[str]:
    """What each column holds by its heading, by its place where no heading says it, or ""."""
    found = [known(cell) for cell in cells]
    several = Counter(found)
    for place, name in enumerate(found):
        again = name in found[:place] and name not in SEVERAL
        if again or (several[name] > 1 and _spelt(cells[place]) in LETTERS):
            found[place] = ""
    lacking = [name for name in ("front", "back") if name not in found]
    if len(lacking) == 2 and "tags" not in found:
        lacking.append("tags")
    for place, (cell, name) in enumerate(zip(cells, found, strict=True)):
        if not name and cell.strip() and lacking:
            found[place] = lacking.pop(0)
    return found


def names_both(cells: Sequence[str]) -> bool:
    """Whether a row says which column is the front and which the back."""
    return {"front", "back"} <= {known(cell) for cell in cells}


def guess(first: Sequence[str], below: Sequence[Sequence[str]]) -> First:
    """Whether a first row holds headings. In doubt it is a card: then nothing is lost."""
    if names_both(first):
        return First.HEADINGS
    cells = [cell.strip() for cell in first if cell.strip()]
    if len(cells) < 2 or not all(map(_label, cells)) or len(set(map(_spelt, cells))) < len(cells):
        return First.CARD
    named = [place for place, cell in enumerate(first) if known(cell)]
    too_wide = len(cells) > len(PLAIN)  # for a card without headings
    if len(named) > 1 or any(place >= 2 for place in named) or too_wide:
        return First.HEADINGS
    differs = any(_differs(below, place, first[place]) for place in range(2))
    return First.HEADINGS if differs else First.CARD


def _differs(below: Sequence[Sequence[str]], place: int, heading: str) -> bool:
    """Whether nearly all cells of a column are longer than its heading, and none themselves."""
    column = [row[place] for row in below[:MOST_LOOKED_AT] if len(row) > place]
    cells = [cell for cell in column if cell.strip()]
    unlike = sum(len(cell) > len(heading) and not _label(cell) for cell in cells)
    return len(cells) > 1 and 4 * unlike >= 3 * len(cells)


def _label(cell: str) -> bool:
    """Whether it may be a heading: a few words with no mark of a sentence, and no number."""
    text = cell.strip()
    width = len(text) + 2 * len(IDEOGRAPH.findall(text))
    wordy = any(c.isalpha() for c in text) or _spelt(text) in KNOWN
    return wordy and width <= LONGEST_LABEL and (not SENTENCE.search(text) or bool(known(text)))


def _spelt(cell: str) -> str:
    """A heading as the list spells it."""
    text = unicodedata.normalize("NFKC", cell).casefold()
    return " ".join(re.split(r"[\s_]+", text.strip(" \t\r\n_*:[]【】<>\"'")))
