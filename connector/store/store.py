"""The store of one operator: one database, opened and migrated, with its groups of tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from connector.store.accounts import Accounts
from connector.store.database import Database, clock, connect, parse
from connector.store.imports import Imports
from connector.store.journals import Journals
from connector.store.leases import Lease, Leases, writing
from connector.store.plans import Plans
from connector.store.records import Records
from connector.store.rows import instant_of
from connector.store.runs import Runs
from connector.store.targets import Targets
from connector.store.tokens import Tokens
from connector.store.unread import UnreadValues
from connector.store.values import Values
from connector.store.versions import migrate


class Store:
    """An open store. Synchronous: one thread writes, others may read.

    `url` is the complete address, password included, for whoever opens a connection of its own; `shown` is the address for people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.shown = database.shown
        self.url = database.engine.url.set(drivername=database.dialect).render_as_string(hide_password=False)
        self.accounts = Accounts(database)
        self.leases = Leases(database)
        self.records = Records(database)
        self.unread = UnreadValues(database)
        self.imports = Imports(database)
        self.runs = Runs(database)
        self.values = Values(database)
        self.targets = Targets(database)
        self.plans = Plans(database)
        self.tokens = Tokens(database)
        self.journals = Journals(database)

    @classmethod
    def open(cls, url: str, *, wait_seconds: float = 10) -> Self:
        """Open the store at this address, make it if it is not there yet, and bring its schema to this version.

        `wait_seconds` is how long a statement waits for a lock of another process.

        Raises:
            SettingsError: the address is unknown, or what is there cannot be read, written or understood.
            StoreBusy: another process has locked it.
        """
        database = connect(parse(url), wait_seconds)
        try:
            migrate(database)
        except BaseException:
            database.engine.dispose()
            raise
        return cls(database)

    def close(self) -> None:
        """Close every connection."""
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self) -> datetime:
        """Return the database's own time."""
        with self._database.read() as connection:
            return instant_of(clock(connection))

    @contextmanager
    def write(self, lease: Lease) -> Iterator[Connection]:
        """Open a transaction that commits only if the lease is ours.

        Raises:
            StoreBusy: the lease is lost; nothing was written.
        """
        with writing(self._database, lease) as connection:
            yield connection
