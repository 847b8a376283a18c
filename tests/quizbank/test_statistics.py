"""The numbers of the progress page are those of the log, counted another way."""

from __future__ import annotations

import csv
import io
import re
import uuid
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone

from demos.figures.markup import width as span
from quizbank.models import Card, Interview, Question, ReviewEvent, StudyProfile, User
from quizbank.queries.statistics import Retention, Statistics, statistics
from quizbank.queries.study import counts
from quizbank.scheduling import DEFAULT_PARAMETERS, recall
from quizbank.services.acts import bury, reschedule, set_due, suspend
from quizbank.services.parameters import adopt_parameters
from quizbank.views.drawing import NARROW, WIDE
from quizbank.views.progress import _retention_sentence
from quizbank.views.progress_figures import retention
from tests.cast import MONDAY
from tests.quizbank.histories import fitted
from tests.quizbank.recounted import live, recount, standing
from tests.quizbank.study_cast import grade, make_questions

DAY = timedelta(days=1)


@pytest.fixture
def questions(db):
    return make_questions(4)


def of(user: User, now=MONDAY) -> Statistics:
    return statistics(user, now)


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(4, 100))]
)
def test_retention_is_what_plain_sql_counts(alice, questions, seed):
    live(alice, questions, seed)
    found = of(alice).overall
    assert (found.n, found.recalled) == recount(alice)
    young, mature = (
        next(r for r in of(alice).retention if r.period is None and r.mature is kind)
        for kind in (False, True)
    )
    assert young.n + mature.n == found.n


def test_moving_cards_and_new_parameters_change_no_retention(alice, questions):
    live(alice, questions, 1)
    before = of(alice)
    for days, move in ((3, set_due), (5, reschedule)):
        for question in questions:
            asked = {"question": question, "client_uuid": uuid.uuid4(), "now": MONDAY}
            move(user=alice, **asked, days=days)
        moved = Card.objects.filter(user=alice, due_day=MONDAY.date() + days * DAY)
        assert (moved.count(), of(alice).retention) == (len(questions), before.retention)
    adopted = {"parameter_set": fitted(alice), "client_uuid": uuid.uuid4(), "now": MONDAY}
    adopt_parameters(user=alice, **adopted)
    assert of(alice).bins != before.bins, "the new parameters predict something else"
    assert of(alice).retention == before.retention


def test_a_second_look_on_the_same_day_is_no_test(alice, questions):
    for minutes in (0, 10, 20):
        grade(alice, questions[0], 1, MONDAY + timedelta(minutes=minutes))
    assert of(alice).overall.n == 0
    grade(alice, questions[0], 3, MONDAY + DAY)
    assert (of(alice, MONDAY + DAY).overall.n, of(alice, MONDAY + DAY).overall.recalled) == (1, 1)


def test_the_bins_hold_every_test_at_what_was_predicted(alice, questions):
    live(alice, questions, 2)
    found = of(alice)
    assert sum(one.n for one in found.bins) == found.overall.n
    assert sum(one.recalled for one in found.bins) == found.overall.recalled
    for one in found.bins:
        assert one.predicted is None or one.low <= one.predicted <= one.high
    assert 0 < found.log_loss < 5


def test_the_days_ahead_are_the_cards_due_then_and_new_ones_at_ones_pace(alice, questions):
    StudyProfile.objects.create(user=alice, new_per_day=1)
    grade(alice, questions[0], 4, MONDAY)
    due = Card.objects.get(user=alice).due_day or MONDAY.date()
    ahead = {day.day: day for day in of(alice).ahead}
    assert ahead[due].due == 1
    assert sum(day.due for day in ahead.values()) == 1
    new = [day.new for day in of(alice).ahead]
    assert (new[0], new[1:4], sum(new)) == (0, [1, 1, 1], 3)


