"""Imported notes: the list, a preview before anything is kept, the document, its matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET, require_POST

from demos.models import Finding
from quizbank.importing.remarks import Refused, Remark
from quizbank.importing.source import LARGEST
from quizbank.models import Document, ImportedDocument, Passage, PendingUpload, Question, User
from quizbank.queries import bank, notes
from quizbank.services import importing
from quizbank.views.visitors import learner
from quizbank.wording import language, say

MOST_REMARKS = 200
MOST_FOUND = 12
FIRST = 3


@dataclass(frozen=True)
class Said:
    """A remark in the page's language."""

    line: int
    text: str


@dataclass(frozen=True)
class Asked:
    """A question of the preview and what it is matched to."""

    heading: str
    line: int
    question: Question | None


@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    return _list(request)


@require_POST
def document_upload(request: HttpRequest) -> HttpResponse:
    """Read a file and show what was found; the file waits an hour for its confirmation."""
    sent = request.FILES.get("file")
    if sent is None:
        return _list(request, error=say("documents.no_file"), status=422)
    now = timezone.now()
    name = sent.name or "notes.md"
    try:
        if (sent.size or 0) > LARGEST:
            raise Refused("large", sent.size)
        data = sent.read()
        importing.preview(name=name, data=data)
    except Refused as refused:
        text = refused.text.zh if language() == "zh" else refused.text.en
        return _list(request, error=text, status=422)
    upload = importing.hold(owner=learner(request, now), name=name, data=data, now=now)
    return redirect("quizbank:document_confirm", upload_id=upload.pk)


