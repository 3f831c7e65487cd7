"""The CRM's records as we keep them, stream by stream, with the place where each stream goes on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from connector.model import FILLS, Entity, GoalRecord, Held, Page, Print, Record, Rejected, Stream
from connector.store.continuing import continued
from connector.store.database import Database, Found, clock, upsert
from connector.store.landing import Landing, bury_merged, bury_missing, hold_values, keep_prints, land, quarantine, rows_of, see, sweep
from connector.store.leases import Lease, writing
from connector.store.rows import Cells, maybe_instant, record_of
from connector.store.schema import ACCOUNTS, HELD, PRINTS, QUARANTINE, RECORD_TABLES, STREAMS
from connector.store.unread import note_unread

Key = tuple[Entity, str, str]
"""Entity, record and field."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How far a stream is.

    `loaded` means that the first load came to its end, `full` that the latest pass goes (or went) over everything there is. `run` is the
    run that completed the stream last, `full_at` the end of the last pass over everything; `refused` says why it cannot be pulled now.
    """

    cursor: str | None = None
    loaded: bool = False
    pass_no: int = 0
    full: bool = False
    run: str | None = None
    completed_at: datetime | None = None
    full_at: datetime | None = None
    refused: str | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """What one page did: rows it brought, rows changed by it, records kept in quarantine, and rows that a finished full pass buried."""

    rows: int
    changed: int
    rejected: int
    deleted: int


class Records:
    """The records of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, account: str, stream: Stream) -> StreamState:
        """Return how far the stream is; a stream that was never pulled has the state it starts with."""
        with self._database.read() as connection:
            row = _stream(connection, account, stream)
            return StreamState() if row is None else _state(row)

    def save_page(self, lease: Lease, run: str, stream: Stream, page: Page) -> Saved:
        """Land one page and its cursor in one transaction: all of it is kept, or nothing.

        A page that `is_full` begins a new pass unless one is under way. Rows that the pass did not bring are buried with its last page.

        Raises:
            StoreBusy: the lease is lost, or the store is locked.
        """
        with writing(self._database, lease) as connection:
            before = _stream(connection, lease.account, stream)
            landing = Landing(
                connection,
                account=lease.account,
                origin=stream.value,
                pass_no=_pass_no(before, page),
                version=next_version(connection, lease),
                now=clock(connection),
                run=run,
            )
            rows, misfits = rows_of(continued(landing, page))
            changed = land(landing, rows)
            hold_values(connection, lease.account, page.held)
            see(landing, stream, (*page.same, *page.kept))
            quarantine(landing, (*page.rejected, *misfits))
            keep_prints(landing, page.prints, misfits)
            deleted = bury_merged(landing, page.records) + bury_missing(landing, FILLS[stream][0], page.gone)
            deleted += sweep(landing, stream) if page.is_last and page.is_full else 0
            note_unread(landing, stream, page)
            upsert(connection, STREAMS, [_after(landing, stream, page, before)])
            return Saved(sum(map(len, rows.values())) + len(page.same), changed, len(page.rejected) + len(misfits), deleted)

    def save_records(self, lease: Lease, run: str, stream: Stream, *, ids: Collection[str], page: Page) -> Saved:
        """Land records that were read again by id, beside whatever pass over the stream is under way; those not found are buried.

        Those that the page names as the same stay. Where the stream goes on, and when it was completed last, stays as it is.

        Raises:
            StoreBusy: the lease is lost, or the store is locked.
        """
        entity = FILLS[stream][0]
        with writing(self._database, lease) as connection:
            before = _stream(connection, lease.account, stream)
            landing = Landing(
                connection,
                account=lease.account,
                origin=stream.value,
                pass_no=int(before.pass_no) if before else 0,
                version=next_version(connection, lease),
                now=clock(connection),
                run=run,
            )
            rows, misfits = rows_of(continued(landing, page))
            rejected = (*page.rejected, *misfits)
            changed = land(landing, rows)
            hold_values(connection, lease.account, page.held)
            quarantine(landing, rejected)
            keep_prints(landing, page.prints, misfits)
            known = {*page.same, *rows.get(entity, {}), *(one.id for one in rejected)}
            deleted = bury_merged(landing, page.records)
            deleted += bury_missing(landing, entity, [one for one in dict.fromkeys(ids) if one not in known])
            note_unread(landing, stream, page)
            return Saved(sum(map(len, rows.values())), changed, len(rejected), deleted)

    def restart(self, lease: Lease, stream: Stream) -> None:
        """Forget the stream's cursor, so that the next pass goes over everything; the records stay until that pass is through."""
        with writing(self._database, lease) as connection:
            here = (STREAMS.c.account == lease.account) & (STREAMS.c.stream == str(stream))
            connection.execute(update(STREAMS).where(here).values(cursor=None, is_open=0))

    def refuse(self, lease: Lease, run: str, stream: Stream, reason: str) -> None:
        """Take note that this run cannot pull the stream, and why; what is there stays, and the next page takes the note away."""
        with writing(self._database, lease) as connection:
            before = _stream(connection, lease.account, stream)
            row = before._asdict() if before else {"account": lease.account, "stream": stream.value, **_UNTOUCHED}
            upsert(connection, STREAMS, [{**row, "refused": reason, "refused_run": run}])

    def complete(self, account: str, run: str) -> Mapping[Stream, str | None]:
        """Return for every stream None if this run pulled it to its end, else the reason why it may not be measured."""
        with self._database.read() as connection:
            rows = {row.stream: row for row in connection.execute(select(STREAMS).where(STREAMS.c.account == account))}
            return {stream: _lacking(stream, rows.get(stream.value), run) for stream in Stream}

    def get(self, account: str, entity: Entity, ids: Sequence[str] | None = None, *, deleted: bool = False) -> Sequence[Record]:
        """Return records by id, all of them without `ids`; those that are gone from the CRM only if `deleted`."""
        table = RECORD_TABLES[entity]
        query = select(table).where(table.c.account == account).order_by(table.c.id)
        query = query if deleted else query.where(table.c.deleted_at.is_(None))
        with self._database.read() as connection:
            wanted = None if ids is None else set(ids)
            # A long list would be more than one statement can name, and reading everything is quicker then anyhow.
            rows = connection.execute(query.where(table.c.id.in_(wanted)) if wanted is not None and len(wanted) <= _NAMED else query)
            return [record_of(entity, row._asdict()) for row in rows if wanted is None or row.id in wanted]

    def goals(self, account: str) -> Sequence[GoalRecord]:
        """Return the goals that the CRM holds, ours and others."""
        return [record for record in self.get(account, Entity.GOALS) if isinstance(record, GoalRecord)]

    def prints(self, account: str, stream: Stream, ids: Sequence[str]) -> Mapping[str, Print]:
        """Return what some of the stream's records looked like when they were read whole; those that are not there are left out."""
        table = RECORD_TABLES[FILLS[stream][0]]
        ours = (table.c.account == PRINTS.c.account) & (table.c.origin == PRINTS.c.origin) & (table.c.id == PRINTS.c.id)
        here = PRINTS.c.account == account, PRINTS.c.origin == stream.value, PRINTS.c.id.in_(ids)
        with self._database.read() as connection:
            rows = connection.execute(select(PRINTS).join(table, ours).where(*here))
            return {row.id: _print(row) for row in rows}

    def open_deals(self, account: str, beyond: str, most: int) -> Mapping[str, Print]:
        """Return what the next open deals that the CRM told of looked like, in the order of their ids."""
        table = RECORD_TABLES[Entity.DEALS]
        ours = (table.c.account == PRINTS.c.account) & (table.c.origin == PRINTS.c.origin) & (table.c.id == PRINTS.c.id)
        open_ = table.c.deleted_at.is_(None), table.c.closed_at.is_(None)
        here = PRINTS.c.account == account, PRINTS.c.origin == Stream.DEALS.value, PRINTS.c.id > beyond
        with self._database.read() as connection:
            rows = connection.execute(select(PRINTS).join(table, ours).where(*here, *open_).order_by(PRINTS.c.id).limit(most))
            return {row.id: _print(row) for row in rows}

    def missing(self, account: str, stream: Stream, page: Page) -> tuple[int, int]:
        """Return how many live records of a stream a pass that ends with this page did not bring, and how many it did."""
        table = RECORD_TABLES[FILLS[stream][0]]
        brought = {*page.same, *(one.id for one in page.records), *(one.id for one in page.rejected)}
        with self._database.read() as connection:
            pass_no = _pass_no(_stream(connection, account, stream), page)
            live = table.c.account == account, table.c.origin == stream.value, table.c.deleted_at.is_(None)
            everything = connection.execute(select(func.count()).select_from(table).where(*live)).scalar_one()
            unseen = connection.scalars(select(table.c.id).where(*live, table.c.seen < pass_no))
            gone = sum(1 for key in unseen if key not in brought)
            return gone, everything - gone

    def live(self, account: str, stream: Stream, ids: Collection[str] | None = None) -> int:
        """Return how many records a stream brought that are not gone, of all or of some."""
        table = RECORD_TABLES[FILLS[stream][0]]
        here = table.c.account == account, table.c.origin == stream.value, table.c.deleted_at.is_(None)
        with self._database.read() as connection:
            if ids is not None:
                return len({*ids}.intersection(connection.scalars(select(table.c.id).where(*here))))
            return connection.execute(select(func.count()).select_from(table).where(*here)).scalar_one()

    def note_written(self, lease: Lease, entity: Entity, changed: Mapping[str, datetime]) -> None:
        """Take note of when the CRM says that our own writes changed some records, by which the next pull knows them again."""
        with writing(self._database, lease) as connection:
            for key, moment in changed.items():
                here = PRINTS.c.account == lease.account, PRINTS.c.origin == entity.value, PRINTS.c.id == key
                connection.execute(update(PRINTS).where(*here).values(written=moment.isoformat()))

    def count(self, account: str, entity: Entity) -> int:
        """Return how many records there are, without those that are gone from the CRM."""
        table = RECORD_TABLES[entity]
        with self._database.read() as connection:
            here = select(func.count()).select_from(table).where(table.c.account == account, table.c.deleted_at.is_(None))
            return connection.execute(here).scalar_one()

    def members(self, account: str, entity: Entity) -> Mapping[str, str]:
        """Return the names of the records of this kind by id; what has no name goes by its id."""
        table = RECORD_TABLES[entity]
        name = func.coalesce(table.c.name, table.c.id) if "name" in table.c else table.c.id
        with self._database.read() as connection:
            rows = connection.execute(select(table.c.id, name).where(table.c.account == account, table.c.deleted_at.is_(None)))
            return {row[0]: row[1] for row in rows}

    def quarantine(self, account: str) -> Sequence[Rejected]:
        """Return the records that could not be read, with the reason."""
        with self._database.read() as connection:
            here = select(QUARANTINE).where(QUARANTINE.c.account == account).order_by(QUARANTINE.c.entity, QUARANTINE.c.id)
            return [Rejected(Entity(row.entity), row.id, row.reason, row.raw) for row in connection.execute(here)]

    def held(self, account: str, entity: Entity | None = None) -> Mapping[Key, str | None]:
        """Return what the CRM held in our fields when we looked last; a field that is missing here was never seen."""
        query = select(HELD).where(HELD.c.account == account)
        query = query if entity is None else query.where(HELD.c.entity == entity.value)
        with self._database.read() as connection:
            return {(Entity(row.entity), row.record, row.field): row.value for row in connection.execute(query)}

    def count_held(self, account: str) -> int:
        """Return how many values of ours the CRM held when we looked last."""
        with self._database.read() as connection:
            here = select(func.count()).select_from(HELD).where(HELD.c.account == account, HELD.c.value.is_not(None))
            return connection.execute(here).scalar_one()

    def put_held(self, lease: Lease, held: Sequence[Held]) -> None:
        """Take note of what the CRM holds in our fields now."""
        with writing(self._database, lease) as connection:
            hold_values(connection, lease.account, held)


