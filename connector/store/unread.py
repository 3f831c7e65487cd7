"""Single values that could not be read: which ones there are now, by record and field."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select

from connector.model import FILLS, Entity, Page, Stream, Unread
from connector.store.database import Database, upsert
from connector.store.landing import Landing
from connector.store.schema import RECORD_TABLES, UNREAD

_CHUNK = 500


def note_unread(landing: Landing, stream: Stream, page: Page) -> None:
    """Take note of what a page could not read of records that are there, and forget what was noted of them before.

    With the end of a pass over everything, what was noted of records that are gone is forgotten, too.
    """
    entity = FILLS[stream][0]
    mine = (UNREAD.c.account == landing.account) & (UNREAD.c.entity == entity.value)
    ids = [record.id for record in page.records if record.entity is entity]
    for start in range(0, len(ids), _CHUNK):
        landing.connection.execute(delete(UNREAD).where(mine, UNREAD.c.record.in_(ids[start : start + _CHUNK])))
    if page.is_last and page.is_full:
        table = RECORD_TABLES[entity]
        live = select(table.c.id).where(table.c.account == landing.account, table.c.deleted_at.is_(None))
        landing.connection.execute(delete(UNREAD).where(mine, UNREAD.c.record.not_in(live)))
    columns = ("account", "entity", "record", "field", "reason")
    gone = {record.id for record in page.records if record.deleted_at}
    rows = {(one.record, one.field): one.reason for one in page.unread if one.record not in gone}
    cells = [dict(zip(columns, (landing.account, entity.value, *key, why), strict=True)) for key, why in rows.items()]
    upsert(landing.connection, UNREAD, cells)


class UnreadValues:
    """The values of every account that could not be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, account: str) -> Sequence[Unread]:
        """Return every one of them, by kind, record and field."""
        with self._database.read() as connection:
            found = connection.execute(select(UNREAD).where(UNREAD.c.account == account).order_by(*UNREAD.primary_key))
            return [Unread(Entity(row.entity), row.record, row.field, row.reason) for row in found]

    def counts(self, account: str) -> Mapping[tuple[Entity, str], int]:
        """Return how many there are of each field of each kind of record, the most first."""
        number = func.count().label("number")
        of_account = select(UNREAD.c.entity, UNREAD.c.field, number).where(UNREAD.c.account == account)
        query = of_account.group_by(UNREAD.c.entity, UNREAD.c.field).order_by(number.desc(), UNREAD.c.entity, UNREAD.c.field)
        with self._database.read() as connection:
            return {(Entity(row.entity), row.field): row.number for row in connection.execute(query)}
