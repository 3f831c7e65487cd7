"""Landing the records of one page: what is new or changed is written, what is the same is only marked as seen, what is gone is buried."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from connector.model import FILLS, Entity, Held, Merge, Print, Record, Rejected, Stream
from connector.store.database import upsert
from connector.store.rows import Cells, cells_of
from connector.store.schema import HELD, PARENTS, PRINTS, QUARANTINE, RECORD_TABLES

Rows = Mapping[Entity, Mapping[str, Cells]]
"""Rows by entity and id."""

_ALONG: Mapping[Entity, str] = {
    **PARENTS[Entity.DEALS],
    Entity.CONTRACTS: "deal",
    Entity.MERGES: "survivor",
}
"""The columns by which rows name the record that they came along with."""
_CHUNK = 500
"""How many ids one statement names."""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one page lands: its transaction, account and origin, the number of its pass, the version of its rows, the time and the run."""

    connection: Connection
    account: str
    origin: str
    pass_no: int
    version: int
    now: int
    run: str


def rows_of(records: Iterable[Record]) -> tuple[Rows, list[Rejected]]:
    """Turn records into rows; those that break a promise of the model come back as rejected."""
    rows: dict[Entity, dict[str, Cells]] = {}
    rejected = []
    for record in records:
        try:
            rows.setdefault(record.entity, {})[record.id] = cells_of(record)
        except ValueError as error:
            rejected.append(Rejected(record.entity, record.id, f"It cannot be kept: {error}.", repr(record)))
    return rows, rejected


def land(landing: Landing, rows: Rows) -> int:
    """Write the page's rows, and bury the stays and changes that a deal's new history leaves out; return how many rows changed."""
    changed = sum(_land(landing, entity, kept) for entity, kept in rows.items() if kept)
    return changed + sum(_replace(landing, rows, child) for child in PARENTS[Entity.DEALS])


def _land(landing: Landing, entity: Entity, rows: Mapping[str, Cells]) -> int:
    table = RECORD_TABLES[entity]
    known = _hashes(landing, table, list(rows))
    changed = [row for key, row in rows.items() if known.get(key) != row["hash"]]
    own: Cells = {"account": landing.account, "origin": landing.origin, "row_version": landing.version, "seen": landing.pass_no}
    upsert(landing.connection, table, [{**own, **row} for row in changed])
    _see(landing, table, table.c.id, [key for key, row in rows.items() if known.get(key) == row["hash"]])
    _heal(landing, entity, list(rows))
    return len(changed)


def _hashes(landing: Landing, table: Table, ids: Sequence[str]) -> Mapping[str, str]:
    """Return what is known of these rows; one that something else brought is new here, and goes over to this stream."""
    found: dict[str, str] = {}
    for some in some_of(landing, table, table.c.id, ids):
        ours = select(table.c.id, table.c.hash).where(some, table.c.origin == landing.origin)
        found.update((row.id, row.hash) for row in landing.connection.execute(ours))
    return found


def _see(landing: Landing, table: Table, column: ColumnElement[str], values: Sequence[str]) -> None:
    for some in some_of(landing, table, column, values):
        landing.connection.execute(update(table).where(some, table.c.seen != landing.pass_no).values(seen=landing.pass_no))


def _replace(landing: Landing, rows: Rows, child: Entity) -> int:
    """Bury what `child` rows a deal had before and has no more; only of deals whose stays came with them, which marks a whole history."""
    told = {str(row["deal"]) for row in rows.get(Entity.STAGE_CHANGES, {}).values()} & set(rows.get(Entity.DEALS, {}))
    table, kept = RECORD_TABLES[child], rows.get(child, {})
    gone: list[str] = []
    for some in some_of(landing, table, table.c[PARENTS[Entity.DEALS][child]], sorted(told)):
        ours = some, table.c.origin == landing.origin, table.c.deleted_at.is_(None)
        found = landing.connection.scalars(select(table.c.id).where(*ours))
        gone += [key for key in found if key not in kept]
    return _bury(landing, table, gone)


def _bury(landing: Landing, table: Table, ids: Sequence[str]) -> int:
    """Mark rows as deleted; that is a change, so it has a version, and no hash, so that the record may come back."""
    for some in some_of(landing, table, table.c.id, ids):
        buried = {"deleted_at": landing.now, "row_version": landing.version, "hash": ""}
        landing.connection.execute(update(table).where(some).values(**buried))
    for some in some_of(landing, PRINTS, PRINTS.c.id, ids):
        landing.connection.execute(delete(PRINTS).where(some, PRINTS.c.origin == landing.origin))
    return len(ids)


def see(landing: Landing, stream: Stream, ids: Sequence[str]) -> None:
    """Take records, with what came along with them, for brought by this pass, because they look as they did when they were read whole."""
    own = FILLS[stream][0]
    for entity in FILLS[stream]:
        table = RECORD_TABLES[entity]
        _see(landing, table, table.c[_ALONG.get(entity, "id")] if entity is not own else table.c.id, ids)
    _heal(landing, own, ids)