def document_confirm(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The report on a waiting file; a POST imports it, or drops it with `cancel`."""
    if not isinstance(request.user, User):
        raise Http404
    now = timezone.now()
    upload = PendingUpload.objects.filter(pk=upload_id, owner=request.user).first()
    if upload is None or upload.created_at < now - importing.PENDING:
        messages.info(request, say("documents.expired"))
        return redirect("quizbank:documents")
    data = bytes(upload.original)
    if request.method != "POST":
        return _private(render(request, "quizbank/documents/preview.html", _preview(upload, data)))
    upload.delete()
    if request.POST.get("cancel"):
        messages.info(request, say("documents.cancelled"))
        return redirect("quizbank:documents")
    done = importing.import_document(owner=request.user, name=upload.file_name, data=data, now=now)
    n, own = done.document.passages.count(), done.questions_created
    words = say("documents.done", n=n, own=own) if done.created else say("documents.again")
    messages.success(request, words)
    return redirect("quizbank:document", document_id=done.document.pk)


@require_GET
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The notes with their questions beside them and what is wrong in them marked."""
    found = _document(request, document_id)
    noted = notes.passages_of(request.user, found)
    findings = bank.recorded()
    own = found.owner_id is not None and found.owner_id == request.user.pk
    context = {
        "document": found,
        "own": own,
        "content_lang": notes.language_of(noted),
        "passages": [
            {"noted": one, "marks": [_mark(mark, findings) for mark in one.marks]} for one in noted
        ],
        "contents": [one for one in noted if one.passage.heading and one.depth <= 1],
        **_remarks(notes.remarks_of(found)),
    }
    return _private(render(request, "quizbank/documents/document.html", context))


@require_GET
def document_file(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The file as it came. Never shown by the browser, whatever it holds."""
    found = _document(request, document_id)
    answer = HttpResponse(bytes(found.original), content_type="application/octet-stream")
    plain = "".join(
        c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in found.file_name
    )
    answer["Content-Disposition"] = f'attachment; filename="{plain}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return _private(answer)


@require_POST
def document_remove(request: HttpRequest, document_id: UUID) -> HttpResponse:
    try:
        found = notes.get_own_document(_person(request), document_id)
    except ImportedDocument.DoesNotExist as missing:
        raise Http404 from missing
    importing.remove_document(document=found, now=timezone.now())
    messages.info(request, say("documents.gone", title=found.title))
    return redirect("quizbank:documents")


@require_POST
def document_restore(request: HttpRequest, document_id: UUID) -> HttpResponse:
    try:
        found = notes.get_removed_for(_person(request), document_id)
    except ImportedDocument.DoesNotExist as missing:
        raise Http404 from missing
    importing.restore_document(document=found)
    messages.success(request, say("documents.restored", title=found.title))
    return redirect("quizbank:document", document_id=found.pk)


def passage_match(request: HttpRequest, passage_id: int) -> HttpResponse:
    """Say which question a passage is about: search, then choose."""
    person = _person(request)
    try:
        passage = notes.get_passage_for(person, passage_id)
    except Passage.DoesNotExist as missing:
        raise Http404 from missing
    if request.method == "POST":
        path = request.POST.get("question", "")
        visible = Question.everyone.visible_to(person).filter(retired_at=None)
        question = visible.filter(path=path).first()
        if path and question is None:
            raise Http404
        importing.correct_match(passage=passage, question=question, now=timezone.now())
        messages.success(request, say("documents.match_saved"))
        address = redirect("quizbank:document", document_id=passage.document_id)
        address["Location"] += f"#p{passage.pk}"
        return address
    text = request.GET.get("q", passage.heading)[:200]
    found = list(bank.questions(text=text)[:MOST_FOUND]) if text.strip() else []
    own = Question.everyone.filter(owner=person, retired_at=None, title_zh__icontains=text)
    context = {"passage": passage, "text": text, "found": found, "own": own[:MOST_FOUND]}
    return _private(render(request, "quizbank/documents/match.html", context))


def _list(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    everything = list(notes.documents_for(request.user))
    person = request.user if isinstance(request.user, User) else None
    context = {
        "yours": [one for one in everything if one.owner_id],
        "shared": [one for one in everything if one.owner_id is None],
        "removed": list(notes.removed_for(person)) if person else [],
        "error": error,
    }
    return _private(render(request, "quizbank/documents/list.html", context, status=status))


def _preview(upload: PendingUpload, data: bytes) -> dict[str, Any]:
    planned = importing.preview(name=upload.file_name, data=data)
    done = planned.read
    places = [i for i in planned.asked if done.passages[i].heading][:FIRST]
    keys = [planned.matches[i].key for i in places if i in planned.matches]
    questions = Question.objects.in_bulk(keys)
    first = []
    for i in places:
        match = planned.matches.get(i)
        question = questions.get(match.key) if match else None
        first.append(Asked(done.passages[i].heading, done.passages[i].line, question))
    return {
        "upload": upload,
        "read": done,
        "bytes_in": len(data),
        "known": Document.objects.filter(slug=done.known).first() if done.known else None,
        "units": planned.units,
        "matched": len(planned.matches),
        "own": len(planned.own),
        "first": first,
        "dialect": say(f"documents.dialect_{done.dialect}"),
        **_remarks(done.remarks),
    }


def _remarks(remarks: Any) -> dict[str, Any]:
    listed: list[Remark] = list(remarks)
    zh = language() == "zh"
    said = [Said(r.line, r.text.zh if zh else r.text.en) for r in listed[:MOST_REMARKS]]
    return {"remarks": said, "more_remarks": max(0, len(listed) - MOST_REMARKS)}


def _mark(mark: notes.Mark, findings: bank.Findings) -> dict[str, Any]:
    finding: Finding | None = None
    if mark.trap:
        finding = findings.get((mark.trap.demo, mark.trap.claim))
    return {"mark": mark, "verdict": finding.verdict if finding else None}


def _document(request: HttpRequest, document_id: UUID) -> ImportedDocument:
    try:
        return notes.get_document_for(request.user, document_id)
    except ImportedDocument.DoesNotExist as missing:
        raise Http404 from missing


def _person(request: HttpRequest) -> User:
    """Whoever asks; for a visitor without a name nothing of their own exists."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _private(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
