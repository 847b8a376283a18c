"""Wishing for a run: what is refused, what is joined, what is withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from demos import queries, services
from demos.kit.parameters import ParameterErrors
from demos.models import Heartbeat, Run, RunRequest, State
from quizbank.models import User


def ask(demo, owner, now, /, given=None, **options):
    return services.request_run(demo=demo, owner=owner, given=given or {}, now=now, **options)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"effect": "NaN"}, "effect"),
        ({"effect": 6}, "effect"),
        ({"effect": "1e999"}, "effect"),
        ({"behaviour": "explode"}, "behaviour"),
        ({"momentum": 0.9}, "momentum"),
    ],
)
def test_a_refused_value_queues_nothing(probe, alice, real_now, given, field):
    with pytest.raises(ParameterErrors) as refused:
        ask(probe, alice, real_now, given)
    assert set(refused.value.errors) == {field}
    assert not Run.objects.exists()
    assert not RunRequest.objects.exists()


def test_a_run_that_would_take_too_long_is_refused_by_its_dearest_parameter(
    probe, alice, real_now
):
    probe.default_seconds = 1.0
    with pytest.raises(ParameterErrors) as refused:
        ask(probe, alice, real_now, {"effect": 5})
    assert "125 s" in refused.value.errors["effect"].en


def test_an_unknown_option_is_no_prediction(probe, alice, real_now):
    with pytest.raises(ParameterErrors) as refused:
        ask(probe, alice, real_now, prediction={"choice": "sideways"})
    assert set(refused.value.errors) == {"prediction.choice"}
    with pytest.raises(ParameterErrors):
        ask(probe, alice, real_now, prediction={"choice": "up", "confidence": "certain"})


def test_a_sound_wish_waits_in_its_queue_with_its_prediction(probe, alice, real_now):
    wish = ask(probe, alice, real_now, {"effect": "2"}, prediction={"choice": "up"})
    assert wish.run.state == State.QUEUED
    assert wish.run.params == {"behaviour": "good", "effect": 2.0}
    assert wish.prediction == {"choice": "up", "confidence": "mid"}
    assert queries.place(wish.run) == 1


def test_the_same_question_is_computed_once(probe, alice, mallory, real_now):
    first = ask(probe, alice, real_now, {"effect": 2})
    second = ask(probe, mallory, real_now, {"effect": "2.0"})
    other = ask(probe, mallory, real_now, {"effect": 3})
    assert first.run_id == second.run_id != other.run_id
    assert first.pk != second.pk


def test_fresh_seeds_are_another_question(probe, alice, real_now):
    first = ask(probe, alice, real_now, fresh=True)
    second = ask(probe, alice, real_now, fresh=True)
    stored = ask(probe, alice, real_now)
    assert len({first.run_id, second.run_id, stored.run_id}) == 3
    assert stored.run.first_seed == 0


def test_a_failed_run_may_be_asked_for_again(probe, alice, real_now):
    first = ask(probe, alice, real_now)
    Run.objects.update(state=State.FAILED)
    assert ask(probe, alice, real_now).run_id != first.run_id


def test_an_idempotency_key_gives_the_same_request_back(probe, alice, real_now):
    first = ask(probe, alice, real_now, fresh=True, idempotency_key="k")
    assert ask(probe, alice, real_now, fresh=True, idempotency_key="k").pk == first.pk
    with pytest.raises(services.RequestConflict):
        ask(probe, alice, real_now, {"effect": 2}, idempotency_key="k")


@pytest.mark.parametrize(("is_guest", "limit"), [(True, 3), (False, 10)])
def test_one_person_cannot_fill_the_queue(probe, real_now, is_guest, limit):
    person = User.objects.create_user("someone", is_guest=is_guest)
    for _ in range(limit):
        ask(probe, person, real_now, fresh=True)
    with pytest.raises(services.TooManyRuns) as refused:
        ask(probe, person, real_now, fresh=True)
    assert refused.value.limit == limit
    Run.objects.filter(requests__owner=person).update(state=State.DONE)
    ask(probe, person, real_now, fresh=True)


def test_a_run_nobody_wants_any_more_is_cancelled(probe, alice, mallory, real_now):
    hers = ask(probe, alice, real_now)
    his = ask(probe, mallory, real_now)
    services.cancel_request(request=hers, now=real_now)
    assert Run.objects.get().state == State.QUEUED
    services.cancel_request(request=his, now=real_now)
    assert Run.objects.get().state == State.CANCELLED


def test_the_stored_default_run_is_wanted_by_the_pages(probe, alice, real_now):
    services.request_default(demo=probe, now=real_now)
    wish = ask(probe, alice, real_now)
    assert wish.run.recorded
    assert wish.run.priority == 0  # somebody waits for it now
    services.cancel_request(request=wish, now=real_now)
    assert Run.objects.get().state == State.QUEUED


def test_a_finished_run_stays_as_it_ended(probe, alice, real_now):
    wish = ask(probe, alice, real_now)
    Run.objects.update(state=State.DONE)
    services.cancel_request(request=wish, now=real_now)
    assert RunRequest.objects.get().withdrawn_at is None
    with pytest.raises(Exception, match="stays as it ended"):
        Run.objects.update(state=State.QUEUED)


def test_auto_takes_the_gpu_where_it_is_served_and_pays(probe, alice, real_now):
    assert ask(probe, alice, real_now, fresh=True).run.device == "cpu"
    probe.manifest["gpu"] = True
    assert ask(probe, alice, real_now, fresh=True).run.device == "cpu"
    Heartbeat.objects.create(worker="gpu@there", queue="gpu", seen_at=real_now)
    wish = ask(probe, alice, real_now, fresh=True)
    assert (wish.run.device, wish.run.queue) == ("cuda", "gpu")
    later = real_now + timedelta(minutes=5)  # nobody has been seen since
    assert ask(probe, alice, later, fresh=True).run.device == "cpu"
    assert ask(probe, alice, later, device="cuda", fresh=True).run.queue == "gpu"


def test_someone_elses_request_does_not_exist(probe, alice, mallory, real_now):
    wish = ask(probe, alice, real_now)
    assert queries.get_request_for(alice, wish.pk) == wish
    with pytest.raises(RunRequest.DoesNotExist):
        queries.get_request_for(mallory, wish.pk)
    with pytest.raises(RunRequest.DoesNotExist):
        queries.get_request_for(None, wish.pk)


def test_asking_works_while_the_broker_is_away(
    probe, alice, real_now, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as rung:
        wish = ask(probe, alice, real_now)
    assert len(rung) == 1
    assert queries.get_run(wish.run_id).state == State.QUEUED
