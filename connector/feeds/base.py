"""What every feed promises: whole days of rows for a few tables, from a service that is no CRM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol

from connector.model import Arrival, Entity, Fault


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one table on some days; a record without an id is named by its own columns. `notes` say what the service left out."""

    rows: Sequence[Arrival | Fault]
    notes: tuple[str, ...] = ()


class Feed(Protocol):
    """One service beside the CRM.

    `name` is what settings, rows and commands call it, `place` what it is read from: rows of another place are not mixed with these.
    `tables` are read one by one. Of past days, the last `restated_days` may still change; `history_days` are read the first time.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    tables: ClassVar[tuple[Entity, ...]]
    place: str
    restated_days: int
    history_days: int

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        ...

    async def read(self, table: Entity, first: date, last: date) -> Batch:
        """Return all rows of a table on the days from `first` to `last`.

        Raises:
            ConnectorError: they cannot be read, or not all of them.
        """
        ...

    async def check(self, first: date, last: date) -> Sequence[str]:
        """Try to read a few of these days' rows of every table, and say in sentences what there is.

        Raises:
            ConnectorError: nothing can be read.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...
