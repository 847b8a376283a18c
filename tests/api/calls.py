"""A program that talks to the API, and holds every answer against the published schema."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from api.views.schema import described

V1 = "/api/v1/"


@lru_cache(maxsize=1)
def operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Each path of the schema as a pattern, with its operations by method."""
    # Written and read once, so that what is checked is what clients are sent.
    paths = json.loads(json.dumps(described()))["paths"]
    # "next" is no card's id: addresses without a parameter come first.
    paths = dict(sorted(paths.items(), key=lambda item: item[0].count("{")))
    return [(re.compile(re.sub(r"{\w+}", "[^/]+", p) + "$"), ops) for p, ops in paths.items()]


def components() -> dict[str, Any]:
    return json.loads(json.dumps(described()))["components"]


def fits_schema(response: Any, method: str, address: str) -> None:
    """Fails unless the schema knows this answer: its status, its type and its every member."""
    path = address.split("?")[0]
    found = [ops for pattern, ops in operations() if pattern.match(path)]
    operation = found[0].get(method.lower()) if found else None
    if operation is None:
        assert response.status_code in (401, 404, 405, 406, 415), (method, path)
        return
    assert str(response.status_code) in operation["responses"], (method, path, response.content)
    if response.streaming or not response.content:
        return
    answers = operation["responses"][str(response.status_code)]["content"]
    media = response["Content-Type"].split(";")[0]
    schema = {**answers[media]["schema"], "components": components()}
    Draft202012Validator(schema).validate(json.loads(response.content))


class Api:
    """Calls as one person: by session, by key, or as nobody."""

    def __init__(self, client: Client | None = None, key: str = "", language: str = "en") -> None:
        self.client = client or Client()
        self.headers = {"Accept-Language": language}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        media: str = "application/json",
        **headers: str,
    ) -> Any:
        address = path if path.startswith("/") else V1 + path
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body)
        response: Any = self.client.generic(
            method,
            address,
            data,
            content_type=media if body is not None else "",
            headers={**self.headers, **headers},
        )
        fits_schema(response, method, address)
        return response

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def read(self, path: str) -> Any:
        """The JSON of an address that answers 200."""
        response = self.get(path)
        assert response.status_code == 200, response.content
        return response.json()


def errors(response: Any) -> dict[str, str]:
    """The refused fields of a problem, each with its sentence."""
    assert response["Content-Type"] == "application/problem+json", response.content
    return {error["field"]: error["detail"] for error in response.json()["errors"]}
