"""Terms in both languages with their other spellings: what search takes for the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quizbank.content.reading import Page
from quizbank.content.words import fold


@dataclass(frozen=True)
class Term:
    zh: str
    en: str
    others: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.zh, self.en, *self.others)


@dataclass(frozen=True)
class Glossary:
    terms: tuple[Term, ...]

    def in_text(self, text: str) -> Iterator[tuple[str, Term | None]]:
        """The folded text cut into pieces: the longest known spellings, and what lies between."""
        folded = fold(text)
        end = 0
        for match in self._pattern.finditer(folded):
            if rest := folded[end : match.start()].strip():
                yield rest, None
            yield match[0], self._by_spelling[match[0]]
            end = match.end()
        if rest := folded[end:].strip():
            yield rest, None

    def near(self, text: str, limit: int = 5) -> list[Term]:
        """Terms one of whose spellings contains the text or shares most of its letters."""
        folded = fold(text)
        if not folded:
            return []
        scored = [(max(_likeness(folded, fold(s)) for s in t.spellings), t) for t in self.terms]
        best = sorted((s for s in scored if s[0] >= 0.5), key=lambda pair: -pair[0])
        return [term for _, term in best[:limit]]

    @cached_property
    def _by_spelling(self) -> dict[str, Term]:
        return {fold(spelling): term for term in self.terms for spelling in term.spellings}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_spelling, key=len, reverse=True)
        # A Latin spelling is a whole word: "gan" is not found in "organ".
        choices = [
            rf"(?<![a-z0-9]){re.escape(s)}(?![a-z0-9])" if s.isascii() else re.escape(s)
            for s in longest_first
        ]
        return re.compile("|".join(choices) or r"(?!)")


def read_glossary(path: Path, page: Page) -> Glossary:
    text = page.read(path)
    if text is None:
        return Glossary(())
    table = page.toml(text)
    terms = []
    seen: dict[str, str] = {}
    for entry in table.tables("terms"):
        term = Term(entry.text("zh"), entry.text("en"), entry.strings("others"))
        for spelling in {fold(s) for s in term.spellings}:
            if spelling in seen:
                entry.wrong("others", f"{spelling!r} belongs to {seen[spelling]}", "remove it")
            seen[spelling] = term.en
        entry.done()
        terms.append(term)
    table.done()
    return Glossary(tuple(terms))


def _likeness(one: str, other: str) -> float:
    if one in other or (len(other) > 1 and other in one):
        return 1.0
    mine, theirs = _pairs(one), _pairs(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def _pairs(text: Iterable[str]) -> set[str]:
    letters = "".join(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
