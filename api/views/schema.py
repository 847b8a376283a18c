"""The description of this API by itself: OpenAPI 3.1."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import TokenAuthentication
from api.views.base import ApiView


class Bearer(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Personal keys, in the schema."""

    target_class = TokenAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pd_…"}


@lru_cache(maxsize=1)
def described() -> Any:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for name, component in schema["components"]["schemas"].items():
        if name.endswith("Request") and component.get("type") == "object":
            component["additionalProperties"] = False  # unknown fields are refused
    return schema


@extend_schema(exclude=True)
class Schema(ApiView):
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer)

    def get(self, request: Request) -> Response:
        response = Response(described())
        response["Cache-Control"] = "no-cache"
        return response
