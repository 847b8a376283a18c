"""Addresses of quizzes."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import quiz

urlpatterns: list[URLPattern] = [
    path("quiz/", quiz.start, name="quiz"),
    path("quiz/<uuid:quiz_id>/", quiz.session, name="quiz_session"),
    path("quiz/<uuid:quiz_id>/stop/", quiz.stop, name="quiz_stop"),
    path("quiz/<uuid:quiz_id>/result/", quiz.result, name="quiz_result"),
    path("quiz/<uuid:quiz_id>/tomorrow/", quiz.tomorrow, name="quiz_tomorrow"),
]
