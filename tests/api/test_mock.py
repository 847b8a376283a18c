from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.calls import Api, errors

pytestmark = pytest.mark.usefixtures("bank")
YES = {"trap": False, "structure": 1, "trade_off": 0.5, "example": 0}


def begin(api: Api, **more: Any) -> Any:
    response = api.post("mock-interviews/", {"minutes": 20, "seed": 3, **more})
    assert response.status_code == 201, response.content
    return response.json()


def reply(api: Api, mock: Any, position: int, **more: Any) -> Any:
    body = {"position": position, "client_uuid": str(uuid.uuid4()), "answer": "first …"}
    return api.post(mock["url"] + "answers/", {**body, **more})


def test_an_interview_is_held_from_beginning_to_report(as_alice: Api) -> None:
    mock = begin(as_alice)
    assert mock["state"] == "answering"
    assert 0 < mock["seconds_left"] <= 1_200
    assert [row["question"] is not None for row in mock["asked"]] == [
        row["position"] == 1 for row in mock["asked"]
    ]
    for row in mock["asked"]:
        answered = reply(as_alice, mock, row["position"])
        assert answered.status_code == 200, answered.content
        assert "key_points" not in answered.json()["asked"][0]
    assert answered.json()["state"] == "estimating"

    told = as_alice.post(mock["url"] + "estimate/", {"value": 2.5}).json()
    assert told["state"] == "marking"
    for row in told["asked"]:
        musts = [i for i, point in enumerate(row["key_points"]) if point["must"]]
        body = {"position": row["position"], "points": musts, **YES}
        assert as_alice.post(mock["url"] + "marks/", body).status_code == 200

    report = as_alice.read(mock["url"] + "report/")
    assert report["correctness"]["value"] == 4
    assert report["structure"]["n"] == report["answered"] == len(mock["asked"])
    assert report["calibration"] == -1.5
    assert not any(row["missed"] for row in report["questions"])
    listed = as_alice.read("mock-interviews/")["results"]
    assert [(row["id"], row["state"]) for row in listed] == [(mock["id"], "finished")]


def test_the_clock_is_paused_extended_and_stopped(as_alice: Api) -> None:
    mock = begin(as_alice)
    url = mock["url"]
    assert as_alice.call("PATCH", url, {"deed": "pause"}).json()["paused"] is True
    assert reply(as_alice, mock, 1).status_code == 409
    assert as_alice.call("PATCH", url, {"deed": "go_on"}).json()["paused"] is False
    longer = as_alice.call("PATCH", url, {"deed": "extend", "minutes": 5}).json()
    assert longer["minutes"] == 25
    assert "minutes" in errors(as_alice.call("PATCH", url, {"deed": "extend"}))
    assert "minutes" in errors(as_alice.call("PATCH", url, {"deed": "extend", "minutes": 99}))
    assert as_alice.call("PATCH", url, {"deed": "stop"}).json()["state"] == "estimating"
    assert as_alice.call("PATCH", url, {"deed": "pause"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"minutes": 5}, "minutes"),
        ({"topic": "astrology"}, "topic"),
        ({"questions": ["no/where"]}, "questions"),
        ({"questions": []}, "questions"),
        ({"seed": "7"}, "seed"),
        ({"weakness": 1}, "weakness"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_a_wish_that_cannot_be_names_its_field(as_alice: Api, body: Any, field: str) -> None:
    assert field in errors(as_alice.post("mock-interviews/", body))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": [99]}, "points"),
        ({"points": [0.5]}, "points"),
        ({"structure": 0.3}, "structure"),
        ({"trap": 0}, "trap"),
        ({"position": 0}, "position"),
    ],
)
def test_marks_that_cannot_be_name_their_field(as_alice: Api, change: Any, field: str) -> None:
    mock = begin(as_alice)
    reply(as_alice, mock, 1)
    as_alice.call("PATCH", mock["url"], {"deed": "stop"})
    as_alice.post(mock["url"] + "estimate/", {"value": 1})
    body = {"position": 1, "points": [], **YES, **change}
    assert field in errors(as_alice.post(mock["url"] + "marks/", body))


def test_a_place_there_is_not_is_404(as_alice: Api) -> None:
    assert reply(as_alice, begin(as_alice), 99).status_code == 404
