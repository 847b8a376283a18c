"""The file of everything, brought back: a union, whichever account it goes into."""

from __future__ import annotations

import json
import tracemalloc
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client, RequestFactory
from hypothesis import given

from quizbank.models import (
    Card,
    ImportedDocument,
    Interview,
    KeyPoint,
    MockInterview,
    ParameterSet,
    Passage,
    Question,
    QuizAnswer,
    QuizSession,
    ReviewEvent,
    StudyProfile,
    User,
)
from quizbank.queries.takeout import everything
from quizbank.services import importing, mock, quiz
from quizbank.services.audit import audit
from quizbank.services.bringing import Report, takeout
from quizbank.services.bringing.files import LARGEST
from quizbank.services.bringing.rows import clean, markup
from quizbank.services.errors import BadFile
from quizbank.services.merging import merge_guest
from quizbank.services.people import start_guest
from quizbank.services.profile import edit_profile
from quizbank.services.study import adopt_parameters, undo
from quizbank.views.settings import takeout as download
from tests import cast
from tests.examples import examples
from tests.quizbank.histories import fitted, histories, learner, live
from tests.quizbank.study_cast import grade, make_item, make_question, make_questions

MONDAY = cast.MONDAY + timedelta(microseconds=123_457)
LATER = MONDAY + timedelta(days=400)
LAST = MONDAY + timedelta(days=20 * 366)  # after the longest of any histories
NOTES = (
    '# Mine\n\n## Why is the sky\'s colour "blue"?\n\nScattering $x^2$.\n\n'
    "## What is a cat?\n\nA pet.\n"
)
# Numbers given by a database, and who and when.
OURS = ("id", "card", "parameter_set", "quiz", "mock", "follows", "document", "parent", "run")


def downloaded(user: User) -> bytes:
    """What the page hands out."""
    request = RequestFactory().get("/")
    request.user = user
    return download(request).content


def written(user: User) -> Any:
    told = json.loads(downloaded(user))
    del told["written_at"]
    return told


def written_before(user: User) -> Any:
    """What it handed out when it cut moments to the millisecond."""
    return json.loads(json.dumps(everything(user, LATER), cls=DjangoJSONEncoder))


def back(user: User, told: Any, now: datetime = LATER, **more: Any) -> Report:
    data = takeout.opened(json.dumps(told).encode())
    before = takeout.preview(user=user, data=data, now=now)
    done = takeout.bring_back(user=user, data=data, now=now, **more)
    if not more:
        assert before == done, "the preview says what is done"
    assert audit(user=user, repair=False).differences == []
    return done


def comparable(told: Any, paths: dict[str, str] | None = None) -> Any:
    """Without what names rows or people; own questions by their slugs."""
    named = {row["path"]: row["slug"] for row in told["questions"]}
    instead: dict[str, Any] = {
        "question": lambda path: named.get(path, path),
        "path": lambda path: named.get(path, path),
        "questions": lambda paths: [named.get(path, path) for path in paths],
    }
    kept = {}
    for section, rows in told.items():
        if section in ("person", "written_at", "keys", "run_requests", "format"):
            continue
        kept[section] = [
            {
                name: instead[name](value) if name in instead else value
                for name, value in row.items()
                if name not in OURS and name not in ("fitted_through", "last_event", "guest_of")
            }
            for row in rows
        ]
    kept["cards"].sort(key=lambda row: row["question"])
    kept["questions"].sort(key=lambda row: row["slug"])
    return kept


def lived(user: User) -> Question:
    """Somebody who has used everything."""
    first, second = make_questions(2)
    make_item(first)
    edit_profile(user=user, changes={"zone": "Asia/Shanghai", "desired_retention": 0.85})
    importing.import_document(owner=user, name="a.md", data=NOTES.encode(), now=MONDAY)
    passage = Passage.objects.filter(heading="What is a cat?").get()
    importing.correct_match(passage=passage, question=second, now=MONDAY)
    own = Question.everyone.get(owner=user, retired_at=None)
    KeyPoint.objects.create(
        **{
            "question": own,
            "position": 1,
            "must": True,
            "text_zh": "散射",
            "text_en": "scattering",
        },
        **{"html_zh": "<p>散射</p>", "html_en": "<p>scattering</p>"},
    )
    for day, question in enumerate((first, own, second, first, own)):
        grade(user, question, 1 + day % 4, MONDAY + timedelta(days=day), answer="so", ticks=[1])
    undo(user=user, client_uuid=uuid.uuid4(), now=MONDAY + timedelta(days=6))
    adopt = {"client_uuid": uuid.uuid4(), "now": MONDAY + timedelta(days=7)}
    adopt_parameters(user=user, parameter_set=fitted(user), **adopt)
    quiz.start_session(user=user, n=1, now=MONDAY)
    mock.start(user=user, minutes=10, now=MONDAY)
    interview = Interview.objects.create(user=user, day=MONDAY.date(), created_at=MONDAY)
    interview.questions.add(own)
    interview.topics.add(first.topic)
    return own


