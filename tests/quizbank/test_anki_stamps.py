"""What was done at one moment keeps it, as nearly as a log with one row a millisecond can."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.exchange.anki import Leaf, write
from quizbank.exchange.anki.stamps import Stamps
from quizbank.exchange.notes import Deed, Note, Past
from quizbank.models import Card, ReviewEvent, User
from quizbank.queries.export import Wish, package
from quizbank.services.audit import audit
from quizbank.services.bringing import bring_in, files, preview
from quizbank.services.bringing import past as past_service
from quizbank.services.bringing.past import SAME
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.anki_cast import HABITS
from tests.quizbank.study_cast import grade, make_question
from tests.quizbank.test_anki_writing import read

NOW = MONDAY + timedelta(microseconds=123_456)
wishes = st.lists(st.tuples(st.integers(1, 30), st.none() | st.integers(0, 40)), max_size=60)


@examples(200, 20_000)
@given(wishes)
def test_each_millisecond_is_given_once_and_the_nearest_that_is_free(asked):
    stamps = Stamps()
    taken: set[int] = set()
    for wanted, after in asked:
        free = [n for n in range(-100, 200) if n > (after or 0) and n not in taken]
        found = stamps.nearest(wanted, after or 0)
        assert found == min(free, key=lambda n: (abs(n - wanted), -n))
        taken.add(found)


def past(deed: Deed, key: object = "", *, at=NOW, days: int = 5) -> Past:
    graded = deed in (Deed.REVIEW, Deed.CRAM)
    return Past(f"k{key}", deed, at, 3 if graded else None, 1_000, days)


def leaf(number: int, *pasts: Past) -> Leaf:
    return Leaf(Note(f"a/q{number}", "Q?", "A", f"a/q{number}", "Proofdeck", past=pasts))


def test_answers_keep_their_moment_among_acts_of_thousands_of_cards():
    soon = NOW + timedelta(seconds=2)
    crowd = [leaf(n, past(Deed.RESCHEDULE)) for n in range(19_000)]
    answered = [leaf(n, past(Deed.REVIEW, at=soon)) for n in range(19_000, 20_000)]
    began = time.perf_counter()
    data = write([*crowd, *answered], HABITS, {}, MONDAY)
    assert time.perf_counter() - began < 20, "a search from each row takes a square of their number"
    found = {note.path: note.past[0].at for note in read(data).notes}
    assert max(abs(found[one.note.path] - NOW) for one in crowd) < timedelta(seconds=11)
    drift = max(abs(found[one.note.path] - soon) for one in answered)
    assert drift < timedelta(seconds=SAME)


def test_deeds_of_one_card_keep_their_order():
    deeds = [Deed.REVIEW, Deed.RESCHEDULE, Deed.RESET, Deed.REVIEW, Deed.SET_DUE, Deed.CRAM]
    one = leaf(0, *(past(deed, n) for n, deed in enumerate(deeds)))
    others = [leaf(n, past(Deed.RESCHEDULE)) for n in range(1, 50)]
    (found,) = [
        n for n in read(write([*others, one], HABITS, {}, MONDAY)).notes if n.path == "a/q0"
    ]
    assert [p.deed for p in found.past] == deeds


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some hundred rows lie further apart than what is the same, as otherwise thousands do."""
    monkeypatch.setattr(past_service, "SAME", 0.1)


@pytest.mark.usefixtures("crowded")
def test_due_dates_set_at_once_come_back_as_known(alice: User) -> None:
    """New cards with a day of their own, which a table gave them."""
    rows = [f"What is number {n}?,Answer {n},2030-01-{1 + n % 28:02}" for n in range(300)]
    table = "\n".join(["front,back,due", *rows])
    report = files.opened("a.csv", table.encode()).bring_in(alice, NOW)
    assert report.acts == 300
    later = NOW + timedelta(days=1)
    back = files.opened("a.apkg", package(alice, Wish("en"), later)).preview(alice, later)
    assert not back.adds
    assert (back.own, back.known) == (300, 300)


@pytest.mark.usefixtures("crowded")
def test_acts_at_once_among_answers_come_back_as_known(alice: User) -> None:
    question = make_question()
    one = Note("n", "Q?", "A", question.path)
    done = [past(Deed.REVIEW, n, at=NOW + timedelta(seconds=n)) for n in (0, 2, 4)]
    acts = [past(Deed.SET_DUE, f"s{n}", at=NOW, days=n) for n in range(1, 5)]
    crowd = [
        Note(f"c{n}", f"Question {n}?", "A", past=(past(Deed.RESCHEDULE, f"c{n}"),))
        for n in range(300)
    ]
    now = NOW + timedelta(days=1)
    notes = [Note("n", "Q?", "A", one.path, past=(done[0], *acts, *done[1:])), *crowd]
    bring_in(user=alice, notes=notes, origin="csv", now=now)
    back = files.opened("a.apkg", package(alice, Wish("en"), now)).bring_in(alice, now)
    assert not back.adds
    assert audit(user=alice, repair=False).differences == []


@pytest.mark.parametrize(
    ("more", "new"),
    [
        ([past(Deed.SET_DUE, "x", at=NOW + timedelta(seconds=40))], 0),  # the same, some way off
        ([past(Deed.SET_DUE, "x", at=NOW + timedelta(seconds=121))], 1),
        ([past(Deed.SET_DUE, "x", at=NOW + timedelta(seconds=40), days=6)], 1),
        ([past(Deed.RESCHEDULE, "x", at=NOW + timedelta(seconds=40))], 1),
        ([past(Deed.SET_DUE, "x"), past(Deed.SET_DUE, "y", at=NOW + timedelta(seconds=40))], 1),
        ([past(Deed.SET_DUE), past(Deed.SET_DUE, "y", at=NOW + timedelta(seconds=40))], 1),
        ([past(Deed.REVIEW, "x", at=NOW + timedelta(seconds=2))], 1),
    ],
)
def test_an_act_stands_for_one_of_the_file_alone(alice: User, more: list[Past], new: int) -> None:
    question = make_question()
    grade(alice, question, 3, NOW - timedelta(days=3))
    first = Note("n", "Q?", "A", question.path, past=(past(Deed.SET_DUE),))
    bring_in(user=alice, notes=[first], origin="anki", now=NOW)
    again = Note("n", "Q?", "A", question.path, past=tuple(more))
    report = preview(user=alice, notes=[again], origin="anki", now=NOW + timedelta(days=1))
    assert report.acts + report.reviews == new
    assert ReviewEvent.objects.filter(card=Card.objects.get()).count() == 2
