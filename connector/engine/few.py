"""A few records alone: a copy, in memory, of just those rows that the fields of these records hang on, with the whole engine on top."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files

from connector.engine.cache import Cache
from connector.engine.columns import layout
from connector.model import RECORDS, Entity

_PLACE = "_few"
"""The copy's name as a database; no account can be called so."""
_HANG_ON: Mapping[Entity, str] = {
    Entity.DEALS: "id in (select id from few_deals)",
    Entity.STAGE_CHANGES: "deal in (select id from few_deals)",
    Entity.FIELD_HISTORY: "\"of\" = 'deals' and record in (select id from few_deals)",
    Entity.DEAL_SPLITS: "deal in (select id from few_deals)",
    Entity.LINE_ITEMS: "deal in (select id from few_deals)",
    Entity.ACTIVITIES: "deal in (select id from few_deals)",
    Entity.COMPANIES: "id in (select id from asked where entity = 'companies' union select company from few_deals)",
    Entity.CONTACTS: "id in (select contact from few_deals) or company in (select company from few_deals)",
    **dict.fromkeys((Entity.LEADS, Entity.TICKETS, Entity.SURVEYS, Entity.TOUCHES), "false"),
}
"""Which rows are copied (no field hangs on those of the last line); tables that are not named here are small and seen whole."""


@contextmanager
def only(cache: Cache, records: Collection[tuple[Entity, str]]) -> Iterator[None]:
    """Let every query inside see only what the fields of these records are made from.

    Those are the deals themselves and the deals of the companies and users among them, with all that belongs to those deals.
    What is numbered across a customer's deals, and what is usual over all deals, is not to be had in there.
    """
    home = _identifier(str(cache.run("select current_database()")[0][0]))
    _list(cache, records)
    cache.run(f"attach ':memory:' as {_PLACE}")
    cache.laid = None
    try:
        _copy(cache, home)
        cache.run(f"use {_PLACE}")
        yield
    finally:
        cache.laid = None
        cache.run(f"use {home}")
        cache.run(f"detach {_PLACE}")


def _list(cache: Cache, records: Collection[tuple[Entity, str]]) -> None:
    columns = [[str(entity) for entity, _ in records], [record for _, record in records]]
    asked = "create or replace temp table asked as select unnest(cast(? as varchar[])) as entity, unnest(cast(? as varchar[])) as id"
    cache.connection.execute(asked, columns).fetchall()
    cache.connection.execute(files("connector.engine").joinpath("sql", "few.sql").read_text(encoding="utf-8")).fetchall()


def _copy(cache: Cache, home: str) -> None:
    cache.run(f"create schema {_PLACE}.crm")
    for entity in RECORDS:
        if entity in _HANG_ON:
            cache.run(layout(entity).replace("create table crm.", f"create table {_PLACE}.crm.", 1))
            cache.run(f"insert into {_PLACE}.crm.{entity} select * from {home}.crm.{entity} where {_HANG_ON[entity]}")  # noqa: S608 - ours
        else:
            cache.run(f"create view {_PLACE}.crm.{entity} as select * from {home}.crm.{entity}")  # noqa: S608 - names of ours
    cache.run(f"create table {_PLACE}.crm.unread as select * from {home}.crm.unread where false")  # noqa: S608 - names of ours
    cache.run(f"create table {_PLACE}.crm.queries as select * from {home}.crm.queries")  # noqa: S608 - names of ours


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
