"""The pages of studying, as plain forms: what a browser without scripts would send."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quizbank.models import Card, EventKind, Question, ReviewEvent, StudyProfile, User
from quizbank.models.study import ANSWER_LENGTH
from quizbank.queries.statistics import statistics
from quizbank.services.audit import audit
from quizbank.wording import calendar
from tests.cast import MONDAY
from tests.proven import BELL, STONE
from tests.quizbank.study_cast import grade

pytestmark = pytest.mark.django_db


def fields(page: str, form: str = 'id="card"') -> dict[str, Any]:
    """What the form with that attribute would send as it stands."""
    inside = re.search(rf"<form [^>]*{form}.*?</form>", page, re.S)
    assert inside, f"there is no form with {form}"
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", inside[0]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        sent.setdefault(given["name"], []).append(given.get("value", ""))
    typed = re.search(r'<textarea[^>]*name="answer"[^>]*>\n(.*?)</textarea>', inside[0], re.S)
    if typed:
        sent["answer"] = [typed[1]]
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def reveal(client: Client, **changed: Any) -> str:
    front = fields(text_of(client.get("/en/study/")))
    answer = client.post("/en/study/reveal/", front | changed)
    assert answer.status_code == 200
    return text_of(answer)


def test_a_visitor_becomes_a_guest_at_the_answer_and_not_before(
    client: Client, stone: Question
) -> None:
    front = client.get("/en/study/")
    assert not User.objects.exists()
    assert "session" not in client.cookies
    client.post("/en/study/reveal/", fields(text_of(front)))
    assert User.objects.get().is_guest
    assert client.cookies["session"]["httponly"]
    assert client.cookies["session"]["samesite"] == "Lax"


def test_the_front_tells_neither_the_answer_nor_the_result(client: Client, stone: Question) -> None:
    page = text_of(client.get("/en/study/"))
    assert str(stone.title_en) in page
    assert "does not depend on mass" not in page
    assert 'data-verdict="refuted"' not in page
    assert 'data-verdict="sealed"' in page


def test_the_back_sets_the_prediction_beside_what_was_measured(
    client: Client, stone: Question
) -> None:
    page = reveal(client, choice="little", confidence="high")
    assert "You said <b>about 0.01</b> (high)." in page
    assert "That is “not at all”." in page
    assert page.count("stamp large") == 1
    assert re.search(r'stamp large landing" data-verdict="refuted"', page)
    assert "does not depend on mass" in page


def test_what_was_typed_is_carried_to_the_log(client: Client, stone: Question) -> None:
    typed = 'Both <b>together</b> & "at once"\n第二行'
    back = fields(reveal(client, answer=typed, choice="none", confidence="low"))
    assert back["choice"] == ["none"]
    client.post("/en/study/grade/", back | {"answer": typed, "rating": 3, "ticks": ["k1", "k2"]})
    event = ReviewEvent.objects.get()
    assert event.answer == typed
    assert event.prediction == {"demo": "falling_stones", "choice": "none", "confidence": "low"}
    assert event.ticks == ["k1", "k2"]
    assert (event.suggestion, event.rating) == (3, 3)
    assert (event.confidence, event.hint_used) == ("low", False)


def test_who_does_not_say_how_sure_they_are_is_not_counted_as_fairly_sure(
    client: Client, stone: Question
) -> None:
    page = reveal(client, choice="none")
    assert "You said <b>not at all</b>." in page
    client.post("/en/study/grade/", fields(page) | {"rating": 3})
    event = ReviewEvent.objects.get()
    assert event.confidence == ""
    assert not any(level.n for level in statistics(event.user, timezone.now()).sure)


def test_the_answer_is_shown_as_text(client: Client, stone: Question) -> None:
    page = reveal(client, answer="<script>x()</script>")
    assert "&lt;script&gt;x()&lt;/script&gt;" in page
    assert "<script>x()" not in page


def test_a_prediction_that_was_not_made_is_recorded_as_skipped(
    client: Client, stone: Question
) -> None:
    back = fields(reveal(client))
    client.post("/en/study/grade/", back | {"rating": 1})
    assert ReviewEvent.objects.get().prediction == {"demo": "falling_stones", "skipped": True}


def test_a_prediction_is_asked_once_for_an_experiment(client: Client, stone: Question) -> None:
    back = fields(reveal(client, choice="none"))
    client.post("/en/study/grade/", back | {"rating": 4})
    following = text_of(client.get("/en/study/"))
    assert 'name="choice"' not in following
    assert 'data-verdict="sealed"' in following


def test_the_same_form_sent_twice_is_one_review(client: Client, stone: Question) -> None:
    sent = fields(reveal(client)) | {"rating": 3}
    for _ in range(2):
        assert client.post("/en/study/grade/", sent).status_code == 303
    assert ReviewEvent.objects.count() == 1
    assert User.objects.count() == 1


def test_another_grade_for_the_same_card_changes_nothing_and_says_so(
    client: Client, stone: Question
) -> None:
    sent = fields(reveal(client))
    client.post("/en/study/grade/", sent | {"rating": 3})
    answer = client.post("/en/study/grade/", sent | {"rating": 1}, follow=True)
    assert ReviewEvent.objects.get().rating == 3
    assert "that grade stands" in text_of(answer)


def test_a_card_graded_in_two_tabs_is_graded_twice_and_the_second_says_so(
    client: Client, stone: Question
) -> None:
    first, second = fields(reveal(client)), fields(reveal(client))
    page = text_of(client.post("/en/study/grade/", first | {"rating": 3}, follow=True))
    assert "graded elsewhere" not in page
    page = text_of(client.post("/en/study/grade/", second | {"rating": 4}, follow=True))
    assert "graded elsewhere" in page
    assert [event.rating for event in ReviewEvent.objects.order_by("id")] == [3, 4]
    user = User.objects.get()
    assert audit(user=user, repair=False).differences == []
    undo = fields(page, 'action="/en/study/undo/"')
    client.post("/en/study/undo/", undo)
    assert Card.objects.get().reps == 1


def test_what_was_taken_back_can_be_redone_from_the_toast(client: Client, stone: Question) -> None:
    sent = fields(reveal(client))
    page = text_of(client.post("/en/study/grade/", sent | {"rating": 4}, follow=True))
    before = Card.objects.values().get()
    undo = fields(page, 'action="/en/study/undo/"')
    page = text_of(client.post("/en/study/undo/", undo, follow=True))
    assert "Taken back. The card is here again." in page
    toast = page[page.index('class="toasts"') :]
    again = client.post("/en/study/undo/", fields(toast, 'action="/en/study/undo/"'), follow=True)
    assert "It stands again." in text_of(again)
    left = {"last_event_id", "version"}
    assert {k: v for k, v in Card.objects.values().get().items() if k not in left} == {
        k: v for k, v in before.items() if k not in left
    }


def test_taking_back_what_was_done_on_another_day_names_it(
    alice_client: Client, alice: User, stone: Question
) -> None:
    grade(alice, stone, 3, MONDAY)
    sent = {"client_uuid": uuid.uuid4()}
    page = text_of(alice_client.post("/en/study/undo/", sent, follow=True))
    assert f"Taken back: Good, of {calendar.short_date(MONDAY.date())}" in page


def test_the_toast_says_when_it_comes_back_and_can_undo(client: Client, stone: Question) -> None:
    sent = fields(reveal(client))
    page = text_of(client.post("/en/study/grade/", sent | {"rating": 4}, follow=True))
    assert re.search(r"Easy · \d+ days", page)
    undo = fields(page, 'action="/en/study/undo/"')
    shown = client.post("/en/study/undo/", undo, follow=True)
    assert shown.redirect_chain[-1][0] == "/en/study/?question=falling%2Fstone_and_feather"
    assert Card.objects.get().reps == 0
    assert [e.kind for e in ReviewEvent.objects.order_by("id")] == [
        EventKind.REVIEW,
        EventKind.UNDO,
    ]


def test_undo_without_a_review_says_that_there_is_none(client: Client, stone: Question) -> None:
    reveal(client)
    page = text_of(client.post("/en/study/undo/", {"client_uuid": uuid.uuid4()}, follow=True))
    assert "nothing left to undo" in page


def test_a_hint_shows_one_point_and_lowers_the_suggestion(client: Client, stone: Question) -> None:
    front = fields(text_of(client.get("/en/study/")))
    hinted = text_of(client.post("/en/study/", front | {"hint": "1", "answer": "half a thought"}))
    assert "whatever the mass" in hinted
    carried = fields(hinted)
    assert carried["answer"] == ["half a thought"]
    assert carried["client_uuid"] == front["client_uuid"]
    page = text_of(client.post("/en/study/reveal/", carried | {"ticks": ["k1", "k2", "k3"]}))
    assert "With a hint, so we suggest <b>Hard</b>" in page
    client.post("/en/study/grade/", fields(page) | {"rating": 3})
    event = ReviewEvent.objects.get()
    assert (event.suggestion, event.rating, event.hint_used) == (2, 3, True)


def test_never_seen_suggests_again(client: Client, stone: Question) -> None:
    assert "New to you, so we suggest <b>Again</b>" in reveal(client, never="1")


def test_never_seen_is_offered_for_new_cards_alone(client: Client, stone: Question) -> None:
    address = f"/en/study/?question={STONE}"
    assert 'name="never"' in text_of(client.get(address))
    client.post("/en/study/grade/", fields(reveal(client)) | {"rating": 3})
    page = text_of(client.get(address))
    assert "data-reveal" in page
    assert 'name="never"' not in page
    assert "costs nothing" not in page


@pytest.mark.parametrize(
    ("ticks", "said"),
    [
        ([], "Tick what you said, or just grade"),
        (["k1", "k2"], "2 of 2 musts, so we suggest <b>Good</b>"),
        (["k1"], "1 of 2 musts, so we suggest <b>Hard</b>"),
        (["k3"], "0 of 2 musts, so we suggest <b>Again</b>"),
        (["k1", "k2", "t1"], "The trap was in it, so we suggest <b>Again</b>"),
    ],
)
def test_the_suggestion_follows_the_rule(
    client: Client, stone: Question, ticks: list[str], said: str
) -> None:
    assert said in reveal(client, ticks=ticks)


def test_who_wants_no_suggestions_gets_none(client: Client, stone: Question) -> None:
    back = fields(reveal(client))
    assert "data-suggestion" in text_of(client.post("/en/study/reveal/", back))
    StudyProfile.objects.update_or_create(
        user=User.objects.get(), defaults={"suggests_grades": False}
    )
    page = text_of(client.post("/en/study/reveal/", back))
    assert "data-suggestion" not in page
    assert 'class="suggested"' not in page
    client.post("/en/study/grade/", fields(page) | {"rating": 2, "ticks": ["k1"]})
    event = ReviewEvent.objects.get()
    assert (event.rating, event.suggestion, event.ticks) == (2, None, ["k1"])


def test_an_answer_too_long_comes_back_whole_with_the_reason(
    client: Client, stone: Question
) -> None:
    long = "x" * (ANSWER_LENGTH + 1)
    front = fields(text_of(client.get("/zh/study/")))
    answer = client.post("/zh/study/reveal/", front | {"answer": long, "choice": "much"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "现在是 4001 个" in page
    assert fields(page)["answer"] == [long]
    assert fields(page)["choice"] == ["much"]
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"rating": "5"},
        {"rating": "３"},
        {"rating": ""},
        {"answer": "\x00"},
    ],
)
def test_what_cannot_be_recorded_is_refused_in_words(
    client: Client, stone: Question, broken: dict[str, str]
) -> None:
    sent = fields(reveal(client)) | {"rating": "3"} | broken
    answer = client.post("/en/study/grade/", sent)
    assert answer.status_code == 422
    assert "field-error" in text_of(answer)
    assert not ReviewEvent.objects.exists()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"client_uuid": "no"},
        {"shown_at": "-1", "duration_ms": "9" * 40},
        {"confidence": "perhaps", "choice": "<b>"},
        {"zone": "Moon/Sea"},
        {"ticks": ["k99", "x" * 500]},
        {"topic": "../../etc"},
    ],
)
def test_hidden_fields_may_hold_anything(
    client: Client, stone: Question, nonsense: dict[str, Any]
) -> None:
    sent = fields(reveal(client)) | {"rating": "3"} | nonsense
    assert client.post("/en/study/grade/", sent).status_code == 303
    assert ReviewEvent.objects.get().rating == 3


def test_the_other_language_shows_the_same_card_as_it_stands(
    client: Client, stone: Question
) -> None:
    english = reveal(client, answer="my words", choice="much", ticks=["k2"])
    sent = fields(english)
    chinese = text_of(client.post("/zh/study/reveal/", sent))
    assert '<html lang="zh-Hans">' in chinese
    assert str(stone.title_zh) in chinese
    carried = fields(chinese)
    for name in ("client_uuid", "answer", "choice", "duration_ms", "ticks"):
        assert carried[name] == sent[name]


@pytest.mark.parametrize("address", ["reveal", "grade", "undo"])
def test_addresses_of_forms_lead_back_to_the_card(
    client: Client, stone: Question, address: str
) -> None:
    answer = client.get(f"/en/study/{address}/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/study/")


def test_a_question_that_is_gone_makes_room_for_another(client: Client, stone: Question) -> None:
    sent = fields(reveal(client)) | {"rating": 3}
    Question.objects.filter(path=STONE).update(retired_at=stone.created_at)
    page = text_of(client.post("/en/study/grade/", sent, follow=True))
    assert "no longer in the bank" in page
    assert "On trial 1" in page


def test_a_proof_without_a_run_says_that_it_waits(client: Client, stone: Question) -> None:
    front = fields(text_of(client.get(f"/en/study/?question={BELL}")))
    page = text_of(client.post("/en/study/reveal/", front))
    assert "The default run is queued" in page
    assert f"/en/study/proof/{BELL}/" in page
    assert "data-waiting" in text_of(client.get(f"/en/study/proof/{BELL}/"))
    ready = text_of(client.get(f"/en/study/proof/{STONE}/?choice=little&asked=1"))
    assert "data-waiting" not in ready
    assert "You said <b>about 0.01</b>" in ready


def test_the_end_names_what_was_missed(client: Client, stone: Question) -> None:
    for turn in range(5):
        sent = fields(text_of(client.get("/en/study/")))
        back = fields(text_of(client.post("/en/study/reveal/", sent)))
        client.post("/en/study/grade/", back | {"rating": 1 if turn == 0 else 4})
    last = fields(reveal(client))  # the one missed comes back within the session
    assert last["question"] == [STONE]
    client.post("/en/study/grade/", last | {"rating": 4})
    page = text_of(client.get("/en/study/"))
    assert "Done for today." in page
    assert "6 cards, 1 missed." in page
    assert f'href="/en/questions/{STONE}/"' in page


def test_a_session_of_one_topic_stays_in_it(client: Client, stone: Question) -> None:
    first = fields(text_of(client.get("/en/study/?topic=sound")))
    assert first["question"] == [BELL]
    back = fields(text_of(client.post("/en/study/reveal/", first)))
    answer = client.post("/en/study/grade/", back | {"rating": 4})
    assert answer.headers["Location"] == "/en/study/?topic=sound"
    assert "Nothing is left in this topic today." in text_of(client.get("/en/study/?topic=sound"))


def test_an_empty_bank_says_what_to_do(client: Client, db: None) -> None:
    assert "manage.py sync_bank" in text_of(client.get("/en/study/"))
    assert "manage.py sync_bank" in text_of(client.get("/en/"))
