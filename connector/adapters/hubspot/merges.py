"""Which records were merged into which: the survivor names them, and only contacts, companies, deals and tickets can be merged."""

from collections.abc import Iterator

from connector.adapters.hubspot.kinds import MERGED
from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import identifier, note, text
from connector.adapters.hubspot.records import properties_of
from connector.model import Entity, Merge

_MERGEABLE = frozenset({Entity.CONTACTS, Entity.COMPANIES, Entity.DEALS, Entity.TICKETS})


def merges_of(of: Entity, row: Row) -> Iterator[Merge]:
    """Yield a merge for every id that a record has taken over, each once; the list may come as one number, or name the record itself."""
    if of not in _MERGEABLE:
        return
    survivor = str(row["id"])
    for old in dict.fromkeys(identifier(part.strip()) for part in (text(properties_of(row).get(MERGED)) or "").split(";")):
        if old and not old.isdecimal():
            note(MERGED, f"{old[:40]!r} is no id")
        elif old and old != survivor:
            yield Merge(id=f"{of.value}:{old}", of=of, old=old, survivor=survivor)
