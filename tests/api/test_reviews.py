from __future__ import annotations

import itertools
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from api.views import reviews
from quizbank.models import Card, Question, ReviewEvent, User
from quizbank.services.audit import audit
from tests.api.calls import Api, errors
from tests.quizbank.study_cast import make_question, make_questions

PATH = "initialisation/zero_weights"
TOGETHER = 20


@pytest.fixture(autouse=True)
def question(db: None) -> Question:
    return make_question(PATH)


def review(**more: Any) -> dict[str, Any]:
    return {"client_uuid": str(uuid.uuid4()), "question": PATH, "rating": 3, **more}


def test_a_review_schedules_the_card(as_alice: Api) -> None:
    asked = review(
        duration_ms=4_000,
        ticks=[0, 2],
        suggestion=2,
        answer="对称",
        prediction={"choice": "a"},
        confidence="low",
        hint_used=True,
    )
    response = as_alice.post("reviews/", asked)
    assert response.status_code == 201
    told = response.json()
    event = ReviewEvent.objects.get()
    assert told["client_uuid"] == asked["client_uuid"]
    assert told["after"]["state"] == "learning"
    assert datetime.fromisoformat(told["after"]["due"]) == event.after_due
    assert (event.answer, event.ticks) == ("对称", [0, 2])
    assert (told["suggestion"], told["rating"]) == (event.suggestion, event.rating) == (2, 3)
    assert (told["confidence"], told["hint_used"]) == (event.confidence, event.hint_used)
    assert (event.confidence, event.hint_used) == ("low", True)
    card = as_alice.read(f"cards/{told['card']}/")
    assert card["due"] == told["after"]["due"]
    assert card["previews"]["4"]["seconds"] > card["previews"]["1"]["seconds"]


def test_fifty_repeats_get_one_answer_and_leave_one_event(as_alice: Api) -> None:
    asked = review(rating=4)
    first = as_alice.post("reviews/", asked)
    as_alice.post("reviews/", review(rating=1))  # the card moves on
    again = {as_alice.post("reviews/", asked).content for _ in range(49)}
    assert again == {first.content}
    assert ReviewEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_repeats_at_once_get_one_answer_and_leave_one_event(
    alice: User, as_alice: Api
) -> None:
    as_alice.post("reviews/", review())  # from now on there is a card to fight for
    asked = review(rating=4)
    at_once = threading.Barrier(TOGETHER, timeout=60)

    def send(_: int) -> list[tuple[int, bytes]]:
        client = Client()
        client.cookies = as_alice.client.cookies
        try:
            at_once.wait()
            sent = [
                client.post("/api/v1/reviews/", asked, content_type="application/json")
                for _ in range(3)
            ]
            return [(answer.status_code, answer.content) for answer in sent]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TOGETHER) as threads:
        told = [answer for answers in threads.map(send, range(TOGETHER)) for answer in answers]
    again = as_alice.post("reviews/", asked)
    assert len(told) == 3 * TOGETHER
    assert set(told) == {(201, again.content)}
    assert ReviewEvent.objects.filter(client_uuid=asked["client_uuid"]).count() == 1
    assert Card.objects.get().reps == ReviewEvent.objects.count() == 2
    assert audit(user=alice, repair=False).differences == []


def test_one_uuid_is_not_used_for_another_review(as_alice: Api, as_mallory: Api) -> None:
    asked = review()
    as_alice.post("reviews/", asked)
    refused = as_alice.post("reviews/", {**asked, "rating": 1})
    assert refused.status_code == 409
    assert as_mallory.post("reviews/", {**asked, "rating": 1}).status_code == 201
    assert ReviewEvent.objects.count() == 2


def test_a_card_may_be_named_instead_of_the_question(as_alice: Api) -> None:
    card = as_alice.post("reviews/", review()).json()["card"]
    by_card = review(card=card)
    del by_card["question"]
    assert as_alice.post("reviews/", by_card).json()["question"] == PATH


