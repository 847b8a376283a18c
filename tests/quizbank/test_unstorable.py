"""A NUL in what is asked for: nothing is found, or the request is refused, on every database."""

from __future__ import annotations

import pytest

ADDRESSES = (
    *("questions/a%00b/", "questions/?q=%00", "questions/?topic=%00", "study/proof/a%00b/"),
    *("study/?question=%00", "study/?topic=%00", "exchange/proofdeck.apkg?topic=%00"),
)
FORMS = ("study/reveal/", "study/grade/", "exchange/put-away/", "exchange/take-out/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address(alice_client, address):
    assert alice_client.get(f"/en/{address}").status_code < 500


@pytest.mark.parametrize("address", FORMS)
def test_a_form(alice_client, address):
    answer = alice_client.post(f"/en/{address}", {"question": "\x00"})
    assert answer.status_code < 500
