"""The file of a cache: opened as it is, or laid out anew where it is of no use."""

import hashlib
from pathlib import Path

import duckdb

from connector.engine.columns import layout, quoted
from connector.errors import StoreBusy
from connector.model import RECORDS

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}
_LAYOUT = "3"
"""Changes with what a cache file holds besides the records."""
_LOCKED = "Could not set lock"


def mark_of(account: str, store_url: str) -> str:
    """Name everything a cache file depends on: layout, DuckDB, store and account."""
    parts = [_LAYOUT, duckdb.__version__, account, store_url, *(layout(entity) for entity in RECORDS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def opened(path: Path, mark: str, memory: str) -> duckdb.DuckDBPyConnection:
    """Open the file, which is laid out anew unless it bears this mark, with a limit to what its queries may take.

    Raises:
        StoreBusy: another process has it open.
    """
    connection = _marked(path, mark)
    connection.execute(f"set memory_limit = {quoted(memory)}").fetchall()
    # Our output is ours: DuckDB would draw a bar there as soon as a query takes two seconds.
    connection.execute("set enable_progress_bar_print = false").fetchall()
    return connection


def holds(connection: duckdb.DuckDBPyConnection, mark: str) -> bool:
    """Return whether the cache is what the mark says, and whole."""
    try:
        return connection.execute("select mark from crm.mark").fetchall() == [(mark,)]
    except duckdb.Error:
        return False


def _marked(path: Path, mark: str) -> duckdb.DuckDBPyConnection:
    connection = _connected(path)
    if connection is not None:
        if holds(connection, mark):
            return connection
        connection.close()
    for leftover in (path, path.with_name(f"{path.name}.wal")):
        leftover.unlink(missing_ok=True)
    fresh = duckdb.connect(path, config=_CONFIG)
    _lay_out(fresh, mark)
    return fresh


def _connected(path: Path) -> duckdb.DuckDBPyConnection | None:
    """Open the file as it is, or return None where it is no use to this DuckDB."""
    try:
        return duckdb.connect(path, config=_CONFIG)
    except duckdb.Error as error:
        if _LOCKED in str(error):
            raise StoreBusy(f"Another process is measuring: {path} is in use.") from error
        return None


def _lay_out(connection: duckdb.DuckDBPyConnection, mark: str) -> None:
    connection.begin()
    connection.execute("create schema crm")
    for entity in RECORDS:
        connection.execute(layout(entity))
    connection.execute("create table crm.aliases (kind varchar, old varchar, survivor varchar)")
    connection.execute("create table crm.queries (digest varchar, key varchar, query varchar)")
    connection.execute("create table crm.mark as select ? as mark", [mark])
    connection.commit()
