"""What people may see of imported notes. Someone else's document does not exist."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from quizbank.content.script import has_ideographs
from quizbank.content.words import fold
from quizbank.importing.matching import Candidate, Index, index
from quizbank.importing.outline import Outline, OutlineUnit
from quizbank.importing.remarks import Remark
from quizbank.models import (
    CatalogueRow,
    Document,
    ImportedDocument,
    Passage,
    Question,
    Trap,
    Unit,
    User,
)
from quizbank.queries.search import glossary

Visitor = User | AnonymousUser | None
EXCERPT = 110  # characters
LINES = re.compile(r"([a-z0-9_-]+):(\d+)(?:-(\d+))?")


@dataclass(frozen=True)
class Mark:
    """A wrong statement of the catalogue where it stands; `trap` where a claim refutes it."""

    row: CatalogueRow
    line: int
    line_end: int
    trap: Trap | None


@dataclass
class Noted:
    """A passage with the question it is about, its marks, and how deep it stands."""

    passage: Passage
    question: Question | None
    marks: list[Mark] = field(default_factory=list)
    depth: int = 0

    @property
    def excerpt(self) -> str:
        return excerpt(self.passage.html) or self.passage.heading

    @property
    def repeats(self) -> bool:
        """Whether its text begins with its heading, which then need not be seen twice."""
        return fold(excerpt(self.passage.html)).startswith(fold(self.passage.heading)[:EXCERPT])

    @property
    def place(self) -> str:
        """Its lines as `places` sets them: "d0:26-27"."""
        document = self.passage.document
        name = document.known.slug if document.known else document.file_name
        first, last = self.passage.line, self.passage.line_end
        return f"{name}:{first}" + (f"-{last}" if last > first else "")


def outlines() -> list[Outline]:
    """The outlines of the documents we know."""
    documents = Document.objects.prefetch_related("units")
    return [
        Outline(
            document.slug,
            document.sha256,
            tuple(
                OutlineUnit(unit.slug, unit.line, unit.line_end, unit.level, unit.heading)
                for unit in document.units.all()
            ),
        )
        for document in documents
    ]


def bank_index() -> Index:
    """The bank's questions, ready to be compared with the headings of notes."""
    questions = Question.objects.filter(retired_at=None).prefetch_related("proofs", "units")
    return index(
        (
            Candidate(
                key=question.pk,
                titles=(question.title_zh, question.title_en),
                aliases=tuple(question.aliases),
                headings=tuple(unit.heading for unit in question.units.all()),
                demos=tuple(dict.fromkeys(proof.demo for proof in question.proofs.all())),
            )
            for question in questions
        ),
        glossary(),
    )


def documents_for(visitor: Visitor) -> QuerySet[ImportedDocument]:
    """The visitor's documents and everybody's, without their bytes."""
    return _visible(visitor).annotate(passage_count=Count("passages")).defer("original")


def removed_for(user: User) -> QuerySet[ImportedDocument]:
    """What the person removed and can still have back, the latest first."""
    removed = ImportedDocument.objects.filter(owner=user, removed_at__isnull=False)
    return removed.defer("original").order_by("-removed_at")


def get_document_for(visitor: Visitor, document_id: UUID | str) -> ImportedDocument:
    """Raises ImportedDocument.DoesNotExist, also for someone else's."""
    return _visible(visitor).select_related("known").get(pk=document_id)


def get_removed_for(user: User, document_id: UUID | str) -> ImportedDocument:
    """Raises ImportedDocument.DoesNotExist, also for someone else's."""
    return removed_for(user).get(pk=document_id)


def get_own_document(user: User, document_id: UUID | str) -> ImportedDocument:
    """A document this person may change (Raises ImportedDocument.DoesNotExist)."""
    return ImportedDocument.objects.get(pk=document_id, owner=user, removed_at=None)


def get_passage_for(user: User, passage_id: int) -> Passage:
    """A passage this person may match anew (Raises Passage.DoesNotExist)."""
    own = Passage.objects.filter(document__owner=user, document__removed_at=None)
    return own.select_related("document").get(pk=passage_id)


