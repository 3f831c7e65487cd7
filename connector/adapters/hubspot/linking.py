"""Links of records to records of other kinds: lists bring most of them, batches none."""

import hashlib
from collections.abc import Sequence

from connector.adapters.hubspot.kinds import COMPANIES, Kind
from connector.adapters.hubspot.objects import Objects, Row
from connector.adapters.hubspot.records import linked
from connector.http import together

LISTED = 100
"""How many links of one kind a list brings of a record at most."""


async def link(objects: Objects, kind: Kind, rows: Sequence[Row], *, are_listed: bool) -> None:
    """Complete the links of rows, all of them or, where they come from a list, those that it leaves unclear."""
    await together(_link_to(objects, (kind, target), rows, are_listed=are_listed) for target in kind.links)


async def _link_to(objects: Objects, ends: tuple[Kind, str], rows: Sequence[Row], *, are_listed: bool) -> None:
    kind, target = ends
    unclear = [row for row in rows if not are_listed or (kind.primary and isinstance(row, dict) and _is_unclear(row, target))]
    if not unclear:
        return
    found = await objects.links(kind.name, target, [str(row["id"]) for row in unclear])
    for row in unclear:
        links = sorted(found.get(str(row["id"]), ()), key=lambda link: kind.primary not in link.types)
        row.setdefault("associations", {})[target] = {"results": [{"id": link.id} for link in links]}


def links_of(kind: Kind, row: Row) -> str:
    """Return a digest of a row's links: the same for lists and batches, which may order them differently, but for the primary company."""
    return hashlib.blake2b(repr([_links_to(row, target) for target in kind.links]).encode(), digest_size=8).hexdigest()


def _links_to(row: Row, target: str) -> object:
    found = list(dict.fromkeys(linked(row, target)))
    first = found[:1] if target == COMPANIES.name else []
    # A list that is full may be cut off; then only that there are so many is the same everywhere.
    return [*first, *(sorted(found) if len(found) < LISTED else ["many"])]


def _is_unclear(row: Row, target: str) -> bool:
    """Whether a list has not told which of several companies is the primary one."""
    return target == COMPANIES.name and len(linked(row, target)) > 1
