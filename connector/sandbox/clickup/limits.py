"""Calls of a minute by plan, and what every answer says of them (clickup.md 2 [D] [C])."""

from connector.sandbox.hubspot.clock import Clock

FREE = "Free Forever"
PER_MINUTE = {FREE: 100, "Unlimited": 100, "Business": 100, "Business Plus": 1000, "Enterprise": 10_000}
"""How many calls a token has, plan by plan."""
_SECOND, _MINUTE = 1000, 60_000


class Limiter:
    """Counts the calls of the one token; a minute begins with its first call and runs on the Workspace's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = 0
        self._used = 0

    def admit(self, most: int) -> bool:
        """Count a call and say whether it is within the limit; refused calls count no further."""
        now = self._clock.now()
        if now >= self._until:
            self._until, self._used = now + _MINUTE, 0
        if self._used >= most:
            return False
        self._used += 1
        return True

    def headers(self, most: int) -> dict[str, str]:
        """Return what every answer carries."""
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - self._used)),
            "X-RateLimit-Reset": str(-(-self._until // _SECOND)),
        }
