"""Who has sent a request: signatures computed by another program (openssl), and everything that must not pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.adapters.hubspot.signature import is_signed
from connector.http import Incoming

SECRET = "secret-of-an-app"
STAMP = "1514764800000"
NOW = datetime(2018, 1, 1, tzinfo=UTC)
BODY = b'[{"objectId":1}]'
POSTED = Incoming(
    "POST",
    "https://kpi.example.com/hooks/hubspot?x=1",
    {"x-hubspot-request-timestamp": STAMP, "x-hubspot-signature-v3": "p6kU0kZ2MivztUH6EiAaO6sr4wlMMdtPIbeAKay1aQc="},
    BODY,
)
ASKED = "https://kpi.example.com/api/records/deals/7/kpis?userEmail=ann%40example.com&appId=1&q=%20"


def with_headers(**headers: str) -> Incoming:
    """Return the posted request with other headers."""
    return replace(POSTED, headers={**POSTED.headers, **{name.replace("_", "-"): value for name, value in headers.items()}})


def test_what_the_app_has_signed_is_true():
    """The signature covers method, address, raw body and time, keyed by the app's secret."""
    assert is_signed(POSTED, SECRET, NOW)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param("zK3y49b6d4ljezv+Ui+xuyq7azToQiCWsIbItmod9Ik=", id="some escapes undone"),
        pytest.param("HPWCiVmkGD4hAH6RUU/oNZrtTbtSjjviadKWDbW6haI=", id="as sent"),
    ],
)
def test_escapes_in_the_address(signature: str):
    """An address is signed with its `%40` undone and its `%20` left; one that is signed as it was sent passes too."""
    headers = {"x-hubspot-request-timestamp": STAMP, "x-hubspot-signature-v3": signature}

    assert is_signed(Incoming("GET", ASKED, headers), SECRET, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(POSTED, method="PUT"), id="method"),
        pytest.param(replace(POSTED, url=POSTED.url + "2"), id="address"),
        pytest.param(replace(POSTED, url="https://evil.example/hooks/hubspot?x=1"), id="host"),
        pytest.param(replace(POSTED, body=BODY + b" "), id="body"),
        pytest.param(with_headers(x_hubspot_request_timestamp="1514764800001"), id="time"),
        pytest.param(with_headers(x_hubspot_signature_v3=""), id="no signature"),
        pytest.param(with_headers(x_hubspot_signature_v3="ü"), id="no text of a signature"),
        pytest.param(with_headers(x_hubspot_request_timestamp="never"), id="no time"),
        pytest.param(with_headers(x_hubspot_request_timestamp="9" * 400), id="no possible time"),
        pytest.param(replace(POSTED, headers={}), id="no headers"),
    ],
)
def test_anything_else_is_not(changed: Incoming):
    """One changed byte of what is signed, or a missing piece, and it comes from somebody else."""
    assert not is_signed(changed, SECRET, NOW)


@pytest.mark.parametrize("secret", ["another-secret", ""])
def test_another_secret_is_not(secret: str):
    """What another app has signed is not ours, and without a secret nothing is."""
    assert not is_signed(POSTED, secret, NOW)


@pytest.mark.parametrize(("seconds", "expected"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_a_request_grows_old(seconds: int, expected: bool):  # noqa: FBT001
    """Five minutes after it was signed, or before, a request is a replay."""
    assert is_signed(POSTED, SECRET, NOW + timedelta(seconds=seconds)) is expected
