"""A learner's own questions, made of passages that ask what the bank does not."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.html import escape

from quizbank.content import words
from quizbank.importing.matching import normal
from quizbank.models import (
    Card,
    Interview,
    MockQuestion,
    Passage,
    Proof,
    Question,
    QuizAnswer,
    Topic,
    User,
)
from quizbank.models.bank import OWN_TOPIC
from quizbank.queries.notes import excerpt
from quizbank.services.chunks import chunks

LONGEST = 200_000
EMPTY = (
    "<p>你的笔记在这里还没有写答案。</p>",
    "<p>Your notes hold no answer here yet.</p>",
)
RELATED = (
    "<p>这个实验和这道题讲的是同一个概念，不是对你笔记的证明。</p>",
    "<p>This experiment is about the same concept; it proves nothing about your notes.</p>",
)
LAST = 1_000_000  # after every question of the bank


@dataclass(frozen=True)
class Wanted:
    """A question to be made: its words, its answer as markup, and related demos. `prompt` is
    what is asked as markup, where that is more than the heading."""

    heading: str
    answer: str
    demos: tuple[str, ...] = ()
    prompt: str = ""
    tags: tuple[str, ...] = ()


def make_own(*, owner: User, wanted: Sequence[Wanted], now: datetime) -> tuple[list[Question], int]:
    """A question for each heading, in order, and how many of them are new.

    Equal headings share one question, also across documents; one that was retired comes back.
    """
    if not wanted:
        return [], 0
    topic = own_topic()
    slugs = [_slug(one.heading) for one in wanted]
    known = {q.slug: q for q in Question.everyone.filter(owner=owner, slug__in=slugs)}
    created = 0
    for slug, one in zip(slugs, wanted, strict=True):
        question = known.get(slug)
        if question is None:
            known[slug] = _created(owner, topic, slug, one, now)
            created += 1
        elif question.retired_at:
            question.retired_at = None
            question.save(update_fields=["retired_at"])
    return [known[slug] for slug in slugs], created


@transaction.atomic
def retire_unused(*, owner: User | None, questions: Iterable[int | None], now: datetime) -> int:
    """Retire those of the person's own questions that no passage in sight asks (any more); how
    many. Their past is kept."""
    asked = Passage.objects.filter(document__removed_at=None, question__isnull=False)
    own = Question.everyone.filter(owner=owner, owner__isnull=False, retired_at=None)
    unused = own.exclude(pk__in=asked.values("question"))
    return sum(
        unused.filter(pk__in=some).update(retired_at=now, updated_at=now)
        for some in chunks(pk for pk in questions if pk)
    )


@transaction.atomic
def revive(*, owner: User | None, questions: Iterable[int | None]) -> None:
    """Bring back the person's own questions."""
    own = Question.everyone.filter(owner=owner, owner__isnull=False)
    for some in chunks(pk for pk in questions if pk):
        own.filter(pk__in=some).update(retired_at=None)


def own_topic() -> Topic:
    """The topic of everybody's own questions."""
    titles = {"title_zh": "我的笔记", "title_en": "My notes", "position": 9_999}
    return Topic.objects.get_or_create(slug=OWN_TOPIC, defaults=titles)[0]


def slug_of_note(named: str) -> str:
    """Of the question that a note makes, by what names the note: for one of ours the path of the
    question it was written from."""
    return hashlib.sha256(f"note:{named}".encode("utf-8", "replace")).hexdigest()[:40]


@transaction.atomic
def adopt_questions(*, guest: User, account: User) -> None:
    """Give the account the guest's own questions. Of one that both have the account's stays, and
    what was done with the guest's was done with that one."""
    same = _same(guest, account)
    live = Question.everyone.filter(owner=guest, retired_at=None).values_list("pk", flat=True)
    revive(owner=account, questions=[same[pk] for pk in live if pk in same])
    for model in (Card, QuizAnswer, MockQuestion, Passage, Interview.questions.through):
        _point(model._default_manager.all(), same)
    for some in chunks(same):
        Question.everyone.filter(owner=guest, pk__in=some).delete()
    Question.everyone.filter(owner=guest).update(owner=account)


