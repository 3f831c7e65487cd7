"""Tokens for a service account: a statement signed with its key (RFC 7523), exchanged for a token that lives an hour."""

import asyncio
import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from connector.errors import ConnectorError, CredentialsError
from connector.feeds.ga4.key import ServiceKey
from connector.http import Answer, Body, Client, Limit, Limiter, Meaning, Patience, Refused, Vendor
from connector.http.oauth import MARGIN

SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
_TITLE = "Google"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = 3600
_OF_TIMES = re.compile(r"\b(timeframe|iat|exp)\b")
"""What Google says of a statement whose times are wrong; of a wrong signature it says something else."""


class ServiceAccount:
    """The bearer of one service account, see `Bearer`. `now` is the wall clock, which the signed statement tells Google."""

    def __init__(
        self,
        key: ServiceKey,
        patience: Patience | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        meanings: dict[int, Meaning] = {HTTPStatus.UNAUTHORIZED: Meaning.REFUSED, HTTPStatus.FORBIDDEN: Meaning.REFUSED}
        vendor = Vendor(_TITLE, reason=_reason, meanings=meanings)
        parts = urlsplit(key.token_uri)
        self._key = key
        self._path = parts.path
        self._clock = clock
        self._now = now
        self._client = Client(
            f"{parts.scheme}://{parts.netloc}", bearer=None, vendor=vendor, limiter=Limiter({"all": Limit(10, 10)}), patience=patience
        )
        self._lock = asyncio.Lock()
        self._access = ""
        self._fresh_until = 0.0

    @property
    def calls(self) -> int:
        """How many requests for tokens were sent, see `Bearer`."""
        return self._client.calls

    async def token(self) -> str:
        """Return a token that is good for a while, see `Bearer`."""
        if not self._access or self._clock() >= self._fresh_until:
            async with self._lock:
                if not self._access or self._clock() >= self._fresh_until:
                    await self._exchange()
        return self._access

    async def renew(self, refused: str) -> bool:
        """Replace a refused token, unless somebody else already did, see `Bearer`."""
        async with self._lock:
            if self._access == refused:
                await self._exchange()
        return True

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()

    async def _exchange(self) -> None:
        began = self._clock()
        try:
            body = await self._client.fill_in(self._path, {"grant_type": _GRANT, "assertion": statement(self._key, int(self._now()))})
        except Refused as refused:
            raise self._denied(refused) from None
        try:
            access, lives = str(body["access_token"]), float(body["expires_in"])
        except (KeyError, ValueError, TypeError):
            raise ConnectorError(f"{_TITLE} at {self._client.base_url} answered without a token that can be read.") from None
        self._access, self._fresh_until = access, began + lives - min(MARGIN, lives / 10)

    def _denied(self, refused: Refused) -> CredentialsError:
        why = _reason(refused.answer)
        start = f"{_TITLE} gives no token for {self._key.email}: {why}"
        if _OF_TIMES.search(why):
            return CredentialsError(f"{start} This machine's clock {self._drift(refused)}; set it right.")
        return CredentialsError(f"{start}; if the key was deleted or the service account disabled, make a new one.")

    def _drift(self, refused: Refused) -> str:
        if "date" not in refused.answer.headers:
            return "is wrong"
        seconds = round(self._now() - self._client.now().timestamp())
        return f"is {abs(seconds):,} seconds {'ahead of' if seconds > 0 else 'behind'} Google's"


def statement(key: ServiceKey, now: int) -> str:
    """Return who we are and what we ask for, signed with the key."""
    claims = {"iss": key.email, "scope": SCOPE, "aud": key.token_uri, "iat": now, "exp": now + _LIFE}
    text = f"{_encoded({'alg': 'RS256', 'typ': 'JWT', 'kid': key.key_id})}.{_encoded(claims)}"
    return f"{text}.{_base64(key.private.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _encoded(members: Mapping[str, object]) -> str:
    return _base64(json.dumps(members, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _reason(answer: Answer) -> str:
    body: Body = answer.body or {}
    return str(body.get("error_description") or body.get("error") or "no reason given")
