"""Rows that came by import, beside those of the CRM: a file is taken whole or not at all, and touches no row of the CRM."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, update

from connector.model import IMPORT, Arrival, Deal, Entity, Fault, Scope, Taken
from connector.store.database import Database, Found, clock, upsert
from connector.store.leases import Lease, hold, writing
from connector.store.records import next_version
from connector.store.rows import Cells, cells_of, instant_of
from connector.store.schema import IMPORTS, RECORD_TABLES

_BATCH = 500
"""How many rows are compared and written at a time."""
SHOWN = 1_000
"""How many reasons are kept to be shown."""


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """One import of a table: its name, the last file and run that brought it, how many rows that file gave and how many were refused."""

    entity: Entity
    name: str
    file: str
    run: str
    rows: int
    refused: int
    at: datetime


@dataclass
class _Landing:
    """One import under way, and what it has done so far."""

    connection: Connection
    account: str
    scope: Scope
    pass_no: int
    version: int
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    line: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return RECORD_TABLES[self.scope.entity]

    def refuse(self, fault: Fault) -> None:
        """Note a fault; the line that has it is refused once, however many it has."""
        self.refused += fault.line != self.line
        self.line = fault.line
        if len(self.faults) < SHOWN:
            self.faults.append(fault)


class Imports:
    """What was imported for every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, lease: Lease, run: str, scope: Scope, *, file: str, arrivals: Iterable[Arrival | Fault], tell: Callable[[int], None]
    ) -> Taken:
        """Take a file's rows in one transaction; what it raises, or `arrivals` does, leaves everything as it was.

        A row that the CRM itself brought is never changed; one of another import goes over to this one. `tell` hears now and then how many
        rows were looked at.

        Raises:
            StoreBusy: the lease is lost, or the store is locked.
        """
        with writing(self._database, lease) as connection, connection.begin_nested() as trial:
            before = connection.execute(_here(lease.account, scope)).first()
            landing = _Landing(connection, lease.account, scope, 1 + (before.pass_no if before else 0), next_version(connection, lease))
            for seen, batch in _batches(arrivals):
                hold(connection, lease)
                _land(landing, batch)
                tell(seen)
            removed = _sweep(landing) if scope.replace and not landing.refused else 0
            taken = Taken(landing.changed, landing.unchanged, landing.refused, removed, tuple(landing.faults))
            upsert(connection, IMPORTS, [_row(landing, taken, file=file, run=run)])
            if scope.dry_run:
                trial.rollback()
        return taken

    def all(self, account: str) -> Sequence[ImportInfo]:
        """Return every import of the account, by table and name."""
        with self._database.read() as connection:
            rows = connection.execute(select(IMPORTS).where(IMPORTS.c.account == account).order_by(IMPORTS.c.entity, IMPORTS.c.name))
            return [_info(row) for row in rows]

    def count(self, account: str, entity: Entity, name: str) -> int:
        """Return how many rows are kept that imports of this name brought."""
        columns = RECORD_TABLES[entity].c
        mine = columns.account == account, columns.origin == f"{IMPORT}{name}", columns.deleted_at.is_(None)
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(*mine)).scalar_one()

    def say_their_status(self, account: str) -> bool:
        """Return whether every deal says by itself whether it is open, won, lost or cancelled, so that nobody needs to know its stage."""
        deals = RECORD_TABLES[Deal.entity]
        silent = select(func.count()).where(deals.c.account == account, deals.c.deleted_at.is_(None), deals.c.status.is_(None))
        with self._database.read() as connection:
            return connection.execute(silent).scalar_one() == 0


def _here(account: str, scope: Scope) -> Select[*tuple[Any, ...]]:
    mine = IMPORTS.c.account == account, IMPORTS.c.entity == scope.entity.value, IMPORTS.c.name == scope.name
    return select(IMPORTS).where(*mine)