def test_a_card_of_someone_else_is_not_found(as_alice: Api, as_mallory: Api) -> None:
    card = as_alice.post("reviews/", review()).json()["card"]
    assert as_mallory.get(f"cards/{card}/").status_code == 404
    by_card = review(card=card)
    del by_card["question"]
    assert as_mallory.post("reviews/", by_card).status_code == 404
    assert ReviewEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("rating", value) for value in (0, 5, "3", "1_0", 3.0, True, None, [3], -1)),
        *(("client_uuid", value) for value in ("x", 3, None, "7c9e6679742540de944be07fc1f90ae7")),
        *(("duration_ms", value) for value in (-1, 2**31, "9", 1.5, False)),
        *(("suggestion", value) for value in (0, 5, "3")),
        *(("reviewed_at", value) for value in ("yesterday", "2026-01-05T09:00:00", 0, "9" * 60)),
        ("reviewed_at", "2020-01-05T09:00:00Z"),
        ("answer", "x" * 4_001),
        ("answer", 3),
        ("ticks", "all"),
        ("ticks", [1.5]),
        ("ticks", [[1]]),
        ("ticks", list(range(101))),
        ("prediction", "a"),
        ("prediction", {"a": "x" * 4_001}),
        ("question", ""),
        ("card", "x"),
        *(("kind", value) for value in ("adopt_parameters", "plan", "reschedule")),
        *(("kind", value) for value in (1, None, ["review"])),
        *(("confidence", value) for value in ("", "sure", 1, None)),
        *(("hint_used", value) for value in (1, "true", None)),
        ("days", 1),
        *((name, 1) for name in ("user", "due", "stability", "study_day", "is_staff", "id")),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(as_alice: Api, field: str, value: Any) -> None:
    response = as_alice.post("reviews/", review(**{field: value}))
    assert response.status_code == 400
    assert field in errors(response)
    assert not ReviewEvent.objects.exists()


def test_what_is_missing_is_named(as_alice: Api) -> None:
    assert errors(as_alice.post("reviews/", {})).keys() == {"client_uuid", "rating"}
    bare = review()
    del bare["question"]
    assert errors(as_alice.post("reviews/", bare)).keys() == {"question"}
    assert as_alice.post("reviews/", review(question="no/such")).status_code == 404


def test_an_undo_restores_the_card_and_can_be_repeated(as_alice: Api) -> None:
    card = as_alice.post("reviews/", review()).json()["card"]
    before = as_alice.read(f"cards/{card}/")
    second = as_alice.post("reviews/", review(rating=1)).json()
    undo = {"client_uuid": str(uuid.uuid4()), "kind": "undo", "undoes": second["client_uuid"]}
    first = as_alice.post("reviews/", undo)
    assert first.status_code == 201
    assert first.json()["undoes"] == second["client_uuid"]
    after = as_alice.read(f"cards/{card}/")
    assert {**after, "previews": 0} == {**before, "previews": 0}
    assert as_alice.post("reviews/", undo).content == first.content


def act(kind: str, **more: Any) -> dict[str, Any]:
    return {"client_uuid": str(uuid.uuid4()), "kind": kind, "question": PATH, **more}


def test_a_card_is_put_aside_moved_and_forgotten_by_events(as_alice: Api) -> None:
    card = as_alice.post("reviews/", review(rating=4)).json()["card"]

    def after(sent: dict[str, Any], *names: str) -> list[Any]:
        told = as_alice.post("reviews/", sent)
        assert told.status_code == 201
        assert told.json()["kind"] == sent["kind"]
        assert as_alice.post("reviews/", sent).content == told.content
        return [as_alice.read(f"cards/{card}/")[name] for name in names]

    day = datetime.fromisoformat(as_alice.read("reviews/")["results"][0]["study_day"]).date()
    assert after(act("suspend"), "suspended") == [True]
    assert after(act("unsuspend"), "suspended") == [False]
    tomorrow, in_nine = (str(day + timedelta(days=days)) for days in (1, 9))
    assert after(act("bury", days=1), "buried_until") == [tomorrow]
    assert after(act("set_due", days=9), "due_day") == [in_nine]
    assert after(act("reset"), "state", "reps", "due") == ["new", 0, None]
    for _ in range(5):
        undo = {"client_uuid": str(uuid.uuid4()), "kind": "undo"}
        assert as_alice.post("reviews/", undo).status_code == 201
    back = as_alice.read(f"cards/{card}/")
    assert (back["state"], back["reps"], back["suspended"]) == ("review", 1, False)
    assert back["buried_until"] is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "bury", "days": 0}, "days"),
        ({"kind": "bury"}, "days"),
        ({"kind": "set_due", "days": -1}, "days"),
        ({"kind": "set_due", "days": 36_501}, "days"),
        ({"kind": "suspend", "days": 1}, "days"),
        ({"kind": "reset", "rating": 1}, "rating"),
        ({"kind": "suspend", "reviewed_at": "2020-01-05T09:00:00Z"}, "reviewed_at"),
        ({"kind": "suspend", "question": "no/such"}, "question"),
        ({"kind": "suspend", "card": str(uuid.UUID(int=1))}, "question"),
    ],
)
def test_an_act_that_cannot_be_is_refused_by_name(
    as_alice: Api, sent: dict[str, Any], field: str
) -> None:
    response = as_alice.post("reviews/", {**act("suspend"), **sent})
    assert response.status_code in (400, 404)
    assert field in errors(response)
    assert not ReviewEvent.objects.exists()