def adopted(question: Question, account: User) -> Question:
    """What a question is since a guest was merged into the account: one of their own may be
    another row now. Raises Question.DoesNotExist if it is nothing of theirs."""
    if question.owner_id is None:
        return question
    own = Question.everyone.filter(owner=account)
    there = own.filter(pk=question.pk).first()
    if there is None:
        named = _named(own)
        names = _names(question.slug, question.path)
        there = own.get(pk__in=[named[name] for name in names if name in named][:1])
    return there


def _same(guest: User, account: User) -> dict[int, int]:
    """Question of the guest -> the one of the account that is the same, each once."""
    named = _named(Question.everyone.filter(owner=account))
    same: dict[int, int] = {}
    taken: set[int] = set()
    theirs = Question.everyone.filter(owner=guest).order_by("pk")
    for pk, slug, path in theirs.values_list("pk", "slug", "path"):
        found = {named[name] for name in _names(slug, path) if name in named} - taken
        if found:
            same[pk] = min(found)
            taken.add(same[pk])
    return same


def _named(questions: QuerySet[Question]) -> dict[str, int]:
    rows = questions.order_by("-pk").values_list("pk", "slug", "path")
    return {name: pk for pk, slug, path in rows for name in _names(slug, path)}


def _names(slug: str, path: str) -> tuple[str, str]:
    """Also as a package of ours names it that somebody else, or a guest, brings in."""
    return slug, slug_of_note(path)


def _point(rows: QuerySet[Any], same: Mapping[int, int]) -> None:
    """Let rows that name one of the questions name the other."""
    for some in chunks(same):
        found = list(rows.filter(question__in=some).only("pk", "question"))
        for row in found:
            row.question_id = same[row.question_id]
        rows.bulk_update(found, ["question"], batch_size=200)


def _slug(heading: str) -> str:
    return hashlib.sha256(normal(heading).encode()).hexdigest()[:40]


def _created(owner: User, topic: Topic, slug: str, one: Wanted, now: datetime) -> Question:
    question = drafted(owner, topic, slug, one, now)
    question.save(force_insert=True)
    for position, demo in enumerate(one.demos, 1):
        Proof.objects.create(
            question=question,
            position=position,
            demo=demo,
            why_html_zh=RELATED[0],
            why_html_en=RELATED[1],
        )
    return question


def drafted(owner: User, topic: Topic, slug: str, one: Wanted, now: datetime) -> Question:
    """The question as a row that is not stored yet, without its related demos."""
    prompt = one.prompt or f"<p>{escape(one.heading)}</p>"
    answer = one.answer if len(one.answer) <= LONGEST else f"<p>{escape(excerpt(one.answer))}</p>"
    first = re.search(r"<p>.*?</p>", answer, re.DOTALL)
    short = first[0] if first else f"<p>{escape(excerpt(answer))}</p>"
    fields: dict[str, str] = {}
    for i, language in enumerate(("zh", "en")):
        empty = EMPTY[i]
        fields |= {
            f"title_{language}": one.heading,
            f"prompt_{language}": one.heading,
            f"prompt_html_{language}": prompt,
            f"short_{language}": excerpt(answer) or excerpt(empty),
            f"short_html_{language}": short if answer else empty,
            f"full_{language}": excerpt(answer) or excerpt(empty),
            f"full_html_{language}": answer or empty,
        }
    plain = re.sub(r"<[^>]*>", " ", answer)
    return Question(
        path=f"own/{uuid.uuid4().hex}",
        owner=owner,
        slug=slug,
        topic=topic,
        level=Question.Level.CORE,
        position=LAST,
        tags=list(one.tags),
        search_text=words.column(title=(one.heading,), aliases=(), tags=one.tags, body=(plain,)),
        content_hash=hashlib.sha256((one.heading + answer).encode()).hexdigest(),
        created_at=now,
        updated_at=now,
        **fields,
    )
