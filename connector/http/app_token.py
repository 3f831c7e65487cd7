"""The bearer of an app that speaks for itself and not for an account: client credentials, with nothing that would have to be kept."""

import asyncio
import time
from collections.abc import Callable

from connector.errors import CredentialsError
from connector.http.answer import Refused
from connector.http.patience import Patience
from connector.http.token_endpoint import OAuthApp, TokenEndpoint, reason


class AppToken:
    """Tokens for an app's own scopes, see `Bearer`; a new one is asked for when nine tenths of the last one's life are over."""

    def __init__(self, app: OAuthApp, patience: Patience | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._endpoint = TokenEndpoint(app, patience)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token = ""
        self._fresh_until = 0.0

    @property
    def calls(self) -> int:
        """How many requests for tokens were sent, see `Bearer`."""
        return self._endpoint.calls

    async def token(self) -> str:
        """Return a token that is good for a while, see `Bearer`."""
        async with self._lock:
            if self._clock() >= self._fresh_until:
                await self._ask()
        return self._token

    async def renew(self, refused: str) -> bool:
        """Replace a refused token, unless somebody else already did, see `Bearer`."""
        async with self._lock:
            if self._token == refused:
                await self._ask()
        return True

    async def close(self) -> None:
        """Give back connections."""
        await self._endpoint.close()

    async def _ask(self) -> None:
        began = self._clock()
        try:
            body = await self._endpoint.ask({"grant_type": "client_credentials", "scope": " ".join(self._app.scopes)})
        except Refused as refused:
            raise CredentialsError(
                f"{self._app.title} gives the app no token for {', '.join(self._app.scopes)}: {reason(refused.answer)}."
            ) from None
        try:
            self._token, lives = str(body["access_token"]), float(body["expires_in"])
        except (KeyError, ValueError, TypeError):
            raise self._endpoint.unreadable() from None
        self._fresh_until = began + 0.9 * lives