def test_a_batch_may_hold_acts_among_its_reviews(as_alice: Api) -> None:
    asked = [review(rating=4), act("suspend"), act("bury", days=0), act("unsuspend")]
    first = as_alice.post("reviews/", asked)
    results = first.json()["results"]
    assert [item["status"] for item in results] == [201, 201, 400, 201]
    assert as_alice.post("reviews/", asked).content == first.content
    assert ReviewEvent.objects.count() == 3


def test_an_undo_without_a_target_takes_the_latest(as_alice: Api) -> None:
    latest = [as_alice.post("reviews/", review()).json() for _ in range(2)][-1]
    undo = {"client_uuid": str(uuid.uuid4()), "kind": "undo", "undoes": None}
    assert as_alice.post("reviews/", undo).json()["undoes"] == latest["client_uuid"]


def test_there_may_be_nothing_to_take_back(as_alice: Api, as_mallory: Api) -> None:
    undo = {"client_uuid": str(uuid.uuid4()), "kind": "undo"}
    assert as_alice.post("reviews/", undo).status_code == 409
    theirs = as_mallory.post("reviews/", review()).json()["client_uuid"]
    refused = as_alice.post("reviews/", {**undo, "undoes": theirs})
    assert refused.status_code == 404
    assert "undoes" in errors(refused)
    assert ReviewEvent.objects.count() == 1


def test_a_batch_keeps_its_order_and_each_item_has_its_own_fate(as_alice: Api) -> None:
    asked = [review(), review(rating=9), review(rating=2)]
    undo = {"client_uuid": str(uuid.uuid4()), "kind": "undo", "undoes": asked[0]["client_uuid"]}
    conflict = {**asked[0], "rating": 1}
    response = as_alice.post("reviews/", [*asked, undo, conflict, "text", review(question="a/b")])
    assert response.status_code == 200
    results = response.json()["results"]
    assert [item["status"] for item in results] == [201, 400, 201, 201, 409, 400, 404]
    assert [results[i]["review"]["client_uuid"] for i in (0, 2, 3)] == [
        asked[0]["client_uuid"],
        asked[2]["client_uuid"],
        undo["client_uuid"],
    ]
    assert results[1]["problem"]["errors"][0]["field"] == "rating"
    assert results[1]["problem"]["instance"].endswith("#/1")
    assert ReviewEvent.objects.count() == 3


def test_a_batch_can_be_sent_again(as_alice: Api) -> None:
    asked = [review(rating=rating) for rating in (1, 2, 3, 4)]
    first = as_alice.post("reviews/", asked)
    assert as_alice.post("reviews/", asked).content == first.content
    assert ReviewEvent.objects.count() == 4


def test_a_batch_has_at_most_a_thousand(as_alice: Api) -> None:
    assert as_alice.post("reviews/", []).status_code == 400
    assert as_alice.post("reviews/", [3] * 1_001).status_code == 400
    full = as_alice.post("reviews/", [3] * 1_000)
    assert {item["status"] for item in full.json()["results"]} == {400}


def test_a_batch_may_be_larger_than_one_review(as_alice: Api) -> None:
    long = review(answer="x" * 4_000)
    batch = [{**long, "client_uuid": str(uuid.uuid4())} for _ in range(20)]
    assert len(json.dumps(batch)) > 64 * 1024
    assert as_alice.post("reviews/", batch).status_code == 200
    assert as_alice.post("reviews/", json.dumps(review()).encode().ljust(65_537)).status_code == 413
    assert as_alice.post("reviews/", b"[]".ljust(2**20 + 1)).status_code == 413


