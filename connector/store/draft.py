"""Rows on their way into the store: made while nobody is kept waiting, and more than memory should hold."""

import marshal
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Self

from connector.errors import ConnectorError
from connector.store.rows import Cell

Row = Sequence[Cell]
"""The cells of a row, in the order of its kind's columns."""

CHUNK = 5_000
"""How many rows are written, and go to the database, at once."""
_LENGTH = 8
"""How many bytes tell how long the rows are that follow."""


class Draft:
    """Rows of several kinds in a file of its own, which nobody else sees and which is gone with it."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or gettempdir()
        self._file = TemporaryFile("w+b", dir=folder)  # noqa: SIM115 - `close` closes it
        self._places: dict[str, tuple[int, int]] = {}

    def add(self, kind: str, rows: Iterable[Row]) -> None:
        """Write down all the rows of a kind.

        Raises:
            ConnectorError: the disk takes no more.
        """
        begins, count, waiting = self._file.tell(), 0, iter(rows)
        while some := list(islice(waiting, CHUNK)):
            self._write(marshal.dumps(some))
            count += len(some)
        self._places[kind] = begins, count

    def _write(self, rows: bytes) -> None:
        try:
            self._file.write(len(rows).to_bytes(_LENGTH) + rows)
            self._file.flush()
        except OSError as error:
            raise ConnectorError(f"What was measured could not be written to the folder {self._folder}: {error.strerror}.") from error

    def count(self, kind: str) -> int:
        """Return how many rows there are of a kind."""
        return self._places[kind][1]

    def chunks(self, kind: str) -> Iterator[Sequence[Row]]:
        """Yield the rows of a kind, some at a time."""
        begins, count = self._places[kind]
        self._file.seek(begins)
        while count > 0:
            length = int.from_bytes(self._file.read(_LENGTH))
            # Python's own form is read several times as fast as JSON; nobody but this process can have written to the file.
            found: list[Row] = marshal.loads(self._file.read(length))  # noqa: S302 - ours, see above
            yield found
            count -= len(found)

    def close(self) -> None:
        """Throw it away."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
