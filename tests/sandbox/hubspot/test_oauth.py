"""OAuth as the vendor does it: codes once only, tokens that run out, errors in RFC 6749's words."""

import base64
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.hubspot.grants import CLIENT_ID, CLIENT_SECRET
from connector.sandbox.running import running
from tests.sandbox.conftest import NO_TLS

BACK = "http://localhost:8352/callback"
APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
VERIFIER = "a-verifier-of-many-letters-and-more-of-them-yet"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def portal(few: Path) -> Iterator[httpx.Client]:
    """Run a portal whose tokens live for an hour, seen without a token."""
    with running(hubspot_app(data=few, token_seconds=3600, rotates=True)) as url, httpx.Client(base_url=url, verify=NO_TLS) as client:
        yield client


def sent_back(client: httpx.Client) -> dict[str, str]:
    """Ask for consent and return what the browser is sent back with."""
    query = {"client_id": CLIENT_ID, "redirect_uri": BACK, "scope": "oauth", "state": "xyz", "code_challenge": CHALLENGE}
    answer = client.get("/oauth/authorize", params=query)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(client: httpx.Client, code: str, **more: str) -> httpx.Response:
    """Redeem a code."""
    form = {**APP, "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **more}
    return client.post("/oauth/2026-09/token", data=form)


def refresh(client: httpx.Client, token: str, path: str = "/oauth/2026-09/token", **more: str) -> httpx.Response:
    """Ask for fresh tokens."""
    return client.post(path, data={**APP, "grant_type": "refresh_token", "refresh_token": token, **more})


def test_a_code_gives_tokens_once(portal: httpx.Client):
    """A code comes back with the state, and is redeemed once only, with the right verifier and the right address."""
    assert sent_back(portal)["state"] == "xyz"
    for wrong in ({"code_verifier": "another"}, {"redirect_uri": "http://localhost:1/callback"}):
        assert exchange(portal, sent_back(portal)["code"], **wrong).json()["error"] == "invalid_grant"
    code = sent_back(portal)["code"]
    body = exchange(portal, code).json()
    assert (body["expires_in"], body["hub_id"], body["token_use"]) == (3600, 20171231, "access_token")
    assert exchange(portal, code).json()["status"] == "BAD_AUTH_CODE"
    answer = portal.get("/account-info/2026-09/details", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert answer.status_code == 200
    assert "X-HubSpot-RateLimit-Max" in answer.headers
    assert "X-HubSpot-RateLimit-Daily" not in answer.headers


def test_a_refresh_token_rotates_when_told_to(portal: httpx.Client):
    """With rotation a refresh token is good once, on the dated path and on the old one; errors carry the vendor's words, too."""
    first = exchange(portal, sent_back(portal)["code"]).json()["refresh_token"]
    second = refresh(portal, first).json()["refresh_token"]
    again = refresh(portal, first)
    assert (again.status_code, again.json()["error"], again.json()["status"]) == (400, "invalid_grant", "BAD_REFRESH_TOKEN")
    assert refresh(portal, second, "/oauth/v1/token").status_code == 200
    wrong = refresh(portal, second, client_secret="no")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert refresh(portal, second, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_tokens_run_out_and_can_be_revoked(few: Path):
    """An access token is refused as expired after its time, by real time, and introspection tells what is still good."""
    with running(hubspot_app(data=few, token_seconds=0.3)) as url, httpx.Client(base_url=url, verify=NO_TLS) as client:
        body = exchange(client, sent_back(client)["code"]).json()
        bearer = {"Authorization": f"Bearer {body['access_token']}"}
        assert client.get("/crm/owners/2026-09", headers=bearer).status_code == 200
        time.sleep(0.3)
        late = client.get("/crm/owners/2026-09", headers=bearer)
        assert (late.status_code, late.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")
        assert list(late.json()["context"]) == ["expire time"]
        kept = refresh(client, body["refresh_token"]).json()["refresh_token"]
        assert kept == body["refresh_token"]
        for token, active in ((kept, True), (body["access_token"], False)):
            assert client.post("/oauth/2026-09/token/introspect", data={**APP, "token": token}).json()["active"] is active
        client.post("/oauth/2026-09/token/revoke", data={**APP, "token": kept})
        assert refresh(client, kept).json()["error"] == "invalid_grant"


def test_somebody_may_say_no(portal: httpx.Client):
    """Without consent the browser comes back with an error instead of a code."""
    portal.post("/sandbox/oauth", json={"consents": False})
    assert sent_back(portal)["error"] == "access_denied"