def _batches(arrivals: Iterable[Arrival | Fault]) -> Iterator[tuple[int, Sequence[Arrival | Fault]]]:
    rest, seen = iter(arrivals), 0
    while batch := list(islice(rest, _BATCH)):
        seen += len({item.line for item in batch})
        yield seen, batch


def _land(landing: _Landing, batch: Sequence[Arrival | Fault]) -> None:
    rows = _readable(landing, batch)
    known = {row.id: row for row in landing.connection.execute(_asked(landing, rows))}
    same: list[str] = []
    changed: list[Cells] = []
    for key, (line, row) in rows.items():
        reason = _hindrance(landing, known.get(key))
        if reason:
            landing.refuse(Fault(line, "id", key, reason))
        elif _is_same(landing, known.get(key), row):
            same.append(key)
        else:
            changed.append(row)
    own: Cells = {"account": landing.account, "origin": landing.scope.origin, "row_version": landing.version, "seen": landing.pass_no}
    upsert(landing.connection, landing.table, [{**own, **row} for row in changed])
    landing.connection.execute(update(landing.table).where(*_named(landing, same)).values(seen=landing.pass_no))
    landing.changed += len(changed)
    landing.unchanged += len(same)


def _readable(landing: _Landing, batch: Sequence[Arrival | Fault]) -> Mapping[str, tuple[int, Cells]]:
    """Return the batch's rows by id, with their lines; refuse what cannot be kept, and all but the first of one id."""
    rows: dict[str, tuple[int, Cells]] = {}
    for item in batch:
        if isinstance(item, Fault):
            landing.refuse(item)
        elif item.record.id in rows:
            landing.refuse(Fault(item.line, "id", item.record.id, f"line {rows[item.record.id][0]} is the same record"))
        else:
            try:
                rows[item.record.id] = item.line, cells_of(item.record)
            except ValueError as error:
                landing.refuse(Fault(item.line, "", "", f"it cannot be kept: {error}"))
    return rows


def _asked(landing: _Landing, rows: Mapping[str, object]) -> Select[*tuple[Any, ...]]:
    columns = landing.table.c
    return select(columns.id, columns.hash, columns.origin, columns.deleted_at, columns.seen).where(*_named(landing, list(rows)))


def _named(landing: _Landing, ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return landing.table.c.account == landing.account, landing.table.c.id.in_(ids)


def _hindrance(landing: _Landing, known: Found | None) -> str | None:
    """Return why a row that is there already may not be touched."""
    if known is None or known.deleted_at is not None:
        return None
    if not known.origin.startswith(IMPORT):
        return "the CRM has a record of this id, which an import does not change"
    return "an earlier line is the same record" if (known.origin, known.seen) == (landing.scope.origin, landing.pass_no) else None


def _is_same(landing: _Landing, known: Found | None, row: Cells) -> bool:
    return known is not None and (known.hash, known.origin) == (row["hash"], landing.scope.origin)


def _sweep(landing: _Landing) -> int:
    """Bury the rows of this import that the file lacks."""
    columns = landing.table.c
    mine = [columns.account == landing.account, columns.origin == landing.scope.origin, columns.deleted_at.is_(None)]
    if landing.scope.days:
        first, last = landing.scope.days
        mine.append(columns.day.between(first.isoformat(), last.isoformat()))
    buried: Cells = {"deleted_at": clock(landing.connection), "row_version": landing.version, "hash": ""}
    gone = update(landing.table).where(*mine, columns.seen < landing.pass_no).values(**buried)
    return landing.connection.execute(gone).rowcount


def _row(landing: _Landing, taken: Taken, *, file: str, run: str) -> Cells:
    what: Cells = {"account": landing.account, "entity": landing.scope.entity.value, "name": landing.scope.name, "file": file, "run": run}
    return {**what, "pass_no": landing.pass_no, "rows": taken.rows, "refused": taken.refused, "at": clock(landing.connection)}


def _info(row: Found) -> ImportInfo:
    return ImportInfo(Entity(row.entity), row.name, row.file, row.run, row.rows, row.refused, instant_of(row.at))
