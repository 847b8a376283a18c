from __future__ import annotations

import json
import re
from typing import Any

import pytest
from drf_spectacular.validation import validate_schema

from api.urls import urlpatterns
from api.views.schema import described
from tests.api.calls import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema() -> Any:
    response = Api().client.get("/api/v1/schema/")
    assert response["Content-Type"].startswith("application/json")
    return json.loads(response.content)


def test_the_schema_is_openapi_31(schema: Any) -> None:
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_the_schema_knows_every_address(schema: Any) -> None:
    hidden = {"nowhere", "schema"}
    named = [p for p in urlpatterns if p.name not in hidden]
    addresses = {re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/{p.pattern}") for p in named}
    assert schema["paths"].keys() == addresses


def test_the_schema_is_made_without_a_warning(capfd: pytest.CaptureFixture[str]) -> None:
    described.cache_clear()
    described()
    assert "Warning" not in capfd.readouterr().err


def test_every_operation_is_summed_up_and_may_be_refused(schema: Any) -> None:
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            assert "application/problem+json" in operation["responses"]["429"]["content"]


def test_no_schema_lets_a_client_send_more_than_is_known(schema: Any) -> None:
    schemas = schema["components"]["schemas"]
    sent = [c for name, c in schemas.items() if name.endswith("Request") and "properties" in c]
    assert len(sent) >= 5
    assert all(component["additionalProperties"] is False for component in sent)