def test_a_list_that_takes_too_long_is_recorded_in_several_turns(
    as_alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not reached is said so, and is recorded once when it is sent again."""
    ticks = itertools.count(0.0, 0.4 * reviews.LONGEST)
    batch = [review(client_uuid=str(uuid.uuid4())) for _ in range(5)]
    with monkeypatch.context() as patched:
        patched.setattr(reviews, "monotonic", lambda: next(ticks))
        told = as_alice.post("reviews/", batch).json()["results"]
    assert [one["status"] for one in told] == [201, 201, 503, 503, 503]
    assert "Send it again" in told[2]["problem"]["detail"]
    assert told[2]["problem"]["instance"].endswith("#/2")
    assert ReviewEvent.objects.count() == 2
    told = as_alice.post("reviews/", batch).json()["results"]
    assert [one["status"] for one in told] == [201] * 5
    assert ReviewEvent.objects.count() == 5


def test_clocks_are_kept_in_their_zone_and_clamped(as_alice: Api) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=14)).isoformat()
    told = as_alice.post("reviews/", review(reviewed_at=ahead)).json()
    assert datetime.fromisoformat(told["reviewed_at"]) < datetime.now(UTC) + timedelta(minutes=6)


@pytest.mark.parametrize("away", [timedelta(days=2), timedelta(days=-91), timedelta(days=9_000)])
def test_a_clock_that_cannot_be_right_is_refused_alone(as_alice: Api, away: timedelta) -> None:
    """The rest of its batch is kept."""
    wrong = review(reviewed_at=(datetime.now(UTC) + away).isoformat())
    told = as_alice.post("reviews/", [wrong, review()]).json()["results"]
    assert [one["status"] for one in told] == [400, 201]
    assert [one["field"] for one in told[0]["problem"]["errors"]] == ["reviewed_at"]
    assert ReviewEvent.objects.count() == 1


def test_the_log_is_ones_own_and_latest_first(as_alice: Api, as_mallory: Api) -> None:
    sent = [as_alice.post("reviews/", review()).json() for _ in range(3)]
    as_mallory.post("reviews/", review())
    first = as_alice.read("reviews/?page_size=2")
    rest = as_alice.read(first["next"].removeprefix("http://testserver"))
    assert [*first["results"], *rest["results"]] == sent[::-1]


def test_next_is_a_new_question_then_nothing(as_alice: Api, question: Question) -> None:
    told = as_alice.read("cards/next/")
    assert told["item"]["question"]["path"] == PATH
    assert told["item"]["card"] is None
    assert told["item"]["previews"].keys() == {"1", "2", "3", "4"}
    assert told["counts"]["new"] == 1
    as_alice.post("reviews/", review(rating=4))
    over = as_alice.read("cards/next/")
    assert over["item"] is None
    assert over["counts"]["done_today"] == 1


def test_next_passes_over_what_it_is_told_to(as_alice: Api) -> None:
    make_questions(2)
    skipped = f"cards/next/?topic=initialisation&skip={PATH},initialisation/q00"
    assert as_alice.read(skipped)["item"]["question"]["path"] == "initialisation/q01"
    assert as_alice.read("cards/next/?topic=none")["item"] is None


def test_cards_are_listed_by_state(as_alice: Api) -> None:
    make_questions(3)

    def listed(state: str) -> list[str]:
        found = as_alice.read(f"cards/?state={state}&page_size=2")
        rest = (
            as_alice.read(found["next"].partition("testserver")[2])["results"]
            if found["next"]
            else []
        )
        return [item["question"]["path"] for item in [*found["results"], *rest]]

    assert (listed("due"), len(listed("new"))) == ([], 4)
    as_alice.post("reviews/", review(rating=1))
    assert (listed("all"), len(listed("new"))) == ([PATH], 3)
    Card.objects.update(due=timezone.now() - timedelta(minutes=1))
    assert listed("due") == [PATH]
    assert listed("suspended") == []
    as_alice.post("reviews/", act("suspend"))
    assert (listed("due"), listed("suspended")) == ([], [PATH])
    assert as_alice.get("cards/?state=gone").status_code == 400


def test_cram_is_recorded_and_moves_nothing(as_alice: Api) -> None:
    as_alice.post("reviews/", review(rating=4))
    before = Card.objects.values().get()
    assert as_alice.read("cards/next/?kind=cram")["item"]["question"]["path"] == PATH
    response = as_alice.post("reviews/", review(kind="cram", rating=1))
    assert response.status_code == 201
    told = response.json()
    assert (told["kind"], told["rating"], told["days"]) == ("cram", 1, None)
    assert told["after"]["interval_days"] is None
    assert Card.objects.values().get() == before
    assert as_alice.read("cards/next/?kind=cram")["item"] is None
    assert errors(as_alice.get("cards/next/?kind=all")).keys() == {"kind"}
