"""Cards of another program come in with their words and their past, once."""

from __future__ import annotations

import time
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbank.exchange.notes import Deed, Note, Past
from quizbank.models import Card, Question, ReviewEvent, StudyProfile, User
from quizbank.scheduling import study_day
from quizbank.services.acts import suspend
from quizbank.services.audit import audit
from quizbank.services.bringing import Report, bring_in, preview
from quizbank.services.bringing import notes as notes_service
from quizbank.services.people import start_guest
from quizbank.services.undo import undo
from tests.cast import MONDAY
from tests.examples import examples
from tests.quizbank.histories import PROFILES
from tests.quizbank.study_cast import grade, make_question, memory

DAY = timedelta(days=1)

LAST_YEAR = MONDAY - timedelta(days=365)


def past(days: float, rating: int = 3, interval: int = 0, deed: Deed = Deed.REVIEW) -> Past:
    at = LAST_YEAR + timedelta(days=days)
    return Past(f"{at.timestamp()}:{deed}", deed, at, rating, 5_000, interval)


def note(key: str = "n1", **more: Any) -> Note:
    return replace(Note(key, "What is a <b>norm</b>?", "<p>A length.</p>"), **more)


LEARNT = (past(0, 3), past(0.01, 3, 2), past(2, 3, 7), past(9, 4, 30))


def bring(user: User, *notes: Note, origin: str = "anki", now: datetime = MONDAY) -> Report:
    before = preview(user=user, notes=notes, origin=origin, now=now)
    done = bring_in(user=user, notes=notes, origin=origin, now=now)
    assert before == done, "the preview says what is done"
    assert audit(user=user, repair=False).differences == []
    return done


def own(user: User) -> Question:
    return Question.everyone.get(owner=user)


def counts(user: User) -> tuple[int, int, int]:
    return (
        ReviewEvent.objects.filter(user=user).count(),
        Card.objects.filter(user=user).count(),
        Question.everyone.filter(owner=user).count(),
    )


def test_a_preview_stores_nothing(alice):
    preview(user=alice, notes=[note(past=LEARNT)], origin="anki", now=MONDAY)
    assert counts(alice) == (0, 0, 0)
    assert not StudyProfile.objects.exists()


def test_an_empty_card_is_left_out(alice):
    report = bring(alice, note(front=" <br>", back=""), note("n2"))
    assert counts(alice) == (0, 0, 1)
    (left,) = report.left
    assert (left.what, left.reason, left.number, left.example) == ("note", "empty", 1, "n1")


def test_a_card_from_elsewhere_becomes_a_question_of_ones_own(alice, mallory):
    report = bring(alice, note(past=LEARNT, deck="Maths::Norms", tags=("lin",)))
    question = own(alice)
    assert (report.notes, report.created, report.matched, report.reviews) == (1, 1, 0, 4)
    assert (report.first, report.last) == (LEARNT[0].at, LEARNT[-1].at)
    assert question.title_zh == question.title_en == "What is a norm?"
    assert question.full_html_zh == question.full_html_en == "<p>A length.</p>"
    assert question.tags == ["Maths::Norms", "lin"]
    assert not Question.everyone.visible_to(mallory).filter(pk=question.pk).exists()


def test_a_card_exported_from_here_finds_its_question(alice):
    question = make_question()
    report = bring(alice, note(path=question.path, past=LEARNT))
    assert (report.matched, report.created) == (1, 0)
    assert memory(alice, question).reps == 4


def test_a_path_of_somebody_elses_question_makes_ones_own(alice, mallory):
    bring(mallory, note())
    report = bring(alice, note(path=own(mallory).path))
    assert report.created == 1
    assert own(alice).path != own(mallory).path


def test_intervals_stay_as_the_other_program_chose_them(alice):
    bring(alice, note(past=LEARNT, due=(LEARNT[-1].at + timedelta(days=30)).date()))
    card = Card.objects.get(user=alice)
    assert (card.interval, card.reps, card.due_day) == (30, 4, LEARNT[-1].at.date() + timedelta(30))
    assert not ReviewEvent.objects.exclude(kind="review").exists(), "nothing had to be moved"
    assert {e.origin for e in ReviewEvent.objects.all()} == {"anki"}
    assert ReviewEvent.objects.filter(after_stability=card.stability).exists()


@pytest.mark.parametrize("pasts", [LEARNT, LEARNT[:1], ()])
def test_a_due_date_is_kept(alice, pasts):
    day = date(2026, 3, 1)
    bring(alice, note(past=pasts, due=day))
    assert Card.objects.get().due_day == day
    assert bring(alice, note(past=pasts, due=day), now=MONDAY + timedelta(days=2)).acts == 0