def test_the_days_ahead_are_those_of_the_session(alice, questions):
    """What is buried comes back another day; what is asked for or put aside is no new question."""
    buried, planned, aside, _ = questions
    asked = {"user": alice, "now": MONDAY}
    grade(alice, buried, 3, MONDAY - 40 * DAY)
    bury(**asked, question=buried, client_uuid=uuid.uuid4(), days=2)
    set_due(**asked, question=planned, client_uuid=uuid.uuid4(), days=1)
    suspend(**asked, question=aside, client_uuid=uuid.uuid4())
    ahead, session = statistics(alice, MONDAY).ahead, counts(alice, MONDAY)
    assert [day.due for day in ahead[:7]] == session.by_day == [0, 1, 1, 0, 0, 0, 0]
    assert sum(day.new for day in ahead) == session.new == 1


def test_ninety_days_ahead_may_be_asked_for(alice, alice_client, questions):
    now = timezone.now()
    for days, question in zip((2, 60, 89, 90), questions, strict=False):
        grade(alice, question, 3, now)
        set_due(user=alice, question=question, client_uuid=uuid.uuid4(), now=now, days=days)
    assert sum(day.due for day in statistics(alice, now).ahead) == 1
    assert sum(day.due for day in statistics(alice, now, 90).ahead) == 3
    page = alice_client.get("/en/progress/?days=90").content.decode()
    assert "The next 90 days" in page
    table = alice_client.get("/en/progress/ahead.csv?days=90").content.decode()
    assert len(table.splitlines()) == 91
    assert "The next 30 days" in alice_client.get("/en/progress/?days=1e9").content.decode()


@pytest.mark.parametrize(("days", "marked"), [(0, True), (29, True), (30, False), (-1, False)])
def test_the_interview_is_one_of_the_days_ahead_or_none(alice, questions, days, marked):
    day = MONDAY.date() + days * DAY
    Interview.objects.create(user=alice, day=day)
    assert of(alice).interview == (day if marked else None)


@pytest.mark.parametrize(("language", "label"), [("zh", "面试"), ("en", "interview")])
def test_the_days_ahead_mark_the_day_of_the_interview(
    alice, alice_client, questions, language, label
):
    grade(alice, questions[0], 3, MONDAY)
    mark = re.compile(rf'class="bound"/><text [^>]*>{label}</text>')
    page = f"/{language}/progress/"
    assert not mark.search(alice_client.get(page).content.decode())
    Interview.objects.create(user=alice, day=timezone.localdate() + 3 * DAY)
    assert len(mark.findall(alice_client.get(page).content.decode())) == 2, "wide and narrow"


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("recalled", [0, 1, 2, 4, 30])
def test_the_shares_below_an_axis_stand_apart(alice, width, recalled):
    """However low an interval reaches, and with it the axis."""
    rows = [Retention(None, None, n=max(4, recalled), recalled=recalled)]
    drawn = str(retention(replace(of(alice), retention=rows), width))
    said = re.findall(r'<text x="([\d.]+)"[^>]*>(\d+ %)</text>', drawn)
    ends = [(float(x) - span(share) / 2, float(x) + span(share) / 2) for x, share in said]
    assert len(ends) > 1
    assert said[-1][1] == "100 %"
    assert all(end + 4 < start for (_, end), (start, _) in pairwise(ends))


def test_days_and_confidence_are_counted(alice, questions):
    live(alice, questions, 3)
    found = of(alice)
    kept = ReviewEvent.objects.filter(pk__in=standing(alice), kind__in=("review", "cram"))
    assert found.reviews == kept.count()
    assert sum(found.heat.values()) == kept.count()
    assert found.days == kept.values("study_day").distinct().count()
    for level in found.sure:
        told = kept.filter(confidence=level.name, kind="review")
        assert (level.n, level.right) == (told.count(), told.filter(rating__gt=1).count())


