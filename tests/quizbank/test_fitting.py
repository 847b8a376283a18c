"""Parameters are fitted to the past and judged by what came after."""

from __future__ import annotations

import json
import math
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import torch
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from quizbank import tasks
from quizbank.models import Card, ParameterSet, ReviewEvent, StudyProfile, User
from quizbank.queries.people import later_day_reviews
from quizbank.scheduling import DEFAULT_PARAMETERS
from quizbank.scheduling.bulk import Log, replay
from quizbank.scheduling.fitting import LOWER, UPPER, Fit, _Scan, fit, log_loss
from quizbank.services import fits
from quizbank.services.acts import reset
from quizbank.services.fits import Found, look, record_fit, worth_it
from quizbank.services.people import erase_person, merge_guest, start_guest
from quizbank.services.undo import undo
from tests.cast import MONDAY
from tests.quizbank.fitting_cast import TRUTH, simulated
from tests.quizbank.study_cast import grade, make_questions, memories

ORACLE = json.loads((Path(__file__).parent / "fitting_oracle.json").read_text("utf-8"))
DAY = timedelta(days=1)
logs = st.lists(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 40)), min_size=1, max_size=12),
    min_size=1,
    max_size=6,
)


def as_log(histories) -> Log:
    chain = np.concatenate([np.full(len(h), i) for i, h in enumerate(histories)])
    rating = np.array([rating for h in histories for rating, _ in h])
    day = np.concatenate([np.cumsum([wait for _, wait in h]) for h in histories])
    return Log(chain, rating, day)


def chances(log: Log, parameters) -> np.ndarray:
    scan = _Scan.of(log, np.zeros(len(log.lengths), np.intp), 1)
    found = np.empty(len(log))
    found[log.turns.source] = scan.chances(torch.tensor([parameters], dtype=torch.float64)).numpy()
    return found


@settings(max_examples=30)
@given(logs, st.sampled_from([DEFAULT_PARAMETERS, TRUTH]))
def test_the_scan_predicts_what_the_engine_predicts(histories, parameters):
    log = as_log(histories)
    expected = replay(log, parameters).recall
    known = ~np.isnan(expected)
    np.testing.assert_allclose(chances(log, parameters)[known], expected[known], rtol=1e-9)


