"""The question browser and the page of one question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString

from quizbank.content.rendering import plain
from quizbank.models import Card, Document, Question, Topic, User
from quizbank.queries import bank, search
from quizbank.queries.session import session
from quizbank.queries.study import question_state
from quizbank.views import cards, own_card
from quizbank.views.panel import evidence
from quizbank.wording import language, say

PAGE = 50
LONGEST_QUERY = 200
SNIPPET = 240  # characters; the page shows two lines of it
LEVELS = ("screen", "core", "deep")
DIMENSIONS = ("topic", "level", "verdict", "document", "card")
CARDS = ("suspended", "leech")  # what a card of one's own may be found by
MOST_OWN = 200  # questions of one's own, lest a collection brought in make every page slow
LONG = ("full", "full_html", "prompt_html", "short_html", "prompt")
UNSHOWN = ("search_text", *(f"{name}_{tongue}" for name in LONG for tongue in ("zh", "en")))


@dataclass(frozen=True)
class Listed:
    """A question with what the list's filters ask of it."""

    question: Question
    verdicts: Counter[str]
    documents: frozenset[str]

    @property
    def card(self) -> Card | None:
        own: list[Card] = getattr(self.question, "own_cards", [])
        return own[0] if own else None

    def has(self, dimension: str, wanted: str) -> bool:
        if dimension == "topic":
            return self.question.topic.slug == wanted
        if dimension == "level":
            return self.question.level == wanted
        if dimension == "document":
            return wanted in self.documents
        if dimension == "card":
            return wanted in CARDS and self.card is not None and bool(getattr(self.card, wanted))
        if wanted == bank.NO_VERDICT:
            return not self.verdicts
        return self.verdicts[wanted] > 0


@dataclass(frozen=True)
class Option:
    """One value of a filter: how many questions it would leave, and the address of that list."""

    name: str
    n: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class Filter:
    label: str
    options: list[Option]
    clear: str
    chosen: bool


@dataclass(frozen=True)
class Row:
    question: Question
    title: SafeString
    snippet: SafeString | str
    verdicts: Counter[str]
    card: Card | None
    due: bool


def browse(request: HttpRequest) -> HttpResponse:
    """All questions, or those that a search and filters leave; every state is an address."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_QUERY]
    user = request.user if isinstance(request.user, User) else None
    chosen = {name: request.GET[name] for name in DIMENSIONS if request.GET.get(name)}
    own = _own(text, user, chosen.get("card"))
    everything = _listed(text, user, own[:MOST_OWN])
    left = _left(everything, chosen)
    pages = Paginator(left, PAGE)
    page = pages.get_page(request.GET.get("page"))
    today = session(user, timezone.now()).day if user else None
    context = {
        "text": text,
        "page": page,
        "rows": [_row(one, text, today) for one in page.object_list],
        "n": len(left),
        "more_own": max(0, own.count() - MOST_OWN),
        "filters": _filters(everything, chosen, text),
        "chosen": chosen,
        "clear": _address({"q": text}),
        "before": _address({"q": text, **chosen, "page": str(page.number - 1)}),
        "after": _address({"q": text, **chosen, "page": str(page.number + 1)}),
        "terms": _terms(text) if not left and text else [],
    }
    answer = render(request, "quizbank/questions/browse.html", context)
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _own(text: str, user: User | None, state: str | None) -> QuerySet[Question]:
    """The visitor's own questions; with a state, those whose card is in it."""
    if user is None:
        return Question.objects.none()
    found = bank.questions(text=text, user=user, own=True)
    return found.filter(**{f"cards__{state}": True}) if state in CARDS else found


