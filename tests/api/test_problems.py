"""Whatever goes wrong under /api/ is told as problem details, in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.middleware.common import CommonMiddleware
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import throttles
from api.errors import Problem
from api.parsing import read
from demos.models import Demo, Run
from quizbank.models import ReviewEvent
from tests.api.calls import Api

ZH = re.compile("[一-鿿]")


def is_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(response.content)
    assert told.keys() == {"type", "title", "status", "detail", "instance", "errors"}
    assert told["status"] == status
    assert told["type"].startswith("urn:proofdeck:problem:")
    return told


@pytest.mark.parametrize("path", ["", "nothing/", "questions", "v2/", "questions/a/b/c/", "me/x/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_address(anyone: Api, method: str, path: str) -> None:
    response = anyone.client.generic(method, f"/api/v1/{path}")
    told = is_problem(response, 404)
    assert told["instance"] == f"/api/v1/{path}"


def test_every_status_in_both_languages(anyone: Api, as_alice: Api, demo: Demo) -> None:
    chinese = Api(anyone.client, language="zh-CN,zh;q=0.9")
    for method, path, status, headers in [
        ("GET", "questions/?level=x", 400, {}),
        ("GET", "me/", 401, {}),
        ("GET", "questions/no/such/", 404, {}),
        ("PUT", "topics/", 405, {}),
        ("OPTIONS", "topics/", 405, {}),
        ("GET", "topics/", 406, {"Accept": "image/png"}),
    ]:
        english = is_problem(anyone.call(method, path, **headers), status)
        told = is_problem(chinese.call(method, path, **headers), status)
        assert not ZH.search(english["title"] + english["detail"])
        assert ZH.search(told["title"])
        assert ZH.search(told["detail"])


def test_a_method_that_is_not_known_names_those_that_are(anyone: Api) -> None:
    response = anyone.call("POST", "topics/", {})
    is_problem(response, 405)
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_media_type(as_alice: Api, media: str) -> None:
    response = as_alice.client.generic("POST", "/api/v1/runs/", b"demo=1", content_type=media)
    is_problem(response, 415)


def test_another_charset(as_alice: Api) -> None:
    media = "application/json; charset=gb18030"
    response = as_alice.client.generic("POST", "/api/v1/runs/", b"{}", content_type=media)
    is_problem(response, 415)


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{'demo': 1}",
    "cut off": b'{"demo": "zero_init_symmetry"',
    "two values": b"{} {}",
    "not UTF-8": '{"demo": "零"}'.encode("gb18030"),
    "UTF-16": '{"demo": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"demo": "zero_init_symmetry"}',
    "a NUL byte": b'{"demo": "zero\x00"}',
    "an escaped NUL": rb'{"demo": "zero\u0000"}',
    "a NUL in a key": rb'{"demo": "zero_init_symmetry", "params": {"a\u0000": 1}}',
    "half a surrogate pair": rb'{"demo": "\ud800"}',
    "the same key twice": b'{"demo": "nothing", "demo": "zero_init_symmetry"}',
    "the same key twice, inside": b'{"demo": "zero_init_symmetry", "params": {"a": 1, "a": 2}}',
    "infinity": b'{"demo": "zero_init_symmetry", "params": {"a": Infinity}}',
    "not a number": b'{"demo": "zero_init_symmetry", "params": {"a": NaN}}',
    "a number that becomes infinite": b'{"demo": "zero_init_symmetry", "params": {"a": 1e999}}',
    "a number of 5,000 digits": b'{"demo": "zero_init_symmetry", "params": {"a": %s}}'
    % (b"9" * 5_000),
    "33 levels": b'{"demo": ' + b"[" * 32 + b"]" * 32 + b"}",
    "30,000 levels": b"[" * 30_000,
    "30,000 objects": b'{"a":' * 10_000,
    "quotes without end": b'{"a": "' + b'\\"' * 30_000,
    "a list": b"[]",
    "text": b'"run"',
    "null": b"null",
    "a number": b"3",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body(as_alice: Api, demo: Demo, body: bytes) -> None:
    response = as_alice.client.generic(
        "POST", "/api/v1/runs/", body, content_type="application/json"
    )
    is_problem(response, 400)
    assert not Run.objects.exists()
    if body:
        is_problem(as_alice.call("POST", "me/tokens/", body), 400)


def test_brackets_in_a_string_are_no_nesting(as_alice: Api, demo: Demo) -> None:
    response = as_alice.post("runs/", {"demo": "[" * 40 + '\\"' + "{" * 39})
    assert response.status_code == 404 or is_problem(response, 400)["errors"]


@pytest.mark.parametrize("path", ["runs/", "me/tokens/"])
def test_a_body_has_64_kib(as_alice: Api, path: str) -> None:
    longest = b"{" + b" " * (65_536 - 2) + b"}"
    is_problem(as_alice.call("POST", path, longest), 400)  # read, and found lacking
    is_problem(as_alice.call("POST", path, longest + b" "), 413)


def test_a_body_without_its_length(as_alice: Api, demo: Demo) -> None:
    response = as_alice.call("POST", "runs/", {"demo": "x"}, **{"Transfer-Encoding": "chunked"})
    assert "Content-Length" in is_problem(response, 400)["detail"]


def test_a_failure_of_ours_tells_nothing_of_itself(
    anyone: Api, demo: Demo, caplog: pytest.LogCaptureFixture
) -> None:
    Demo.objects.update(manifest={"secret": "x"})
    anyone.client.raise_request_exception = False
    response = anyone.get("demos/")
    told = is_problem(response, 500)
    assert "KeyError" not in json.dumps(told)
    assert any("KeyError" in (record.exc_text or "") for record in caplog.records)


def test_a_host_that_is_not_ours(anyone: Api) -> None:
    is_problem(anyone.client.get("/api/v1/topics/", headers={"Host": "evil.example"}), 400)


def test_a_failure_before_a_view_is_found(
    anyone: Api, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("middleware")

    monkeypatch.setattr(CommonMiddleware, "process_request", fail)
    anyone.client.raise_request_exception = False
    is_problem(anyone.client.get("/api/v1/topics/"), 500)


def test_a_database_that_is_away_is_told_as_such(
    as_alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(CursorWrapper, "execute", away)
    response = as_alice.get("topics/")
    monkeypatch.undo()
    is_problem(response, 503)
    assert int(response["Retry-After"]) >= 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=json_values)
def test_no_value_breaks_a_view(as_alice: Api, value: Any) -> None:
    body = json.dumps(value).encode()
    fields = ("client_uuid", "rating", "question", "ticks", "prediction", "reviewed_at", "answer")
    whole = json.dumps(dict.fromkeys(fields, value)).encode()
    throttles.local_counter.clear()
    for sent in (body, whole, b"[%s]" % whole):
        response = as_alice.call("POST", "reviews/", sent)
        assert response.status_code in (200, 400)
    assert not ReviewEvent.objects.exists()


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u0d89 1e.-NaInfty\n', max_size=60))
def test_reading_either_gives_what_json_says_or_refuses(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    try:
        value = read(raw)
    except Problem as refusal:
        status = refusal.status
    else:
        status = 200
    if status == 200:
        assert json.loads(json.dumps(value, allow_nan=False)) == value == json.loads(raw)
    else:
        assert status == 400
