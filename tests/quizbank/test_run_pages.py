"""A run by its id: permalink, files, progress, stream, cancelling, no numbers."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from demos.models import Demo, Run, RunRequest, State
from demos.streams import limiter
from tests.quizbank.lab_cast import RUN, add_experiment, finish, record, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demos.services.ring", lambda queue: None)


@pytest.fixture
def demo() -> Demo:
    return add_experiment()


@pytest.fixture
def stored(demo: Demo) -> Run:
    return record(demo)


@pytest.fixture
def queued(alice_client: Client, stored: Run) -> Run:
    """A run that Alice has asked for."""
    alice_client.post(RUN, {"steps": "200", "choice": "much", "confidence": "high"})
    return RunRequest.objects.latest("created_at").run


def address(run: Run, part: str = "", language: str = "en") -> str:
    return f"/{language}/runs/{run.pk}/{part}"


# ---------------------------------------------------------------- permalink and files


def test_the_permalink_is_the_same_for_everyone(
    client: Client, alice_client: Client, mallory_client: Client, queued: Run
) -> None:
    finish(queued, steps="200")

    def evidence(page: str) -> str:
        found = re.search(r'<ul class="judged">.*?</ul>', page, re.S)
        assert found
        return found[0]

    pages = [text_of(c.get(address(queued))) for c in (client, alice_client, mallory_client)]
    assert len({evidence(page) for page in pages}) == 1
    assert "training steps" in pages[0]
    assert "alice" not in pages[0]
    assert "You said" in pages[1]
    assert "You said" not in pages[0]
    assert "You said" not in pages[2]


def test_json_has_the_page_s_numbers(client: Client, stored: Run) -> None:
    answer = client.get(address(stored, "data.json"))
    found = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert stored.result
    assert found["findings"] == stored.result["findings"]
    assert found["figure"] == stored.result["figure"]
    assert found["parameters"] == stored.params
    assert found["seeds"] == {"first": 0, "count": 64}
    assert found["code_hash"] == stored.code_hash
    assert found["environment"]["torch"]
    assert [len(f["tape"]) for f in found["findings"]] == [64] * 4
    rule = {claim["slug"]: claim for claim in found["claims"]}
    assert rule["zero_bias_is_safe"]["clauses"][0]["below"] == 0.5
    page = text_of(client.get(address(stored)))
    for finding in found["findings"]:
        assert finding["words"]["en"][:30] in html.unescape(page)


def test_the_rule_of_other_code_is_left_out(client: Client, stored: Run) -> None:
    Demo.objects.update(code_hash="f" * 64)
    assert json.loads(client.get(address(stored, "data.json")).content)["claims"] is None
    assert "code has changed since this run" in text_of(client.get(address(stored)))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_csv_has_the_figure_s_numbers(client: Client, stored: Run, language: str) -> None:
    answer = client.get(address(stored, "data.csv", language))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert stored.result
    series = stored.result["figure"]["series"]
    assert len(rows) == 1 + sum(len(s["y"]) for s in series)
    assert [float(row[2]) for row in rows[1:4]] == series[0]["y"][:3]
    assert rows[1][0] == series[0]["label"][language]


def test_findings_as_csv(client: Client, stored: Run) -> None:
    text = client.get(address(stored, "findings.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert stored.result
    assert [int(row["hold"]) for row in rows] == [f["inside"] for f in stored.result["findings"]]
    assert all(row["claim"][0] not in "=+-@" for row in rows)


def test_nothing_to_download_before_the_end(client: Client, queued: Run) -> None:
    for part in ("data.json", "data.csv", "findings.csv"):
        assert client.get(address(queued, part)).status_code == 404


@pytest.mark.parametrize(
    "part",
    ["", "data.json", "data.csv", "findings.csv", "panel/", "progress/", "events/"],
)
def test_an_unknown_run_is_not_there(client: Client, db: None, part: str) -> None:
    assert client.get(f"/en/runs/{uuid4()}/{part}").status_code == 404


# ---------------------------------------------------------------- while it goes on


def test_progress_is_json_with_an_etag(client: Client, queued: Run) -> None:
    first = client.get(address(queued, "progress/"))
    assert json.loads(first.content)["place"] == 1
    assert first["Cache-Control"] == "no-store"
    again = client.get(address(queued, "progress/"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    Run.objects.filter(pk=queued.pk).update(state=State.RUNNING)
    now = client.get(address(queued, "progress/"), headers={"If-None-Match": first["ETag"]})
    assert now.status_code == 200
    assert json.loads(now.content)["state"] == "running"


def going_on(run: Run, ticks: list[int | None]) -> None:
    inside = sum(tick == 1 for tick in ticks)
    claim = {"claim": "zero_is_stuck", "inside": inside, "n": len(ticks), "tape": ticks}
    Run.objects.filter(pk=run.pk).update(
        state=State.RUNNING,
        attempt=1,
        progress={"seeds_done": len(ticks), "seeds_total": 64, "seconds": 0.8, "claims": [claim]},
    )


def test_a_running_run_shows_its_tape(alice_client: Client, queued: Run) -> None:
    going_on(queued, [1] * 39 + [0, 0])
    page = text_of(alice_client.get(address(queued)))
    assert "41 of 64 seeds" in page
    assert "<span data-for>39</span> for, <span data-against>2</span> against." in page
    assert "One counterexample that stands up" in page
    assert [int(n) for n in re.findall(r'data-blank="(\d+)"', page)] == [64, 128, 256]
    assert "39 seeds for, 2 against, 23 to come" in page


def test_only_who_asked_sees_and_can_cancel(
    client: Client, mallory_client: Client, alice_client: Client, queued: Run
) -> None:
    assert "data-cancel" in text_of(alice_client.get(address(queued)))
    assert "data-cancel" not in text_of(mallory_client.get(address(queued)))
    for stranger in (client, mallory_client):
        assert stranger.post(address(queued, "cancel/")).status_code == 404
    queued.refresh_from_db()
    assert queued.state == State.QUEUED

    answer = alice_client.post(address(queued, "cancel/"))

    queued.refresh_from_db()
    assert queued.state == State.CANCELLED
    page = text_of(alice_client.get(answer["Location"]))
    assert "Cancelled" in page
    assert "nothing was judged" in page
    assert "Run again" in page
    assert alice_client.get(address(queued, "cancel/")).status_code == 405


def test_a_failed_run_says_why_and_runs_again(alice_client: Client, queued: Run) -> None:
    failure = {"code": "time_limit", "zh": "超过了时间上限。", "en": "It ran out of time."}
    Run.objects.filter(pk=queued.pk).update(
        state=State.FAILED, failure={**failure, "traceback": "Traceback: secret"}
    )
    page = text_of(alice_client.get(address(queued)))
    assert "It ran out of time." in page
    assert "secret" not in page
    again = re.search(r'<form method="post" action="([^"]+/run/)">(.*?)</form>', page, re.S)
    assert again
    given = dict(re.findall(r'name="([\w.]+)" value="([^"]*)"', again[2]))
    given.pop("csrfmiddlewaretoken", None)
    assert alice_client.post(again[1], given).status_code == 302
    second = RunRequest.objects.latest("created_at").run
    assert second.pk != queued.pk
    assert second.params == queued.params
    assert "超过了时间上限。" in text_of(alice_client.get(address(queued, "panel/", "zh")))


def test_the_panel_lands_the_stamp_once(alice_client: Client, queued: Run) -> None:
    finish(queued, steps="200")
    landed = text_of(alice_client.get(address(queued, "panel/"), {"landed": "1"}))
    assert landed.count("stamp large landing") == 1
    assert "<html" not in landed
    assert "You said <b>more than 0.1</b> (high)" in landed
    later = text_of(alice_client.get(address(queued, "panel/")))
    assert "landing" not in later
    assert later.count('class="stamp large"') == 1


def test_a_run_that_ends_beside_a_card_brings_no_second_large_stamp(
    alice_client: Client, queued: Run
) -> None:
    assert "data-progress" in text_of(alice_client.get(address(queued, "panel/"), {"beside": "1"}))
    finish(queued, steps="200")
    beside = text_of(alice_client.get(address(queued, "panel/"), {"beside": "1"}))
    assert "stamp large" not in beside
    assert "data-compare" not in beside
    assert beside.count("data-claim=") == len(queued.demo.manifest["claims"])
    assert f'href="{address(queued)}"' in beside


@pytest.mark.django_db(transaction=True)
def test_events_stream_and_end(client: Client, stored: Run) -> None:
    answer = client.get(address(stored, "events/"))
    assert answer["Content-Type"].startswith("text/event-stream")
    text = b"".join(answer.streaming_content).decode()
    answer.close()
    identity = re.search(r"^id: (\w+)$", text, re.M)
    assert identity
    assert "event: done" in text
    seen = client.get(address(stored, "events/"), headers={"Last-Event-ID": identity[1]})
    assert seen.status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_third_stream_is_refused(client: Client, queued: Run) -> None:
    open_ones = [client.get(address(queued, "events/")) for _ in range(2)]
    refused = client.get(address(queued, "events/"))
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    for one in open_ones:
        one.close()
    assert limiter.open() == 0


def test_a_run_without_finite_numbers_says_so(alice_client: Client, queued: Run) -> None:
    run = finish(queued, steps="200")
    assert run.result
    result = {**run.result, "prediction": {**run.result["prediction"], "median": None}}
    Run.objects.filter(pk=run.pk).update(result=result)
    assert "No finite number was measured" in text_of(alice_client.get(address(run)))