def test_a_suspended_card_stays_so_until_it_is_brought_back_here(alice):
    bring(alice, note(past=LEARNT, suspended=True))
    assert Card.objects.get().suspended
    undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY)
    assert not Card.objects.get().suspended
    bring(alice, note(past=LEARNT, suspended=True))
    assert not Card.objects.get().suspended


def test_what_a_later_file_says_again_counts_again(alice):
    days = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 3, 1))
    for week, (suspended, day) in enumerate(zip((True, False, True), days, strict=True)):
        brought = note(past=LEARNT, suspended=suspended, due=day)
        now = MONDAY + timedelta(weeks=week)
        assert bring(alice, brought, now=now).acts == 2
        card = Card.objects.get()
        assert (card.suspended, card.due_day) == (suspended, day)
        assert not bring(alice, brought, now=now + timedelta(days=1)).adds
    for event in ReviewEvent.objects.order_by("-id")[:2]:
        then = MONDAY + timedelta(weeks=3)
        undo(user=alice, client_uuid=uuid.uuid4(), now=then, event=event)
    card = Card.objects.get()
    assert (card.suspended, card.due_day) == (False, days[1])
    assert not bring(alice, brought, now=MONDAY + timedelta(weeks=4)).adds, "the undo stands"


def test_a_leech_of_our_rules_is_not_suspended_if_it_was_not_there(alice):
    StudyProfile.objects.create(user=alice, leech_threshold=1, leech_suspends=True)
    bring(alice, note(past=(past(0, 4, 10), past(10, 1, 1))))
    card = Card.objects.get()
    assert (card.leech, card.suspended) == (True, False)


def test_what_was_done_here_later_decides(alice):
    question = make_question()
    grade(alice, question, 3, MONDAY)
    before = memory(alice, question)
    report = bring(
        alice, note(path=question.path, past=LEARNT, due=date(2026, 3, 1), suspended=True)
    )
    after = memory(alice, question)
    assert (report.reviews, report.acts) == (4, 0)
    assert (after.reps, after.suspended, after.last_review) == (5, False, before.last_review)
    suspend(user=alice, question=question, client_uuid=uuid.uuid4(), now=MONDAY + timedelta(1))
    assert bring(alice, note(path=question.path, past=LEARNT), now=MONDAY + timedelta(2)).acts == 0
    assert memory(alice, question).suspended


def test_a_later_package_adds_what_is_new(alice):
    bring(alice, note(past=LEARNT[:3], due=LEARNT[3].at.date()))
    report = bring(alice, note(past=LEARNT, due=date(2026, 3, 1)))
    assert (report.reviews, report.known, report.own, report.created) == (1, 3, 1, 0)
    assert Card.objects.get().due_day == date(2026, 3, 1)


def test_reviews_of_ones_own_come_back_as_what_they_are(alice):
    """Packages keep milliseconds and other numbers than ours."""
    question = make_question()
    done = grade(alice, question, 3, MONDAY + timedelta(microseconds=1_234)).event
    other = Past("anki:1", Deed.REVIEW, MONDAY + timedelta(milliseconds=1), 3)
    same = Past(str(done.client_uuid), Deed.REVIEW, done.reviewed_at, 3)
    for one in (other, same):
        report = bring(alice, note(path=question.path, past=(one,)))
        assert (report.reviews, report.known) == (0, 1)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 5}, "rating"),
        ({"rating": None}, "rating"),
        ({"at": MONDAY + timedelta(minutes=6)}, "future"),
        ({"at": datetime(2005, 12, 31, tzinfo=UTC)}, "old"),
        ({"at": datetime(2020, 1, 1)}, "zone"),  # noqa: DTZ001 - that is the point
        ({"days": -1}, "days"),
        ({"days": 36_501}, "days"),
        ({"key": ""}, "key"),
        ({"key": "k" * 501}, "key"),
    ],
)
def test_what_cannot_be_is_left_out_and_the_rest_kept(alice, bad, reason):
    report = bring(alice, note(past=(*LEARNT, replace(past(20), **bad))))
    assert [(one.what, one.reason, one.number) for one in report.left] == [("review", reason, 1)]
    assert report.reviews == 4
    assert Card.objects.get().last_review == LEARNT[-1].at


def test_a_review_five_minutes_ahead_is_kept(alice):
    soon = replace(past(0), at=MONDAY + timedelta(minutes=5))
    assert bring(alice, note(past=(soon,))).reviews == 1


def test_the_study_day_is_that_of_the_persons_zone(alice):
    StudyProfile.objects.create(user=alice, zone="Asia/Shanghai", rollover_hour=4)
    at = datetime(2025, 6, 1, 19, 0, tzinfo=UTC)  # three in the morning there
    bring(alice, note(past=(replace(past(0), at=at),)))
    event = ReviewEvent.objects.get()
    assert event.study_day == date(2025, 6, 1) == study_day(at, "Asia/Shanghai", 4)
    assert event.policy.values["rollover"] == 4


