"""The account's allowance of requests for the day, as answers tell it, and the part of it that we leave to others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from connector.errors import TryLater


@dataclass(slots=True)
class Day:
    """Stops us before the account's day is used up.

    `reserve` is the share (0 to 1) of the day's requests that is not ours to use; 0 takes all. `zone` is where the day ends at midnight,
    once that is known; `now` is the vendor's clock. `underway` requests are not counted in what answers told last.
    """

    title: str
    reserve: float
    now: Callable[[], datetime]
    zone: ZoneInfo | None = None
    limit: int | None = None
    left: int | None = None
    underway: int = 0

    @property
    def used(self) -> int | None:
        """How many of the day's requests are used, by whomever, as last told."""
        return None if self.limit is None or self.left is None else self.limit - self.left

    def hear(self, limit: int, left: int) -> None:
        """Take what an answer tells."""
        self.limit, self.left = limit, left

    @contextmanager
    def request(self) -> Iterator[None]:
        """Let a request be under way as long as more than the reserve is left.

        Raises:
            TryLater: it is not; the message says when the next day begins.
        """
        self._spare()
        self.underway += 1
        try:
            yield
        finally:
            self.underway -= 1

    def _spare(self) -> None:
        if not self.reserve or self.limit is None or self.left is None or self.left - self.underway >= self.reserve * self.limit:
            return
        raise TryLater(
            f"{self.title} has {self.left:,} of the day's {self.limit:,} requests left, and {self.reserve:.0%} of them are kept for others "
            f"(setting daily_reserve); {self.resets()}."
        )

    def resets(self) -> str:
        """Say when the next day begins."""
        if self.zone is None:
            return "the next day begins at midnight in the account's time zone"
        tomorrow = self.now().astimezone(self.zone).date() + timedelta(days=1)
        return f"the next day begins at {datetime.combine(tomorrow, time(), self.zone):%Y-%m-%d %H:%M %Z} ({self.zone.key})"
