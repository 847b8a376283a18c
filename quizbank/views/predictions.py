"""The guess before the proof: what a visitor has staked, or chosen to skip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from demos.models import Demo
from quizbank.forms.draft import SURE, UNSAID
from quizbank.queries.predictions import predictions

KEPT = "predictions"  # in the session, for those who look without running anything


@dataclass(frozen=True)
class Guess:
    """`choice` is an option's slug; without one the guess was skipped."""

    choice: str = ""
    confidence: str = UNSAID
    text: Mapping[str, str] | None = None

    @property
    def made(self) -> bool:
        return bool(self.choice)


def guesses(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """{demo: guess} of all that the visitor has guessed or skipped, in one look."""
    kept = request.session.get(KEPT, {})
    return {**kept, **predictions(request.user)}


def guess_of(request: HttpRequest, demo: Demo) -> Guess | None:
    """The visitor's guess about this demo; None while the result must stay sealed. Where
    nothing is asked there is nothing to wait for."""
    if not demo.manifest.get("prediction"):
        return Guess()
    said = guesses(request).get(demo.slug)
    return None if said is None else _guess(demo, said)


def posted_guess(request: HttpRequest, demo: Demo) -> dict[str, str] | None:
    """The guess in a posted form, as `request_run` takes it."""
    choice = request.POST.get("choice", "")
    if not choice or not demo.manifest.get("prediction"):
        return None
    return {"choice": choice, "confidence": request.POST.get("confidence") or UNSAID}


def keep(request: HttpRequest, demo: Demo, said: Mapping[str, str] | None) -> None:
    """Remember in the session that the visitor has guessed, or would rather not."""
    kept = dict(request.session.get(KEPT, {}))
    if said is None or said["choice"] not in _texts(demo):
        kept.setdefault(demo.slug, {"skipped": True})
    else:
        sure = said["confidence"] if said["confidence"] in SURE else UNSAID
        kept[demo.slug] = {"choice": said["choice"], "confidence": sure}
    request.session[KEPT] = kept


def of_request(demo: Demo, said: Mapping[str, Any] | None) -> Guess | None:
    """The guess that came with a wish for a run."""
    return _guess(demo, said) if said else None


def _guess(demo: Demo, said: Mapping[str, Any]) -> Guess:
    text = _texts(demo).get(said.get("choice", ""))
    if text is None:
        return Guess()
    return Guess(said["choice"], said.get("confidence", UNSAID), text)


def _texts(demo: Demo) -> dict[str, Mapping[str, str]]:
    asked = demo.manifest.get("prediction") or {"options": []}
    return {option["slug"]: option["text"] for option in asked["options"]}