def remarks_of(document: ImportedDocument) -> list[Remark]:
    return [Remark(int(line), code, detail) for line, code, detail in document.remarks]


def passages_of(visitor: Visitor, document: ImportedDocument) -> list[Noted]:
    """Every passage of the document in order, as the visitor may see it."""
    passages = list(document.passages.order_by("position"))
    about = _about(visitor, passages)
    for passage in passages:
        passage.document = document
    marks = _marks(passages)
    depth: dict[int, int] = {}
    noted = []
    for passage in passages:
        depth[passage.pk] = depth.get(passage.parent_id or 0, -1) + 1
        noted.append(
            Noted(passage, about.get(passage.pk), marks.get(passage.pk, []), depth[passage.pk])
        )
    return noted


def language_of(noted: Iterable[Noted]) -> str:
    """The language tag of what the passages say."""
    words = "".join(one.passage.heading + one.passage.html for one in noted)
    return "zh-Hans" if has_ideographs(words) else "en"


def passages_for(visitor: Visitor, question: Question, limit: int = 6) -> list[Noted]:
    """Where the visitor's notes, and everybody's, speak of this question."""
    mine = Q(question=question) & ~Q(matched_by=Passage.MatchedBy.UNIT)
    units = list(question.units.values_list("slug", flat=True))
    by_unit = Q(matched_by=Passage.MatchedBy.UNIT, unit__in=units)
    found = (
        Passage.objects.filter(mine | by_unit, document__in=_visible(visitor).values("pk"))
        .select_related("document__known")
        .defer("document__original")
        .order_by("document__imported_at", "position")[:limit]
    )
    passages = list(found)
    marks = _marks(passages)
    return [Noted(passage, question, marks.get(passage.pk, [])) for passage in passages]


def excerpt(markup: str) -> str:
    """The first words of a passage, without formulas in two spellings."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", markup))
    flat = re.sub(r"\s+([，。；：、！？,.;:!?])", r"\1", " ".join(words.split()))
    return flat if len(flat) <= EXCERPT else flat[: EXCERPT - 1].rstrip() + "…"


def _visible(visitor: Visitor) -> QuerySet[ImportedDocument]:
    own = Q(owner=visitor) if isinstance(visitor, User) else Q(pk__in=[])
    return ImportedDocument.objects.filter(Q(owner=None) | own, removed_at=None)


def _about(visitor: Visitor, passages: Iterable[Passage]) -> dict[int, Question]:
    """Passage id -> the living question it is about, where the visitor may see it."""
    passages = list(passages)
    by_unit = [p for p in passages if p.matched_by == Passage.MatchedBy.UNIT]
    units = Unit.objects.filter(slug__in=[p.unit for p in by_unit], question__isnull=False)
    of_unit = dict(units.values_list("slug", "question"))
    wanted = {p.pk: of_unit.get(p.unit) for p in by_unit}
    wanted |= {p.pk: p.question_id for p in passages if p.pk not in wanted}
    visible = Question.everyone.visible_to(visitor).filter(retired_at=None)
    questions = visible.in_bulk({key for key in wanted.values() if key})
    return {pk: questions[key] for pk, key in wanted.items() if key in questions}


def _marks(passages: Iterable[Passage]) -> dict[int, list[Mark]]:
    """Passage id -> the wrong statements of the catalogue that stand in its lines."""
    of_known: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.document.known is not None:
            of_known.setdefault(passage.document.known.slug, []).append(passage)
    if not of_known:
        return {}
    # `contains` on JSON is no common ground of the databases; the catalogue is small.
    wrong = CatalogueRow.objects.filter(judgement=CatalogueRow.Judgement.WRONG)
    found: dict[int, list[Mark]] = {}
    for row in wrong.prefetch_related("traps__question"):
        living = [trap for trap in row.traps.all() if trap.question.retired_at is None]
        for match in filter(None, (LINES.fullmatch(str(place)) for place in row.lines)):
            first, last = int(match[2]), int(match[3] or match[2])
            for passage in of_known.get(match[1], ()):
                if passage.line <= first <= passage.line_end:
                    mark = Mark(row, first, last, living[0] if living else None)
                    found.setdefault(passage.pk, []).append(mark)
    return found
