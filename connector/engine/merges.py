"""Follows merges: what names a record that was merged away counts for the one that it lives on as, and nothing counts twice."""

from collections.abc import Iterable, Mapping

import duckdb

from connector.engine.columns import COLUMNS
from connector.model import RECORDS, Entity

Alias = tuple[Entity, str, str]
"""Of what kind, the old id and the id that it leads to."""

_NAMES: Mapping[str, Entity] = {
    "deal": Entity.DEALS,
    "company": Entity.COMPANIES,
    "parent": Entity.COMPANIES,
    "contact": Entity.CONTACTS,
    "ticket": Entity.TICKETS,
}
"""The columns that name another record, in whichever table."""
_PASTS: Mapping[Entity, str] = {Entity.STAGE_CHANGES: "deal", Entity.FIELD_HISTORY: "record"}
"""What happened to a deal: it is told once more of the deal that it was merged into, so it goes with the old one."""


def survivors(merges: Iterable[Alias]) -> Mapping[tuple[Entity, str], str]:
    """Return for every record that was merged away the one that it lives on as, over as many merges as there were.

    Merges that lead in a circle, which no CRM should tell, lead nowhere.
    """
    leads = {(of, old): new for of, old, new in merges if old != new}
    found: dict[tuple[Entity, str], str | None] = {}
    for start in leads:
        path, at = [], start
        while at in leads and at not in found:
            # Where the path comes back to itself it finds this nothing.
            found[at] = None
            path.append(at)
            at = (at[0], leads[at])
        found |= dict.fromkeys(path, found[at] if at in found else at[1])
    return {one: end for one, end in found.items() if end is not None}


def follow(connection: duckdb.DuckDBPyConnection, after: int) -> bool:
    """Lead the rows with a later version than `after` to the survivors, and all rows where there are new merges.

    Returns whether that was possible: a merge that was taken back (as an import may) leaves rows at a survivor that is theirs no longer.
    """
    told = connection.execute('select "of", old, survivor from crm.merges where deleted_at is null').fetchall()
    found = survivors((Entity(of), old, new) for of, old, new in told)
    known = {(Entity(kind), old): new for kind, old, new in connection.execute("from crm.aliases").fetchall()}
    if any(found.get(one, "") not in (new, found.get((one[0], new))) for one, new in known.items()):
        return False
    since = after if found == known else 0
    if found != known:
        _list(connection, found)
    for entity in RECORDS if found else ():
        _bury(connection, entity, since)
        for column in COLUMNS[entity]:
            if column.name in _NAMES and _PASTS.get(entity) != column.name:
                _rename(connection, entity, column.name, since)
    return True


def _list(connection: duckdb.DuckDBPyConnection, found: Mapping[tuple[Entity, str], str]) -> None:
    columns = [[str(entity) for entity, _ in found], [old for _, old in found], list(found.values())]
    parts = ", ".join(f"unnest(cast(? as varchar[])) as {name}" for name in ("kind", "old", "survivor"))
    connection.execute(f"create or replace table crm.aliases as select {parts}", columns).fetchall()


def _bury(connection: duckdb.DuckDBPyConnection, entity: Entity, since: int) -> None:
    """Take for deleted what was merged away, what happened to it, and what stands beside the survivor's own."""
    gone = f"deleted_at is null and row_version > {since} and exists (from crm.aliases as a where a.kind = '{{}}' and a.old = e.{{}})"
    conditions = [gone.format(entity, "id")]
    if entity in _PASTS:
        conditions.append(gone.format(Entity.DEALS, _PASTS[entity]))
    if entity is Entity.CONTRACTS:
        conditions.append(gone.format(Entity.DEALS, "deal") + " and id = deal")
    for condition in conditions:
        connection.execute(f"update crm.{entity} as e set deleted_at = 0 where {condition}").fetchall()  # noqa: S608 - names of ours
    if entity is Entity.DEAL_SPLITS:
        connection.execute(_SPLITS).fetchall()


_SPLITS = """
update crm.deal_splits as e set deleted_at = 0
from crm.aliases as a
where e.deleted_at is null and a.kind = 'deals' and a.old = e.deal
  and exists (from crm.deal_splits as s where s.deal = a.survivor and s.deleted_at is null)
"""
"""Shares of a deal add up to one: where the survivor has its own, those of the old deal go."""


def _rename(connection: duckdb.DuckDBPyConnection, entity: Entity, column: str, since: int) -> None:
    connection.execute(
        f'update crm.{entity} as e set "{column}" = a.survivor from crm.aliases as a '  # noqa: S608 - names of ours
        f"where a.kind = '{_NAMES[column]}' and a.old = e.\"{column}\" and e.row_version > {since}"
    ).fetchall()
