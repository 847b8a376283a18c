"""Every address under /api/."""

from __future__ import annotations

from django.urls import path, re_path

from api.views.bank import QuestionDetail, Questions, Topics
from api.views.base import Nowhere
from api.views.cards import CardDetail, Cards, NextCard
from api.views.demos import DemoDetail, Demos
from api.views.disputes import Disputes
from api.views.export import OwnPackage
from api.views.imports import OwnCards, OwnImports, OwnLog
from api.views.interview import OwnInterview
from api.views.mock import (
    MockAnswers,
    MockDetail,
    MockEstimate,
    MockMarking,
    MockReports,
    Mocks,
)
from api.views.people import Me, OwnStatistics, OwnToken, OwnTokens
from api.views.quiz import QuizAnswers, QuizDetail, QuizResults, Quizzes
from api.views.reviews import Reviews
from api.views.runs import RunCancel, RunDetail, RunEvents, Runs
from api.views.schema import Schema

app_name = "api"

urlpatterns = [
    path("v1/questions/", Questions.as_view(), name="questions"),
    path("v1/questions/<slug:topic>/<slug:slug>/", QuestionDetail.as_view(), name="question"),
    path("v1/topics/", Topics.as_view(), name="topics"),
    path("v1/disputes/", Disputes.as_view(), name="disputes"),
    path("v1/demos/", Demos.as_view(), name="demos"),
    path("v1/demos/<slug:slug>/", DemoDetail.as_view(), name="demo"),
    path("v1/runs/", Runs.as_view(), name="runs"),
    path("v1/runs/<uuid:run_id>/", RunDetail.as_view(), name="run"),
    path("v1/runs/<uuid:run_id>/cancel/", RunCancel.as_view(), name="run_cancel"),
    path("v1/runs/<uuid:run_id>/events/", RunEvents.as_view(), name="run_events"),
    path("v1/cards/", Cards.as_view(), name="cards"),
    path("v1/cards/next/", NextCard.as_view(), name="cards_next"),
    path("v1/cards/<uuid:card_id>/", CardDetail.as_view(), name="card"),
    path("v1/reviews/", Reviews.as_view(), name="reviews"),
    path("v1/quiz/", Quizzes.as_view(), name="quizzes"),
    path("v1/quiz/<uuid:quiz_id>/", QuizDetail.as_view(), name="quiz"),
    path("v1/quiz/<uuid:quiz_id>/answers/", QuizAnswers.as_view(), name="quiz_answers"),
    path("v1/quiz/<uuid:quiz_id>/result/", QuizResults.as_view(), name="quiz_result"),
    path("v1/mock-interviews/", Mocks.as_view(), name="mocks"),
    path("v1/mock-interviews/<uuid:mock_id>/", MockDetail.as_view(), name="mock"),
    path("v1/mock-interviews/<uuid:mock_id>/answers/", MockAnswers.as_view(), name="mock_answers"),
    path(
        "v1/mock-interviews/<uuid:mock_id>/estimate/", MockEstimate.as_view(), name="mock_estimate"
    ),
    path("v1/mock-interviews/<uuid:mock_id>/marks/", MockMarking.as_view(), name="mock_marks"),
    path("v1/mock-interviews/<uuid:mock_id>/report/", MockReports.as_view(), name="mock_report"),
    path("v1/me/", Me.as_view(), name="me"),
    path("v1/me/interview/", OwnInterview.as_view(), name="interview"),
    path("v1/me/statistics/", OwnStatistics.as_view(), name="statistics"),
    path("v1/me/imports/", OwnImports.as_view(), name="own_imports"),
    path("v1/me/cards.csv", OwnCards.as_view(), name="own_cards"),
    path("v1/me/log.csv", OwnLog.as_view(), name="own_log"),
    path("v1/me/export.apkg", OwnPackage.as_view(), name="own_package"),
    path("v1/me/tokens/", OwnTokens.as_view(), name="tokens"),
    path("v1/me/tokens/<int:token_id>/", OwnToken.as_view(), name="token"),
    path("v1/schema/", Schema.as_view(), name="schema"),
    re_path(r"", Nowhere.as_view(), name="nowhere"),
]
