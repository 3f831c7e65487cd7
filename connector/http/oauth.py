"""OAuth 2.0 for one account: a bearer token renewed ahead of time, one refresh for all who wait, the refresh token kept in a vault."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from connector.errors import CredentialsError
from connector.http.answer import Body, Refused
from connector.http.patience import Patience
from connector.http.token_endpoint import OAuthApp, TokenEndpoint, reason

MARGIN = 90.0
"""A token is renewed this many seconds before it runs out, or when a tenth of its life is left, whichever is later."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A refresh token and the vendor's id of the account that it opens."""

    tenant: str
    token: str = field(repr=False)


class TokenVault(Protocol):
    """Where one account's refresh token is kept between runs."""

    async def load(self) -> Kept | None:
        """Return what is kept; None where the account was never connected.

        Raises:
            SettingsError: it is there, but cannot be opened.
        """
        ...

    async def save(self, kept: Kept) -> None:
        """Keep this one instead.

        Raises:
            SettingsError: it could not be kept safely.
        """
        ...


class Pocket:
    """A vault that forgets at the end of the process."""

    def __init__(self, kept: Kept | None = None) -> None:
        self.kept = kept

    async def load(self) -> Kept | None:
        """Return it, see `TokenVault`."""
        return self.kept

    async def save(self, kept: Kept) -> None:
        """Keep it, see `TokenVault`."""
        self.kept = kept


class OAuth:
    """The bearer of one account, see `Bearer`. Every request of the account takes its token here, so that one refresh serves all."""

    def __init__(
        self, app: OAuthApp, vault: TokenVault, patience: Patience | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._vault = vault
        self._clock = clock
        self._endpoint = TokenEndpoint(app, patience)
        self._lock = asyncio.Lock()
        self._access = ""
        self._fresh_until = 0.0
        self._lost: CredentialsError | None = None

    def authorize_url(self, *, redirect_uri: str, state: str, challenge: str) -> str:
        """Return the page on which a person lets us in; `challenge` is the S256 challenge of the later exchange's verifier."""
        query = {
            "client_id": self._app.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self._app.scopes),
            "optional_scope": " ".join(self._app.optional_scopes),
            "response_type": "code",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._app.authorize_url}?{urlencode({name: value for name, value in query.items() if value})}"

    async def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> None:
        """Redeem a code for tokens, and keep the refresh token in the vault.

        Raises:
            CredentialsError, TryLater: no tokens came.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        async with self._lock:
            began = self._clock()
            await self._take(await self._asked(form), Kept("", ""), began)
            self._lost = None

    @property
    def calls(self) -> int:
        """How many requests for tokens were sent, see `Bearer`."""
        return self._endpoint.calls

    async def token(self) -> str:
        """Return a token that is good for a while, see `Bearer`."""
        if self._clock() >= self._fresh_until:
            async with self._lock:
                if self._clock() >= self._fresh_until:
                    await self._refresh()
        return self._access

    async def renew(self, refused: str) -> bool:
        """Replace a refused token, unless somebody else already did, see `Bearer`."""
        async with self._lock:
            if self._access == refused:
                await self._refresh()
        return True

    async def close(self) -> None:
        """Give back connections."""
        await self._endpoint.close()

    async def _refresh(self) -> None:
        if self._lost is not None:
            raise self._lost
        kept, began = await self._loaded(), self._clock()
        try:
            body = await self._asked(_renewal(kept))
        except CredentialsError as error:
            # Where refresh tokens change with each use, another process may just have used this one and kept its successor.
            newer = await self._loaded()
            if newer.token == kept.token:
                self._lost = error
                raise
            kept, body = newer, await self._asked(_renewal(newer))
        await self._take(body, kept, began)

    async def _loaded(self) -> Kept:
        kept = await self._vault.load()
        if kept is None:
            raise CredentialsError(f"This account is not connected to {self._app.title} yet; run `{self._app.connect}`.")
        return kept

    async def _take(self, body: Body, kept: Kept, began: float) -> None:
        try:
            access, lives, refresh = str(body["access_token"]), float(body["expires_in"]), str(body.get("refresh_token") or kept.token)
        except (KeyError, ValueError, TypeError):
            raise self._endpoint.unreadable() from None
        tenant = str(body.get(self._app.tenant) or kept.tenant)
        if (tenant, refresh) != (kept.tenant, kept.token):
            # Kept before it is used: the one before may be worth nothing by now.
            await self._vault.save(Kept(tenant, refresh))
        self._access, self._fresh_until = access, began + lives - min(MARGIN, lives / 10)

    async def _asked(self, form: Mapping[str, str]) -> Body:
        """Send a form to the token endpoint.

        Raises:
            CredentialsError: the vendor does not give a token for it.
            TryLater: it cannot be reached.
        """
        try:
            return await self._endpoint.ask(form)
        except Refused as refused:
            raise self._denied(refused) from None

    def _denied(self, refused: Refused) -> CredentialsError:
        why = reason(refused.answer)
        if refused.body.get("error") == "invalid_client":
            return CredentialsError(f"{self._app.title} does not know the app: {why}; check the settings client_id and client_secret.")
        return CredentialsError(f"{self._app.title} gives no token for this account: {why}; connect it anew with `{self._app.connect}`.")


def _renewal(kept: Kept) -> Mapping[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": kept.token}
