"""Two runs side by side: is the comparison fair, and whose runs may be compared?"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from demos.models import Run, RunRequest
from quizbank.models import User
from tests.quizbank.lab_cast import PAGE, RUN, add_experiment, finish, record, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("demos.services.ring", lambda queue: None)
    return record(add_experiment())


def address(run: Run) -> str:
    return f"/en/runs/{run.pk}/"


def another(client: Client, **given: str) -> Run:
    client.post(RUN, given)
    run = RunRequest.objects.latest("created_at").run
    steady = {name: value for name, value in given.items() if name != "fresh"}
    return finish(run, **steady) if run.live else run


def verdict(page: str) -> str:
    found = re.search(r'<span class="(?:ok|many)">(.*?)</span>', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": "200"}, "one thing changed: a fair comparison"),
        (
            {"steps": "200", "spread": "0.5"},
            "two things changed: this comparison cannot tell which one did it",
        ),
        ({"fresh": "1"}, "only the seeds differ: what changed is chance"),
    ],
)
def test_a_comparison_says_whether_it_is_fair(
    alice_client: Client, stored: Run, given: dict[str, str], said: str
) -> None:
    run = another(alice_client, **given)
    page = text_of(alice_client.get(address(run), {"with": str(stored.pk)}))
    assert verdict(page) == said


def test_a_comparison_names_what_differs(alice_client: Client, stored: Run) -> None:
    first = another(alice_client, steps="200")
    second = another(alice_client, steps="200", spread="0.5")
    page = text_of(alice_client.get(f"{PAGE}?run={second.pk}&with={first.pk}"))
    assert "random spread added to the equal weights 0 → 0.5" in page
    assert "training steps 200 →" not in page
    assert verdict(page) == "one thing changed: a fair comparison"


def test_nobody_compares_with_a_stranger_s_runs(
    alice_client: Client, mallory_client: Client, stored: Run
) -> None:
    hers = another(alice_client, steps="200")
    his = another(mallory_client, spread="0.5")
    page = text_of(mallory_client.get(address(his), {"with": str(hers.pk)}))
    assert f'<option value="{hers.pk}"' not in page
    assert f'<option value="{stored.pk}"' in page


def test_a_guest_s_runs_are_theirs(client: Client, stored: Run) -> None:
    run = another(client, steps="200")
    later = another(client, steps="200", spread="0.5")
    page = text_of(client.get(address(later)))
    assert f'<option value="{run.pk}"' in page
    assert User.objects.filter(is_guest=True).count() == 1
