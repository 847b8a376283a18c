from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demos.models import Run
from quizbank.content.bank import Bank
from quizbank.models import Question, QuizItem
from quizbank.services.bank import sync_bank
from tests.api.calls import Api, errors
from tests.cast import MONDAY

ZERO = "initialisation/zero_weights"

pytestmark = pytest.mark.usefixtures("bank")


def paths(anyone: Api, query: str = "") -> list[str]:
    return [listed["path"] for listed in anyone.read(f"questions/{query}")["results"]]


@pytest.mark.parametrize("text", ["梯度爆炸", "exploding gradient"])
def test_a_search_finds_the_same_in_both_languages(anyone: Api, text: str) -> None:
    assert paths(anyone, f"?search={text}")[0] == "gradients/dropout_and_exploding_gradients"


def test_filters_hold_together(anyone: Api) -> None:
    assert set(paths(anyone, "?topic=initialisation")) == {ZERO, "initialisation/zero_bias"}
    screen = set(paths(anyone, "?topic=initialisation&level=screen"))
    assert ZERO in screen
    assert set(paths(anyone, "?document=d1")) == set(
        Question.objects.filter(units__document__slug="d1").values_list("path", flat=True)
    )


def test_a_verdict_is_that_of_the_recorded_run(anyone: Api, recorded: Run) -> None:
    assert ZERO in paths(anyone, "?verdict=confirmed")
    assert ZERO in paths(anyone, "?verdict=refuted")  # its trap is
    assert ZERO not in paths(anyone, "?verdict=none")


def test_pages_follow_each_other_without_gap_or_repeat(anyone: Api) -> None:
    whole = paths(anyone)
    assert len(whole) == Question.objects.count() >= 5
    seen, address = [], "questions/?page_size=2"
    while address:
        page = anyone.read(address)
        assert len(page["results"]) <= 2
        seen += [listed["path"] for listed in page["results"]]
        address = (page["next"] or "").removeprefix("http://testserver")
    assert seen == whole


def test_pages_of_a_search_keep_its_order(anyone: Api) -> None:
    whole = paths(anyone, "?search=dropout")
    first = anyone.read("questions/?search=dropout&page_size=1")
    second = anyone.read(first["next"].removeprefix("http://testserver"))
    assert [*(q["path"] for q in first["results"]), *(q["path"] for q in second["results"])] == (
        whole[:2]
    )


def test_a_question_is_told_in_full(anyone: Api, recorded: Run, measured: dict[str, Any]) -> None:
    told = anyone.read(f"questions/{ZERO}/")
    row = Question.objects.get(path=ZERO)
    assert told["full"]["markdown"] == {"zh": row.full_zh, "en": row.full_en}
    assert "<math" in told["full"]["html"]["en"]
    assert {point["must"] for point in told["key_points"]} == {True, False}
    (trap,) = told["traps"]
    assert trap["row"] == "INI-2"
    assert trap["lines"]
    assert trap["refuted_by"]["verdict"] == "confirmed"
    assert trap["refuted_by"]["run"] == str(recorded.pk)
    found = {finding["claim"]: finding["verdict"] for finding in measured["findings"]}
    assert [proof["verdict"] for proof in told["proofs"]] == [
        found[proof["claim"]] for proof in told["proofs"]
    ]
    assert told["follow_ups"][0]["url"] == "/api/v1/questions/initialisation/zero_bias/"
    assert [place["unit"] for place in told["places"]] == ["d0-03", "d1-14"]


def test_a_prediction_is_asked_without_its_answer(anyone: Api, recorded: Run) -> None:
    quiz = anyone.read(f"questions/{ZERO}/")["quiz"]
    asked = [item for item in quiz if item["kind"] == "predict"]
    assert asked == [
        {"kind": "predict", "stem": None, "stem_html": None, "demo": "zero_init_symmetry"}
    ]


def test_what_is_stored_beside_a_prediction_is_not_told(anyone: Api) -> None:
    item = QuizItem.objects.get(question__path=ZERO, kind="predict")
    item.data = {**item.data, "answer": "it is this one"}
    item.save()
    assert b"it is this one" not in anyone.get(f"questions/{ZERO}/").content


