"""What every page's frame needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from quizbank.queries.shell import last_proved
from quizbank.wording import LANGUAGES, TAGS, language

# Address name -> the entry of the navigation it belongs to.
SECTIONS = {
    "home": ("home", "study", "reveal", "grade", "undo"),
    "questions": ("questions", "question", "disputed"),
    "lab": ("lab", "demo", "run_create", "run", "notebook"),
    "quiz": ("quiz", "quiz_session", "quiz_result"),
    "mock": ("mock", "mock_sitting", "mock_answer", "mock_estimate", "mock_mark"),
    "progress": ("progress",),
    "documents": ("documents", "document", "document_upload", "document_confirm", "passage_match"),
}


@dataclass(frozen=True)
class Entry:
    name: str
    address: str
    current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Language, navigation and the line at the foot. Asks the database only if it is shown."""
    match = request.resolver_match
    here = match.url_name if match else None
    own = language()
    other = next(each for each in LANGUAGES if each != own)
    return {
        "language": own,
        "html_lang": TAGS[own],
        "other_lang": TAGS[other],
        "other_address": _translated(request, other),
        "alternates": [(TAGS[each], _translated(request, each)) for each in LANGUAGES],
        "navigation": [
            Entry(name, reverse(f"quizbank:{name}"), here in names)
            for name, names in SECTIONS.items()
        ],
        "last_proved": SimpleLazyObject(last_proved),
    }


def _translated(request: HttpRequest, wanted: str) -> str:
    """The same address in another language; what has none there leads to its home."""
    _, prefix, rest = [*request.get_full_path().split("/", 2), "", ""][:3]
    return f"/{wanted}/{rest}" if prefix in LANGUAGES else f"/{wanted}/"
