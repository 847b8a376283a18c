"""Today: the first question open on the page, or what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from quizbank.forms.draft import Draft
from quizbank.forms.reading import uuid_of
from quizbank.models import Question, ReviewEvent, User
from quizbank.queries.backlog import backlog, overdue
from quizbank.queries.session import Surprise, surprises
from quizbank.queries.sessions import SHORT, offers
from quizbank.queries.study import StudyItem, counts, next_item, usual_duration_ms
from quizbank.queries.traps import trap_of_the_day
from quizbank.services.backlog import gather_backlog, spread_backlog
from quizbank.views import cards
from quizbank.views.interview import outlook
from quizbank.views.onwards import posted
from quizbank.views.panel import Panel, trap_panel
from quizbank.wording import calendar, say

USUAL_SECONDS = 45.0
# What a first visit is asked: everyone has an opinion on it, and half of it is wrong.
WELCOME = "initialisation/zero_weights"


@dataclass(frozen=True)
class Bar:
    """One of the next seven days."""

    day: date
    n: int
    mark: str
    x: float
    height: float

    @property
    def top(self) -> float:
        return 90 - self.height

    @property
    def middle(self) -> float:
        return self.x + 15

    @property
    def label(self) -> float:
        return self.top - 5


@dataclass(frozen=True)
class Misjudged:
    surprise: Surprise
    said: Any
    right: Any


def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    user = request.user if isinstance(request.user, User) else None
    studied = user is not None and ReviewEvent.objects.filter(user=user).exists()
    context = _returning(request, user, now) if user and studied else _first(request, now)
    answer = render(
        request, "quizbank/home/today.html" if studied else "quizbank/home/first.html", context
    )
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _first(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The first card, or the one that the other language's page carries on."""
    draft = Draft.read(request.POST) if request.method == "POST" else None
    try:
        path = draft.question if draft else WELCOME
        item: StudyItem | None = cards.item_of(request.user, now, path)
    except Question.DoesNotExist:
        item, draft = next_item(request.user, now), None
    if item is None:
        return {"empty": True}
    return cards.front(request, item, draft or Draft.new(item, now), now)


def _returning(request: HttpRequest, user: User, now: datetime) -> dict[str, Any]:
    line = cards.line(user, None, now)
    count = counts(user, now)
    seconds = (usual_duration_ms(user) or USUAL_SECONDS * 1000) / 1000
    minutes = max(1, round((count.due + count.new) * seconds / 60))
    return {
        **line,
        "counts": count,
        "offers": offers(user, now),
        "short": SHORT,
        "minutes": minutes,
        "long_day": minutes > SHORT,
        "bars": _bars(count.by_day, line["session"].day),
        "hour": f"{line['session'].rollover_hour:02}:00",
        "surprises": [_misjudged(one) for one in surprises(user)],
        **_proof_of_the_day(request, line["session"].day),
        **outlook(user, now),
        "overdue": overdue(user, now),
        "backlog": backlog(user, now),
    }


@posted
def spread(request: HttpRequest) -> HttpResponse:
    """Spread the backlog over days to come, or take that back."""
    now, user = timezone.now(), request.user
    name = uuid_of(request.POST.get("client_uuid", ""))
    if isinstance(user, User) and name is not None:
        if "back" in request.POST:
            n = gather_backlog(user=user, client_uuid=name, now=now)
            messages.info(request, say("home.gathered", n=n))
        elif done := spread_backlog(user=user, client_uuid=name, now=now):
            said = say("home.spread_done", n=done.days, last=calendar.short_date(done.last_day))
            messages.success(request, said, extra_tags=f"spread {name}")
    return redirect("quizbank:home")


def _bars(by_day: list[int], today: date) -> list[Bar]:
    most = max(*by_day, 1)
    days = [today + timedelta(days=ahead) for ahead in range(len(by_day))]
    return [
        Bar(day, n, calendar.weekday_mark(day), 10 + 47.4 * i, 64 * n / most)
        for i, (day, n) in enumerate(zip(days, by_day, strict=True))
    ]


def _misjudged(one: Surprise) -> Misjudged:
    options = {o["slug"]: o["text"] for o in one.demo.manifest["prediction"]["options"]}
    return Misjudged(one, options.get(one.chosen), options.get(one.right))


def _proof_of_the_day(request: HttpRequest, day: date) -> dict[str, Any]:
    trap = trap_of_the_day(day)
    panel = trap_panel(trap, trap.question) if trap else None
    if trap is None or panel is None or panel.run is None or panel.trap is None:
        return {"potd": None}
    guess = request.GET.get("guess", "")
    return {"potd": panel, "potd_question": trap.question, **_guessed(panel, guess)}


def _guessed(panel: Panel, guess: str) -> dict[str, Any]:
    if guess not in panel.option_slugs:
        return {"guess": ""}
    return {
        "guess": guess,
        "said": panel.text_of(guess),
        "right_text": panel.text_of(panel.right),
    }
