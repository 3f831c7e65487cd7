"""What was consented to by OAuth, and the tokens that came of it; they run out on real time (hubspot.md 2.2 [S])."""

import secrets
import time
from dataclasses import dataclass

from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import Refusal, missing_scopes

CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-app-secret"  # noqa: S105  # opens a box of public data, nothing else


@dataclass(frozen=True, slots=True)
class Code:
    """A consent that waits for its exchange."""

    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]


class Grants:
    """What was consented to, and the tokens that came of it; an access token lives for `seconds` of real time."""

    def __init__(self, seconds: float, *, rotates: bool) -> None:
        self.seconds = seconds
        self.rotates = rotates
        self.consents = True
        self.codes: dict[str, Code] = {}
        self.refresh: dict[str, tuple[str, ...]] = {}
        self.access: dict[str, float] = {}
        self.apps: dict[str, tuple[float, tuple[str, ...]]] = {}
        """Tokens that the app has for itself: when they run out, and for which scopes they are."""

    def consent(self, code: Code) -> str:
        """Remember a consent and return its code."""
        made = secrets.token_urlsafe(12)
        self.codes[made] = code
        return made

    def issue(self, scopes: tuple[str, ...], refresh: str | None = None) -> tuple[str, str]:
        """Return a new access token and the refresh token to use from now on."""
        if refresh is None or self.rotates:
            self.refresh.pop(refresh or "", None)
            refresh = f"refresh-{secrets.token_urlsafe(12)}"
        self.refresh[refresh] = scopes
        access = f"access-{secrets.token_urlsafe(12)}"
        self.access[access] = time.monotonic() + self.seconds
        return access, refresh

    def issue_to_app(self, scopes: tuple[str, ...]) -> str:
        """Return a token with which the app speaks for itself, and for no account (hubspot.md 12.3 [D])."""
        token = f"app-{secrets.token_urlsafe(12)}"
        self.apps[token] = (time.monotonic() + self.seconds, scopes)
        return token

    def require(self, token: str, scope: str) -> None:
        """Let a call of the app itself pass.

        Raises:
            Refusal: the token is none of the app's own, has run out, or is not for this.
        """
        until, scopes = self.apps.get(token, (0.0, ()))
        if not scopes:
            message = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
            raise Refusal(401, "INVALID_AUTHENTICATION", message)
        if until <= time.monotonic():
            raise Refusal(401, "EXPIRED_AUTHENTICATION", "The OAuth token used to make this call expired.")
        if scope not in scopes:
            raise missing_scopes([scope])

    def expire(self) -> None:
        """Let every access token run out now."""
        self.access = dict.fromkeys(self.access, time.monotonic())
        self.apps = {token: (time.monotonic(), scopes) for token, (_, scopes) in self.apps.items()}

    def check(self, token: str, now: int) -> None:
        """Let a known token pass while it lives.

        Raises:
            Refusal: it has run out; the words are those seen in the field (hubspot.md 2.2 [G]).
        """
        ago = time.monotonic() - self.access[token]
        if ago >= 0:
            message = f"The OAuth token used to make this call expired {int(ago)} second(s) ago."
            raise Refusal(401, "EXPIRED_AUTHENTICATION", message, context={"expire time": [iso(now - int(1000 * ago))]})
