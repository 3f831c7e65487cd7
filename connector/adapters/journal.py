"""What a CRM writes down of its changes, for whoever asks: the same hints as those it would send, fetched instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from connector.model import Hint


@dataclass(frozen=True, slots=True)
class News:
    """What was written down since a place: `place` is where to go on, `gap` says what is lost in between, or is empty."""

    hints: Sequence[Hint]
    place: str
    gap: str = ""


class Journal(Protocol):
    """The journal of one account."""

    @property
    def every(self) -> timedelta:
        """How long to wait between two questions."""
        ...

    async def news(self, tenant: str, place: str | None) -> News:
        """Return what was written down of a tenant's changes since a place; None begins now and brings nothing.

        Raises:
            CredentialsError, AccessRefused, TryLater: see `connector.errors`; nothing is lost, ask again from the same place.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
