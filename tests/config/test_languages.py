from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext

from config.languages import under_language


def greet(request: HttpRequest, name: str = "") -> HttpResponse:
    return HttpResponse(f"{translation.get_language()} {name} {gettext('Yes')}".encode())


urlpatterns = [
    path("plain", greet),
    *under_language(path("", greet, name="start"), path("deck/<name>/", greet, name="deck")),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize(
    ("address", "says"), [("/zh/deck/a/", "zh-hans a 是"), ("/en/deck/a/", "en a Yes")]
)
def test_the_prefix_decides_the_language(client: Any, address: str, says: str) -> None:
    reply = client.get(address, headers={"Accept-Language": "fr"})
    assert reply.content.decode() == says
    assert reply.headers["Content-Language"] == says.split()[0]


@pytest.mark.parametrize(
    ("accepts", "leads_to"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "/zh/deck/a/?x=1"),
        ("zh-TW", "/zh/deck/a/?x=1"),
        ("en-GB,en;q=0.9,zh;q=0.1", "/en/deck/a/?x=1"),
        ("de", "/en/deck/a/?x=1"),
        ("", "/en/deck/a/?x=1"),
    ],
)
def test_an_address_without_prefix_leads_to_the_readers_language(
    client: Any, accepts: str, leads_to: str
) -> None:
    for address in ("/deck/a/?x=1", "/deck/a?x=1"):
        reply = client.get(address, headers={"Accept-Language": accepts})
        assert (reply.status_code, reply.headers["Location"]) == (302, leads_to)
        assert "Accept-Language" in reply.headers["Vary"]
    assert client.get("/", headers={"Accept-Language": accepts}).headers["Location"] in (
        "/zh/",
        "/en/",
    )


def test_a_chosen_language_beats_the_browsers(client: Any, settings: Any) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    reply = client.get("/", headers={"Accept-Language": "en"})
    assert reply.headers["Location"] == "/zh/"


@pytest.mark.parametrize("address", ["/nowhere/", "/zh/nowhere/", "/zh-hans/", "/fr/deck/a/"])
def test_what_exists_in_no_language_is_not_found(client: Any, address: str) -> None:
    client.raise_request_exception = False
    assert client.get(address, headers={"Accept-Language": "zh"}).status_code == 404


def test_addresses_are_written_and_translated_with_the_short_prefix() -> None:
    with translation.override("zh-hans"):
        assert reverse("deck", kwargs={"name": "a"}) == "/zh/deck/a/"
        assert translate_url("/zh/deck/a/", "en") == "/en/deck/a/"
    with translation.override("en"):
        assert translate_url("/en/deck/a/", "zh-hans") == "/zh/deck/a/"


def test_an_address_outside_has_no_prefix(client: Any) -> None:
    assert client.get("/plain", headers={"Accept-Language": "zh"}).content.decode().startswith("zh")
