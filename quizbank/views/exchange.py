"""Cards from other programs, and ours for them: a file is read, shown, confirmed, reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import Truncator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from demos.kit.declare import Text
from quizbank.exchange import sheets
from quizbank.exchange.headings import First, FirstRow
from quizbank.models import PendingUpload, Question, Topic, User
from quizbank.models.bank import OWN_TOPIC
from quizbank.queries import own, people, tables
from quizbank.services import importing
from quizbank.services.bringing import files
from quizbank.services.bringing.report import REASONS
from quizbank.services.errors import BadFile
from quizbank.views.visitors import learner
from quizbank.wording import language, say, spoken

CSV = "text/csv; charset=utf-8"
REPORT = "exchange_report"
MOST_OWN = 200
LONGEST_NAME = 120
LONGEST_HEADING = 60


@never_cache
@require_GET
def exchange(request: HttpRequest) -> HttpResponse:
    return _page(request)


@never_cache
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Read a file; it waits an hour for its confirmation."""
    sent = request.FILES.get("file")
    if sent is None:
        return _page(request, error=say("documents.no_file"), status=422)
    now = timezone.now()
    name = (sent.name or "cards.csv")[-LONGEST_NAME:]  # its ending says what it is
    try:
        files.check_size(sent.size or 0)
        data = sent.read()
        files.opened(name, data)
    except BadFile as bad:
        return _page(request, error=spoken(bad.text), status=422)
    waiting = importing.hold(owner=learner(request, now), name=name, data=data, now=now)
    return redirect("quizbank:exchange_confirm", upload_id=waiting.pk)


@never_cache
def confirm(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """What the waiting file would do; a POST does it, or drops the file with `cancel`.

    `first_row` says what the first row of a table is.
    """
    user = _person(request)
    if user is None:
        raise Http404
    now = timezone.now()
    waiting = PendingUpload.objects.filter(pk=upload_id, owner=user).first()
    if waiting is None or waiting.created_at < now - importing.PENDING:
        messages.info(request, say("documents.expired"))
        return redirect("quizbank:exchange")
    told = request.POST if request.method == "POST" else request.GET
    first = next((one for one in First if one == told.get("first_row")), None)
    try:
        file = files.opened(waiting.file_name, bytes(waiting.original), first)
    except BadFile as bad:  # it came by the door for notes, or cannot be read this way
        messages.info(request, spoken(bad.text))
        if first:
            return redirect("quizbank:exchange_confirm", upload_id=waiting.pk)
        return redirect("quizbank:exchange")
    if request.method != "POST":
        context = {
            "name": waiting.file_name,
            "file": file,
            "first_row": _first_row(file.first_row),
            **_shown(file.preview(user, now).json(), user, file.remarks),
        }
        return render(request, "quizbank/exchange/preview.html", context)
    if request.POST.get("cancel"):
        waiting.delete()
        messages.info(request, say("exchange.cancelled"))
        return redirect("quizbank:exchange")
    report = file.bring_in(user, now, settings=bool(request.POST.get("settings")))
    waiting.delete()
    remarks = [asdict(text) for text in file.remarks]
    request.session[REPORT] = {**report.json(), "remarks": remarks, "at": now.isoformat()}
    return redirect("quizbank:exchange_done")


@never_cache
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """What the last file did."""
    user, report = _person(request), request.session.get(REPORT)
    if user is None or report is None:
        return redirect("quizbank:exchange")
    remarks = [Text(**text) for text in report.get("remarks", ())]
    made = own.brought_at(user, moment_of(report)).count()
    context = {**_shown(report, user, remarks), "made": made, "own_topic": OWN_TOPIC}
    return render(request, "quizbank/exchange/done.html", context)


@never_cache
@require_safe
def cards_csv(request: HttpRequest) -> HttpResponse:
    """The person's cards with their past, which come back without loss."""
    user = _person(request)
    if user is None:
        return redirect("quizbank:exchange")
    return _file(sheets.write(tables.notes_of(user, language())), "proofdeck-cards.csv")


@never_cache
@require_safe
def log_csv(request: HttpRequest) -> HttpResponse:
    """Everything the person did with cards, for a spreadsheet."""
    user = _person(request)
    if user is None:
        return redirect("quizbank:exchange")
    text = sheets.BOM + sheets.table(tables.LOG, tables.log_of(user, language()))
    return _file(text, "proofdeck-log.csv")


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _page(request: HttpRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    user = _person(request)
    mine = own.own_questions(user) if user else Question.objects.none()
    away = own.put_away(user) if user else Question.objects.none()
    context = {
        "error": error,
        "endings": ",".join(files.READERS),
        "largest": files.LARGEST >> 20,
        "cards": user.cards.count() if user else 0,
        "topics": Topic.objects.exclude(slug=OWN_TOPIC),
        "own": list(mine[:MOST_OWN]),
        "more_own": max(0, mine.count() - MOST_OWN),
        "away": list(away[:MOST_OWN]),
        "away_count": away.count(),
    }
    return render(request, "quizbank/exchange/exchange.html", context, status=status)


def _first_row(row: FirstRow | None) -> dict[str, str] | None:
    """How the first row of a table was taken, in a sentence, and what else it may be."""
    if row is None:
        return None
    columns = [
        say(
            "exchange.column",
            heading=Truncator(cell.strip()).chars(LONGEST_HEADING),
            name=say(f"exchange.column_{name}"),
        )
        for cell, name in row.columns
        if name
    ]
    listed = format_html_join(say("exchange.comma"), "{}", ((one,) for one in columns))
    return {
        "taken": row.taken,
        "sentence": say(f"exchange.first_{row.taken}", columns=listed),
        "other": row.other if row.either else "",
        "instead": say(f"exchange.as_{row.other}"),
    }


def moment_of(report: Mapping[str, Any]) -> datetime | None:
    """When the file of a report was brought in; None of one from before that was kept."""
    return datetime.fromisoformat(report["at"]) if "at" in report else None


def _shown(report: Mapping[str, Any], user: User, remarks: Iterable[Text]) -> dict[str, Any]:
    """A report as templates show it, with what of the file was lost on the way."""
    zone = ZoneInfo(people.profile_of(user).zone)
    days = {
        name: datetime.fromisoformat(report[name]).astimezone(zone).date()
        for name in ("first", "last")
        if report[name]
    }
    left = [
        {**one, "text": spoken(REASONS[one["reason"]]), "name": say(f"exchange.of_{one['what']}")}
        for one in report["left"]
    ]
    others = [(say(f"exchange.of_{name}"), n) for name, n in report["others"].items() if n]
    new = sum(report[name] for name in ("created", "reviews", "acts")) + sum(n for _, n in others)
    return {
        "report": {**report, **days},
        "left": left,
        "others": others,
        "remarks": list(map(spoken, remarks)),
        "adds": new > 0,
    }


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
