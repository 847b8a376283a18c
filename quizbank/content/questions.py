"""One question file: a TOML head between `+++` lines, then the text in both languages.

`quizbank/bank/<topic>/<slug>.md`; the path is the identity. `content.bank` holds the file
against the rest of the bank.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from demos.kit.declare import Text
from quizbank.content.quiz import QuizItem, read_item
from quizbank.content.reading import Page, Prose, Table
from quizbank.content.rendering import plain

LEVELS = ("screen", "core", "deep")
SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
CITATION = re.compile(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9_]*)")
OUTLINE = (
    *("# zh", "## 问题", "## 简答", "## 详解"),
    *("# en", "## Question", "## Short answer", "## Full answer"),
)
LONGEST_TITLE = 160
SENTENCE_END = "?？.。!！…"


@dataclass(frozen=True)
class Citation:
    """A claim of a demo, written `demo/claim`."""

    demo: str
    claim: str

    def __str__(self) -> str:
        return f"{self.demo}/{self.claim}"


@dataclass(frozen=True)
class Related:
    """A demo that touches a question without proving it, and why it is no proof."""

    demo: str
    why: Prose


@dataclass(frozen=True)
class KeyPoint:
    must: bool
    text: Prose


@dataclass(frozen=True)
class Trap:
    row: str
    text: Prose
    why: Prose
    say: Prose
    refuted_by: Citation


@dataclass(frozen=True)
class Question:
    path: str
    topic: str
    slug: str
    file: str
    level: str
    units: tuple[str, ...]
    proofs: tuple[Citation, ...]
    related: tuple[Related, ...]
    follow_ups: tuple[str, ...]
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    references: tuple[str, ...]
    key_points: tuple[KeyPoint, ...]
    traps: tuple[Trap, ...]
    quiz: tuple[QuizItem, ...]
    title: Text
    prompt: Prose
    short: Prose
    full: Prose
    sha256: str


def read_question(path: Path, page: Page) -> Question | None:
    """The question in a file; None where it is too broken to be held against the others.

    Every defect is written down on `page`.
    """
    topic, slug = path.parent.name, path.stem
    if not SLUG.fullmatch(slug):
        page.wrong("", "its name is no slug", "use lower-case letters, digits and underscores")
    text = page.read(path) or ""
    head, body = _split(text, page) if text else (None, "")
    if head is None:
        return None
    parts = _sections(body, page, first_line=text.count("\n") - body.count("\n") + 1)
    table = page.toml(head)
    question = Question(
        path=f"{topic}/{slug}",
        topic=topic,
        slug=slug,
        file=page.file,
        level=table.one_of("level", LEVELS),
        units=table.strings("units"),
        proofs=_citations(table),
        related=_related(table),
        follow_ups=table.strings("follow_ups"),
        tags=table.strings("tags"),
        aliases=table.strings("aliases"),
        references=table.strings("references"),
        key_points=_key_points(table),
        traps=tuple(_trap(entry) for entry in table.tables("traps")),
        quiz=tuple(read_item(entry) for entry in table.tables("quiz")),
        title=Text(_title(parts[0], "问题", page), _title(parts[3], "Question", page)),
        prompt=_prose(parts, 0, "Question", page),
        short=_prose(parts, 1, "Short answer", page),
        full=_prose(parts, 2, "Full answer", page),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    _check_evidence(question, table)
    table.done()
    return question


def _split(text: str, page: Page) -> tuple[str | None, str]:
    """The head and the body of the file."""
    match = re.match(r"\+\+\+\n(.*?)^\+\+\+$\n?", text, flags=re.DOTALL | re.MULTILINE)
    if not match:
        page.wrong("line 1", "it has no head", "begin with a TOML head between two +++ lines")
        return None, ""
    return match[1], text[match.end() :]


def _sections(body: str, page: Page, first_line: int) -> list[str]:
    """The six texts, zh then en; headings must stand exactly as OUTLINE lists them."""
    found: list[str] = []
    texts: list[list[str]] = []
    fenced = False
    for number, line in enumerate(body.split("\n"), first_line):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced and re.match(r"#{1,2}(\s|$)", line):
            expected = OUTLINE[len(found)] if len(found) < len(OUTLINE) else "no further heading"
            if line.rstrip() != expected:
                page.wrong(
                    f"line {number}",
                    f"the heading {line.strip()!r} where {expected!r} belongs",
                    f"keep to the order {', '.join(OUTLINE)}; use ### inside a text",
                )
                return [""] * 6
            found.append(expected)
            texts.append([])
        elif texts:
            texts[-1].append(line)
        elif line.strip():
            page.wrong(f"line {number}", "text before '# zh'", "move it under a heading")
    if len(found) < len(OUTLINE):
        page.wrong("body", f"the heading {OUTLINE[len(found)]!r} is missing", "add it and its text")
        return [""] * 6
    for language in (0, 4):
        if "".join(texts[language]).strip():
            page.wrong(OUTLINE[language], "text straight under it", "move it under a ## heading")
    return ["\n".join(lines).strip() for i, lines in enumerate(texts) if i not in (0, 4)]


def _prose(parts: list[str], index: int, name: str, page: Page) -> Prose:
    zh, en = parts[index], parts[index + 3]
    if any(parts):
        for text, heading in ((zh, OUTLINE[index + 1]), (en, OUTLINE[index + 5])):
            if not text:
                page.wrong(heading, "it is empty", "write it")
    page.languages(name, zh, en)
    return page.prose(name, zh, en, block=True)


def _title(prompt: str, heading: str, page: Page) -> str:
    """The first line of the question: whole, and short enough for a list."""
    title = plain(prompt.split("\n", 1)[0])
    if not prompt:
        return ""
    if len(title) > LONGEST_TITLE:
        page.wrong(heading, f"its first line has {len(title)} characters", "keep it below 160")
    if not title.rstrip("”\"'’」)）").endswith(tuple(SENTENCE_END)):
        page.wrong(
            heading,
            "its first line is the title and breaks off",
            "put one whole sentence on the first line",
        )
    return title


def _cite(table: Table, key: str, text: str) -> Citation:
    match = CITATION.fullmatch(text)
    if not match:
        if text:
            table.wrong(key, f"{text!r} is no citation", 'write "demo/claim"')
        return Citation("", "")
    return Citation(match[1], match[2])


def _citations(table: Table) -> tuple[Citation, ...]:
    return tuple(_cite(table, "proofs", text) for text in table.strings("proofs"))


def _related(table: Table) -> tuple[Related, ...]:
    found = []
    for entry in table.tables("related"):
        found.append(Related(entry.text("demo"), entry.prose("why")))
        entry.done()
    return tuple(found)


def _key_points(table: Table) -> tuple[KeyPoint, ...]:
    points = []
    for entry in table.tables("key_points"):
        points.append(KeyPoint(entry.flag("must"), entry.prose()))
        entry.done()
    if not 3 <= len(points) <= 6:
        table.wrong("key_points", f"there are {len(points)}", "give 3 to 6")
    if points and not any(point.must for point in points):
        table.wrong("key_points", "none is a must", "mark what the answer cannot lack")
    return tuple(points)


def _trap(table: Table) -> Trap:
    trap = Trap(
        row=table.text("row"),
        text=table.prose(),
        why=table.prose("why"),
        say=table.prose("say"),
        refuted_by=_cite(table, "refuted_by", table.text("refuted_by")),
    )
    table.done()
    return trap


def _check_evidence(question: Question, table: Table) -> None:
    if not question.proofs and not question.related:
        table.wrong(
            "proofs",
            "it cites no proof and no related demo",
            'cite "demo/claim", or name a demo under [[related]] and say why it is no proof',
        )
    if question.proofs and question.related:
        table.wrong(
            "related", "it stands beside proofs", "keep it for questions no experiment can decide"
        )
