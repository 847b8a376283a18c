"""A person's cards and log as other programs take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from quizbank.exchange.notes import SLUG, Deed, Note, Past
from quizbank.models import Card, Form, Question, ReviewEvent, User
from quizbank.models.history import undos_of

TOLD = tuple(deed.value for deed in Deed)
LOG = (
    *("reviewed_at", "study_day", "question", "title", "kind", "rating", "seconds", "days"),
    *("undone", "origin", "client_uuid"),
)


def notes_of(user: User, language: str) -> list[Note]:
    """Every card of the person and every question of their own, with what was done and counts."""
    pasts = _pasts(user)
    cards = Card.objects.filter(user=user, form=Form.RECALL).select_related("question__topic")
    held = list(cards.order_by("question__position", "question__path"))
    own = Question.everyone.filter(owner=user, retired_at=None).select_related("topic")
    unseen = own.exclude(pk__in=[card.question_id for card in held]).order_by("created_at", "path")
    return [
        *(_note(card.question, language, card, pasts[card.pk]) for card in held),
        *(_note(question, language) for question in unseen),
    ]


def name_of(question: Question) -> str:
    """What names it in every account: the slug of a question of one's own, else the path."""
    own = question.owner_id is not None and SLUG.fullmatch(question.slug)
    return question.slug if own else question.path


def log_of(user: User, language: str) -> Iterator[tuple[object, ...]]:
    """The person's log of cards, the oldest first, a row of `LOG` each."""
    undone = undos_of(user)
    rows = ReviewEvent.objects.filter(user=user, card__isnull=False)
    rows = rows.select_related("card__question").order_by("reviewed_at", "received_at", "id")
    for row in rows.iterator(chunk_size=2_000):
        assert row.card is not None
        question = row.card.question
        yield (
            row.reviewed_at.isoformat(),
            row.study_day.isoformat(),
            question.path,
            getattr(question, f"title_{language}"),
            row.kind,
            "" if row.rating is None else row.rating,
            f"{row.duration_ms / 1000:g}",
            "" if row.interval_chosen is None else row.interval_chosen,
            "1" if row.pk in undone else "",
            row.origin,
            row.client_uuid,
        )


def _note(
    question: Question, language: str, card: Card | None = None, past: tuple[Past, ...] = ()
) -> Note:
    short, full = (getattr(question, f"{name}_html_{language}") for name in ("short", "full"))
    return Note(
        key=name_of(question),
        path=question.path,
        deck=getattr(question.topic, f"title_{language}"),
        front=getattr(question, f"prompt_html_{language}"),
        # One's own answer begins with what stands for a short one.
        back=full if question.owner_id else f"{short}\n{full}",
        tags=tuple(question.tags),
        past=past,
        due=card.due_day if card else None,
        suspended=card.suspended if card else False,
    )


def _pasts(user: User) -> dict[UUID, tuple[Past, ...]]:
    """By card: what was done with it and still counts, in the order it was done."""
    undone = undos_of(user)
    found: dict[UUID, list[Past]] = defaultdict(list)
    rows = ReviewEvent.objects.filter(user=user, card__isnull=False, kind__in=TOLD)
    columns = ("id", "card_id", "client_uuid", "kind", "reviewed_at", "rating", "duration_ms")
    ordered = rows.order_by("reviewed_at", "received_at", "id")
    for row in ordered.values_list(*columns, "interval_chosen").iterator(chunk_size=5_000):
        pk, card, name, kind, at, rating, duration, days = row
        if pk not in undone:
            past = Past(str(name), Deed(kind), at, rating, duration, days or 0)
            found[card].append(past)
    return defaultdict(tuple, {card: tuple(them) for card, them in found.items()})