_NAMED = 1_000
_UNTOUCHED: Cells = {
    "cursor": None,
    "run": None,
    "loaded": 0,
    "pass_no": 0,
    "is_full": 0,
    "is_open": 0,
    "completed_at": None,
    "full_at": None,
}


def _stream(connection: Connection, account: str, stream: Stream) -> Found | None:
    return connection.execute(select(STREAMS).where(STREAMS.c.account == account, STREAMS.c.stream == str(stream))).first()


def _print(row: Found) -> Print:
    return Print(row.id, row.content, row.changed, row.links, row.written)


def _state(row: Found) -> StreamState:
    return StreamState(
        cursor=row.cursor,
        loaded=bool(row.loaded),
        pass_no=row.pass_no,
        full=bool(row.is_full),
        is_open=bool(row.is_open),
        run=row.run,
        completed_at=maybe_instant(row.completed_at),
        full_at=maybe_instant(row.full_at),
        refused=row.refused,
    )


def _pass_no(before: Found | None, page: Page) -> int:
    if before is None:
        return 1
    goes_on = not page.is_full or (before.is_open and before.is_full and before.cursor is not None)
    return int(before.pass_no) + (not goes_on)


def next_version(connection: Connection, lease: Lease) -> int:
    """Allocate the next row version; the account's row is locked, so versions are committed in their order."""
    mine = update(ACCOUNTS).where(ACCOUNTS.c.account == lease.account)
    return int(connection.execute(mine.values(row_version=ACCOUNTS.c.row_version + 1).returning(ACCOUNTS.c.row_version)).scalar_one())


def _after(landing: Landing, stream: Stream, page: Page, before: Found | None) -> Cells:
    kept: Cells = {name: getattr(before, name) if before else _UNTOUCHED[name] for name in ("run", "completed_at", "full_at", "loaded")}
    done: Cells = {"run": landing.run, "completed_at": landing.now, "loaded": 1}
    whole: Cells = {"full_at": landing.now} if page.is_full else {}
    return {
        "account": landing.account,
        "stream": stream.value,
        "cursor": page.cursor,
        "pass_no": landing.pass_no,
        "is_full": int(page.is_full),
        "is_open": int(not page.is_last),
        "refused": None,
        "refused_run": None,
        **kept,
        **({**done, **whole} if page.is_last else {}),
    }


def _lacking(stream: Stream, row: Found | None, run: str) -> str | None:
    name = stream.value.replace("_", " ")
    if row is None:
        return f"The {name} have not been pulled yet."
    if row.refused is not None and row.refused_run == run:
        return str(row.refused)
    if not row.loaded:
        return f"The first load of the {name} is not finished."
    if row.is_open:
        return f"A pass over the {name} is not finished."
    return None if row.run == run else f"The {name} were not pulled to the end in this run."
