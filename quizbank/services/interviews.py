"""The interview somebody prepares for: set it, change it, put it behind."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction

from demos.kit.declare import Text
from quizbank.models import Card, EventKind, Interview, Question, ReviewEvent, Topic, User
from quizbank.models.bank import OWN_TOPIC
from quizbank.models.history import day_of
from quizbank.models.interviews import open_interview
from quizbank.scheduling import LEARNING, RELEARNING, RETENTION, Aim
from quizbank.services.acts import perform
from quizbank.services.errors import PeopleError
from quizbank.services.given import GivenAct
from quizbank.services.log import account_of, lock_profile
from quizbank.services.undo import undo_unanswered

FARTHEST = timedelta(days=730)
LONGEST_TITLE = 120
LOOKS_A_DAY = 40  # of the last days
SHORTEST_LAST, LONGEST_LAST = 2, 14
SOON = Text("请选明天或以后的一天，两年以内。", "Choose a day from tomorrow on, within two years.")
TITLE = Text(f"最多 {LONGEST_TITLE} 个字符。", f"At most {LONGEST_TITLE} characters.")
NO_TOPIC = Text("没有这个主题。", "There is no such topic.")
NO_LEVEL = Text("难度只能是 screen、core 或 deep。", "A level is screen, core or deep.")
NO_QUESTION = Text("题库里没有这样的题。", "The bank has no such question.")
EMPTY = Text("没有一道题符合，请放宽范围。", "No question fits: choose more.")
WANTED = Text(
    f"请填 {100 * RETENTION[0]:g} 到 {100 * RETENTION[1]:g} 之间的数。",
    f"Give a number from {100 * RETENTION[0]:g} to {100 * RETENTION[1]:g}.",
)


@transaction.atomic
def set_interview(
    *,
    user: User,
    day: date,
    now: datetime,
    title: str = "",
    topics: Collection[str] = (),
    levels: Sequence[str] = (),
    questions: Collection[str] = (),
    retention: float = 0.95,
) -> Interview:
    """Prepare for an interview on that day, instead of the one that was open.

    `topics` are slugs, `questions` paths, `retention` the recall wanted on the day. Cards that
    would come back only later are planned for a last look before it. Raises PeopleError with a
    message per field.
    """
    profile = lock_profile(user)
    if account := account_of(user):
        user, profile = account, lock_profile(account)
    today = day_of(profile, now)
    chosen = list(Topic.objects.filter(slug__in=topics).exclude(slug=OWN_TOPIC))
    named = list(Question.everyone.visible_to(user).filter(path__in=questions, retired_at=None))
    errors = {
        field: text
        for field, wrong, text in (
            ("day", not today < day <= today + FARTHEST, SOON),
            ("title", len(title) > LONGEST_TITLE or "\x00" in title, TITLE),
            ("topics", len(chosen) < len(set(topics)), NO_TOPIC),
            ("levels", not set(levels) <= set(Question.Level.values), NO_LEVEL),
            ("questions", len(named) < len(set(questions)), NO_QUESTION),
            ("retention", not RETENTION[0] <= retention <= RETENTION[1], WANTED),
        )
        if wrong
    }
    if errors:
        raise PeopleError(errors)
    interview = open_interview(user.pk)
    if interview is not None and interview.day <= today:  # it has been; this is another one
        _close(interview, now)
        interview = None
    if interview is None:
        interview = Interview(user=user, created_at=now)
    interview.day, interview.title, interview.retention = day, title.strip(), retention
    interview.levels = [level for level in Question.Level.values if level in levels]
    interview.save()
    interview.topics.set(chosen)
    _name_one_by_one(interview, named)
    asked = interview.may_ask().count()
    if not asked:
        raise PeopleError({"topics": EMPTY})
    days = math.ceil(asked / LOOKS_A_DAY)
    interview.last_days = min(LONGEST_LAST, max(SHORTEST_LAST, days))
    _take_back_plans(interview, now)
    interview.planned = [str(each) for each in _plan_last_looks(interview, today, now)]
    interview.save(update_fields=["last_days", "planned"])
    return interview


@transaction.atomic
def close_interview(*, user: User, now: datetime) -> Interview | None:
    """Put the open interview behind; its plans that still stand are taken back."""
    lock_profile(user)
    interview = open_interview((account_of(user) or user).pk)
    if interview is not None:
        _close(interview, now)
    return interview


@transaction.atomic
def adopt_interviews(*, guest: User, account: User, now: datetime) -> None:
    """Give the account the interviews of a guest whose cards and log it has taken over.

    The account's own open interview stays, and the guest's becomes one of the past. What the
    other's cards still need for the one that is open is planned.
    """
    profile = lock_profile(account)
    if open_interview(account.pk) is not None:
        for theirs in Interview.objects.filter(user=guest, closed_at=None):
            theirs.user, theirs.closed_at = account, now  # at once: two cannot be open
            theirs.save(update_fields=["user", "closed_at"])
            _take_back_plans(theirs, now)
    Interview.objects.filter(user=guest).update(user=account)
    interview, today = open_interview(account.pk), day_of(profile, now)
    if interview is not None and interview.day > today:
        interview.planned += [str(each) for each in _plan_last_looks(interview, today, now)]
        interview.save(update_fields=["planned"])


def _name_one_by_one(interview: Interview, questions: Iterable[Question]) -> None:
    """Let those be the ones named one by one. The relation would not drop the person's own."""
    rows = Interview.questions.through.objects.filter(interview=interview)
    rows.exclude(question__in=[question.pk for question in questions]).delete()
    interview.questions.add(*questions)


def _close(interview: Interview, now: datetime) -> None:
    _take_back_plans(interview, now)
    interview.closed_at = now
    interview.save(update_fields=["closed_at"])


def _plan_last_looks(interview: Interview, today: date, now: datetime) -> list[UUID]:
    """Plan the cards that are due only after their last look, and say by which events.

    Also suspended ones, which may be brought back before the day.
    """
    late = Card.objects.filter(
        user=interview.user,
        question__in=interview.may_ask(),
        due_day__gte=interview.aim.opens,
    ).exclude(state__in=(LEARNING, RELEARNING))
    made = []
    for card in late.select_related("question"):
        look = _last_look(interview.aim, card.seed, today)
        if card.due_day is None or card.due_day <= look:
            continue
        name = f"interview {interview.pk} {card.pk} {now.isoformat()}"
        given = GivenAct(
            kind=EventKind.PLAN,
            question=card.question,
            client_uuid=uuid5(NAMESPACE_OID, name),
            days=(look - today).days,
        )
        perform(user=interview.user, given=given, now=now)
        made.append(given.client_uuid)
    return made


def _last_look(aim: Aim, seed: int, today: date) -> date:
    """Tomorrow at the soonest, for an interview that is near."""
    return max(aim.last_look(seed), today + timedelta(days=1))


def _take_back_plans(interview: Interview, now: datetime) -> None:
    """Undo the plans whose cards were not answered since."""
    planned = ReviewEvent.objects.filter(
        user=interview.user, client_uuid__in=[UUID(each) for each in interview.planned]
    ).select_related("card")
    undo_unanswered(user=interview.user, events=planned, now=now)