def test_the_gradient_is_that_of_finite_differences():
    log = simulated(40, 3)
    scan = _Scan.of(log, np.zeros(len(log.lengths), np.intp), 1)
    mask = scan.lay(log.elapsed >= 1)
    leaf = torch.tensor([TRUTH], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(scan.loss(leaf, mask).sum(), leaf)
    for index in range(21):
        step = torch.zeros(1, 21, dtype=torch.float64)
        step[0, index] = 1e-6
        with torch.no_grad():
            slope = (scan.loss(leaf + step, mask) - scan.loss(leaf - step, mask)) / 2e-6
        assert float(gradient[0, index]) == pytest.approx(float(slope), rel=1e-4, abs=1e-7)


def held_out_losses(log: Log, found: Fit) -> list[float]:
    """On the latest fifth of what is scored, before and after the fit, by the bulk replay; the
    fit says the same."""
    scored = np.flatnonzero(log.elapsed >= 1)
    latest_last = scored[np.argsort(log.day[scored], kind="stable")]
    tried = latest_last[math.ceil(0.8 * len(scored)) :]
    losses = []
    for parameters in (DEFAULT_PARAMETERS, found.parameters):
        chance = replay(log, parameters).recall[tried]
        happened = np.where(log.rating[tried] > 1, chance, 1 - chance)
        losses.append(float(-np.log(happened).mean()))
    assert [found.loss_before, found.loss_after] == pytest.approx(losses, rel=1e-6)
    return losses


@pytest.mark.parametrize(
    "seed", [0, 2, *(pytest.param(s, marks=pytest.mark.long) for s in (1, *range(3, 12)))]
)
def test_what_is_accepted_predicts_the_latest_reviews_better(seed):
    log = simulated(120, seed)
    (found,) = fit(log, log.day, [DEFAULT_PARAMETERS])
    before, after = held_out_losses(log, found)
    assert (found.reason == "accepted") == (after < before)
    assert all(
        low <= v <= high for low, v, high in zip(LOWER, found.parameters, UPPER, strict=True)
    )
    assert found == fit(log, log.day, [DEFAULT_PARAMETERS])[0]


def test_a_fit_comes_close_to_the_truth_on_days_it_has_not_seen():
    (found,) = fit(log := simulated(700, 1), log.day, [DEFAULT_PARAMETERS])
    other = simulated(700, 99)
    gained = log_loss(other, DEFAULT_PARAMETERS) - log_loss(other, found.parameters)
    possible = log_loss(other, DEFAULT_PARAMETERS) - log_loss(other, TRUTH)
    assert gained > 0.6 * possible > 0


def test_a_fit_to_somebody_who_changed_is_refused():
    """Who recalled everything and then nothing: what fits the past fits the latest fifth worse."""
    log = simulated(120, 5)
    late = log.day > np.quantile(log.day[log.elapsed >= 1], 0.8)
    changed = Log(log.chain, np.where(late, 1, 3), log.day)
    (found,) = fit(changed, log.day, [DEFAULT_PARAMETERS])
    before, after = held_out_losses(changed, found)
    assert (found.reason, after > before) == ("no_better", True)


def first(log: Log, n: int) -> Log:
    """So much of a log that n reviews are scored."""
    end = np.flatnonzero(log.elapsed >= 1)[n - 1] + 1
    return Log(log.chain[:end], log.rating[:end], log.day[:end])


@pytest.mark.parametrize(("scored", "enough"), [(0, False), (63, False), (64, True)])
def test_fewer_than_64_scored_reviews_change_nothing(scored, enough):
    log = first(simulated(40, 1), scored) if scored else simulated(5, 1, days=0)
    (found,) = fit(log, log.day, [TRUTH])
    assert (found.scored, found.reason != "too_few") == (scored, enough)
    assert (found.loss_before is not None, found.loss_after is not None) == (enough, enough)
    assert (found.parameters != TRUTH) == enough


def test_people_fitted_together_are_fitted_as_if_alone():
    one, other = simulated(40, 1), simulated(50, 2)
    both = Log(
        np.concatenate([one.chain, other.chain + len(one.lengths)]),
        np.concatenate([one.rating, other.rating]),
        np.concatenate([one.day, other.day]),
    )
    learner = np.repeat([0, 1], [len(one.lengths), len(other.lengths)])
    together = fit(both, both.day, [DEFAULT_PARAMETERS] * 2, learner)
    alone = [fit(log, log.day, [DEFAULT_PARAMETERS])[0] for log in (one, other)]
    for a, b in zip(together, alone, strict=True):
        assert (a.scored, a.reason) == (b.scored, b.reason)
        np.testing.assert_allclose(a.parameters, b.parameters, rtol=1e-6)


@pytest.mark.parametrize("case", ORACLE["logs"], ids=lambda case: str(case["cards"]))
def test_a_fit_predicts_as_well_as_upstreams(case):
    """Held-out losses of the optimiser in `fsrs`, kept from a run of it on the same logs."""
    log = simulated(case["cards"], case["seed"])
    other = simulated(ORACLE["held_out"]["cards"], ORACLE["held_out"]["seed"])
    (found,) = fit(log, log.day, [DEFAULT_PARAMETERS])
    assert len(log) == case["reviews"]
    assert log_loss(other, DEFAULT_PARAMETERS) == pytest.approx(ORACLE["default"], abs=1e-6)
    assert log_loss(other, found.parameters) <= case["held_out_loss"] + 0.001


# --- A person's fit ---


@pytest.fixture
def studied(alice, monkeypatch) -> User:
    """Some 200 reviews in which long intervals are held far better than was expected, and no
    worker that hears of them."""
    monkeypatch.setattr(fits, "send", lambda *task: False)
    questions = make_questions(20)
    User.objects.filter(pk=alice.pk).update(date_joined=MONDAY - 900 * DAY)
    alice.refresh_from_db()
    for number, question in enumerate(questions):
        now = MONDAY - 800 * DAY + number * DAY
        for review in range(10):
            rating = 1 if (number + review) % 7 == 0 else 3
            grade(alice, question, rating, now)
            now += (1 + 3 * review) * DAY
    return alice


def fitted(user: User, *options: str) -> list:
    out = StringIO()
    call_command("fit_parameters", "--user", user.username, *options, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_fit_is_kept_once_adopted_and_moves_no_due_date(studied):
    days = ("stability", "difficulty", "touched")
    before = memories(studied, *days)
    (told,) = fitted(studied)
    kept = ParameterSet.objects.get(user=studied)
    assert (kept.scored, kept.reason) == (told["scored"], told["reason"])
    assert kept.accepted == (kept.loss_after < kept.loss_before)
    assert StudyProfile.objects.get(user=studied).parameter_set == (kept if kept.accepted else None)
    assert memories(studied, *days) == before

    fitted(studied)
    assert ParameterSet.objects.count() == 1
    assert ReviewEvent.objects.filter(kind="adopt_parameters").count() == int(bool(kept.accepted))


def test_the_task_fits_in_a_process_of_its_own(environment, studied, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    tasks.fit(studied.pk)
    kept = ParameterSet.objects.get(user=studied)
    assert kept.scored > 64
    assert kept.fitted_through == ReviewEvent.objects.filter(kind="review").latest("id").pk


@pytest.mark.parametrize("gone", ["erased", "merged into an account", "never there"])
def test_the_task_ends_quietly_for_somebody_who_is_gone(alice, monkeypatch, gone):
    guest = start_guest(now=MONDAY)
    number = guest.pk + (gone == "never there")
    if gone == "erased":
        erase_person(user=guest, now=MONDAY)
    elif gone != "never there":
        merge_guest(guest=guest, account=alice, now=MONDAY)
    started: list[object] = []
    monkeypatch.setattr(tasks.subprocess, "run", lambda *asked, **_: started.append(asked))
    tasks.fit(number)
    assert started == []
    tasks.fit(alice.pk)
    assert len(started) == 1


def test_what_was_reset_does_not_count(studied):
    before = fitted(studied)[0]["scored"]
    question = Card.objects.filter(user=studied).first().question
    reset(user=studied, question=question, client_uuid=uuid.uuid4(), now=MONDAY)
    assert fitted(studied)[0]["scored"] < before


def test_the_settings_count_the_reviews_that_a_fit_would(studied):
    """With a review taken back, one brought back by a redo, and what is from before a reset."""
    first, second, third = Card.objects.filter(user=studied).order_by("pk")[:3]
    told = {"user": studied, "now": MONDAY}
    reset(question=first.question, client_uuid=uuid.uuid4(), **told)
    grade(studied, first.question, 3, MONDAY)
    undo(client_uuid=uuid.uuid4(), event=second.last_event, **told)
    taken = undo(client_uuid=uuid.uuid4(), event=third.last_event, **told)
    undo(client_uuid=uuid.uuid4(), event=taken.event, **told)
    counted = later_day_reviews(studied)
    assert counted == fitted(studied)[0]["scored"]
    assert counted == 20 * 9 - 9 - 1


def found(through: int, accepted: bool = True) -> Found:
    return Found(DEFAULT_PARAMETERS, "torch 0", through, 100, 0.4, 0.3, accepted, "accepted")


def test_a_fit_is_worth_it_at_first_and_when_enough_is_new(alice, monkeypatch):
    monkeypatch.setattr(fits, "FEWEST", 3)
    question = make_questions(1)[0]
    for day in range(4):
        assert worth_it(alice, MONDAY) is False
        event = grade(alice, question, 3, MONDAY - (9 - day) * DAY).event
    assert worth_it(alice, MONDAY) is True
    record_fit(user=alice, found=found(event.pk), now=MONDAY)
    assert worth_it(alice, MONDAY) is False
    grade(alice, question, 3, MONDAY)
    assert worth_it(alice, MONDAY) is False
    assert worth_it(alice, MONDAY + timedelta(days=30)) is True


def test_a_wish_is_not_repeated_while_nobody_answers(
    alice, monkeypatch, django_capture_on_commit_callbacks
):
    sent: list[object] = []
    broker: list[str] = []

    def send(*task: object) -> bool:
        sent.append(task)
        return bool(broker)

    monkeypatch.setattr(fits, "FEWEST", 0)
    monkeypatch.setattr(fits, "send", send)
    grade(alice, make_questions(1)[0], 3, MONDAY)

    def wishes(minutes: int) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            look(alice, MONDAY + timedelta(minutes=minutes))
        return len(sent)

    assert [wishes(1), wishes(2)] == [1, 2]  # no broker took it
    broker.append("answers")
    assert [wishes(n) for n in (3, 4, 62, 63, 64)] == [3, 3, 3, 4, 4]


def test_parameters_out_of_bounds_are_never_kept(alice):
    bad = Found((999.0, *DEFAULT_PARAMETERS[1:]), "torch 0", 1, 100, 0.4, 0.3, True, "accepted")
    with pytest.raises(Exception, match="bounds"):
        record_fit(user=alice, found=bad, now=MONDAY)
    assert not ParameterSet.objects.exists()


@pytest.mark.parametrize(
    ("reached", "said"), [(True, "It is queued"), (False, "tried again by itself")]
)
def test_the_settings_tell_of_a_fit_and_lead_back(alice, alice_client, monkeypatch, reached, said):
    monkeypatch.setattr("quizbank.services.fits.send", lambda *task: reached)
    record_fit(user=alice, found=found(10**6), now=MONDAY)
    page = alice_client.get("/en/settings/").content.decode()
    assert "fitted on" in page
    assert "0.4000" in page
    alice_client.post("/en/settings/fit/", {"defaults": "1"})
    assert StudyProfile.objects.get(user=alice).parameter_set is None
    answer = alice_client.post("/en/settings/fit/", {"fit": "1"}, follow=True)
    assert said in answer.content.decode()


def test_a_fit_is_offered_once_there_is_enough_to_fit_to(alice, alice_client):
    (question,) = make_questions(1)
    for day in range(3):
        grade(alice, question, 3, MONDAY + timedelta(days=day))
    grade(alice, question, 3, MONDAY + timedelta(days=2, minutes=20))
    page = alice_client.get("/en/settings/").content.decode()
    assert "So far there are 2." in page
    assert 'name="fit"' not in page
    with patch("quizbank.views.settings.FEWEST", 2):
        page = alice_client.get("/en/settings/").content.decode()
    assert 'name="fit"' in page