def test_one_language_leaves_the_other_out(anyone: Api) -> None:
    told = anyone.read(f"questions/{ZERO}/?language=zh")
    assert told["title"].keys() == {"zh"}
    assert told["traps"][0]["say_html"].keys() == {"zh"}
    assert anyone.read("topics/?language=en")["results"][0]["title"].keys() == {"en"}


def test_topics_are_listed_with_their_counts(anyone: Api) -> None:
    listed = {topic["slug"]: topic["questions"] for topic in anyone.read("topics/")["results"]}
    assert listed["initialisation"] == 2


def test_demos_are_listed_with_the_verdicts_of_their_recorded_run(
    anyone: Api, recorded: Run
) -> None:
    (listed,) = anyone.read("demos/")["results"]
    assert listed["slug"] == "zero_init_symmetry"
    assert sum(listed["verdicts"].values()) == listed["claims"]


def test_a_demo_is_told_with_its_findings(
    anyone: Api, recorded: Run, measured: dict[str, Any]
) -> None:
    told = anyone.read("demos/zero_init_symmetry/")
    assert told["run"] == str(recorded.pk)
    assert {entry["name"] for entry in told["parameters"]} == told["defaults"].keys()
    findings = [claim["finding"] for claim in told["claims"]]
    assert findings == json.loads(json.dumps(measured["findings"]))
    assert "def run(" in told["source"]
    assert {option["slug"] for option in told["prediction"]["options"]}


def test_a_demo_without_a_recorded_run_has_no_findings(anyone: Api, demo: Any) -> None:
    told = anyone.read("demos/zero_init_symmetry/")
    assert told["run"] is None
    assert {claim["finding"] for claim in told["claims"]} == {None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("level=easy", "level"),
        ("verdict=true", "verdict"),
        ("language=fr", "language"),
        ("levle=core", "levle"),
        ("cursor=zzz", "cursor"),
        ("cursor=cD0nO0RST1A=", "cursor"),
        ("cursor=cD0lMDA=", "cursor"),
        ("page_size=0", "page_size"),
        ("page_size=1_0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=0000000019999999", "page_size"),
        ("page_size=000000001" + 40 * "9", "page_size"),
        ("page_size=" + 4_400 * "1", "page_size"),
        ("page_size=１２", "page_size"),
        ("search=" + 201 * "x", "search"),
        ("search=a%00b", "search"),
        ("topic=%00", "topic"),
    ],
)
def test_a_query_that_cannot_be_is_refused_by_name(anyone: Api, query: str, field: str) -> None:
    response = anyone.get(f"questions/?{query}")
    assert response.status_code == 400
    assert field in errors(response)


@pytest.mark.parametrize(
    "path", ["questions/", f"questions/{ZERO}/", "topics/", "demos/", "demos/zero_init_symmetry/"]
)
def test_what_did_not_change_is_not_sent_again(anyone: Api, recorded: Run, path: str) -> None:
    first = anyone.get(path)
    by_tag = anyone.client.get(f"/api/v1/{path}", headers={"If-None-Match": first["ETag"]})
    by_date = anyone.client.get(
        f"/api/v1/{path}", headers={"If-Modified-Since": first["Last-Modified"]}
    )
    assert (by_tag.status_code, by_date.status_code) == (304, 304)


def test_a_change_is_sent(anyone: Api, settings: Any) -> None:
    tag = anyone.get("questions/")["ETag"]
    Question.objects.filter(path=ZERO).update(title_en="Another title")
    again = anyone.client.get("/api/v1/questions/", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert b"Another title" in again.content


@pytest.mark.parametrize(
    "path",
    [
        "questions/?verdict=confirmed&search=dropout&topic=regularisation&document=d1",
        f"questions/{ZERO}/",
        "topics/",
        "demos/",
    ],
)
def test_a_list_costs_a_fixed_number_of_queries(anyone: Api, recorded: Run, path: str) -> None:
    limit = 14 if ZERO in path else 8
    with CaptureQueriesContext(connection) as queries:
        anyone.read(path)
    assert len(queries) <= limit, [query["sql"][:90] for query in queries]


def test_the_whole_bank_can_be_read(anyone: Api, whole_bank: Bank) -> None:
    sync_bank(bank=whole_bank, now=MONDAY)
    for path in paths(anyone, "?page_size=100"):
        anyone.read(f"questions/{path}/")
