"""Studying: see a question, show its answer, grade it, take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from demos.kit.declare import Text
from quizbank.forms import wishes
from quizbank.forms.acts import Deed
from quizbank.forms.draft import UNSAID, Draft
from quizbank.models import EventKind, Question, ReviewEvent, Topic, User
from quizbank.models.study import ANSWER_LENGTH
from quizbank.queries.bank import get_question
from quizbank.queries.sessions import SHORT, Wish, budget, next_of, offers
from quizbank.queries.study import (
    StudyItem,
    counts,
    get_event_for,
)
from quizbank.services.errors import BadReview, ReviewConflict
from quizbank.services.study import record_review
from quizbank.services.study import undo as take_back
from quizbank.views import cards, own_card
from quizbank.views.onwards import gone, next_card, posted
from quizbank.views.panel import evidence, prediction_of
from quizbank.views.predictions import keep
from quizbank.views.visitors import learner
from quizbank.wording import calendar, language, say


def study(request: HttpRequest) -> HttpResponse:
    """The front of the next card, of the one named, or of the one a form carries on."""
    now = timezone.now()
    wish = wishes.starting(request.GET, now)
    path = request.GET.get("question", "")
    draft = Draft.read(request.POST) if request.method == "POST" else None
    if draft:
        path, wish = draft.question, draft.wish
    if not path and _pauses(request, wish, now):
        return _end(request, wish, now)
    try:
        if path:
            item: StudyItem | None = cards.item_of(request.user, now, path)
        else:
            item = next_of(request.user, now, wish)
    except Question.DoesNotExist:
        return gone(request)
    if item is None:
        return _end(request, wish, now)
    return show_front(request, item, draft or Draft.new(item, now, wish))


@posted
def reveal(request: HttpRequest) -> HttpResponse:
    """The answer and the proof. The visitor becomes a guest here, before anything is graded,
    so that a grade sent twice finds one person."""
    now = timezone.now()
    draft = Draft.read(request.POST)
    try:
        item = cards.item_of(request.user, now, draft.question)
    except Question.DoesNotExist:
        return gone(request)
    if draft.too_long:
        return show_front(request, item, draft, _too_long(draft), status=422)
    learner(request, now, draft.zone)
    context = cards.back(request.user, item, draft.revealed(now), now)
    if draft.asked and context["panel"]:
        keep(request, context["panel"].demo, _guess(context["chosen"], draft))
    return _private(render(request, "quizbank/study/back.html", context))


@posted
def grade(request: HttpRequest) -> HttpResponse:
    """Record the grade, once however often it is sent, and go on to the next card."""
    now = timezone.now()
    draft = Draft.read(request.POST)
    try:
        question = get_question(draft.question, request.user)
    except Question.DoesNotExist:
        return gone(request)
    user = learner(request, now, draft.zone)
    rating = request.POST.get("rating", "")
    prediction = prediction_of(evidence(question).panel, draft)
    known = {tick.name for tick in cards.checklist(question, draft)}
    try:
        recorded = record_review(
            user=user,
            question=question,
            rating=int(rating) if rating in ("1", "2", "3", "4") else 0,
            client_uuid=draft.client_uuid,
            now=now,
            duration_ms=draft.duration_ms,
            suggestion=cards.suggested_to(user, question, draft),
            answer=draft.answer,
            ticks=sorted(known.intersection(draft.ticks)),
            prediction=prediction,
            confidence="" if draft.never else draft.confidence,
            hint_used=draft.hint,
            cram=draft.wish.kind == "cram",
        )
    except ReviewConflict:
        messages.info(request, say("study.already"), extra_tags="undo")
        return next_card(draft.wish)
    except BadReview as bad:
        return _refused(request, draft, bad)
    if recorded.created:
        words = _graded(recorded.event)
        if draft.answered_elsewhere(recorded.card.reps):
            words = say("study.elsewhere", graded=words)
        messages.success(request, words, extra_tags="undo")
    return next_card(draft.wish)


@posted
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the latest deed and show its card again, or the one a history names."""
    deed = Deed.read(request.POST)
    if not isinstance(request.user, User):
        return next_card()
    user, done = request.user, None
    try:
        event = get_event_for(user, deed.event) if deed.event else None
        done = take_back(user=user, client_uuid=deed.client_uuid, now=timezone.now(), event=event)
    except (ReviewConflict, ReviewEvent.DoesNotExist):
        pass
    if done is None:
        messages.info(request, say("study.redone"))
        return next_card()
    path = done.card.question.path
    again = _session_of(done.event, deed.wish)
    if deed.stay:
        messages.info(request, say("acts.undone"))
        return redirect("quizbank:question", path)
    if done.event.undoes and done.event.undoes.kind == EventKind.UNDO:
        messages.info(request, say("study.restored"), extra_tags="undo")
        return next_card(again)
    messages.info(request, _undone(done.event), extra_tags=f"redo {done.event.client_uuid}")
    return next_card(again, question=path)