COUNTED = (Card, ReviewEvent, Question, KeyPoint, ImportedDocument, Passage, ParameterSet)
COUNTED_TOO = (QuizSession, QuizAnswer, MockInterview, Interview)


def counts() -> list[int]:
    objects = [Question.everyone if m is Question else m.objects for m in COUNTED + COUNTED_TOO]
    return [manager.count() for manager in objects]


def test_into_the_same_account_it_adds_nothing(alice):
    lived(alice)
    before, told = counts(), written(alice)
    report = back(alice, told, settings=True)
    assert counts() == before
    assert (report.adds, report.left) == (False, ())
    assert report.known == len(told["events"])
    assert written(alice) == told


def test_moments_come_back_to_the_microsecond(alice, mallory):
    lived(alice)
    back(mallory, written(alice))
    for model in (QuizSession, MockInterview):
        assert {one.created_at for one in model.objects.all()} == {MONDAY}
    first = ReviewEvent.objects.filter(user=mallory).order_by("id")[0]
    assert first.reviewed_at == MONDAY


def test_an_older_file_cut_to_milliseconds_adds_nothing(alice, mallory):
    lived(alice)
    before, told = counts(), written_before(alice)
    report = back(alice, told, settings=True)
    assert counts() == before
    assert (report.adds, report.left) == (False, ())
    back(mallory, told)
    again = back(mallory, written(alice))
    assert (again.adds, again.left) == (False, ())


def test_into_a_fresh_account_it_makes_everything_anew(alice, mallory):
    lived(alice)
    told = written(alice)
    report = back(mallory, told, settings=True)
    assert report.left == ()
    assert comparable(written(mallory)) == comparable(told)
    assert report.others["cards"] == 3
    assert (report.reviews, report.acts, report.known) == (5, 2, 0)
    after = counts()
    assert not back(mallory, told).adds
    assert counts() == after


def test_into_another_installation_own_questions_keep_their_paths(alice, mallory):
    own = lived(alice)
    told = written(alice)
    Question.everyone.filter(pk=own.pk).update(path="own/" + "0" * 32)
    back(mallory, told)
    assert Question.everyone.filter(owner=mallory, path=own.path).exists()


def test_settings_come_only_if_asked_for(alice, mallory):
    lived(alice)
    back(mallory, written(alice))
    assert StudyProfile.objects.get(user=mallory).zone == "UTC"
    back(mallory, written(alice), settings=True)
    assert StudyProfile.objects.get(user=mallory).zone == "Asia/Shanghai"


@examples(6, 100)
@given(histories)
def test_any_history_comes_back_bit_for_bit(questions, history):
    user, other = learner(), start_guest(now=MONDAY)
    live(user, questions, history)
    told = written(user)
    assert back(other, told, LAST).left == ()
    assert comparable(written(other))["cards"] == comparable(told)["cards"]
    assert not back(other, told, LAST).adds
    assert not back(user, told, LAST).adds


@pytest.fixture
def questions(db):
    return make_questions(2)


def test_two_halves_are_one_log(alice, mallory, questions):
    grade(alice, questions[0], 3, MONDAY)
    early = written(alice)
    done = grade(alice, questions[0], 2, MONDAY + timedelta(days=5)).event
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY + timedelta(days=6), event=done)
    grade(alice, questions[1], 3, MONDAY + timedelta(days=7))
    late = written(alice)
    for told in (early, late, early):
        back(mallory, told)
    assert comparable(written(mallory))["cards"] == comparable(late)["cards"]


