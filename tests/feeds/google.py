"""Google at the HTTP edge: a service account's key, the place where tokens come from, and a property's reports."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import httpx
import respx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

PROPERTY = "123456789"
NOON = ZoneInfo(f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")
"""A zone in which it is about noon, so that no day ends while a test looks at its days."""
EMAIL = "kpi@acme-web.iam.gserviceaccount.com"
TOKEN_URI = "https://oauth2.googleapis.com/token"
REPORT = f"https://analyticsdata.googleapis.com/v1beta/properties/{PROPERTY}:runReport"
PRIVATE = generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key(**other: str) -> str:
    """Return the text of a key file."""
    members = {"type": "service_account", "client_email": EMAIL, "private_key_id": "k1", "private_key": PEM, "token_uri": TOKEN_URI}
    return json.dumps({**members, **other})


def claims_of(request: httpx.Request) -> dict[str, Any]:
    """Return what a request for a token states about itself, once its signature is checked."""
    form = dict(parse_qsl(request.content.decode()))
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    head, body, signature = form["assertion"].split(".")
    PRIVATE.public_key().verify(_raw(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    assert json.loads(_raw(head)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    found: dict[str, Any] = json.loads(_raw(body))
    return found


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def token(access: str = "token-1", lives: int = 3599) -> httpx.Response:
    """Answer with a token."""
    return httpx.Response(200, json={"access_token": access, "expires_in": lives, "token_type": "Bearer"})


def refusal(status: int, kind: str, message: str, **more: object) -> httpx.Response:
    """Answer as Google refuses."""
    return httpx.Response(status, json={"error": {"code": status, "message": message, "status": kind, **more}})


Cells = Sequence[str]


def report(rows: Sequence[tuple[Cells, Cells]], total: int | None = None, **metadata: object) -> httpx.Response:
    """Answer with rows of a report, as (dimensions, metrics)."""
    about = {"currencyCode": "EUR", "timeZone": "Europe/Helsinki", "kind": "analyticsData#runReport", **metadata}
    raw = [{"dimensionValues": _cells(names), "metricValues": _cells(figures)} for names, figures in rows]
    count = len(rows) if total is None else total
    # Google leaves out what is empty.
    return httpx.Response(200, json={**({"rows": raw} if raw else {}), **({"rowCount": count} if count else {}), "metadata": about})


def _cells(texts: Cells) -> list[dict[str, str]]:
    return [{"value": text} for text in texts]


class Property:
    """A property that holds rows by metric, gives them by days and pages, and remembers what it was asked."""

    def __init__(self, router: respx.MockRouter) -> None:
        self.held: dict[str, list[tuple[Cells, Cells]]] = {"sessions": [], "advertiserAdCost": []}
        self.refused: dict[str, httpx.Response] = {}
        self.asked: list[Mapping[str, Any]] = []
        self.about: dict[str, object] = {}
        self.tokens = router.post(TOKEN_URI).mock(return_value=token())
        router.post(REPORT).mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        metric = body["metrics"][0]["name"]
        if metric in self.refused:
            return self.refused[metric]
        first, last = (body["dateRanges"][0][name].replace("-", "") for name in ("startDate", "endDate"))
        rows = sorted(row for row in self.held[metric] if not row[0][0].isdigit() or first <= row[0][0] <= last)
        offset, limit = int(body["offset"]), int(body["limit"])
        return report(rows[offset : offset + limit], len(rows), **self.about)
