"""Who may write for an account: a lease with a fencing epoch, on the database's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.errors import StoreBusy
from connector.store.database import Database, clock
from connector.store.rows import instant_of
from connector.store.schema import ACCOUNTS

_SECOND = 1_000_000
_NEW = {"push_confirmed": 0, "epoch": 0, "ttl": 0, "until": 0, "row_version": 0, "run_no": 0}


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write for one account. `epoch` grows with every holder, so that one who lost the lease cannot commit any more."""

    account: str
    holder: str
    epoch: int


class Leases:
    """One lease an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, account: str, holder: str, ttl_seconds: float = 30) -> Lease:
        """Take the account's lease for `ttl_seconds`, counted anew with every write and every `renew`.

        Raises:
            StoreBusy: somebody holds it; the message says who and until when.
        """
        with self._database.begin() as connection:
            ensure(connection, account)
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.account == account).with_for_update()).one()
            now = clock(connection)
            if row.until > now:
                raise StoreBusy(f"The account {account!r} is being worked on by {row.holder} until {_shown(row.until)}; try again then.")
            ttl = round(ttl_seconds * _SECOND)
            _set(connection, account, holder=holder, epoch=row.epoch + 1, ttl=ttl, until=now + ttl)
            return Lease(account, holder, row.epoch + 1)

    def renew(self, lease: Lease) -> None:
        """Count the lease's time anew.

        Raises:
            StoreBusy: the lease is lost.
        """
        with self._database.begin() as connection:
            hold(connection, lease)

    def check(self, lease: Lease) -> None:
        """Make sure that the lease is still ours, without writing.

        Raises:
            StoreBusy: the lease is lost.
        """
        with self._database.read() as connection:
            row = connection.execute(select(ACCOUNTS.c.epoch, ACCOUNTS.c.until).where(ACCOUNTS.c.account == lease.account)).first()
            if row is None or row.epoch != lease.epoch or row.until <= clock(connection):
                raise lost(lease)

    def release(self, lease: Lease) -> None:
        """Give the lease back; one that is lost already stays where it is."""
        with self._database.begin() as connection:
            mine = (ACCOUNTS.c.account == lease.account) & (ACCOUNTS.c.epoch == lease.epoch)
            connection.execute(update(ACCOUNTS).where(mine).values(holder=None, until=0))

    def evict(self, account: str, holder: str) -> None:
        """Take the lease from a holder that is known to be dead; should it live after all, it cannot commit any more."""
        with self._database.begin() as connection:
            theirs = (ACCOUNTS.c.account == account) & (ACCOUNTS.c.holder == holder)
            connection.execute(update(ACCOUNTS).where(theirs).values(holder=None, until=0))

    def holder(self, account: str) -> tuple[str, datetime] | None:
        """Return who holds the lease and until when; None if nobody does."""
        with self._database.read() as connection:
            row = connection.execute(select(ACCOUNTS.c.holder, ACCOUNTS.c.until).where(ACCOUNTS.c.account == account)).first()
            return (row.holder, instant_of(row.until)) if row and row.until > clock(connection) else None


@contextmanager
def writing(database: Database, lease: Lease) -> Iterator[Connection]:
    """Open a transaction in which the account is ours alone, from the first statement to the commit.

    Raises:
        StoreBusy: the lease is lost; nothing was written.
    """
    with database.begin() as connection:
        hold(connection, lease)
        yield connection


def hold(connection: Connection, lease: Lease) -> None:
    """Check and renew the lease in one statement, which also locks the account's row until the transaction ends.

    Raises:
        StoreBusy: the lease is lost.
    """
    now = clock(connection)
    mine = (ACCOUNTS.c.account == lease.account) & (ACCOUNTS.c.epoch == lease.epoch) & (ACCOUNTS.c.until > now)
    if connection.execute(update(ACCOUNTS).where(mine).values(until=now + ACCOUNTS.c.ttl)).rowcount != 1:
        raise lost(lease)


def lost(lease: Lease) -> StoreBusy:
    """Return the error that says that a lease ran out or went to somebody else."""
    return StoreBusy(f"The lease of {lease.holder} on the account {lease.account!r} is lost; the next run goes on from what was saved.")


def ensure(connection: Connection, account: str) -> None:
    """Make the account's row if there is none."""
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(ACCOUNTS)
    connection.execute(insert.on_conflict_do_nothing(), {"account": account, **_NEW})


def _set(connection: Connection, account: str, **columns: str | int | None) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.account == account).values(**columns))


def _shown(microseconds: int) -> str:
    return instant_of(microseconds).strftime("%Y-%m-%d %H:%M:%S UTC")
