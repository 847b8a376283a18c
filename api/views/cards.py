"""A person's cards: what is due, what comes next, where one stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, study_shapes
from api.authentication import person_of
from api.fields import Given, OneOf, Words
from api.pagination import Pages
from api.problems import problems
from api.views.base import ApiView
from quizbank.models import Card, User
from quizbank.queries import deck, sessions, study

MOST_SKIPPED = 4_000


class CardQuery(Given):
    state = OneOf(choices=("due", "new", "suspended", "all"), required=False, default="due")


class NextQuery(Given):
    kind = OneOf(
        choices=sessions.KINDS,
        required=False,
        default="due",
        help_text="due follows the schedule; new, weak and cram are asked for beside it.",
    )
    topic = Words(required=False, max_length=80)
    skip = Words(
        required=False,
        default="",
        max_length=MOST_SKIPPED,
        allow_blank=True,
        help_text="Paths of questions to pass over, with commas between them.",
    )


class Cards(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="cards_list",
        summary="List own cards; `new` lists the questions not answered yet",
        parameters=[CardQuery, *answers.PAGING],
        responses={200: study_shapes.CardPage, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        state, user = self.query(CardQuery)["state"], person_of(request)
        if state == "new":
            pages = Pages("position", "path")
            fresh = pages.rows(request, deck.unseen(user))
            listed = [{"question": study_shapes.linked(row), "card": None} for row in fresh]
            return Response(pages.json(listed))
        due = state == "due"
        found = study.cards_due(user, timezone.now()) if due else deck.cards_of(user)
        if state == "suspended":
            found = found.filter(suspended=True)
        pages = Pages("due" if due else "created_at", "pk")
        cards = pages.rows(request, found)
        listed = [
            {"question": study_shapes.linked(row.question), "card": study_shapes.card_shape(row)}
            for row in cards
        ]
        return Response(pages.json(listed))


class NextCard(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="cards_next",
        summary="What to study now; `item` is null when the session is over",
        parameters=[NextQuery],
        responses={200: study_shapes.Next, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        asked, user, now = self.query(NextQuery), person_of(request), timezone.now()
        skip = [path for path in asked["skip"].split(",") if path]
        wish = sessions.Wish(asked["kind"], asked.get("topic", ""))
        found = sessions.next_of(user, now, wish, skip=skip)
        counts = found.counts if found else study.counts(user, now)
        item = _next(found, user, now) if found else None
        return Response({"item": item, "counts": study_shapes.counts_shape(counts)})


def _next(found: study.StudyItem, user: User, now: datetime) -> dict[str, Any]:
    promises = study.previews(found.card, user, now, unseen=found.question)
    return {
        "question": study_shapes.linked(found.question),
        "card": study_shapes.card_shape(found.card) if found.card else None,
        "previews": study_shapes.previews_shape(promises),
    }


class CardDetail(ApiView):
    scopes = {"GET": "read"}

    @extend_schema(
        operation_id="cards_read",
        summary="Read one of one's own cards",
        responses={200: study_shapes.CardRead, **problems(401, 403, 404)},
    )
    def get(self, request: Request, card_id: UUID) -> Response:
        user, now = person_of(request), timezone.now()
        try:
            card = study.get_card_for(user, card_id)
        except Card.DoesNotExist:
            raise Http404 from None
        state = study.question_state(user, card.question, now)
        body = {
            **study_shapes.card_shape(card),
            "recall": state.recall if state else None,
            "previews": study_shapes.previews_shape(study.previews(card, user, now)),
        }
        return Response(body)