def test_every_deed_has_its_event(alice):
    pasts = (
        past(0, 4, 9),
        past(1, 2, 0, Deed.CRAM),
        replace(past(2, deed=Deed.SET_DUE), rating=None, days=30),
        replace(past(3, deed=Deed.RESCHEDULE), rating=None, days=20),
        replace(past(4, deed=Deed.RESET), rating=None),
        past(5, 3, 4),
    )
    report = bring(alice, note(past=pasts))
    assert (report.reviews, report.acts) == (3, 3)
    assert [e.kind for e in ReviewEvent.objects.order_by("id")] == [p.deed for p in pasts]
    card = Card.objects.get()
    assert (card.reps, card.first_day) == (1, pasts[-1].at.date())


def test_two_notes_of_one_question_share_its_card(alice):
    question = make_question()
    zh = note("zh", path=question.path, past=LEARNT[:2], due=date(2025, 1, 20))
    en = note("en", path=question.path, past=LEARNT[2:], due=date(2026, 3, 1))
    assert bring(alice, zh, en).matched == 1
    card = Card.objects.get()
    assert (card.reps, card.due_day) == (4, date(2026, 3, 1))


def test_a_retired_question_of_ones_own_comes_back(alice):
    bring(alice, note())
    Question.everyone.filter(owner=alice).update(retired_at=MONDAY)
    bring(alice, note())
    assert own(alice).retired_at is None


def test_hostile_words_are_inert(alice):
    front = '<script>alert(1)</script><a href="javascript:alert(1)">Hi</a><img src=x onerror=a()>'
    bring(alice, note(front=front, back='<iframe src="//e.com"></iframe>\x00ok<style>p{}</style>'))
    question = own(alice)
    for field in Question._meta.get_fields():
        value = getattr(question, field.name, "") if field.concrete else ""
        if isinstance(value, str):
            assert "alert" not in value
            assert "<iframe" not in value
            assert "onerror" not in value
            assert "\x00" not in value
    assert question.title_en.startswith("Hi")


def test_formulas_pictures_and_blocks_are_shown(alice):
    back = r'<div>one</div><div>\(x^2 &lt; 1\)</div><img alt="cat" src="cat.png">\(\frac{\)'
    bring(alice, note(front=r"What is \(x_1\)?", back=back))
    question = own(alice)
    assert question.title_zh == "What is x_1?"
    assert question.prompt_html_zh.startswith("<p>What is x_1?</p>\n<p>What is <math")
    assert "<math" in question.prompt_html_zh
    assert question.full_html_zh.startswith("<p>one</p><p><math")
    assert 'class="image">cat <span class="address">cat.png' in question.full_html_zh
    assert r'<code class="tex">\frac{</code>' in question.full_html_zh


@pytest.mark.parametrize(
    ("front", "prompt"),
    [
        ("What?", "<p>What?</p>"),
        ('<p>1 &lt; "2"?</p><p>And?</p>', '<p>1 &lt; "2"?</p><p>And?</p>'),
        ("What?<br>And?", "<p>What?</p>\n<p>What?<br>And?</p>"),
        ("<pre>x\n y</pre>", "<p>x y</p>\n<pre>x\n y</pre>"),
        ("", "<p>A length.</p>"),
    ],
)
def test_all_that_is_asked_stands_below_its_heading(alice, front, prompt):
    bring(alice, note(front=front))
    assert own(alice).prompt_html_en == prompt


def test_notes_of_one_key_are_one_card_even_if_the_first_is_empty(alice):
    empty = note(front="", back="", past=LEARNT[:1])
    assert bring(alice, empty, note(past=LEARNT[1:])).reviews == 4
    assert not bring(alice, empty, note(past=LEARNT[1:])).adds


def test_thousands_of_notes_of_one_path_take_no_square_of_their_number(alice):
    brought = [note(f"n{n}", path="own/gone") for n in range(20_000)]
    began = time.perf_counter()
    assert preview(user=alice, notes=brought, origin="csv", now=MONDAY).created == 1
    assert time.perf_counter() - began < 5, "comparing each with all before took eighteen"


