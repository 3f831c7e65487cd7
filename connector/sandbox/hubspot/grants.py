"""What was consented to by OAuth, and the tokens that came of it; they run out on real time (hubspot.md 2.2 [S])."""

import secrets
import time
from dataclasses import dataclass

from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import Refusal

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

    def expire(self) -> None:
        """Let every access token run out now."""
        self.access = dict.fromkeys(self.access, time.monotonic())

    def check(self, token: str, now: int) -> None:
        """Let a known token pass while it lives.

        Raises:
            Refusal: it has run out; the words are those seen in the field (hubspot.md 2.2 [G]).
        """
        ago = time.monotonic() - self.access[token]
        if ago >= 0:
            message = f"The OAuth token used to make this call expired {int(ago)} second(s) ago."
            raise Refusal(401, "EXPIRED_AUTHENTICATION", message, context={"expire time": [iso(now - int(1000 * ago))]})
