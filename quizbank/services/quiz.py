"""Quizzes: begin one, answer its items, end it, and take what was missed to the cards.

A quiz tells the schedule nothing by itself: only `add_misses_to_tomorrow` does, when asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from demos.kit.declare import Text
from quizbank.models import Question, QuizAnswer, QuizSession, Topic, User
from quizbank.models.quiz import CONFIDENCES
from quizbank.queries.quiz import weakest
from quizbank.services import quiz_items, quiz_marking
from quizbank.services.acts import plan
from quizbank.services.errors import BadAnswer as BadAnswer
from quizbank.services.errors import BadQuiz as BadQuiz
from quizbank.services.errors import QuizConflict as QuizConflict
from quizbank.services.quiz_marking import Value

LONGEST = 50  # items
Source = QuizSession.Source
NO_TOPIC = Text("没有这个主题。", "There is no such topic.")
NO_ITEMS = Text("这里还没有测验题。", "There are no quiz items here yet.")
NO_QUESTION = Text("题库里没有这样的题。", "The bank has no such question.")
HOW_SURE = Text("请选有多大把握。", "Say how sure you are.")
ANSWERED = Text(
    "这一题已经答过，先前的答案不变。", "This item is answered; the earlier answer stands."
)
FINISHED = Text("这次测验已经结束。", "This quiz has ended.")


@transaction.atomic
def start_session(
    *,
    user: User,
    n: int,
    now: datetime,
    topic: str = "",
    paths: Collection[str] = (),
    weakness: bool = False,
    seed: int | None = None,
) -> QuizSession:
    """Begin a quiz of at most n items: on a topic, on these questions, or on everything.

    With `weakness` what was missed or is about to be forgotten comes first. The same seed
    draws the same items from the same bank. Raises BadQuiz with the field to blame.
    """
    if isinstance(n, bool) or not 1 <= n <= LONGEST:
        raise BadQuiz("n", Text(f"题数为 1 到 {LONGEST}。", f"Ask for 1 to {LONGEST} items."))
    if topic and not Topic.objects.filter(slug=topic).exists():
        raise BadQuiz("topic", NO_TOPIC)
    items, demos = quiz_items.askable(topic=topic, paths=paths)
    if not items:
        raise BadQuiz("questions" if paths else "topic", NO_QUESTION if paths else NO_ITEMS)
    seed = secrets.randbelow(2**31) if seed is None else seed
    weak = weakest(user, now) if weakness else []
    quiz = QuizSession.objects.create(
        owner=user,
        source=_source(topic, paths, weakness),
        topic=topic,
        seed=seed,
        created_at=now,
    )
    QuizAnswer.objects.bulk_create(
        QuizAnswer(
            quiz=quiz,
            position=position,
            question=item.question,
            item_position=item.position,
            kind=item.kind,
            item=quiz_items.snapshot(item, demos, seed + position),
        )
        for position, item in enumerate(quiz_items.choose(items, n, seed, weak), start=1)
    )
    return quiz


def _source(topic: str, paths: Collection[str], weakness: bool) -> Source:
    if weakness:
        return Source.WEAKNESS
    return Source.LIST if paths else Source.TOPIC if topic else Source.MIXED


@transaction.atomic
def answer(
    *,
    quiz: QuizSession,
    position: int,
    value: Value,
    confidence: str,
    client_uuid: UUID,
    now: datetime,
) -> QuizAnswer:
    """Answer one item, once however often it is sent; the last one ends the quiz.

    `value` is the index of an option, a number as typed, or the slug of a predicted outcome.
    Raises BadAnswer with the field to blame, QuizConflict if the item is answered or the
    UUID was used for something else, QuizAnswer.DoesNotExist for a position there is not.
    """
    locked = QuizSession.objects.select_for_update(of=("self",)).select_related("owner")
    quiz = locked.get(pk=quiz.pk)
    row = quiz.answers.get(position=position)
    given = quiz_marking.read(row, value)
    if confidence not in CONFIDENCES:
        raise BadAnswer("confidence", HOW_SURE)
    before = quiz.answers.filter(client_uuid=client_uuid).first()
    if before is not None:
        if (before.position, before.given, before.confidence) != (position, given, confidence):
            raise QuizConflict(QuizConflict.REUSED)
        return before
    if row.answered_at is not None:
        raise QuizConflict(ANSWERED)
    if quiz.finished_at is not None:
        raise QuizConflict(FINISHED)
    row.given, row.confidence, row.client_uuid = given, confidence, client_uuid
    row.answered_at = now
    quiz_marking.judge(row, quiz.owner, now)
    row.save()
    if not quiz.answers.filter(answered_at=None).exists():
        finish(quiz=quiz, now=now)
    return row


@transaction.atomic
def settle(*, quiz: QuizSession, now: datetime) -> None:
    """Decide the predictions whose runs have ended since."""
    waiting = quiz.answers.filter(correct=None, found__isnull=True, run__isnull=False)
    for row in waiting.select_for_update(of=("self",)).select_related("run"):
        if row.run is not None:
            quiz_marking.settle(row, row.run, now)
            row.save()


def finish(*, quiz: QuizSession, now: datetime) -> QuizSession:
    """End the quiz; items without an answer count neither for nor against."""
    if quiz.finished_at is None:
        QuizSession.objects.filter(pk=quiz.pk, finished_at=None).update(finished_at=now)
        quiz.refresh_from_db(fields=["finished_at"])
    return quiz


@transaction.atomic
def add_misses_to_tomorrow(*, quiz: QuizSession, now: datetime) -> int:
    """Ask for the cards of what was missed by tomorrow; how many there are.

    Doing it again moves nothing. Their intervals and memories stay as they are.
    """
    missed = quiz.answers.filter(correct=False, question__retired_at=None)
    questions = Question.objects.filter(pk__in=missed.values("question")).order_by("path")
    for question in questions:
        # One wish per quiz and question, so that a second press is the first one repeated.
        name = uuid5(quiz.pk, question.path)
        plan(user=quiz.owner, question=question, client_uuid=name, now=now)
    return len(questions)
