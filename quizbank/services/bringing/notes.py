"""Cards and their past from another program: which question each belongs to, and storing them.

A note that names a question the person may see goes to that question's card; any other becomes
a private question of theirs, found again by its key. Bringing the same file twice adds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from quizbank.exchange.notes import Note
from quizbank.models import Card, Form, Question, ReviewEvent, StudyPolicy, Topic, User
from quizbank.models.history import (
    MEMORY_FIELDS,
    personal_history,
    policy_of,
    read_profile,
    remember,
    to_event,
)
from quizbank.models.study import EventKind
from quizbank.scheduling import Event, seed_of
from quizbank.services.bringing.faces import safe, slug_of, wanted, words
from quizbank.services.bringing.past import Recorder, known_of
from quizbank.services.bringing.planned import Coming, plan
from quizbank.services.bringing.report import Leavings, Report
from quizbank.services.chunks import chunks
from quizbank.services.fits import wish_fit, worth_it
from quizbank.services.log import lock_profile, stored_policy
from quizbank.services.own_questions import drafted, own_topic, revive


def preview(*, user: User, notes: Sequence[Note], origin: str, now: datetime) -> Report:
    """What `bring_in` would do; stores nothing."""
    comings, left = _planned(user, notes, origin, now)
    return _report(comings, notes, origin, left)


def bring_in(*, user: User, notes: Sequence[Note], origin: str, now: datetime) -> Report:
    """Store the notes, their questions and their past for that person, in one transaction.

    Most of the work is done before it begins, so that others write meanwhile.
    """
    seen = _mark(user)
    comings, left = _planned(user, notes, origin, now)
    with transaction.atomic():
        lock_profile(user)
        if _mark(user) != seen:  # the person did something else in between
            comings, left = _planned(user, notes, origin, now)
        _store(user, comings)
        report = _report(comings, notes, origin, left)
        if report.reviews and worth_it(user, now):
            transaction.on_commit(lambda: wish_fit(user))
    return report


def _mark(user: User) -> tuple[object, ...]:
    """Changes with all that a plan depends on."""
    profile = read_profile(user)
    log = ReviewEvent.objects.filter(user=user).aggregate(last=Max("id"))
    own = Question.everyone.filter(owner=user)
    return (
        (policy_of(profile), profile.zone, log["last"]),
        (own.count(), own.filter(retired_at=None).count()),
    )


def _planned(
    user: User, notes: Sequence[Note], origin: str, now: datetime
) -> tuple[list[Coming], Leavings]:
    profile, left = read_profile(user), Leavings()
    policy = StudyPolicy(values=policy_of(profile).json())
    recorder = Recorder(user, profile, policy, origin, now)
    comings = list(_sorted(user, notes, recorder, left))
    known = known_of(user, (one.card for one in comings if not one.new_card))
    personal = personal_history(user.pk)
    there = _histories([one.card.pk for one in comings if not one.new_card])
    for coming in comings:
        plan(coming, [*personal, *there[coming.card.pk]], recorder, known, left)
    return comings, left


def _sorted(
    user: User, notes: Sequence[Note], recorder: Recorder, left: Leavings
) -> Iterator[Coming]:
    """Each card of the file once, with its question and card, made where there are none."""
    named = _by_path(user, notes)
    own = _by_slug(user, {slug_of(n, recorder.origin) for n in notes if n.path not in named})
    cards = _cards(user, [*named.values(), *own.values()])
    topic = Topic()
    for slug, those in _grouped(notes, named, recorder.origin, left).items():
        question = own.get(slug) if slug not in named else named[slug]
        new = question is None
        if question is None:
            words = next(filter(None, map(wanted, those)), None)
            if words is None:
                left.add("note", "empty", those[0].key)
                continue
            question = drafted(user, topic, slug, words, recorder.now)
        card = cards.get(question.pk)
        yield Coming(
            question,
            card or _new_card(user, question, recorder.now),
            those,
            new_question=new,
            new_card=card is None,
        )


def _grouped(
    notes: Iterable[Note], named: Container[str], origin: str, left: Leavings
) -> dict[str, list[Note]]:
    """The notes of each question, by its path if it is there, else by its slug."""
    groups: dict[str, list[Note]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for note in notes:
        place = note.path if note.path in named else slug_of(note, origin)
        if place != note.path and (place, note.key) in seen:
            left.add("note", "twice", words(safe(note.front)) or note.key)
        seen.add((place, note.key))
        groups[place].append(note)
    return groups


def _by_path(user: User, notes: Iterable[Note]) -> dict[str, Question]:
    found = {}
    for some in chunks({note.path for note in notes if note.path}):
        for question in Question.everyone.visible_to(user).filter(path__in=some):
            found[question.path] = question
    return found


def _by_slug(user: User, slugs: Iterable[str]) -> dict[str, Question]:
    found = {}
    for some in chunks(slugs):
        for question in Question.everyone.filter(owner=user, slug__in=some):
            found[question.slug] = question
    return found


def _cards(user: User, questions: Iterable[Question]) -> dict[int, Card]:
    found = {}
    for some in chunks(question.pk for question in questions):
        for card in Card.objects.filter(user=user, form=Form.RECALL, question__in=some):
            found[card.question_id] = card
    return found


def _new_card(user: User, question: Question, now: datetime) -> Card:
    seed = seed_of(f"{question.path}:{Form.RECALL}")
    return Card(user=user, question=question, form=Form.RECALL, seed=seed, created_at=now)


def _histories(cards: Iterable[UUID]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = defaultdict(list)
    for some in chunks(cards):
        rows = ReviewEvent.objects.filter(card__in=some).select_related("policy", "parameter_set")
        for row in rows.order_by("id"):
            assert row.card_id is not None
            found[row.card_id].append(to_event(row))
    return found


def _store(user: User, comings: Sequence[Coming]) -> None:
    made = [one.question for one in comings if one.new_question]
    if made:
        topic = own_topic()
        for question in made:
            question.topic = topic
        Question.everyone.bulk_create(made, batch_size=200)
    revive(owner=user, questions=[one.question.pk for one in comings if one.question.retired_at])
    fresh = [one for one in comings if one.new_card and one.events]
    for coming in fresh:
        for name in MEMORY_FIELDS:
            setattr(coming.card, name, getattr(coming.memory, name))
    Card.objects.bulk_create([one.card for one in fresh], batch_size=500)
    events = [event for one in comings for event in one.events]
    if events:
        policy = stored_policy(policy_of(read_profile(user)))
        for event in events:
            event.policy = policy
    ReviewEvent.objects.bulk_create(events, batch_size=500)
    for coming in comings:
        if not coming.new_card and coming.events:
            remember(coming.card, coming.memory, _id_of(coming))
    for coming in fresh:
        coming.card.last_event_id = _id_of(coming)
    Card.objects.bulk_update([one.card for one in fresh], ["last_event"], batch_size=200)


def _id_of(coming: Coming) -> int | None:
    return coming.last.pk if isinstance(coming.last, ReviewEvent) else coming.last


def _report(
    comings: Sequence[Coming], notes: Sequence[Note], origin: str, left: Leavings
) -> Report:
    events = [event for one in comings for event in one.events]
    graded = [e for e in events if e.kind in (EventKind.REVIEW, EventKind.CRAM)]
    times = [event.reviewed_at for event in graded]
    own = [one for one in comings if one.question.owner_id is not None]
    created = sum(one.new_question for one in own)
    return Report(
        origin=origin,
        notes=len(notes),
        matched=len(comings) - len(own),
        created=created,
        own=len(own) - created,
        reviews=len(graded),
        acts=len(events) - len(graded),
        known=sum(one.known for one in comings),
        first=min(times, default=None),
        last=max(times, default=None),
        left=left.listed(),
    )
