"""The log: record a review or an act, or what a device gathered; take back; read one's own."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import answers, study_shapes
from api.authentication import person_of
from api.errors import Errors, Problem, refused
from api.fields import MISSING, Given, given
from api.pagination import Pages
from api.parsing import LIMIT, BatchParser
from api.problems import problems
from api.views.base import ApiView
from demos.kit.declare import Text
from quizbank.models import Card, EventKind, Question, ReviewEvent
from quizbank.queries import deck, people, study
from quizbank.services.acts import perform
from quizbank.services.errors import BadReview, ReviewConflict
from quizbank.services.given import GivenAct
from quizbank.services.study import Recorded, delivery, record_review, undo

BATCH = 1_000
# Seconds for one list, which others wait for: each late review refolds its card.
LONGEST = 4.0
LATER = Problem(
    503,
    Text(
        "这一批太费时，这一条还没有记录，请再发一次。",
        "This list took too long; this item is not recorded yet. Send it again.",
    ),
)
# The questions of a list by their paths, read at once; none of an item that comes alone.
Known = Mapping[str, Question] | None
ONE = (
    study_shapes.GivenReview,
    study_shapes.GivenAct,
    study_shapes.GivenDatedAct,
    study_shapes.GivenUndo,
)
ACTS: dict[Any, type[Given]] = {
    **dict.fromkeys(study_shapes.UNDATED_ACTS, study_shapes.GivenAct),
    **dict.fromkeys(study_shapes.DATED_ACTS, study_shapes.GivenDatedAct),
}
SENT = ("review", "cram", *ACTS, "undo")
NO_KIND = Text(f"请从这些值中选一个：{'、'.join(SENT)}。", f"Choose one of: {', '.join(SENT)}.")
EVENT = PolymorphicProxySerializer("GivenEvent", ONE, resource_type_field_name=None, many=False)
EVENTS = PolymorphicProxySerializer("GivenList", ONE, resource_type_field_name=None, many=True)
NO_QUESTION = Text("没有这道题。", "There is no such question.")
NO_CARD = Text("没有这张卡片。", "There is no such card.")
NO_EVENT = Text("没有这条记录。", "There is no such review.")
EITHER = Text("question 与 card 只能给一个。", "Give question or card, not both.")
NOTHING = Text("没有可以撤销的操作。", "There is nothing to take back.")


class Reviews(ApiView):
    scopes = {"GET": "read", "POST": "study"}
    parser_classes = (BatchParser,)

    @extend_schema(
        operation_id="reviews_list",
        summary="Read one's own log, latest first",
        parameters=answers.PAGING,
        responses={200: study_shapes.ReviewPage, **problems(400, 401, 403)},
    )
    def get(self, request: Request) -> Response:
        self.query(Given)
        pages = Pages("-id")
        rows = pages.rows(request, people.events_of(person_of(request)))
        return Response(pages.json([study_shapes.review_shape(row) for row in rows]))

    @extend_schema(
        operation_id="reviews_create",
        summary="Record a review, an act or an undo, or a list of them",
        description=(
            "One object, or a list of at most 1,000 that is worked off in order, each item with a"
            " status of its own. Repeating a `client_uuid` gets the answer of the first time;"
            " another body under it is a conflict (409). What was done with a card beside"
            " answering it (suspend, unsuspend, bury, set_due, reset) is an event like a review,"
            " and an undo takes back either."
        ),
        request=PolymorphicProxySerializer(
            "GivenEvents", [EVENT, EVENTS], resource_type_field_name=None, many=False
        ),
        responses={
            200: OpenApiResponse(study_shapes.Batch, description="To a list: each item's status."),
            201: OpenApiResponse(study_shapes.Review, description="To one object."),
            **problems(400, 401, 403, 404, 409, 413, 415),
        },
    )
    def post(self, request: Request) -> Response:
        data, user = request.data, person_of(request)
        if not isinstance(data, list):
            if int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT:
                raise Problem(413)
            return Response(_answer(user, data), 201)
        if not 1 <= len(data) <= BATCH:
            text = Text(f"一次 1 到 {BATCH} 条。", f"Send 1 to {BATCH} items at a time.")
            raise refused({"": text})
        path, questions = request.get_full_path(), deck.reviewable_among(user, _paths(data))
        results, ends = [], monotonic() + LONGEST
        with delivery(user, timezone.now()):
            for number, item in enumerate(data):
                instance = f"{path}#/{number}"
                if monotonic() < ends:
                    results.append(_outcome(user, item, instance, questions))
                else:
                    results.append({"status": 503, "problem": LATER.json(instance)})
        return Response({"results": results})


def _paths(items: list[Any]) -> set[str]:
    named = (item.get("question") for item in items if isinstance(item, Mapping))
    return {path for path in named if isinstance(path, str)}


def _outcome(user: Any, data: Any, instance: str, known: Known) -> dict[str, Any]:
    try:
        return {"status": 201, "review": _answer(user, data, known)}
    except Problem as problem:
        return {"status": problem.status, "problem": problem.json(instance)}


def _answer(user: Any, data: Any, known: Known = None) -> dict[str, Any]:
    """Record one event and say what became of it. Raises Problem."""
    kind = data.get("kind", "review") if isinstance(data, Mapping) else "review"
    if kind not in SENT:
        raise refused({"kind": NO_KIND})
    try:
        if kind == "undo":
            recorded = _undo(user, data)
        else:
            recorded = (_act if kind in ACTS else _review)(user, data, known)
    except BadReview as bad:
        raise refused({bad.field: bad.text}) from None
    except ReviewConflict as conflict:
        raise Problem(409, conflict.text) from None
    return study_shapes.review_shape(recorded.event)


def _review(user: Any, data: Any, known: Known) -> Recorded:
    values = given(study_shapes.GivenReview, data)
    values["cram"] = values.pop("kind") == "cram"
    question = _question(user, values, known)
    held = known is not None
    return record_review(user=user, question=question, now=timezone.now(), held=held, **values)


def _act(user: Any, data: Any, known: Known) -> Recorded:
    values = given(ACTS[data["kind"]], data)
    values["kind"] = EventKind(values["kind"])
    values["question"] = _question(user, values, known)
    return perform(user=user, given=GivenAct(**values), now=timezone.now())


def _question(user: Any, values: dict[str, Any], known: Known) -> Question:
    """The question named in the values, which are left without it. Raises Problem."""
    path, card = values.pop("question", None), values.pop("card", None)
    errors: Errors = {}
    if path is None and card is None:
        errors = {"question": MISSING}
    elif path is not None and card is not None:
        errors = {"question": EITHER}
    if errors:
        raise refused(errors)
    try:
        if path is None:
            return study.get_card_for(user, card).question
        return deck.reviewable(user, path) if known is None else known[path]
    except (Question.DoesNotExist, KeyError):
        raise Problem(404, NO_QUESTION, errors={"question": NO_QUESTION}) from None
    except Card.DoesNotExist:
        raise Problem(404, NO_CARD, errors={"card": NO_CARD}) from None


def _undo(user: Any, data: Any) -> Recorded:
    values = given(study_shapes.GivenUndo, data)
    target = values.get("undoes")
    try:
        event = study.get_event_for(user, target) if target else None
        done = undo(user=user, client_uuid=values["client_uuid"], event=event, now=timezone.now())
    except ReviewEvent.DoesNotExist:
        raise Problem(404, NO_EVENT, errors={"undoes": NO_EVENT}) from None
    if done is None:
        raise Problem(409, NOTHING)
    return done