pasts = st.lists(
    st.builds(
        past,
        st.floats(0, 300).map(lambda days: round(days, 3)),
        st.integers(0, 5),
        st.integers(0, 60),
        st.sampled_from(Deed),
    ),
    max_size=12,
).map(lambda them: tuple(sorted(them, key=lambda one: one.at)))
notes_of_any = st.lists(
    st.builds(
        Note,
        key=st.sampled_from("abc"),
        front=st.text(st.characters(codec="utf-8"), max_size=20),
        back=st.sampled_from(["", "x", "<p>y"]),
        path=st.sampled_from(["", "initialisation/zero_weights", "own/nobody"]),
        past=pasts,
        due=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        suspended=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@examples(10, 300)
@given(notes_of_any, st.sampled_from(PROFILES), st.integers(0, 400))
def test_a_second_time_adds_nothing(question, brought, profile, wait):
    user = start_guest(now=MONDAY)
    StudyProfile.objects.filter(user=user).update(**profile)
    bring(user, *brought)
    before = counts(user)
    again = bring(user, *brought, now=MONDAY + timedelta(days=wait))
    assert counts(user) == before
    assert not again.adds


@pytest.fixture
def question(db):
    return make_question()


@examples(10, 300)
@given(notes_of_any, st.sampled_from(PROFILES))
def test_due_dates_and_suspensions_are_those_of_the_file(question, brought, profile):
    user = start_guest(now=MONDAY)
    StudyProfile.objects.filter(user=user).update(**profile)
    (one,) = brought[:1]
    bring(user, replace(one, front="What?"))
    card = Card.objects.filter(user=user).first()
    if card is None:
        assert not one.suspended
        assert one.due is None
        return
    assert card.suspended == one.suspended
    last = max((e.study_day for e in ReviewEvent.objects.filter(user=user)), default=None)
    if one.due is not None:
        assert card.due_day == max(one.due, last), "never before it was last seen"


def test_thousands_of_reviews_take_few_queries(alice, django_assert_max_num_queries):
    brought = [
        note(f"n{n}", front=f"Question {n}?", past=tuple(_spread(n)), due=date(2026, 2, 1))
        for n in range(100)
    ]
    with django_assert_max_num_queries(120):
        report = bring_in(user=alice, notes=brought, origin="anki", now=MONDAY)
    assert (report.reviews, report.created) == (2_000, 100)


def _spread(card: int):
    for n in range(20):
        at = LAST_YEAR + timedelta(days=n * n / 2, seconds=card)
        yield Past(f"{card}.{n}", Deed.REVIEW, at, 3, 4_000, n)


def test_what_is_done_between_look_and_lock_counts(alice, monkeypatch):
    """A review that arrives while an import is being worked out."""
    question = make_question()
    lock = notes_service.lock_profile

    def late(user: User) -> StudyProfile:
        monkeypatch.setattr(notes_service, "lock_profile", lock)
        grade(user, question, 3, MONDAY)
        return lock(user)

    monkeypatch.setattr(notes_service, "lock_profile", late)
    brought = [note(path=question.path, past=LEARNT, due=date(2026, 3, 1))]
    report = bring_in(user=alice, notes=brought, origin="anki", now=MONDAY)
    assert (report.reviews, report.acts) == (4, 0)
    assert memory(alice, question).reps == 5
    assert audit(user=alice, repair=False).differences == []


def test_a_day_that_was_undone_stays_so_also_where_the_file_set_days_before(alice):
    past = (
        Past("k1", Deed.REVIEW, MONDAY - 30 * DAY, 3, 1_000, 5),
        Past("k2", Deed.RESCHEDULE, MONDAY - 20 * DAY, days=30),
    )
    note = Note(key="n", front="Why?", back="So.", past=past, due=MONDAY.date() + 300 * DAY)
    bring_in(user=alice, notes=[note], origin="anki", now=MONDAY)
    undo(
        user=alice,
        client_uuid=uuid.uuid4(),
        now=MONDAY,
        event=ReviewEvent.objects.latest("id"),
    )
    day = Card.objects.get().due_day
    assert day != note.due
    assert not bring_in(user=alice, notes=[note], origin="anki", now=MONDAY + 7 * DAY).adds
    assert Card.objects.get().due_day == day


def test_a_redone_suspension_is_one_that_a_later_file_may_follow(alice):
    past = (Past("k1", Deed.REVIEW, MONDAY - 30 * DAY, 3, 1_000, 5),)
    note = Note(key="n", front="Why?", back="So.", past=past, suspended=True)
    bring_in(user=alice, notes=[note], origin="anki", now=MONDAY)
    event = ReviewEvent.objects.get(kind="suspend")
    for _ in range(2):
        event = undo(user=alice, client_uuid=uuid.uuid4(), now=MONDAY, event=event).event
    for days, suspended in ((1, False), (2, True), (3, False)):
        told = replace(note, suspended=suspended)
        bring_in(user=alice, notes=[told], origin="anki", now=MONDAY + days * DAY)
        assert Card.objects.get().suspended is suspended
