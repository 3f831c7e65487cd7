"""The vendor's clock, as its answers tell it: cursors must never hang on ours."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connector.errors import ConnectorError


class Clock:
    """Remembers the `Date` of the last answer and adds the time that has passed since; it never runs ahead of the vendor's own."""

    def __init__(self, host: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._monotonic = monotonic
        self._heard: tuple[datetime, float] | None = None

    def hear(self, date: str | None) -> None:
        """Take the value of a `Date` header; a missing or unreadable one changes nothing."""
        if date is None:
            return
        try:
            told = parsedate_to_datetime(date)
        except ValueError:
            return
        self._heard = (told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC), self._monotonic())

    def now(self) -> datetime:
        """Return the vendor's present time (UTC), at most one second and one journey behind.

        Raises:
            ConnectorError: no answer with a `Date` has come yet.
        """
        if self._heard is None:
            raise ConnectorError(f"{self._host} has not told its time: no answer of it carried a Date header.")
        told, at = self._heard
        return told + timedelta(seconds=self._monotonic() - at)
