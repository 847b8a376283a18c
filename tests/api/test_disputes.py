from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demos.models import Run
from quizbank.models import Dispute
from tests.api.calls import Api, errors

pytestmark = pytest.mark.usefixtures("bank")


def told(anyone: Api, query: str = "") -> dict[str, Any]:
    return {one["slug"]: one for one in anyone.read(f"disputes/{query}")["results"]}


def test_every_contradiction_is_told_in_order(anyone: Api) -> None:
    listed = told(anyone)
    assert list(listed) == list(Dispute.objects.values_list("slug", flat=True))
    assert sum(one["kind"] == "between" for one in listed.values()) >= 22
    assert all(len(one["sides"]) >= 2 and one["rows"] for one in listed.values())


def test_one_that_was_measured_names_claim_and_run(anyone: Api, recorded: Run) -> None:
    zero = told(anyone)["what_zero_weights_learn"]
    found = {finding.claim: finding.verdict for finding in recorded.findings.all()}
    assert zero["verdict"] == found["zero_is_stuck"]
    assert (zero["topic"], zero["kind"]) == ("initialisation", "between")
    assert zero["rows"] == ["INI-1", "INI-2"]
    assert [side["lines"] for side in zero["sides"]] == [["d0:5"], ["d1:92"]]
    first = zero["decided_by"][0]
    assert (first["demo"], first["claim"]) == ("zero_init_symmetry", "zero_is_stuck")
    assert [one["verdict"] for one in zero["decided_by"]] == [
        found[one["claim"]] for one in zero["decided_by"]
    ]
    assert first["run_url"] == f"/api/v1/runs/{recorded.pk}/"
    assert anyone.read(first["run_url"].removeprefix("/api/v1/"))["id"] == str(recorded.pk)
    assert "initialisation/zero_weights" in [one["path"] for one in zero["questions"]]


def test_one_that_was_not_says_so(anyone: Api) -> None:
    clipping = told(anyone)["clipping_and_vanishing"]
    assert clipping["verdict"] == "none"
    assert {one["run_url"] for one in clipping["decided_by"]} == {None}
    assert [side["verdict"] for side in clipping["sides"]] == [None, None]
    assert clipping["sides"][0]["measured_by"] == "clip_cannot_raise/no_entry_grows"


def test_filters_and_languages(anyone: Api, recorded: Run) -> None:
    outcome = recorded.findings.get(claim="zero_is_stuck").verdict
    measured = told(anyone, f"?verdict={outcome}&language=zh")
    assert list(measured) == ["what_zero_weights_learn"]
    assert measured["what_zero_weights_learn"]["holds"]["markdown"].keys() == {"zh"}
    assert {one["topic"] for one in told(anyone, "?topic=metrics").values()} == {"metrics"}
    assert told(anyone, "?topic=nothing") == {}


@pytest.mark.parametrize(
    ("query", "field"), [("verdict=yes", "verdict"), ("kind=within", "kind"), ("topic=", "topic")]
)
def test_a_query_that_cannot_be_is_refused_by_name(anyone: Api, query: str, field: str) -> None:
    response = anyone.get(f"disputes/?{query}")
    assert response.status_code == 400
    assert field in errors(response)


def test_the_list_takes_a_fixed_number_of_queries(anyone: Api, recorded: Run) -> None:
    with CaptureQueriesContext(connection) as queries:
        anyone.read("disputes/")
    assert len(queries) <= 8, [query["sql"][:90] for query in queries]


def test_what_did_not_change_is_not_sent_again(anyone: Api, recorded: Run) -> None:
    tag = anyone.get("disputes/")["ETag"]
    again = anyone.client.get("/api/v1/disputes/", headers={"If-None-Match": tag})
    assert again.status_code == 304
