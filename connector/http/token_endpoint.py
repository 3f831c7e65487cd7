"""Where an app gets its tokens: one form, answered with a token or with the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import SecretStr

from connector.errors import ConnectorError
from connector.http.answer import Answer, Body, Refused
from connector.http.client import Client
from connector.http.limiter import Limit, Limiter
from connector.http.patience import Patience
from connector.http.vendor import Meaning, Vendor


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """An app as it is registered with a vendor.

    `token_paths` are tried in turn until one is there; `tenant` names the member of a token answer that holds the account's id;
    `connect` is the command that makes a new connection.
    """

    title: str
    client_id: str
    client_secret: SecretStr
    authorize_url: str
    base_url: str
    token_paths: tuple[str, ...]
    scopes: tuple[str, ...]
    optional_scopes: tuple[str, ...]
    tenant: str
    connect: str


def reason(answer: Answer) -> str:
    """Return why there is no token, in the vendor's words."""
    body = answer.body or {}
    return str(body.get("error_description") or body.get("message") or body.get("error") or "no reason given")


class TokenEndpoint:
    """The token endpoint of one app."""

    def __init__(self, app: OAuthApp, patience: Patience | None = None) -> None:
        meanings: dict[int, Meaning] = {HTTPStatus.UNAUTHORIZED: Meaning.REFUSED, HTTPStatus.FORBIDDEN: Meaning.REFUSED}
        vendor = Vendor(app.title, reason=reason, meanings=meanings)
        self._app = app
        # A limiter of its own: a call that holds a place may wait for a token.
        self._client = Client(app.base_url, bearer=None, vendor=vendor, limiter=Limiter({"all": Limit(10, 10)}), patience=patience)

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._client.calls

    async def ask(self, form: Mapping[str, str]) -> Body:
        """Send a form.

        Raises:
            Refused: the vendor does not give a token for it.
            TryLater: it cannot be reached.
        """
        whole = {**form, "client_id": self._app.client_id, "client_secret": self._app.client_secret.get_secret_value()}
        for path in self._app.token_paths:
            try:
                return await self._client.fill_in(path, whole)
            except Refused as refused:
                if refused.status != HTTPStatus.NOT_FOUND:
                    raise
        raise ConnectorError(f"{self._app.title} at {self._app.base_url} has no token endpoint at {', '.join(self._app.token_paths)}.")

    def unreadable(self) -> ConnectorError:
        """Return what to raise for an answer that holds no token."""
        return ConnectorError(f"{self._app.title} at {self._app.base_url} answered without a token that can be read.")

    async def close(self) -> None:
        """Give back connections."""
        await self._client.close()