def _listed(text: str, user: User | None, own: QuerySet[Question]) -> list[Listed]:
    """The bank's questions and, after those that match as well, the visitor's own."""
    questions = [*bank.questions(text=text, user=user).defer(*UNSHOWN), *own.defer(*UNSHOWN)]
    if text:
        questions.sort(key=attrgetter("rank"), reverse=True)
    verdicts = bank.verdicts(questions)
    documents = dict(Document.objects.values_list("pk", "slug"))
    return [
        Listed(
            question,
            verdicts[question.pk],
            frozenset(documents[unit.document_id] for unit in question.units.all()),
        )
        for question in questions
    ]


def _left(everything: Iterable[Listed], chosen: dict[str, str]) -> list[Listed]:
    return [one for one in everything if all(one.has(*choice) for choice in chosen.items())]


def _filters(everything: list[Listed], chosen: dict[str, str], text: str) -> list[Filter]:
    """Each filter counts what it would leave of the list that the others leave."""
    names: dict[str, list[tuple[str, str]]] = {
        "topic": [(t.slug, str(t.title)) for t in Topic.objects.all()],
        "level": [(level, say(f"questions.level_{level}")) for level in LEVELS],
        "verdict": [(verdict, say(f"questions.verdict_{verdict}")) for verdict in bank.VERDICTS],
        "document": [(d.slug, d.slug) for d in Document.objects.all()],
        "card": [(name, say(f"card.{name}")) for name in CARDS],
    }
    found = []
    for dimension, values in names.items():
        others = {name: value for name, value in chosen.items() if name != dimension}
        pool = _left(everything, others)
        options = []
        for value, name in values:
            n = sum(one.has(dimension, value) for one in pool)
            current = chosen.get(dimension) == value
            if n or current:
                address = _address({"q": text, **others, **({} if current else {dimension: value})})
                options.append(Option(name, n, address, current))
        clear = _address({"q": text, **others})
        found.append(Filter(say(f"questions.{dimension}"), options, clear, dimension in chosen))
    return found


def _address(parts: dict[str, str]) -> str:
    given = {name: value for name, value in parts.items() if value}
    return f"?{urlencode(given)}"


def _row(one: Listed, text: str, today: Any) -> Row:
    question = one.question
    card = one.card if one.card and (one.card.reps or one.card.suspended) else None
    short = plain(question.short_zh if language() == "zh" else question.short_en)
    return Row(
        question=question,
        title=search.highlighted(str(question.title), text),
        snippet=search.snippet(short, text, width=SNIPPET),
        verdicts=one.verdicts,
        card=card,
        due=bool(card and card.due_day and today and card.due_day <= today),
    )


def _terms(text: str) -> list[dict[str, str]]:
    """Near terms in both languages, each with the address of its search."""
    return [
        {
            "zh": term.zh,
            "en": term.en,
            "address": _address({"q": term.zh if language() == "zh" else term.en}),
        }
        for term in search.suggestions(text)
    ]


def question(request: HttpRequest, path: str) -> HttpResponse:
    """Everything about one question, answer and verdicts included."""
    try:
        found = bank.get_question(path, request.user)
    except Question.DoesNotExist as missing:
        raise Http404 from missing
    shown = evidence(found)
    now = timezone.now()
    menu = own_card.menu(request.user, found, now)
    context = {
        "question": found,
        "more_prompt": cards.more_prompt(found),
        "evidence": shown,
        "panel": shown.panel,
        "traps": [{"trap": trap, "finding": shown.of_trap(trap)} for trap in found.traps.all()],
        "state": question_state(request.user, found, now),
        "menu": menu,
        "history": own_card.history(menu["card"]) if menu["card"] else [],
        "places": _places(found),
    }
    answer = render(request, "quizbank/questions/question.html", context)
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _places(found: Question) -> list[dict[str, Any]]:
    """Where each document has this question: its heading there and the lines."""
    return [
        {
            "document": unit.document.slug,
            "heading": unit.heading,
            "lines": f"{unit.document.slug}:{unit.line}"
            + (f"-{unit.line_end}" if unit.line_end > unit.line else ""),
        }
        for unit in found.units.all()
    ]
