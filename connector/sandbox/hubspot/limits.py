"""Rate limits: a rolling ten seconds, a day of the account's calendar, and search by the second (hubspot.md 7 [D])."""

import time
from collections import deque
from datetime import date

from connector.sandbox.hubspot.errors import Refusal

INTERVAL_SECONDS = 10.0
SEARCH_INTERVAL_SECONDS = 1.0
DAILY_HEADERS = ("X-HubSpot-RateLimit-Daily", "X-HubSpot-RateLimit-Daily-Remaining")
_MESSAGES = {
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
    "DAILY": "You have reached your daily limit.",
}


def limited(policy: str) -> Refusal:
    """Return the 429 of a policy; like the vendor's, it says nothing of when to come back (hubspot.md 7 [G])."""
    return Refusal(
        429, "RATE_LIMITS", _MESSAGES[policy], errorType="RATE_LIMIT", policyName=policy, groupName="publicapi:private-apps:api-calls"
    )


class _Window:
    """At most `maximum` calls in any `seconds`; refused calls do not count."""

    def __init__(self, maximum: int, seconds: float) -> None:
        self.maximum = maximum
        self._seconds = seconds
        self._calls: deque[float] = deque()

    def left(self, now: float) -> int:
        while self._calls and self._calls[0] <= now - self._seconds:
            self._calls.popleft()
        return self.maximum - len(self._calls)

    def count(self, now: float) -> None:
        self._calls.append(now)


class Limiter:
    """Counts the calls of the one app that has a token; windows run on real time, the day on the portal's."""

    def __init__(self, *, burst: int, search: int, daily: int) -> None:
        self._burst = _Window(burst, INTERVAL_SECONDS)
        self._search = _Window(search, SEARCH_INTERVAL_SECONDS)
        self.daily = daily
        self.used = 0
        self._day: date | None = None

    def admit(self, today: date, *, is_search: bool) -> None:
        """Count one call.

        Raises:
            Refusal: a limit is reached.
        """
        now = time.monotonic()
        self._turn(today)
        if self.used >= self.daily:
            raise limited("DAILY")
        if self._burst.left(now) <= 0:
            raise limited("TEN_SECONDLY_ROLLING")
        if is_search and self._search.left(now) <= 0:
            raise limited("SECONDLY")
        self.used += 1
        self._burst.count(now)
        if is_search:
            self._search.count(now)

    def headers(self) -> dict[str, str]:
        """Return what every answer but those of search carries (hubspot.md 7 [D] [N2])."""
        return {
            "X-HubSpot-RateLimit-Max": str(self._burst.maximum),
            "X-HubSpot-RateLimit-Remaining": str(max(0, self._burst.left(time.monotonic()))),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(INTERVAL_SECONDS * 1000)),
            **dict(zip(DAILY_HEADERS, (str(self.daily), str(max(0, self.daily - self.used))), strict=True)),
        }

    def _turn(self, today: date) -> None:
        if today != self._day:
            self._day = today
            self.used = 0
