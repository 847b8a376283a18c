"""A simulated course is one the engine would have scheduled, and costs what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from quizbank.scheduling import (
    DEFAULT_PARAMETERS,
    LEARNING,
    NEW,
    REVIEW,
    Aim,
    Answer,
    Load,
    Memory,
    Policy,
    start_of_day,
    step,
)
from quizbank.scheduling.simulation import (
    Learner,
    Running,
    Settings,
    held_deck,
    new_deck,
    rehearse,
    simulate,
)
from quizbank.scheduling.standing import KNOWN, table

TODAY = date(2026, 11, 30)
WINDOW = timedelta(days=98)  # as far as a load is read
EASY_SUNDAY = (1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0)
FITTED = (0.4, 1.5, 3.0, 10.0, *DEFAULT_PARAMETERS[4:20], 0.2)
SETTINGS = {
    "as they come": Settings(new_per_day=5),
    "fuzz alone": Settings(new_per_day=5, balancing=False),
    "neither": Settings(new_per_day=5, policy=Policy(fuzz=False)),
    "an easy Sunday": Settings(new_per_day=5, week=EASY_SUNDAY),
    "short intervals": Settings(policy=Policy(maximum_interval=9, desired_retention=0.95)),
    "steps past the turn": Settings(
        policy=Policy(learning_steps=(60, 43_200), relearning_steps=(36_000, 600)),
        parameters=FITTED,
    ),
    "an interview": Settings(new_per_day=5, aim=Aim(date(2026, 12, 28), 4, 0.95)),
    "no steps": Settings(policy=Policy(learning_steps=(), relearning_steps=())),
    "leeches in steps": Settings(policy=Policy(leech_threshold=1, leech_suspends=True)),
    "leeches": Settings(
        policy=Policy(
            relearning_steps=(),
            desired_retention=0.7,
            maximum_interval=12,
            leech_threshold=1,
            leech_suspends=True,
        ),
        learner=Learner(strength=0.5),
    ),
}


class Engine:
    """The same answers, one by one."""

    def __init__(self, settings: Settings, seeds: np.ndarray, repeats: int) -> None:
        self.settings, self.seeds = settings, seeds.tolist()
        self.memories = [Memory() for _ in range(repeats * len(seeds))]

    def load(self, card: int, day: date) -> Load | None:
        if not self.settings.balancing:
            return None
        due: dict[date, int] = {}
        first = card - card % len(self.seeds)
        for other in range(first, first + len(self.seeds)):
            shown, hidden = self.memories[other].due_day, self.memories[other].suspended
            if shown and not hidden and other != card and day < shown <= day + WINDOW:
                due[shown] = due.get(shown, 0) + 1
        return Load(due=due, week=self.settings.week)

    def answer(self, card: int, day: date, second: int, rating: int):
        policy, aim = self.settings.policy, self.settings.aim
        if aim:
            policy = aim.policy(policy, day, self.seeds[card % len(self.seeds)])
        begin = start_of_day(day, "UTC", policy.rollover)
        at = begin + timedelta(seconds=second)
        ready = begin + timedelta(seconds=self.settings.session)
        assert not self.memories[card].suspended
        assert at == max(ready, self.memories[card].due or ready)  # neither early nor late
        outcome = step(
            self.memories[card],
            Answer(rating, at, day, "UTC", policy),
            seed=self.seeds[card % len(self.seeds)],
            parameters=self.settings.parameters,
            load=self.load(card, day),
        )
        self.memories[card] = outcome.memory
        return outcome


def follow(running: Running, engine: Engine) -> None:
    """Let the engine schedule every answer of a course, and compare."""
    moves = table([engine.settings.policy])
    for number in running.days:
        day = date.fromordinal(number)
        waiting = {
            card
            for card, memory in enumerate(engine.memories)
            if memory.due_day and memory.due_day <= day and not memory.suspended
        }
        seen = set()
        for answers in running.live(number):
            seen |= set(answers.card.tolist())
            for index, card in enumerate(answers.card.tolist()):
                new = engine.memories[card].state == NEW
                outcome = engine.answer(
                    card, day, int(answers.second[index]), int(answers.rating[index])
                )
                assert answers.fresh[index] == new
                assert answers.raw[index] == outcome.raw
                assert answers.chosen[index] == outcome.chosen
        assert waiting <= seen
        for card, memory in enumerate(engine.memories):
            if memory.state == NEW:
                continue
            held = running.deck
            assert date.fromordinal(int(held.due_day[card])) == memory.due_day
            assert held.suspended[card] == memory.suspended
            assert (held.reps[card], held.lapses[card]) == (memory.reps, memory.lapses)
            assert moves.state[held.standing[card]] == memory.state
            assert held.stability[card] == pytest.approx(memory.stability, rel=1e-12)
            assert held.difficulty[card] == pytest.approx(memory.difficulty, rel=1e-12)


@pytest.mark.parametrize("named", SETTINGS)
def test_every_answer_is_scheduled_as_the_engine_schedules_it(named):
    settings, deck, repeats = SETTINGS[named], new_deck(60, seed=5), 2
    engine = Engine(settings, deck.seed, repeats)
    follow(Running(deck, settings, today=TODAY, days=60, seed=3, repeats=repeats), engine)

    assert all(memory.reps for memory in engine.memories)
    assert any(memory.suspended for memory in engine.memories) == ("leeches" in named)


def test_an_interview_asks_for_a_last_look_at_every_card_and_finds_more_of_them():
    day, days = TODAY + timedelta(days=30), 30
    aim = Aim(day, last_days=4, retention=0.95)
    towards, away = Settings(new_per_day=5, aim=aim), Settings(new_per_day=5)
    looked, found = {}, {}
    for settings in (towards, away):
        running = Running(new_deck(60, seed=5), settings, today=TODAY, days=days, seed=3, repeats=4)
        for number in running.days:
            list(running.live(number))
        last = running.deck.last_day
        looked[settings] = (day.toordinal() - last <= 4).mean()
        found[settings] = running.chances(day.toordinal()).mean()
    assert looked[towards] == 1.0
    assert looked[away] < 0.8
    assert found[towards] > found[away] + 0.01


def test_a_rehearsal_counts_what_is_recalled_and_what_it_takes():
    aim = Aim(TODAY + timedelta(days=20), last_days=2, retention=0.95)
    settings = Settings(new_per_day=2)
    found = rehearse(new_deck(60), settings, aim, today=TODAY, seed=1, repeats=8)
    assert found.fresh.sum(axis=1).tolist() == [40.0] * 8  # twenty cards are never seen
    low, high = found.between(0.95)
    assert 30 <= low < found.recalled.mean() < high <= 40
    assert (found.answers >= found.fresh).all()
    assert found.known.shape == (8, 21)
    assert abs(found.known[:, -1].mean() - found.recalled.mean()) < 0.5
    assert found.seconds.min() > 0

    again = rehearse(new_deck(60), settings, aim, today=TODAY, seed=1, repeats=8)
    assert (again.recalled == found.recalled).all()
    nothing = rehearse(new_deck(60), settings, aim, today=aim.day, seed=1, repeats=2)
    assert nothing.answers.shape == (2, 0)
    assert nothing.recalled.max() == 0


@pytest.mark.parametrize("named", SETTINGS)
def test_a_deck_that_somebody_holds_goes_on_as_the_engine_goes_on(named):
    settings, deck, days = SETTINGS[named], new_deck(60, seed=5), 9
    engine = Engine(settings, deck.seed, 1)
    follow(Running(deck, settings, today=TODAY, days=days, seed=3, repeats=1), engine)
    held = held_deck(list(zip(engine.seeds, engine.memories, strict=True)), settings.policy, "UTC")
    later = TODAY + timedelta(days=days)
    follow(Running(held, settings, today=later, days=30, seed=4, repeats=1), engine)


def test_a_held_deck_takes_what_a_simulation_does_not_know_for_the_nearest_it_does():
    known = Memory(
        state=LEARNING,
        step=3,
        stability=2.0,
        difficulty=5.0,
        due=start_of_day(TODAY, "UTC", 4) + timedelta(hours=2),
        due_day=TODAY,
        last_day=TODAY,
        reps=4,
    )
    buried = known._replace(state=REVIEW, step=None, buried_until=TODAY + timedelta(days=3))

    def held(memory: Memory, policy: Policy):
        return held_deck([(1, memory)], policy, "UTC")

    moves = table([Policy()])
    stepped = held(known, Policy())
    assert moves.step[stepped.standing[0]] == 1
    assert stepped.due_second[0] == 7200
    assert held(known, Policy(learning_steps=())).standing[0] == KNOWN
    assert held(buried, Policy()).due_day[0] == (TODAY + timedelta(days=3)).toordinal()
    assert held(Memory(suspended=True), Policy()).suspended[0]


def test_the_same_seed_is_the_same_course_and_another_is_not():
    deck, settings = new_deck(30), Settings()

    def course(seed):
        return simulate(deck, settings, today=TODAY, days=60, seed=seed, repeats=2).answers

    assert (course(1) == course(1)).all()
    assert (course(1) != course(2)).any()
    assert (deck.reps == 0).all()


def test_a_day_has_no_more_new_cards_than_it_may():
    course = simulate(new_deck(25), Settings(new_per_day=10), today=TODAY, days=5, seed=1)

    assert course.fresh.tolist() == [[10, 10, 5, 0, 0]]


def test_without_new_cards_nothing_happens():
    course = simulate(new_deck(25), Settings(new_per_day=0), today=TODAY, days=3, seed=1)

    assert course.answers.sum() == course.seconds.sum() == course.known.sum() == 0


@pytest.mark.parametrize("retention", [0.8, 0.9])
def test_recall_comes_out_as_it_was_desired(retention):
    settings = Settings(policy=Policy(desired_retention=retention), new_per_day=100)
    course = simulate(new_deck(100), settings, today=TODAY, days=300, seed=1, repeats=20)

    assert course.recalled.sum() / course.due.sum() == pytest.approx(retention, abs=0.02)


def test_a_learner_weaker_than_believed_recalls_less_and_studies_more():
    def course(strength):
        settings = Settings(learner=Learner(strength=strength), balancing=False)
        return simulate(new_deck(60), settings, today=TODAY, days=120, seed=1, repeats=10)

    strong, weak = course(1.0), course(0.3)
    assert weak.recalled.sum() / weak.due.sum() < strong.recalled.sum() / strong.due.sum() - 0.05
    assert weak.answers.sum() > 1.1 * strong.answers.sum()


def test_more_retention_costs_more_and_leaves_more_known():
    def course(retention):
        settings = Settings(policy=Policy(desired_retention=retention), balancing=False)
        return simulate(new_deck(60), settings, today=TODAY, days=120, seed=1, repeats=10)

    courses = [course(retention) for retention in (0.8, 0.9, 0.95)]
    for total in ([one.seconds.sum() for one in courses], [one.known.sum() for one in courses]):
        assert total == sorted(total)


@pytest.mark.parametrize(
    "wrong",
    [{"at_first": (0.5, 0.5, 0.5, 0.5)}, {"recalled": (1.2, -0.2, 0.0)}, {"strength": 0.0}],
)
def test_a_learner_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"shares|strength"):
        Learner(**wrong)


def test_the_default_deck_costs_few_reviews_a_day_once_it_is_learnt():
    """The promise: 150 cards, at most about 25 answers a day in steady state."""
    course = simulate(new_deck(150), Settings(), today=TODAY, days=120, seed=1, repeats=4)
    learnt = course.answers[:, 60:]

    assert learnt.mean() < 10
    assert np.quantile(learnt, 0.99) <= 25


def test_the_promise_could_be_broken():
    """With intervals of at most three days, it is."""
    settings = replace(Settings(), policy=Policy(maximum_interval=3))
    course = simulate(new_deck(150), settings, today=TODAY, days=90, seed=1)

    assert course.answers[:, 60:].mean() > 25


def load(*options: str) -> str:
    out = StringIO()
    call_command("simulate_load", *options, stdout=out)
    return out.getvalue()


def test_the_command_sets_the_desired_recalls_side_by_side():
    head, *rows = load("--cards", "20", "--days", "60", "--repeats", "2").splitlines()

    assert head.startswith("desired recall | answers a day at first")
    assert [row.split("|")[0].strip() for row in rows] == ["80%", "85%", "90%", "95%"]


def test_the_command_writes_json():
    options = ("--cards", "20", "--days", "60", "--repeats", "2", "--retention", "0.9")
    found = json.loads(load(*options, "--json"))

    assert (found["cards"], found["new_per_day"], len(found["costs"])) == (20, 10, 1)
    (cost,) = found["costs"]
    assert cost["begin_answers"] > 10 > cost["steady_answers"] > 0
    assert 0.7 < cost["recalled"] <= 1
    assert 15 < cost["known"] <= 20


@pytest.mark.parametrize(
    "wrong",
    [("--retention", "0.99"), ("--cards", "0"), ("--strength", "-1"), ("--days", "many")],
)
def test_the_command_refuses_what_cannot_be(wrong):
    with pytest.raises(CommandError, match=wrong[0]):
        load(*wrong)
