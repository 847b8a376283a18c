"""A person's deck for Anki: the questions with their evidence, memory and history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from quizbank.exchange import anki
from quizbank.exchange.notes import OWN, Deed, Note, Past
from quizbank.models import (
    Card,
    EventKind,
    Form,
    Question,
    ReviewEvent,
    State,
    StudyProfile,
    Topic,
    User,
)
from quizbank.models.history import parameters_of, read_profile, undos_of
from quizbank.queries.sides import Sides, read_sides
from quizbank.queries.tables import name_of
from quizbank.wording import Language

DECK = "Proofdeck"
DEEDS = {
    EventKind.REVIEW.value: Deed.REVIEW,
    EventKind.CRAM.value: Deed.CRAM,
    EventKind.SET_DUE.value: Deed.SET_DUE,
    EventKind.RESCHEDULE.value: Deed.RESCHEDULE,
    EventKind.RESET.value: Deed.RESET,
}


@dataclass(frozen=True)
class Wish:
    """Which deck: in which language, of which topic or all, with what was done or as new."""

    language: Language
    topic: str = ""
    history: bool = True


def package(user: User | None, wish: Wish, now: datetime) -> bytes:
    """The deck as a package of Anki. Raises Topic.DoesNotExist.

    A visitor gets the bank, every card new.
    """
    sides = sides_for(user, wish)
    return anki.write(leaves(user, wish, sides), habits(user, now), sides.media, now)


def file_name(wish: Wish, now: datetime) -> str:
    parts = ("proofdeck", wish.topic.replace("_", "-"), f"{now:%Y-%m-%d}")
    return "-".join(filter(None, parts)) + ".apkg"


def sides_for(user: User | None, wish: Wish) -> Sides:
    """The questions of the wish and what stands on their cards. Raises Topic.DoesNotExist."""
    return read_sides(_questions(user, wish), wish.language)


def leaves(user: User | None, wish: Wish, sides: Sides) -> list[anki.Leaf]:
    """A card for every question of the wish, in the bank's order."""
    profile = read_profile(user)
    studied = user is not None and wish.history
    past = _past(user) if studied and user else {}
    return [
        _leaf(question, wish, sides, profile if studied else None, past)
        for question in sides.questions
    ]


def _questions(user: User | None, wish: Wish) -> QuerySet[Question]:
    """What the person may see, and what they studied of it that has been retired since."""
    found = Question.everyone.visible_to(user)
    own = Card.objects.filter(user=user, form=Form.RECALL) if user else Card.objects.none()
    kept = found.filter(retired_at=None)
    if wish.history and user:
        kept = kept | found.filter(pk__in=own.filter(reps__gt=0).values("question"))
    if wish.topic:
        kept = kept.filter(topic=Topic.objects.get(slug=wish.topic))
    ordered = kept.select_related("topic").order_by("topic__position", "position", "path")
    return ordered.prefetch_related(Prefetch("cards", own, to_attr="own_cards"))


def _leaf(
    question: Question,
    wish: Wish,
    sides: Sides,
    profile: StudyProfile | None,
    past: dict[UUID, list[Past]],
) -> anki.Leaf:
    cards: list[Card] = getattr(question, "own_cards", [])
    card = cards[0] if cards and profile else None
    said = sides.of(question)
    title = getattr(question.topic, f"title_{wish.language}")
    name = name_of(question)
    return anki.Leaf(
        note=Note(
            key=question.path,
            path=name if name == question.path else f"{OWN}{name}",
            front=said.front,
            back=said.answer,
            deck=f"{DECK}::{title}".replace("\x1f", " "),
            tags=tuple(question.tags),
            past=tuple(past.get(card.pk, ())) if card else (),
            due=card.due_day if card and card.state == State.REVIEW else None,
            suspended=bool(card and card.suspended),
        ),
        points=said.points,
        traps=said.traps,
        proof=said.proof,
        standing=_standing(card, profile) if card and profile else None,
    )


def _standing(card: Card, profile: StudyProfile) -> anki.Standing | None:
    if card.state == State.NEW or card.stability is None or card.difficulty is None:
        return None
    relearns = card.state == State.RELEARNING
    steps = profile.relearning_steps if relearns else profile.learning_steps
    return anki.Standing(
        state=card.state,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due if card.state != State.REVIEW else None,
        interval=card.interval,
        reps=card.reps,
        lapses=card.lapses,
        left=max(1, len(steps) - (card.step or 0)),
    )


def _past(user: User) -> dict[UUID, list[Past]]:
    """What was done with each card and counts, in the order it was done."""
    events = ReviewEvent.objects.filter(user=user, card__isnull=False, kind__in=DEEDS)
    rows = events.order_by("reviewed_at", "received_at", "id").values_list(
        *("id", "card_id", "client_uuid", "kind", "rating", "reviewed_at", "duration_ms"),
        "interval_chosen",
    )
    taken_back: Container[int] = undos_of(user)
    found: dict[UUID, list[Past]] = defaultdict(list)
    for pk, card, uuid, kind, rating, at, duration, days in rows.iterator(chunk_size=5_000):
        if pk not in taken_back and card is not None:
            found[card].append(Past(str(uuid), DEEDS[kind], at, rating, duration, days or 0))
    return found


def habits(user: User | None, now: datetime) -> anki.Habits:
    """The person's settings as far as Anki has them."""
    profile = read_profile(user)
    ahead = now.astimezone(ZoneInfo(profile.zone)).utcoffset() or timedelta()
    return anki.Habits(
        parameters=parameters_of(profile),
        retention=profile.desired_retention,
        new_per_day=profile.new_per_day,
        learning=tuple(profile.learning_steps),
        relearning=tuple(profile.relearning_steps),
        maximum_interval=profile.maximum_interval,
        rollover=profile.rollover_hour,
        minutes_west=-int(ahead.total_seconds() // 60),
        leech=profile.leech_threshold,
    )
