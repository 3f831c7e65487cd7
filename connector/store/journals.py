"""How far the journals of CRMs have been read: one place for each account and tenant."""

from sqlalchemy import select

from connector.store.database import Database, clock, upsert
from connector.store.schema import JOURNALS


class Journals:
    """The places of every account. Needs no lease: reading a stretch twice, or by two processes, says the same twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, account: str, tenant: str, place: str) -> None:
        """Keep a place instead of the one before."""
        with self._database.begin() as connection:
            upsert(connection, JOURNALS, [{"account": account, "tenant": tenant, "place": place, "saved_at": clock(connection)}])

    def find(self, account: str, tenant: str) -> str | None:
        """Return where to go on; None where nothing was read yet."""
        mine = select(JOURNALS.c.place).where(JOURNALS.c.account == account, JOURNALS.c.tenant == tenant)
        with self._database.read() as connection:
            return connection.scalars(mine).first()
