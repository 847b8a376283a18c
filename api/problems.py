"""Problem details in the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from api.errors import CONTENT_TYPE, KINDS

# What any address may answer; a wrong key is refused also where none is needed.
ANYWHERE = (401, 406, 429, 500, 503)


class FieldError(serializers.Serializer[Any]):
    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemDetails(serializers.Serializer[Any]):
    """RFC 9457, in the language of Accept-Language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldError(many=True)  # type: ignore[assignment]


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """The responses of these statuses and of those any address may give."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemDetails, description=KINDS[status][1].en)
        for status in sorted({*statuses, *ANYWHERE})
    }
