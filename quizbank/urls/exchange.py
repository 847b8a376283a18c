"""Addresses of files that come from another program and go to one."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import exchange, exchange_anki, own_questions

urlpatterns: list[URLPattern] = [
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/upload/", exchange.upload, name="exchange_upload"),
    path("exchange/confirm/<uuid:upload_id>/", exchange.confirm, name="exchange_confirm"),
    path("exchange/done/", exchange.done, name="exchange_done"),
    path("exchange/put-away/", own_questions.put_away, name="put_away"),
    path("exchange/take-out/", own_questions.take_out, name="take_out"),
    path("exchange/proofdeck.apkg", exchange_anki.proofdeck_apkg, name="export_anki"),
    path("exchange/proofdeck-cards.csv", exchange.cards_csv, name="cards_csv"),
    path("exchange/proofdeck-log.csv", exchange.log_csv, name="log_csv"),
]