def test_what_a_merged_guest_did_comes_along_and_their_parameters_do_not(alice, mallory, questions):
    guest = start_guest(now=MONDAY)
    grade(guest, questions[0], 3, MONDAY)
    adopt_parameters(user=guest, parameter_set=fitted(guest), client_uuid=uuid.uuid4(), now=MONDAY)
    merge_guest(guest=guest, account=alice, now=MONDAY)
    report = back(mallory, written(alice))
    assert report.left == ()
    assert (report.reviews, report.known) == (1, 1), "the guest's row and its copy are one"
    assert StudyProfile.objects.get(user=mallory).parameter_set is None
    mine, other = (Card.objects.get(user=user) for user in (alice, mallory))
    assert (mine.stability, mine.due) == (other.stability, other.due)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "cannot be read"),
        (b'{"format": 1,\n "events": [', "line 2, character 13.*anew"),
        (b'{"format": NaN, "events": []}', "NaN"),
        (b'{"\xff', "byte 3 is not UTF-8"),
        (b"[" * 100_000, "too deep"),
        (b"[]", "not a file of everything"),
        (b'{"notes": []}', "not a file of everything"),
        (b'{"format": 2, "events": []}', "Format 2"),
        (b'{"format": true, "events": []}', "Format True"),
        (b'{"format": 1, "events": {}}', "events"),
        (b'{"format": 1, "events": [], "cards": 5}', "cards"),
    ],
)
def test_a_foreign_file_is_refused(text, says):
    with pytest.raises(BadFile, match=says) as refused:
        takeout.opened(text)
    assert "Expecting" not in refused.value.text.zh


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(takeout, "MOST_ROWS", 2)
    with pytest.raises(BadFile, match="more than 2"):
        takeout.opened(b'{"format": 1, "events": [{}, {}, {}]}')


@pytest.mark.parametrize(
    ("value", "times"), [(b"[],", 1_700_000), (b"{},", 1_100_000), (b"0,", 4_200_000)]
)
def test_a_file_of_countless_values_is_refused_unread(value, times):
    text = b'{"format": 1, "events": [], "cards": [' + value * times + b"0]}"
    tracemalloc.start()
    try:
        with pytest.raises(BadFile, match="more memory"):
            takeout.opened(text)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_the_largest_file_of_nothing_but_reviews_is_read(alice, questions):
    for day in range(40):
        grade(alice, questions[0], 3, MONDAY + timedelta(days=day), ticks=[1, 2], answer="a, b")
    text = downloaded(alice)
    assert takeout.weight(text) / len(text) * LARGEST < takeout.MOST_WEIGHT


def event(told: Any, **changes: Any) -> Any:
    """The file with its second review changed."""
    told = json.loads(json.dumps(told))
    told["events"][1] |= changes
    return told


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": None}, "rating"),
        ({"rating": "x"}, "shape"),
        ({"kind": "dream"}, "shape"),
        ({"kind": "suspend"}, "rating"),
        ({"kind": "bury", "rating": None, "interval_chosen": 0}, "days"),
        ({"kind": "set_due", "rating": None, "interval_chosen": 40_000}, "days"),
        ({"kind": "set_due", "rating": None, "interval_chosen": None}, "days"),
        ({"kind": "undo", "rating": None, "undoes": None}, "undoes"),
        ({"kind": "undo", "rating": None, "undoes": str(uuid.UUID(int=7))}, "undoes"),
        ({"card": None}, "card"),
        ({"card": str(uuid.UUID(int=7))}, "card"),
        ({"card": ["x"]}, "card"),
        ({"kind": "adopt_parameters", "rating": None}, "shape"),
        (
            {"kind": "adopt_parameters", "rating": None, "card": None, "parameter_set": 9},
            "parameters",
        ),
        ({"client_uuid": "x"}, "shape"),
        ({"client_uuid": None}, "shape"),
        ({"reviewed_at": "soon"}, "shape"),
        ({"reviewed_at": "2026-01-05T09:00:00"}, "zone"),
        ({"reviewed_at": "2030-01-05T09:00:00Z"}, "future"),
        ({"received_at": "2030-01-05T09:00:00Z"}, "future"),
        ({"reviewed_at": "2005-01-05T09:00:00Z"}, "old"),
        ({"study_day": "2026-02-05"}, "shape"),
        ({"zone": "Moon/Crater"}, "zone"),
        ({"policy": None}, "shape"),
        ({"policy": {"desired_retention": 0.9}}, "shape"),
        ({"policy": []}, "shape"),
        ({"duration_ms": -1}, "shape"),
        ({"answer": "x" * 4_001}, "shape"),
        ({"answer": "a\x00b"}, "shape"),
        ({"answer": "\ud800"}, "shape"),
        ({"ticks": [{"a": 1}]}, "shape"),
        ({"ticks": "all"}, "shape"),
        ({"prediction": [1]}, "shape"),
        ({"confidence": "very"}, "shape"),
        ({"origin": "elsewhere"}, "shape"),
        ({"interval_raw": -3}, "shape"),
    ],
)
def test_a_bad_event_refuses_only_itself(alice, mallory, questions, changes, reason):
    grade(alice, questions[0], 3, MONDAY)
    grade(alice, questions[1], 3, MONDAY + timedelta(days=1))
    grade(alice, questions[0], 4, MONDAY + timedelta(days=5))
    data = takeout.opened(json.dumps(event(written(alice), **changes)).encode())
    report = takeout.bring_back(user=mallory, data=data, now=LATER)
    assert audit(user=mallory, repair=False).differences == []
    assert [(one.what, one.reason, one.number) for one in report.left] == [("events", reason, 1)]
    assert report.reviews == 2


