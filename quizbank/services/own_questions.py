"""A learner's own questions, made of passages that ask what the bank does not."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.html import escape

from quizbank.content import words
from quizbank.importing.matching import normal
from quizbank.models import Passage, Proof, Question, Topic, User
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
