"""Full-text search over the bank, in both languages at once.

The words of a query are looked for with LIKE in `Question.search_text` (see `content.words`
for why not with the database's own full-text search), on SQLite in those rows alone that its
index of the words names. A term of the glossary stands for all its spellings, so 梯度爆炸 finds
what says "exploding gradient" and the other way round.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quizbank.content.glossary import Glossary, Term, read_glossary
from quizbank.content.reading import Page
from quizbank.content.script import IDEOGRAPH
from quizbank.content.words import ALIAS, TAG, TITLE, fold, phrase
from quizbank.models import Question
from quizbank.models.word_index import narrowing

GLOSSARY = Path(__file__).resolve().parent.parent / "bank" / "glossary.toml"
LONGEST = 200
MOST_WORDS = 12
WEIGHTS, ELSEWHERE = ((TITLE, 100), (ALIAS, 60), (TAG, 30)), 10
# Asked around the thing that is looked for, and in no answer.
FILLERS = re.compile(
    r"\b(?:a|an|the|of|to|in|on|is|are|do|does|why|what|how|when|which|with|and|or|for|explain)\b"
    r"|请问|请|介绍一下|说说|谈谈|为什么|什么是|是什么|什么|如何|怎么办|怎么样|怎么|怎样|哪些|有哪些|吗|呢|和|与|的"
)

Spellings = tuple[str, ...]


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    return read_glossary(GLOSSARY, Page(GLOSSARY.name))


def wanted(text: str) -> list[Spellings]:
    """What a query asks for: each entry must be found in one of its spellings."""
    found: list[Spellings] = []
    for piece, term in glossary().in_text(text[:LONGEST]):
        if term:
            found.append(tuple(dict.fromkeys((piece, *map(fold, term.spellings)))))
        else:
            found += [(word,) for word in FILLERS.sub(" ", piece).split() if phrase(word)]
    if not found:  # a query of nothing but fillers is meant as it stands
        found = [(word,) for word in fold(text[:LONGEST]).split() if phrase(word)]
    return found[:MOST_WORDS]


def matching(questions: QuerySet[Question], text: str) -> QuerySet[Question]:
    """The questions that hold every word, best first: title, then alias, tag, body."""
    rank: Combinable = Value(0, output_field=IntegerField())
    asked = [_needed(spellings) for spellings in wanted(text)]
    if not asked:
        questions = questions.none()
    questions = questions.filter(narrowing([[_whole(each) for each in one] for one in asked]))
    for spellings in asked:
        questions = questions.filter(_in_column(spellings, ""))
        places = [When(_in_column(spellings, mark), then=Value(w)) for mark, w in WEIGHTS]
        rank = rank + Case(*places, default=Value(ELSEWHERE), output_field=IntegerField())
    return questions.annotate(rank=rank).order_by("-rank", "position", "path")


def suggestions(text: str, limit: int = 5) -> list[Term]:
    """Terms near to what was looked for, in both languages, for a search that found nothing."""
    return glossary().near(text, limit)


def highlighted(text: str, query: str) -> SafeString:
    """Plain text as HTML with every hit of the query in <mark>."""
    pattern = _hits(query)
    if pattern is None:
        return escape(text)
    pieces, end = [], 0
    for match in pattern.finditer(text):
        pieces += [escape(text[end : match.start()]), f"<mark>{escape(match[0])}</mark>"]
        end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308 - every piece escaped


def snippet(text: str, query: str, width: int = 120) -> SafeString:
    """About `width` characters of plain text around the first hit, hits in <mark>."""
    pattern = _hits(query)
    hit = pattern.search(text) if pattern else None
    begin = max(0, hit.start() - width // 3) if hit else 0
    end = min(len(text), begin + width)
    shown = highlighted(text[begin:end].strip(), query)
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    return mark_safe(f"{before}{shown}{after}")  # noqa: S308 - `highlighted` has escaped it


def _needed(spellings: Spellings) -> Spellings:
    """Without those that are found only where another one is, as "softmax function" is."""
    phrases = {spelling: phrase(spelling) for spelling in spellings}
    begun = [said for said in phrases.values() if said.startswith(" ")]
    return tuple(
        spelling
        for spelling, said in phrases.items()
        if not any(other in said for other in begun if other != said)
    )


def _whole(spelling: str) -> list[str]:
    """The words of the column from whose beginning on a phrase is looked for."""
    words = phrase(spelling)
    return words.split()[0 if words.startswith(" ") else 1 :]


def _in_column(spellings: Spellings, mark: str) -> Q:
    condition = Q()
    for spelling in spellings:
        condition |= Q(search_text__contains=phrase(spelling, mark))
    return condition


def _hits(query: str) -> re.Pattern[str] | None:
    spellings = {s for spellings in wanted(query) for s in spellings}
    choices = []
    for spelling in sorted(spellings, key=len, reverse=True):
        loose = r"[\s_\-‐‑–—'’·]*".join(re.escape(word) for word in spelling.split())
        choices.append(loose if IDEOGRAPH.search(spelling) else rf"(?<![^\W_]){loose}")
    return re.compile("|".join(choices), re.IGNORECASE) if choices else None
