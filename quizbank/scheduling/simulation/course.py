"""The days of a simulated course, vectorised over cards and over repeats of all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quizbank.scheduling.balance import FARTHEST
from quizbank.scheduling.formulas import Floats, Integers, advance, interval, recall, weights
from quizbank.scheduling.memory import AGAIN, HARD
from quizbank.scheduling.simulation.deck import Course, Deck, Round, Settings
from quizbank.scheduling.simulation.spreading import Ahead, fuzzed
from quizbank.scheduling.standing import FRESH, KNOWN, table

A_DAY = 86_400  # seconds
NEVER = 0  # an ordinal before all study days
FUZZED_BEYOND = 8  # days that fuzz may add to the longest interval that is balanced


def simulate(
    deck: Deck, settings: Settings, *, today: date, days: int, seed: int, repeats: int = 1
) -> Course:
    """Study the deck for that many days from `today`; the same seed gives the same course."""
    running = Running(deck, settings, today=today, days=days, seed=seed, repeats=repeats)
    course = _no_answers(repeats, days)
    for number, day in enumerate(running.days):
        for answers in running.live(day):
            took = settings.learner.seconds(answers.fresh, answers.same_day)
            recalled = answers.due & (answers.rating > AGAIN)
            course.fresh[:, number] += running.sums(answers.card, answers.fresh)
            course.same_day[:, number] += running.sums(answers.card, answers.same_day)
            course.due[:, number] += running.sums(answers.card, answers.due)
            course.recalled[:, number] += running.sums(answers.card, recalled)
            course.seconds[:, number] += running.sums(answers.card, took)
        course.known[:, number] = running.known(day)
    return course


def _no_answers(repeats: int, days: int) -> Course:
    return Course(*(np.zeros((repeats, days)) for _ in fields(Course)))


class Running:
    """A course under way: the deck in as many copies as there are repeats."""

    def __init__(
        self, deck: Deck, settings: Settings, *, today: date, days: int, seed: int, repeats: int
    ) -> None:
        self.settings = settings
        self.deck = deck.repeated(repeats)
        self.repeats = repeats
        self.repeat = np.repeat(np.arange(repeats), len(deck))
        self.days = range(today.toordinal(), today.toordinal() + days)
        self._random = np.random.default_rng(seed)
        self._weights = weights(settings.parameters)
        self._moves = table([settings.policy])
        farthest = days + FARTHEST + FUZZED_BEYOND + 1
        self._ahead = Ahead(self.days.start, np.zeros((repeats, farthest), np.int64), settings.week)
        shown = np.where(self.deck.suspended, NEVER, self.deck.due_day)
        for repeat, day in zip(self.repeat.tolist(), shown.tolist(), strict=True):
            self._ahead.move(repeat, NEVER, day)

    def live(self, day: int) -> Iterator[Round]:
        """One study day: what is due and the day's new cards, then the steps until all are done."""
        deck = self.deck
        second = np.maximum(deck.due_second, self.settings.session)
        due = (deck.standing != FRESH) & (deck.due_day <= day) & ~deck.suspended
        second[due & (deck.due_day < day)] = self.settings.session
        turn = np.concatenate([np.flatnonzero(due), self._new()])
        while len(turn):
            yield self._answer(turn, day, second[turn])
            again = (deck.due_day[turn] == day) & (deck.standing[turn] > KNOWN)
            turn = turn[again & ~deck.suspended[turn]]
            second[turn] = deck.due_second[turn]

    def _new(self) -> NDArray[np.intp]:
        """The next new cards of each repeat, as many as a day has."""
        new = np.flatnonzero((self.deck.standing == FRESH) & ~self.deck.suspended)
        place = np.arange(len(new)) - np.searchsorted(self.repeat[new], self.repeat[new])
        return new[place < self.settings.new_per_day]

    def _answer(self, card: NDArray[np.intp], day: int, second: Integers) -> Round:
        deck = self.deck
        fresh = deck.standing[card] == FRESH
        elapsed = np.where(fresh, 0, day - deck.last_day[card])
        chance = self._chance(np.where(fresh, 1.0, deck.stability[card]), elapsed)
        drawn = self._random.random(len(card))
        rating = self.settings.learner.rate(drawn, chance, fresh, ~fresh & (elapsed == 0))
        self._remember(card, rating, fresh, elapsed)
        before = deck.standing[card]
        deck.standing[card] = self._moves.move(before, rating)
        known = deck.standing[card] == KNOWN
        retention, longest = self._wanted(card, day)
        raw = interval(self._weights, deck.stability[card], retention, longest)
        raw = np.where(known, raw, 0)
        self._count_lapses(card, (before == KNOWN) & (rating == AGAIN))
        ready = second + self._moves.seconds(before, rating)
        chosen = self._schedule(card, day, ready, raw, rating, longest)
        deck.last_day[card] = day
        deck.interval[card] = chosen
        deck.reps[card] += 1
        return Round(card, day, second, fresh, elapsed, rating, raw, chosen)

    def _remember(
        self, card: NDArray[np.intp], rating: Integers, fresh: NDArray[np.bool_], elapsed: Integers
    ) -> None:
        deck, w = self.deck, self._weights
        first, later = card[fresh], card[~fresh]
        deck.stability[first] = w.table("first_stability", rating[fresh])
        deck.difficulty[first] = w.table("first_difficulty", rating[fresh])
        deck.stability[later], deck.difficulty[later] = advance(
            w, deck.stability[later], deck.difficulty[later], rating[~fresh], elapsed[~fresh]
        )

    def _wanted(self, card: NDArray[np.intp], day: int) -> tuple[float, Integers]:
        """The retention and, card by card, the longest interval of that day."""
        policy, aim = self.settings.policy, self.settings.aim
        longest = np.full(len(card), policy.maximum_interval)
        left = aim.day.toordinal() - day if aim else 0
        if aim is None or left <= 0:
            return policy.desired_retention, longest
        if left <= aim.last_days:
            return max(policy.desired_retention, aim.retention), longest
        last_look = left - 1 - self.deck.seed[card] % aim.last_days
        return policy.desired_retention, np.minimum(longest, last_look)

    def _schedule(
        self,
        card: NDArray[np.intp],
        day: int,
        ready: Integers,
        raw: Integers,
        rating: Integers,
        longest: Integers,
    ) -> Integers:
        """Set the due days; `ready` is when a step ends, in seconds from the turn of the day."""
        deck, settings = self.deck, self.settings
        at_least = np.where(rating >= HARD, deck.interval[card], 0)
        seed = deck.seed[card] + (deck.reps[card] << 16) + deck.interval[card]
        drawn = (raw > 0) & (deck.reps[card] > 0) & settings.policy.fuzz
        balanced = drawn & (raw <= FARTHEST) & settings.balancing
        spread = drawn & ~balanced
        chosen = raw.copy()
        chosen[spread] = fuzzed(raw[spread], seed[spread], longest[spread], at_least[spread])
        due = np.where(raw > 0, day + chosen, day + ready // A_DAY)
        if settings.balancing:
            facts = zip(seed.tolist(), at_least.tolist(), raw.tolist(), strict=True)
            for n, (draw, least, days) in enumerate(facts):
                repeat = int(self.repeat[card[n]])
                if balanced[n]:
                    chosen[n] = self._ahead.choose(
                        repeat, day, days, seed=draw, maximum=int(longest[n]), at_least=least
                    )
                    due[n] = day + chosen[n]
                shown = NEVER if deck.suspended[card[n]] else int(due[n])
                self._ahead.move(repeat, int(deck.due_day[card[n]]), shown)
        deck.due_day[card] = due
        deck.due_second[card] = np.where(raw > 0, 0, ready % A_DAY)
        return chosen

    def _count_lapses(self, card: NDArray[np.intp], lapsed: NDArray[np.bool_]) -> None:
        policy, deck = self.settings.policy, self.deck
        deck.lapses[card] += lapsed
        if policy.leech_suspends and policy.leech_threshold:
            beyond = deck.lapses[card] - policy.leech_threshold
            struggles = (beyond >= 0) & (beyond % max(1, policy.leech_threshold // 2) == 0)
            deck.suspended[card] |= lapsed & struggles

    def known(self, day: int) -> Floats:
        """How many cards of each repeat would be recalled at the end of that day."""
        deck = self.deck
        started = np.flatnonzero(deck.standing != FRESH)
        elapsed = day - deck.last_day[started]
        return self.sums(started, self._chance(deck.stability[started], elapsed))

    def chances(self, day: int) -> Floats:
        """[repeats, cards]: how likely each card is recalled on that day, before it is studied
        there; 0 for a card never seen."""
        deck = self.deck
        started = np.flatnonzero(deck.standing != FRESH)
        chance = np.zeros(len(deck))
        elapsed = day - deck.last_day[started]
        chance[started] = self._chance(deck.stability[started], elapsed)
        return chance.reshape(self.repeats, -1)

    def sums(self, card: NDArray[np.intp], values: NDArray[Any]) -> Floats:
        """The sum over the cards of each repeat."""
        return np.bincount(self.repeat[card], values, minlength=self.repeats).astype(float)

    def _chance(self, stability: Floats, elapsed: Integers) -> Floats:
        """How likely the learner recalls, who need not be as the model believes."""
        held = stability * self.settings.learner.strength
        return recall(self._weights, held, elapsed)
