"""Addresses below /zh/ and /en/."""

from __future__ import annotations

from django.urls import path

from quizbank.urls.disputes import urlpatterns as disputes
from quizbank.urls.documents import urlpatterns as documents
from quizbank.urls.exchange import urlpatterns as exchange
from quizbank.urls.interview import urlpatterns as interview
from quizbank.urls.lab import urlpatterns as lab
from quizbank.urls.mock import urlpatterns as mock
from quizbank.urls.quiz import urlpatterns as quiz
from quizbank.views import acts, home, people, progress, questions, settings, study

app_name = "quizbank"
urlpatterns = [
    path("", home.home, name="home"),
    path("spread/", home.spread, name="spread"),
    path("study/", study.study, name="study"),
    path("study/reveal/", study.reveal, name="reveal"),
    path("study/grade/", study.grade, name="grade"),
    path("study/undo/", study.undo, name="undo"),
    path("study/act/", acts.act, name="act"),
    path("study/proof/<path:path>/", study.proof, name="proof"),
    path("questions/", questions.browse, name="questions"),
    path("questions/<path:path>/", questions.question, name="question"),
    path("sign-in/", people.sign_in, name="sign_in"),
    path("sign-up/", people.sign_up, name="sign_up"),
    path("sign-out/", people.sign_out, name="sign_out"),
    path("progress/", progress.progress, name="progress"),
    path("progress/<slug:panel>.csv", progress.panel_csv, name="progress_csv"),
    path("settings/", settings.settings, name="settings"),
    path("settings/everything.json", settings.takeout, name="takeout"),
    path("settings/fit/", settings.fit, name="fit"),
    path("settings/delete/", settings.leave, name="leave"),
    *interview,
    *lab,
    *quiz,
    *mock,
    *documents,
    *disputes,
    *exchange,
]
