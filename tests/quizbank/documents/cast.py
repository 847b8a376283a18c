"""A bank of three questions, and a document of our own whose outline is known."""

from __future__ import annotations

import hashlib

from quizbank.models import CatalogueRow, Document, Proof, Question, Topic, Trap, Unit
from tests.cast import MONDAY
from tests.quizbank.documents.samples import NUMBERED

# id, heading, line, last line, level, kind
UNITS = (
    ("n1-01", "基础问题", 1, 22, 1, "section"),
    ("n1-02", "1. 如何测量重力加速度", 3, 14, 2, "question"),
    ("n1-03", "1.1 误差从哪里来", 10, 14, 3, "question"),
    ("n1-04", "2. 什么是共振？", 15, 18, 2, "question"),
    ("n1-05", "3. 驻波", 19, 22, 2, "question"),
    ("n1-06", "光学问题", 23, 23, 1, "section"),
)


def make_question(path: str, zh: str, en: str, aliases: tuple[str, ...] = ()) -> Question:
    topic, _ = Topic.objects.get_or_create(
        slug=path.split("/")[0], defaults={"title_zh": "题", "title_en": "Topic", "position": 0}
    )
    return Question.objects.create(
        path=path,
        slug=path.split("/")[1],
        topic=topic,
        level="core",
        title_zh=zh,
        title_en=en,
        aliases=list(aliases),
        created_at=MONDAY,
        updated_at=MONDAY,
    )


def make_bank() -> dict[str, Question]:
    """Three questions; the one on vanishing gradients cites a demo."""
    found = {
        "vanishing": make_question(
            "gradients/vanishing", "梯度消失的原因有哪些？", "Why do gradients vanish?"
        ),
        "dropout": make_question(
            "regularisation/dropout",
            "为什么 Dropout 能防止过拟合？",
            "Why does dropout prevent overfitting?",
            aliases=("随机失活", "inverted dropout"),
        ),
        "gravity": make_question(
            "mechanics/gravity", "怎样测出 g？", "How is g measured?", aliases=("单摆法",)
        ),
    }
    Proof.objects.create(
        question=found["vanishing"], position=1, demo="slow_early_layers", claim="shrinks"
    )
    return found


def make_known(question: Question, text: str = NUMBERED) -> Document:
    """The outline of `text`, whose second unit belongs to the question, with one wrong row."""
    data = text.encode()
    document = Document.objects.create(
        slug="n1",
        title_zh="基础",
        title_en="Basics",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        encoding="utf-8",
    )
    for position, (slug, heading, line, line_end, level, kind) in enumerate(UNITS):
        Unit.objects.create(
            slug=slug,
            document=document,
            position=position,
            heading=heading,
            line=line,
            line_end=line_end,
            level=level,
            kind=kind,
            empty=False,
            question=question if slug == "n1-02" else None,
        )
    row = CatalogueRow.objects.create(
        code="PHY-1",
        position=1,
        judgement="wrong",
        statement_html_zh="<p>摆角随便多大都行。</p>",
        statement_html_en="<p>Any angle will do.</p>",
        truth_html_zh="<p>小角度才行。</p>",
        truth_html_en="<p>Small ones only.</p>",
        lines=["n1:12"],
    )
    Trap.objects.create(question=question, position=1, row=row, demo="d", claim="c")
    return document
