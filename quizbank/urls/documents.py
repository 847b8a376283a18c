"""Addresses of imported notes."""

from __future__ import annotations

from django.urls import URLPattern, path

from quizbank.views import documents

urlpatterns: list[URLPattern] = [
    path("documents/", documents.documents, name="documents"),
    path("documents/upload/", documents.document_upload, name="document_upload"),
    path(
        "documents/confirm/<uuid:upload_id>/", documents.document_confirm, name="document_confirm"
    ),
    path("documents/passages/<int:passage_id>/", documents.passage_match, name="passage_match"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/file/", documents.document_file, name="document_file"),
    path("documents/<uuid:document_id>/remove/", documents.document_remove, name="document_remove"),
    path(
        "documents/<uuid:document_id>/restore/", documents.document_restore, name="document_restore"
    ),
]
