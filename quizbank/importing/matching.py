"""Which question of the bank a passage is about, for notes nobody has outlined.

A heading is compared with every title, alias and known heading of the bank: equal words decide
at once, otherwise what both name. A term of the glossary is one thing whatever its language
and spelling, and counts the more the fewer questions name it.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from quizbank.content.glossary import Glossary
from quizbank.content.words import fold, tokens
from quizbank.importing.passages import Passage

ENOUGH = 0.75  # of what heading and question name together
RELATED = 0.5  # of the terms a heading names
ASKING = re.compile(
    r"[?？]\s*$|^(?:请|为什么|为何|如何|怎么|怎样|什么|何为|简述|介绍|谈谈|说说|解释|推导|比较|手写|手撕|证明)"
    r"|(?:是什么|有哪些|的区别|的作用|的原理|的意义|的关系|怎么办|怎么处理|吗|呢)\s*$"
    r"|^(?:what|why|how|when|which|explain|describe|compare|derive|define|is|are|does|do|can)\b",
    re.IGNORECASE,
)
FILLERS = re.compile(
    r"\b(?:a|an|the|of|to|in|on|is|are|do|does|why|what|how|when|which|with|and|or|for|explain"
    r"|describe|it|its|you|your|we|between|difference|use|used)\b"
    r"|请问|请|介绍一下|介绍|简述|说说|谈谈|为什么|为何|什么是|是什么|什么|如何|怎么办|怎么样|怎么|怎样"
    r"|有哪些|哪些|可以|吗|呢|和|与|的|了|对|理解|一下|及其|中|能|会|原因|方法|解决|区别|问题|概念|原理|意义"
)
NUMBERING = re.compile(
    r"^\s*(?:\d+(?:\.\d+)*(?:\s*[.、．)）:：]\s*|\s+)|[一二三四五六七八九十]+\s*[.、．)）:：]\s*)"
    r"|^[⚠️★☆*\s]+"
)
PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True)
class Candidate:
    """One question: its titles, aliases and headings elsewhere, and the demos that bear on it."""

    key: int
    titles: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    demos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """`score` is 1 for equal words; `by` is heading, alias or concept."""

    key: int
    score: float
    by: str


@dataclass
class Index:
    """The bank, ready to be compared with headings."""

    glossary: Glossary
    equal: dict[str, tuple[int, str]] = field(default_factory=dict)
    named: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    weight: dict[str, float] = field(default_factory=dict)
    demos: dict[int, tuple[str, ...]] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    def match(self, heading: str) -> Match | None:
        """The question this heading asks, or None where none is near enough."""
        if found := self.equal.get(normal(heading)):
            return Match(found[0], 1.0, found[1])
        scored = self._scored(features(heading, self.glossary))
        if not scored or scored[0][0] < ENOUGH:
            return None
        if len(scored) > 1 and scored[1][0] >= scored[0][0]:
            return None  # two are equally near: say nothing
        return Match(scored[0][1], round(scored[0][0], 3), "concept")

    def related(self, heading: str, limit: int = 3) -> list[str]:
        """The demos of the questions that share most of the terms this heading names."""
        mine = _terms(features(heading, self.glossary))
        shared: dict[int, float] = {}
        for place in {place for term in mine for place in self.places.get(term, ())}:
            key, theirs = self.named[place]
            share = self._sum(mine & theirs) / self._sum(mine)
            shared[key] = max(shared.get(key, 0.0), share)
        found: dict[str, None] = {}
        for key in sorted(shared, key=lambda key: (-shared[key], key)):
            if shared[key] >= RELATED:
                found.update(dict.fromkeys(self.demos.get(key, ())))
        return list(found)[:limit]

    def _scored(self, mine: frozenset[str]) -> list[tuple[float, int]]:
        """(share of what both name, question), best first, one entry a question.

        Both must name the same terms: one more is another question.
        """
        best: dict[int, float] = {}
        near = {place for feature in mine for place in self.places.get(feature, ())}
        for place in near:
            key, theirs = self.named[place]
            if _terms(mine) != _terms(theirs):
                continue
            both = self._sum(mine & theirs)
            score = 2 * both / (self._sum(mine) + self._sum(theirs))
            best[key] = max(best.get(key, 0.0), score)
        return sorted(((score, key) for key, score in best.items()), key=lambda s: (-s[0], s[1]))

    def _sum(self, named: Iterable[str]) -> float:
        unseen = max(self.weight.values(), default=1.0)
        return sum(self.weight.get(feature, unseen) for feature in named)


def index(candidates: Iterable[Candidate], glossary: Glossary) -> Index:
    made = Index(glossary)
    named: list[tuple[int, frozenset[str]]] = []
    holders: defaultdict[str, set[int]] = defaultdict(set)
    taken: Counter[str] = Counter()
    for one in candidates:
        made.demos[one.key] = one.demos
        for by, texts in (("heading", (*one.titles, *one.headings)), ("alias", one.aliases)):
            for text in texts:
                words = normal(text)
                if words and made.equal.setdefault(words, (one.key, by))[0] != one.key:
                    taken[words] += 1
                found = features(text, glossary)
                if found:
                    named.append((one.key, found))
                for feature in found:
                    holders[feature].add(one.key)
    for words in taken:  # two questions go by that name
        del made.equal[words]
    total = 1 + len(made.demos)
    made.weight = {f: math.log(1 + total / len(keys)) for f, keys in holders.items()}
    made.named = named
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, (_, found) in enumerate(named):
        for feature in found:
            places[feature].append(place)
    made.places = dict(places)
    return made


def normal(text: str) -> str:
    """A heading's words alone: without number, marks, case and spacing."""
    return " ".join(PUNCTUATION.sub(" ", fold(NUMBERING.sub("", text))).split())


def features(text: str, glossary: Glossary) -> frozenset[str]:
    """What a heading names: terms of the glossary, and the words between them."""
    found: set[str] = set()
    for piece, term in glossary.in_text(NUMBERING.sub("", text)):
        if term:
            found.add("=" + term.en)
        else:
            found.update(tokens(FILLERS.sub(" ", piece)))
    return frozenset(found)


def _terms(named: frozenset[str]) -> frozenset[str]:
    """Those of the features that are terms of the glossary."""
    return frozenset(feature for feature in named if feature.startswith("="))


def question_like(passage: Passage) -> bool:
    """Whether the passage asks something: a record always, a heading by its words."""
    if passage.kind == "record":
        return bool(passage.heading)
    words = NUMBERING.sub("", passage.heading).strip()
    about = re.sub(r"[\W_]", "", FILLERS.sub("", words.casefold()))
    return passage.kind != "text" and len(about) >= 2 and bool(ASKING.search(words))
