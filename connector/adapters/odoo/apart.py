"""Streams of apps that are not everywhere: what is read for them is found out anew with each pass."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.rpc import Row
from connector.model import Record

Read = Callable[[Row], Iterable[Record]]
"""How a row is read."""


class Apart(Protocol):
    """One such stream as it was last found: `meaning` is a digest of what its records mean, see `Cursor`, `lacks` what they do not tell."""

    meaning: str
    lacks: Sequence[str]

    async def kinds(self) -> list[Kind]:
        """Find out what is read.

        Raises:
            AccessRefused, Refused: nothing can be.
        """
        ...

    async def way(self, rows: Sequence[Row], kind: Kind) -> Read:
        """Return how the rows of a page are read, with what lies around them."""
        ...