def test_a_topic_stands_where_its_cards_do(alice, questions):
    for question in questions[:3]:
        grade(alice, question, 3, MONDAY - 9 * DAY)
    found = next(one for one in of(alice).mastery if one.studied)
    card = Card.objects.filter(user=alice).first()

    assert (found.studied, found.questions) == (3, 4)
    assert found.recall == pytest.approx(recall(card.stability, 9, DEFAULT_PARAMETERS))


def test_a_fit_is_not_advised_to_whom_it_was_made(alice, questions):
    live(alice, questions, 4)
    below = replace(of(alice), wanted=1.1)
    assert "Parameters fitted to your record may help" in _retention_sentence(below)
    assert "fitted to your record already" in _retention_sentence(replace(below, fitted=True))


def test_no_topic_is_the_weakest_on_the_day_it_was_learnt(alice, alice_client, questions):
    grade(alice, questions[0], 3, timezone.now())
    page = alice_client.get("/en/progress/").content.decode()
    assert "from tomorrow on they differ" in page
    assert "The weakest is" not in page


def dots(page: str, panel: str) -> int:
    """How many results the figures of a panel show, for a wide and for a narrow place."""
    return page.partition(f"<h2>{panel}</h2>")[2].partition("</section>")[0].count('class="dot')


@pytest.mark.parametrize(
    ("language", "panels", "all_ever", "awaited"),
    [
        ("zh", ("真实记忆率", "预测与实际"), "全部，至今", "满 30 次"),
        ("en", ("True retention", "Predicted and actual"), "all, ever", "(after|for) 30"),
    ],
)
@pytest.mark.parametrize(("reviews", "drawn", "verdict"), [(0, 0, 0), (10, 5, 0), (100, 5, 1)])
def test_the_page_tells_nothing_little_and_much(
    alice, alice_client, questions, language, panels, all_ever, awaited, reviews, drawn, verdict
):
    for number in range(reviews):
        now = MONDAY - (reviews - number) * DAY
        grade(alice, questions[number % 4], 1 if number % 10 == 7 else 3, now)
    page = alice_client.get(f"/{language}/progress/").content.decode()
    assert page.count('<section class="panel') == page.count('<svg class="fig w"') == drawn
    assert [dots(page, panel) > 0 for panel in panels] == [drawn > 0, verdict > 0]
    assert bool(re.search(awaited, page)) != verdict, "how many it takes"
    told = re.findall(rf'<th scope="row">{all_ever}</th><td>(\d+)</td><td>(\d+)</td>', page)
    assert [(int(n), int(recalled)) for n, recalled in told] == [recount(alice)] * (drawn > 0)
    assert recount(alice)[0] == max(0, reviews - len(questions))
    assert "⟦" not in page
    assert "style=" not in page  # the policy of content forbids it


def test_axes_are_drawn_before_there_are_results(alice, alice_client, questions):
    for question in questions[:3]:
        grade(alice, question, 3, MONDAY)
    page = alice_client.get("/en/progress/").content.decode()
    assert page.count('<svg class="fig w"') == 5
    assert 'class="dot' not in page


def test_the_page_stands_when_every_question_has_gone(alice, alice_client, questions):
    grade(alice, questions[0], 3, MONDAY)
    Question.objects.update(retired_at=MONDAY)
    assert alice_client.get("/en/progress/").status_code == 200
    assert alice_client.get("/zh/progress/topics.csv").status_code == 200


def test_each_panel_can_be_downloaded(alice, alice_client, questions):
    live(alice, questions, 5)
    grade(alice, questions[0], 3, timezone.now())  # the year is the one before today
    for panel in ("retention", "ahead", "topics", "calibration", "year"):
        answer = alice_client.get(f"/en/progress/{panel}.csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 1
        assert "–" not in {cell for row in rows for cell in row}, "no text among numbers"
    assert alice_client.get("/en/progress/mood.csv").status_code == 404
    assert Client().get("/en/progress/year.csv").status_code == 404