@require_GET
def proof(request: HttpRequest, path: str) -> HttpResponse:
    """The panel alone, for a page that waits for its first result."""
    try:
        question = get_question(path, request.user)
    except Question.DoesNotExist as missing:
        raise Http404 from missing
    draft = Draft(
        question=path,
        choice=request.GET.get("choice", ""),
        confidence=request.GET.get("confidence", ""),
        asked=bool(request.GET.get("asked")),
    )
    shown = evidence(question)
    context = {"question": question, "draft": draft, "evidence": shown, "panel": shown.panel}
    context |= cards.outcome(shown.panel, draft)
    return _private(render(request, "quizbank/study/proof.html", context))


def show_front(
    request: HttpRequest, item: StudyItem, draft: Draft, error: str = "", status: int = 200
) -> HttpResponse:
    context = cards.front(request, item, draft, timezone.now()) | {"error": error}
    return _private(render(request, "quizbank/study/front.html", context, status=status))


def _session_of(undo: ReviewEvent, wish: Wish) -> Wish:
    """The session to show the card in again: what was crammed is crammed, nothing else is."""
    if undo.undoes and undo.undoes.kind == EventKind.CRAM:
        return replace(wish, kind="cram")
    return replace(wish, kind="due") if wish.kind == "cram" else wish


def _undone(undo: ReviewEvent) -> str:
    """With the day where that is another than today, which an undo without a limit may reach."""
    target = undo.undoes
    if target is None or target.study_day == undo.study_day:
        return say("study.undone")
    day = calendar.short_date(target.study_day)
    return say("study.undone_of", day=day, deed=own_card.deed(target))


def _graded(event: ReviewEvent) -> str:
    name = own_card.deed(event)
    if event.kind == EventKind.CRAM:
        return say("study.crammed", grade=name)
    due_in = event.after_due - event.reviewed_at if event.after_due else timedelta(0)
    wait = timedelta(days=event.interval_chosen) if event.interval_chosen else due_in
    return say("study.done", grade=name, wait=calendar.wait(wait))


def _pauses(request: HttpRequest, wish: Wish, now: datetime) -> bool:
    """Whether the day's minutes are used up; a session with an end of its own goes on."""
    return wish.until is None and wish.kind == "due" and budget(request.user, now).used_up


def _end(request: HttpRequest, wish: Wish, now: datetime) -> HttpResponse:
    topic = Topic.objects.filter(slug=wish.topic).first() if wish.topic else None
    used_up = _pauses(request, wish, now)
    context = cards.line(request.user, None, now) | {
        "counts": counts(request.user, now),
        "topic": topic,
        "empty": not Question.objects.filter(retired_at=None).exists(),
        "headline": _headline(wish, used_up=used_up, over=wish.over(now)),
        "cut_short": used_up or wish.over(now),
        "short": SHORT,
        "budget": budget(request.user, now),
        "used_up": used_up,
        "more": next_of(request.user, now, Wish(wish.kind, wish.topic)) is not None,
        "wish": wish,
        "offers": offers(request.user, now),
    }
    return _private(render(request, "quizbank/study/end.html", context))


def _headline(wish: Wish, *, used_up: bool, over: bool) -> str:
    if used_up:
        return say("study.end_budget")
    if over:
        return say("study.end_time")
    if wish.kind != "due":
        return say(f"study.end_{wish.kind}")
    return say("study.end_topic") if wish.topic else say("study.end")


def _refused(request: HttpRequest, draft: Draft, bad: BadReview) -> HttpResponse:
    """The same card again with what is wrong: at the answer if that is to blame."""
    now = timezone.now()
    item = cards.item_of(request.user, now, draft.question)
    if bad.field == "answer":
        words = _too_long(draft) if draft.too_long else _text(bad.text)
        return show_front(request, item, draft, words, status=422)
    context = cards.back(request.user, item, draft, now) | {"error": _text(bad.text)}
    return _private(render(request, "quizbank/study/back.html", context, status=422))


def _guess(chosen: str, draft: Draft) -> dict[str, str] | None:
    return {"choice": chosen, "confidence": draft.confidence or UNSAID} if chosen else None


def _too_long(draft: Draft) -> str:
    return say("study.too_long", n=ANSWER_LENGTH, given=len(draft.answer))


def _text(text: Text) -> str:
    return text.zh if language() == "zh" else text.en


def _private(response: HttpResponse) -> HttpResponse:
    """Not for shared caches, but kept for the back button: what was typed is in it."""
    patch_cache_control(response, private=True, no_cache=True)
    return response