def keep_prints(landing: Landing, prints: Sequence[Print], misfits: Sequence[Rejected]) -> None:
    """Keep how records look that were read whole; none where something of the page could not be kept, so that it is read again."""
    own: Cells = {"account": landing.account, "origin": landing.origin}
    rows = {
        one.id: {**own, "id": one.id, "content": one.content, "changed": one.changed, "links": one.links, "written": None} for one in prints
    }
    if not misfits:
        upsert(landing.connection, PRINTS, list(rows.values()))
        return
    for some in some_of(landing, PRINTS, PRINTS.c.id, list(rows)):
        landing.connection.execute(delete(PRINTS).where(some, PRINTS.c.origin == landing.origin))


def sweep(landing: Landing, stream: Stream) -> int:
    """Bury what a full pass over the stream did not bring, and forget what was held and refused of it; return how many records."""
    # A merge is never undone, and what was merged first may be told by nobody any more.
    return sum(_sweep(landing, entity) for entity in FILLS[stream] if entity is not Entity.MERGES)


def _sweep(landing: Landing, entity: Entity) -> int:
    table = RECORD_TABLES[entity]
    unseen = (table.c.account == landing.account) & (table.c.origin == landing.origin) & (table.c.seen < landing.pass_no)
    # A user's fields may be written to another record than the user's own.
    target = table.c.record if entity is Entity.USERS else table.c.id
    found = landing.connection.execute(select(table.c.id, target.label("target")).where(unseen, table.c.deleted_at.is_(None))).all()
    for some in some_of(landing, HELD, HELD.c.record, [key for row in found for key in {row.id, row.target} if key is not None]):
        landing.connection.execute(delete(HELD).where(some, HELD.c.entity == entity.value))
    stale = (QUARANTINE.c.account == landing.account) & (QUARANTINE.c.entity == entity.value) & (QUARANTINE.c.seen < landing.pass_no)
    landing.connection.execute(delete(QUARANTINE).where(stale, QUARANTINE.c.origin == landing.origin))
    return _bury(landing, table, [row.id for row in found])


def bury_merged(landing: Landing, records: Iterable[Record]) -> int:
    """Bury the records that were merged into others, and what came with them, which the others have now; return how many there were."""
    olds: dict[Entity, list[str]] = {}
    for record in records:
        if isinstance(record, Merge) and record.deleted_at is None:
            olds.setdefault(record.of, []).append(record.old)
    return sum(bury_missing(landing, entity, ids) for entity, ids in olds.items()) + _bury_along(landing, olds.get(Entity.DEALS, ()))


def _bury_along(landing: Landing, deals: Sequence[str]) -> int:
    """Bury what this stream has read off deals."""
    buried = 0
    for child in (*PARENTS[Entity.DEALS], Entity.CONTRACTS):
        table = RECORD_TABLES[child]
        for some in some_of(landing, table, table.c[_ALONG[child]], deals):
            live = select(table.c.id).where(some, table.c.origin == landing.origin, table.c.deleted_at.is_(None))
            buried += _bury(landing, table, landing.connection.scalars(live).all())
    return buried


def bury_missing(landing: Landing, entity: Entity, ids: Collection[str]) -> int:
    """Bury records that were asked for by id and not found, and forget what they held; return how many there were."""
    table = RECORD_TABLES[entity]
    gone: list[str] = []
    for some in some_of(landing, table, table.c.id, list(ids)):
        gone += landing.connection.scalars(select(table.c.id).where(some, table.c.deleted_at.is_(None)))
    for some in some_of(landing, HELD, HELD.c.record, gone):
        landing.connection.execute(delete(HELD).where(some, HELD.c.entity == entity.value))
    return _bury(landing, table, gone)


def quarantine(landing: Landing, rejected: Sequence[Rejected]) -> None:
    """Keep what could not be read. A good row of an earlier pass stays: the record is still there, we only cannot read it now."""
    own: Cells = {"account": landing.account, "origin": landing.origin, "run": landing.run, "seen": landing.pass_no, "at": landing.now}
    rows = {
        (item.entity, item.id): {"entity": item.entity.value, "id": item.id, "reason": item.reason, "raw": _printable(item.raw)}
        for item in rejected
    }
    upsert(landing.connection, QUARANTINE, [{**own, **row} for row in rows.values()])
    for entity, key in rows:
        _see(landing, RECORD_TABLES[entity], RECORD_TABLES[entity].c.id, [key])
        for child, column in PARENTS.get(entity, {}).items():
            _see(landing, RECORD_TABLES[child], RECORD_TABLES[child].c[column], [key])


def _printable(raw: str) -> str:
    return raw.replace("\x00", "").encode(errors="replace").decode()


def _heal(landing: Landing, entity: Entity, ids: Sequence[str]) -> None:
    """Take records out of quarantine that could be read this time."""
    for some in some_of(landing, QUARANTINE, QUARANTINE.c.id, ids):
        landing.connection.execute(delete(QUARANTINE).where(some, QUARANTINE.c.entity == entity.value))


def hold_values(connection: Connection, account: str, held: Iterable[Held]) -> None:
    """Take note of what the CRM holds in our fields."""
    rows = {(item.entity, item.record, item.field): item.value for item in held}
    columns = ("account", "entity", "record", "field", "value")
    upsert(connection, HELD, [dict(zip(columns, (account, *map(str, key), value), strict=True)) for key, value in rows.items()])


def some_of(landing: Landing, table: Table, column: ColumnElement[str], values: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together name the account's rows with these values, each short enough for one statement."""
    for start in range(0, len(values), _CHUNK):
        yield (table.c.account == landing.account) & column.in_(values[start : start + _CHUNK])
