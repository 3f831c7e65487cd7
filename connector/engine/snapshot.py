"""Reads the store at one moment: one transaction, through the database's own ADBC driver, straight into columns."""

import importlib
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote

import adbc_driver_manager
from adbc_driver_manager import dbapi

from connector.errors import SettingsError, StoreBusy


class Snapshot:
    """One read transaction on the store at a database URL; everything fetched from it is of the same moment.

    Raises:
        SettingsError: the URL is of a database we do not know.
        StoreBusy: the database cannot be read now.
    """

    def __init__(self, url: str) -> None:
        try:
            self._connection = _connect(url)
            self._cursor = self._connection.cursor()
            if not url.startswith("sqlite"):
                self._cursor.execute("set transaction isolation level repeatable read read only")
        except adbc_driver_manager.Error as error:
            raise StoreBusy(f"The store cannot be read: {_sentence(error)}") from error

    def fetch(self, query: str) -> Any:  # noqa: ANN401 - the stream has no type but its protocol, which DuckDB scans
        """Return the rows of a query as an Arrow stream; read it before the next fetch."""
        try:
            self._cursor.execute(query)
            return self._cursor.fetch_arrow()
        except adbc_driver_manager.Error as error:
            raise StoreBusy(f"The store cannot be read: {_sentence(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._cursor.close()
        self._connection.close()


def _connect(url: str) -> dbapi.Connection:
    """Connect with the driver of the database in use, and load only that one."""
    scheme, _, place = url.partition("://")
    if scheme.startswith("sqlite"):
        return _sqlite(place.removeprefix("/").partition("?")[0])
    if scheme.startswith("postgres"):
        return _postgresql(f"postgresql://{place}")
    raise SettingsError(f"The store is a {scheme!r} database; allowed are sqlite and postgresql.")


def _sqlite(path: str) -> dbapi.Connection:
    if not Path(path).exists():
        raise StoreBusy(f"The store {path} is not there (yet).")
    driver = importlib.import_module("adbc_driver_sqlite.dbapi")
    return cast("dbapi.Connection", driver.connect(f"file:{quote(path)}?mode=ro"))


def _postgresql(url: str) -> dbapi.Connection:
    driver = importlib.import_module("adbc_driver_postgresql.dbapi")
    return cast("dbapi.Connection", driver.connect(url))


def _sentence(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
