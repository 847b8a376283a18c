"""The quiz items of a question: a choice, a number, or a prediction computed from a run."""

from __future__ import annotations

from dataclasses import dataclass

from quizbank.content.reading import Prose, Table


@dataclass(frozen=True)
class Option:
    text: Prose
    right: bool
    why: Prose | None  # why a distractor tempts; None for the right one


@dataclass(frozen=True)
class Choice:
    stem: Prose
    options: tuple[Option, ...]
    kind: str = "choice"


@dataclass(frozen=True)
class Numeric:
    """`tolerance` is absolute; `why` shows how the answer comes about."""

    stem: Prose
    answer: float
    tolerance: float
    unit: str
    why: Prose
    kind: str = "numeric"


@dataclass(frozen=True)
class Predict:
    """Asks the prediction of a demo; its right answer is computed from the run."""

    demo: str
    stem: Prose | None
    kind: str = "predict"


QuizItem = Choice | Numeric | Predict


def read_item(table: Table) -> QuizItem:
    kind = table.one_of("kind", ("choice", "numeric", "predict"))
    item: QuizItem
    if kind == "choice":
        item = Choice(table.prose(), _options(table))
    elif kind == "numeric":
        item = _numeric(table)
    else:
        item = Predict(table.text("demo"), table.maybe_prose())
    table.done()
    return item


def _numeric(table: Table) -> Numeric:
    tolerance = table.number("tolerance")
    if tolerance < 0:
        table.wrong("tolerance", "it is negative", "give the largest deviation that is accepted")
    return Numeric(
        stem=table.prose(),
        answer=table.number("answer"),
        tolerance=tolerance,
        unit=table.text("unit", optional=True),
        why=table.prose("why"),
    )


def _options(table: Table) -> tuple[Option, ...]:
    options = tuple(_option(entry) for entry in table.tables("options"))
    if not 3 <= len(options) <= 5:
        table.wrong("options", f"there are {len(options)} options", "give 3 to 5")
    right = sum(option.right for option in options)
    if right != 1:
        table.wrong("options", f"{right} options are right", "mark exactly one with right = true")
    for language in ("zh", "en"):
        texts = [getattr(option.text.source, language) for option in options]
        if len(set(texts)) != len(texts):
            table.wrong("options", f"two options read the same ({language})", "reword one")
    return options


def _option(table: Table) -> Option:
    text = table.prose(native=False)
    right = "right" in table.data and table.flag("right")
    if right and {"why_zh", "why_en"} & table.data.keys():
        table.wrong("why", "the right option has one", "only distractors say why they tempt")
        table.used |= {"why_zh", "why_en"}
    why = None if right else table.prose("why")
    table.done()
    return Option(text, right, why)
