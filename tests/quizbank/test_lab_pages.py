"""The gallery and the page of an experiment, as plain forms would use them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from demos.models import Demo, Run, RunRequest
from demos.services import LIVE_RUNS
from quizbank.forms.lab import LabForm
from quizbank.models import User
from quizbank.services.people import merge_guest, start_guest
from tests.quizbank.lab_cast import PAGE, RUN, SLUG, add_experiment, record, text_of

pytestmark = pytest.mark.django_db

BAD = ("1e9", "-1", "−1", "NaN", "inf", "", "1e-400", "0x10", "1_0", "five", "9" * 500)


@pytest.fixture
def demo() -> Demo:
    return add_experiment()


@pytest.fixture
def stored(demo: Demo) -> Run:
    return record(demo)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demos.services.ring", lambda queue: None)


def field(page: str, name: str) -> dict[str, str]:
    tag = re.search(rf'<input[^>]* name="{name}" type="text"[^>]*>', page)
    assert tag, name
    return {key: html.unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag[0])}


# ---------------------------------------------------------------- gallery


def test_an_empty_lab_says_what_to_do(client: Client) -> None:
    assert "manage.py sync_demos" in text_of(client.get("/en/lab/"))
    assert "manage.py sync_demos" in text_of(client.get("/zh/lab/"))


def test_a_plate_is_sealed_until_the_guess(client: Client, stored: Run) -> None:
    page = text_of(client.get("/en/lab/"))
    assert 'data-verdict="sealed"' in page
    assert 'data-verdict="confirmed"' not in page
    assert "random (control)" not in page  # no series, no number

    client.post(f"{PAGE}reveal/", {"choice": "none", "confidence": "high"})

    page = text_of(client.get("/en/lab/"))
    assert 'data-verdict="confirmed"' in page
    assert 'data-verdict="sealed"' not in page


def test_a_guess_made_while_studying_opens_the_plate(
    alice: User, alice_client: Client, stored: Run
) -> None:
    RunRequest.objects.create(
        run=stored,
        owner=alice,
        prediction={"choice": "much", "confidence": "low"},
        created_at=stored.created_at,
    )
    assert 'data-verdict="sealed"' not in text_of(alice_client.get("/en/lab/"))
    assert "You said <b>more than 0.1</b> (low)" in text_of(alice_client.get(PAGE))


def test_what_a_guest_ran_and_guessed_comes_along(
    alice: User, alice_client: Client, stored: Run
) -> None:
    """All but what was sent under a key that the account has used for a run of its own."""
    guest = start_guest(now=stored.created_at)
    for owner, key in ((guest, ""), (guest, "a"), (guest, "b"), (alice, "b"), (alice, "")):
        RunRequest.objects.create(
            run=stored,
            owner=owner,
            prediction={"choice": "much", "confidence": "low"},
            idempotency_key=key,
            created_at=stored.created_at,
        )
    merge_guest(guest=guest, account=alice, now=stored.created_at)
    keys = RunRequest.objects.filter(owner=alice).values_list("idempotency_key", flat=True)
    assert sorted(keys) == ["", "", "a", "b"]
    assert RunRequest.objects.count() == 5
    assert "You said <b>more than 0.1</b> (low)" in text_of(alice_client.get(PAGE))


def test_topics_filter_by_address(client: Client, stored: Run) -> None:
    assert SLUG in text_of(client.get("/en/lab/?topic=initialisation"))
    assert client.get("/en/lab/?topic=no-such-topic").status_code == 404


# ---------------------------------------------------------------- the page


def test_the_result_waits_for_a_guess(client: Client, stored: Run) -> None:
    page = text_of(client.get(PAGE))
    assert "Why not start every weight at zero?" in page
    assert 'data-verdict="confirmed"' not in page
    assert 'data-verdict="inconclusive"' not in page
    assert stored.result
    assert str(stored.result["findings"][0]["words"]["en"]) not in page
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"choice": "much", "confidence": "high"}, "You said <b>more than 0.1</b> (high)"),
        ({}, "You skipped the prediction"),
        ({"choice": "no-such-option"}, "You skipped the prediction"),
    ],
)
def test_the_guess_opens_the_result(
    client: Client, stored: Run, given: dict[str, str], said: str
) -> None:
    answer = client.post(f"{PAGE}reveal/", given, follow=True)
    page = text_of(answer)
    assert said in page
    assert 'class="stamp large"' in page
    for finding in (stored.result or {})["findings"]:
        assert html.escape(finding["words"]["en"], quote=False)[:40] in page.replace("&#x27;", "'")


def test_parameters_stand_in_the_address(client: Client, stored: Run) -> None:
    page = text_of(client.get(PAGE, {"lr": "0.05", "activation": "relu"}))
    assert field(page, "lr")["value"] == "0.05"
    assert '<option value="relu" selected>' in page
    assert re.search(r'class="param changed" data-param="lr"', page)
    assert re.search(r'class="param" data-param="width"', page)


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_value_in_the_address_is_told_at_its_field(
    client: Client, stored: Run, typed: str
) -> None:
    answer = client.get(PAGE, {"width": typed})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Give a whole number from 2 to 64." in page
    tag = field(page, "width")
    assert tag["value"] == typed[:80]
    assert tag["aria-invalid"] == "true"
    assert "p-width-error" in tag["aria-describedby"].split()


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_value_runs_nothing_and_keeps_what_was_typed(
    client: Client, stored: Run, typed: str
) -> None:
    answer = client.post(RUN, {"width": typed, "steps": "100"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert field(page, "width")["value"] == typed[:80]
    assert field(page, "steps")["value"] == "100"
    assert "Give a whole number from 2 to 64." in page
    assert Run.objects.count() == 1
    assert not User.objects.exists()


def test_full_width_digits_are_digits(client: Client, demo: Demo) -> None:
    answer = client.post(RUN, {"width": "１２"})
    assert Run.objects.get().params["width"] == 12
    assert "?width=12&run=" in answer["Location"]


def test_an_unknown_choice_is_told_at_its_field(client: Client, demo: Demo) -> None:
    page = text_of(client.post(RUN, {"activation": "<script>"}))
    assert "Choose one of: tanh, relu, sigmoid." in page
    assert "<script>" not in page.partition("</head>")[2]


def test_a_run_too_long_is_told_at_its_field(client: Client, demo: Demo) -> None:
    Demo.objects.update(default_seconds=50)
    answer = client.post(RUN, {"steps": "500"})
    assert answer.status_code == 400
    assert "60 s are allowed" in text_of(answer)
    assert field(text_of(answer), "steps")["aria-invalid"] == "true"


def test_a_run_makes_a_guest_and_leads_to_itself(client: Client, stored: Run) -> None:
    answer = client.post(RUN, {"spread": "0.5", "choice": "none", "confidence": "low"})
    wish = RunRequest.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?spread=0.5&run={wish.run_id}#result"
    assert wish.owner_id == User.objects.get().pk
    assert wish.prediction == {"choice": "none", "confidence": "low"}
    assert wish.run.params["spread"] == 0.5
    page = text_of(client.get(answer["Location"]))
    assert f'data-run="{wish.run_id}"' in page
    assert "Waiting" in page
    assert "Nobody answers: the worker or the message broker is away." in page
    assert "The recorded result" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page


def test_an_unguessed_run_counts_as_a_skip(client: Client, stored: Run) -> None:
    client.post(RUN, {"spread": "0.5"})
    assert "You skipped the prediction" in text_of(client.get(PAGE))


def test_new_seeds_are_new(client: Client, stored: Run) -> None:
    client.post(RUN, {})
    assert RunRequest.objects.latest("created_at").run_id == stored.pk
    client.post(RUN, {"fresh": "1"})
    assert RunRequest.objects.latest("created_at").run.first_seed > 0


def test_too_many_runs_keep_the_form(client: Client, demo: Demo) -> None:
    for steps in range(LIVE_RUNS["guest"]):
        assert client.post(RUN, {"steps": str(100 + steps)}).status_code == 302
    answer = client.post(RUN, {"steps": "200"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert field(text_of(answer), "steps")["value"] == "200"
    assert "You have 3 unfinished runs" in text_of(answer)


def test_a_fragment_is_the_panel_alone(client: Client, demo: Demo) -> None:
    answer = client.post(RUN, {"fragment": "1", "fresh": "1"})
    assert answer.status_code == 200
    assert text_of(answer).lstrip().startswith('<section class="live')
    refused = client.post(RUN, {"fragment": "1", "width": "0"})
    assert refused.status_code == 400
    assert "<html" not in text_of(refused)


def test_a_switch_can_be_turned_off(demo: Demo) -> None:
    manifest: dict[str, Any] = {
        "parameters": [
            {
                **{"name": "on", "kind": "switch", "default": True, "low": None, "high": None},
                **{"scale": "linear", "unit": "", "text": {"zh": "开", "en": "on"}},
                **{"help": None, "options": [], "cost": 0.0},
            }
        ]
    }
    form = LabForm(manifest, {"on": "false"})
    assert form.values == {"on": False}
    assert form.query == "on=false"


def test_presets_are_addresses(client: Client, demo: Demo) -> None:
    page = text_of(client.get(PAGE))
    assert f'href="{PAGE}?spread=0.5" data-preset' in page
    assert f'href="{PAGE}" data-preset' in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_sentence_is_missing(client: Client, stored: Run, language: str) -> None:
    client.post(f"/{language}/lab/{SLUG}/reveal/", {"choice": "none"})
    for address in ("lab/", f"lab/{SLUG}/", f"lab/{SLUG}/?lr=x", "help/judging/"):
        page = text_of(client.get(f"/{language}/{address}"))
        assert "⟦" not in page
        assert " style=" not in page
        assert not re.search(r"<script(?! src)", page)


def test_unknown_experiments_are_not_there(client: Client, demo: Demo) -> None:
    for address in ("lab/nothing/", "lab/nothing/notebook/"):
        assert client.get(f"/en/{address}").status_code == 404
    assert client.post("/en/lab/nothing/run/").status_code == 404
    assert client.post("/en/lab/nothing/reveal/").status_code == 404
    assert client.get(RUN).status_code == 405


def test_a_foreign_run_in_the_address_is_left_out(client: Client, stored: Run) -> None:
    for named in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert client.get(PAGE, {"run": named}).status_code == 200


def test_the_marker_of_a_need_is_in_the_manifest(demo: Demo) -> None:
    needed = {claim["slug"]: claim["needed"] for claim in demo.manifest["claims"]}
    assert needed["zero_is_stuck"] == []
    assert needed["zero_bias_is_safe"] == [
        {"n": 64, "inside": 62},
        {"n": 128, "inside": 118},
        {"n": 256, "inside": 226},
    ]