def test_an_infinite_number_is_none(alice, mallory, questions):
    grade(alice, questions[0], 3, MONDAY)
    told = written(alice)
    told["events"][0]["after_stability"] = "endless"
    text = json.dumps(told).replace('"endless"', "1e999")
    report = takeout.bring_back(user=mallory, data=takeout.opened(text.encode()), now=LATER)
    assert [one.reason for one in report.left] == ["shape"]


def test_a_number_used_for_something_else_is_a_conflict(alice, questions):
    grade(alice, questions[0], 3, MONDAY)
    told = written(alice)
    told["events"][0]["rating"] = 1
    (left,) = back(alice, told).left
    assert left.reason == "conflict"


SECTIONS = (
    *("parameter_sets", "cards", "events", "quizzes", "quiz_answers", "mock_interviews"),
    *("mock_questions", "interviews", "documents", "questions", "key_points"),
)


def test_rows_of_no_sense_are_left_out(alice, mallory):
    lived(alice)
    told = written(alice)
    for section in (*SECTIONS, "passages", "profile"):
        told[section] = [None, 5, {}, {"id": [], "question": 5, "path": None}, *told[section]]
    report = back(mallory, told)
    assert report.reviews == 5
    assert {one.what for one in report.left} >= set(SECTIONS)
    assert comparable(written(mallory))["cards"] == comparable(written(alice))["cards"]


def test_keys_and_wishes_for_runs_are_not_brought(alice, mallory):
    told = {"format": 1, "events": [], "keys": [{"name": "x"}], "run_requests": [{"id": 1}]}
    assert not back(mallory, told).adds
    assert not mallory.api_tokens.exists()


HOSTILE = '<p onclick="a()">x</p><script>alert(1)</script><a href="javascript:a()">y</a>'


def test_markup_is_sanitised_anew(alice, mallory):
    lived(alice)
    told = json.loads(json.dumps(written(alice)).replace("Scattering", json.dumps(HOSTILE)[1:-1]))
    for row in told["questions"]:
        row["prompt_html_en"] = HOSTILE
    told["quiz_answers"][0]["item"]["stem_html"] = {"zh": HOSTILE, "en": HOSTILE}
    back(mallory, told)
    for question in Question.everyone.filter(owner=mallory):
        for text in (question.prompt_html_en, question.full_html_en):
            assert "script" not in text
            assert "onclick" not in text
            assert "javascript" not in text
    item = QuizAnswer.objects.get(quiz__owner=mallory).item
    assert "<script" not in item["stem_html"]["zh"]
    assert item["stem"] == {"zh": "几个？", "en": "How many?"}


@pytest.mark.parametrize(
    "text", ["<p>it&#x27;s &quot;so&quot;</p>", "<p>1 &lt; 2 &amp; x</p>", "plain", ""]
)
def test_our_own_markup_stays_to_the_letter(text):
    assert markup(text) == text
    assert clean({"why_html": {"en": text}, "text": "<b"}) == {
        "why_html": {"en": text},
        "text": "<b",
    }


def test_an_escaped_quote_opens_no_attribute():
    tricky = '<a href="https://e.com/&quot; onclick=&quot;a()">x</a>'
    assert 'onclick="' not in markup(tricky)


def test_one_interview_at_a_time_is_open(alice, mallory, questions):
    Interview.objects.create(user=alice, day=MONDAY.date(), created_at=MONDAY)
    Interview.objects.create(user=mallory, day=LATER.date(), created_at=LATER)
    (left,) = back(mallory, written(alice)).left
    assert (left.what, left.reason) == ("interviews", "open")


def test_the_page_takes_it(alice, alice_client, mallory_client: Client, mallory):
    from tests.quizbank.test_exchange_pages import bring, said, send

    question = make_question()
    grade(alice, question, 3, MONDAY)
    text = alice_client.get("/en/settings/everything.json").content
    waiting = send(mallory_client, text, "all.json").headers["Location"]
    assert 'name="settings"' in said(mallory_client.get(waiting))
    assert not Card.objects.filter(user=mallory).exists()
    bring(mallory_client, text, "all.json", settings="1")
    assert Card.objects.get(user=mallory).reps == 1
    answer = send(mallory_client, b"{}", "all.json")
    assert answer.status_code == 422
    assert "not a file of everything" in said(answer)
