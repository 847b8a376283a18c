from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from demos.models import Demo, Run, RunRequest, State
from demos.runner.claim import claim_next
from demos.runner.store import fail, finish, report
from tests.api.calls import Api, errors

SLUG = "zero_init_symmetry"

pytestmark = pytest.mark.usefixtures("demo")


def wish(api: Api, /, key: str = "", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return api.post("runs/", {"demo": SLUG, **more}, **headers)


def test_a_wish_is_queued_and_says_where_to_look(as_alice: Api) -> None:
    response = wish(as_alice, prediction={"choice": first_option(), "confidence": "high"})
    assert response.status_code == 202
    told = response.json()
    assert response["Location"] == told["run"]["url"]
    assert told["run"]["state"] == "queued"
    assert told["run"]["place"] == 1
    assert told["request"]["prediction"] == {"choice": first_option(), "confidence": "high"}
    assert as_alice.read(told["run"]["url"])["params"] == Demo.objects.get().manifest["defaults"]


def first_option() -> str:
    return Demo.objects.get().manifest["prediction"]["options"][0]["slug"]


def test_what_is_done_is_answered_at_once(as_alice: Api, recorded: Run) -> None:
    response = wish(as_alice)
    assert response.status_code == 200
    assert response.json()["run"]["id"] == str(recorded.pk)


def test_fresh_seeds_are_a_run_of_their_own(as_alice: Api, recorded: Run) -> None:
    response = wish(as_alice, fresh=True)
    assert response.status_code == 202
    assert response.json()["run"]["id"] != str(recorded.pk)


def test_two_people_who_ask_the_same_share_a_run(as_alice: Api, as_mallory: Api) -> None:
    first, second = wish(as_alice).json(), wish(as_mallory).json()
    assert first["run"]["id"] == second["run"]["id"]
    assert first["request"]["id"] != second["request"]["id"]


def test_fifty_repeats_under_one_key_are_one_request(as_alice: Api) -> None:
    bodies = {wish(as_alice, key="once", fresh=True).content for _ in range(50)}
    assert len(bodies) == 1
    assert (Run.objects.count(), RunRequest.objects.count()) == (1, 1)


def test_a_key_is_not_used_for_another_request(as_alice: Api, as_mallory: Api) -> None:
    wish(as_alice, key="once")
    assert wish(as_alice, key="once", fresh=True).status_code == 409
    assert wish(as_mallory, key="once", fresh=True).status_code == 202  # hers is her own
    assert RunRequest.objects.count() == 2


@pytest.mark.parametrize("key", ["a b", "x" * 81, "schlüssel"])
def test_a_key_of_other_characters_is_refused(as_alice: Api, key: str) -> None:
    assert "Idempotency-Key" in errors(wish(as_alice, key=key))


def test_parameters_out_of_range_are_named_and_nothing_is_queued(as_alice: Api) -> None:
    entry = numeric()
    response = wish(as_alice, params={entry["name"]: 1e308, "depht": 3})
    found = errors(response)
    assert response.status_code == 400
    assert f"{entry['low']:g}" in found[f"params.{entry['name']}"]
    assert f"{entry['high']:g}" in found[f"params.{entry['name']}"]
    assert entry["name"] in found["params.depht"]
    assert Run.objects.count() == RunRequest.objects.count() == 0


def numeric() -> dict[str, Any]:
    schema = Demo.objects.get().manifest["parameters"]
    return next(entry for entry in schema if entry["kind"] in ("number", "whole"))


@pytest.mark.parametrize("value", ["1_0", "１２", "8", True, None, [8], {"a": 8}, 2**63, -1, 1e308])
def test_a_number_is_a_number(as_alice: Api, value: Any) -> None:
    response = wish(as_alice, params={numeric()["name"]: value})
    assert f"params.{numeric()['name']}" in errors(response)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"device": "tpu"}, "device"),
        ({"device": None}, "device"),
        ({"fresh": "true"}, "fresh"),
        ({"fresh": 1}, "fresh"),
        ({"params": []}, "params"),
        ({"prediction": "yes"}, "prediction"),
        ({"prediction": {}}, "prediction.choice"),
        ({"prediction": {"choice": "nothing"}}, "prediction.choice"),
        ({"prediction": {"choice": ["a"]}}, "prediction.choice"),
        ({"prediction": {"choice": "a", "sure": 1}}, "prediction.sure"),
        ({"prediction": {"choice": "a", "confidence": "very"}}, "prediction.confidence"),
        ({"owner": 1}, "owner"),
        ({"user": 1, "is_staff": True}, "is_staff"),
        ({"demo": 3}, "demo"),
        ({"demo": ""}, "demo"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(as_alice: Api, body: Any, field: str) -> None:
    response = as_alice.post("runs/", {"demo": SLUG, **body})
    assert response.status_code == 400
    assert field in errors(response)
    assert not Run.objects.exists()


def test_an_unknown_demo_is_not_found(as_alice: Api) -> None:
    response = as_alice.post("runs/", {"demo": "perpetual_motion"})
    assert response.status_code == 404
    assert "demo" in errors(response)


def test_who_has_too_much_unfinished_is_asked_to_wait(as_alice: Api, as_mallory: Api) -> None:
    answers = [wish(as_alice, fresh=True).status_code for _ in range(11)]
    assert answers == [202] * 10 + [429]
    refused = wish(as_alice, fresh=True)
    assert int(refused["Retry-After"]) >= 1
    assert "10" in refused.json()["detail"]
    assert wish(as_mallory, fresh=True).status_code == 202
    assert Run.objects.count() == 11


def test_a_run_is_told_from_queue_to_findings(
    as_alice: Api, anyone: Api, measured: dict[str, Any]
) -> None:
    address = wish(as_alice).json()["run"]["url"]
    claim = claim_next("cpu", timezone.now())
    assert claim is not None
    report(claim, {"seeds_done": 8, "seeds_total": 64, "seconds": 0.5, "claims": []})
    going = anyone.read(address)
    assert (going["state"], going["seeds_done"], going["findings"]) == ("running", 8, [])
    finish(claim, measured, timezone.now())
    done = anyone.read(address)
    assert done["state"] == "done"
    assert [f["claim"] for f in done["findings"]] == [f["claim"] for f in measured["findings"]]
    assert done["figure"]["series"]
    assert done["environment"]["torch"]
    assert len(done["tape"]) == done["seeds_done"] == 64


def test_a_failure_is_told_without_its_traceback(as_alice: Api) -> None:
    address = wish(as_alice).json()["run"]["url"]
    claim = claim_next("cpu", timezone.now())
    assert claim is not None
    failure = {"code": "raised", "zh": "出错", "en": "It raised", "traceback": "File secret.py"}
    fail(claim, failure, timezone.now())
    response = as_alice.get(address)
    assert response.json()["failure"] == {"code": "raised", "zh": "出错", "en": "It raised"}
    assert b"secret.py" not in response.content


def test_a_withdrawn_wish_stops_the_run_that_nobody_wants(as_alice: Api) -> None:
    address = wish(as_alice).json()["run"]["url"]
    wish(as_alice)  # twice, as by a double click
    told = as_alice.post(f"{address}cancel/")
    assert told.status_code == 200
    assert told.json()["run"]["state"] == "cancelled"
    assert told.json()["request"]["withdrawn_at"]
    again = as_alice.post(f"{address}cancel/")
    assert (again.status_code, again.content) == (200, told.content)


def test_a_run_that_another_wants_goes_on(as_alice: Api, as_mallory: Api) -> None:
    address = wish(as_alice).json()["run"]["url"]
    wish(as_mallory)
    assert as_alice.post(f"{address}cancel/").json()["run"]["state"] == "queued"


def test_a_stranger_cannot_cancel(as_alice: Api, as_mallory: Api) -> None:
    address = wish(as_alice).json()["run"]["url"]
    nowhere = as_mallory.post(f"/api/v1/runs/{uuid.uuid4()}/cancel/").json()
    refused = as_mallory.post(f"{address}cancel/")
    assert refused.status_code == 404
    assert {**refused.json(), "instance": ""} == {**nowhere, "instance": ""}
    assert Run.objects.get().state == State.QUEUED


def test_an_unknown_run_is_not_found(anyone: Api) -> None:
    assert anyone.get(f"runs/{uuid.uuid4()}/").status_code == 404
    assert anyone.get(f"runs/{uuid.uuid4()}/events/").status_code == 404
