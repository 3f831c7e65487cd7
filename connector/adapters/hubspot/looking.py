"""Looking before reading whole: the past of a listed record is asked for only where the record is not as it is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from connector.adapters.hubspot.kinds import WRITABLE, Kind
from connector.adapters.hubspot.objects import Ask, Objects, Row, together
from connector.adapters.hubspot.page import shaped
from connector.adapters.hubspot.parse import Unreadable, noted
from connector.adapters.hubspot.passes import Batch
from connector.adapters.hubspot.readers import Reader
from connector.model import Known, Print

_WRITTEN = {kind.name for kind in WRITABLE.values()}
_MAKER = version("crm-kpi-connector")
"""Another version of this program may make something else of the same answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one stream's rows: `ask` is what a whole read brings, `reader` what becomes of it, `known` what was read before."""

    objects: Objects
    kind: Kind
    ask: Ask
    reader: Reader
    known: Known | None

    async def at(self, batch: Batch) -> tuple[Batch, list[Row]]:
        """Return a listed page with its new and changed rows read whole, and apart from it those that are as they are known."""
        if not batch.is_full or not is_worth_it(self.kind):
            return batch, []
        known = await self._known(batch.rows)
        same = [row for row in batch.rows if self._is_same(row, known)]
        here = {id(row) for row in same}
        return replace(batch, rows=await self._whole([row for row in batch.rows if id(row) not in here])), same

    def prints(self, rows: Sequence[Row]) -> tuple[Print, ...]:
        """Return how these rows look; one that cannot be read has no looks, so that it is read again each time."""
        return tuple(found for row in rows if (found := self._print(row))) if is_worth_it(self.kind) else ()

    async def _known(self, rows: Sequence[Row]) -> Mapping[str, Print]:
        ids = [str(row["id"]) for row in rows if _has_id(row)]
        return await self.known(ids) if self.known and ids else {}

    def _is_same(self, row: Row, known: Mapping[str, Print]) -> bool:
        return _has_id(row) and (before := known.get(str(row["id"]))) is not None and before == self._print(row)

    def _print(self, row: Row) -> Print | None:
        try:
            with noted() as notes:
                records = list(self.reader.read(shaped(row) | {"propertiesWithHistory": {}}))
        except Unreadable:
            return None
        content = repr((_MAKER, self.reader.context, notes, [replace(record, updated_at=None) for record in records]))
        changed = records[0].updated_at
        digest = hashlib.blake2b(content.encode(errors="replace"), digest_size=16).hexdigest()
        return Print(records[0].id, digest, changed.isoformat() if changed else "")

    async def _whole(self, rows: list[Row]) -> list[Row]:
        """Read rows with their past; those that are gone by now are left out, and those without an id stay as they are."""
        if not self.kind.history:
            return rows
        listed = {str(row["id"]): row for row in rows if _has_id(row)}
        read = await together(self._read(listed, is_archived=is_archived) for is_archived in (False, True))
        # One that was merged meanwhile comes under an id that has its own place in the list.
        found = [
            row | {"associations": listed[key].get("associations") or {}} for part in read for key, row in part.items() if key in listed
        ]
        return found + [row for row in rows if not _has_id(row)]

    async def _read(self, listed: Mapping[str, Row], *, is_archived: bool) -> Mapping[str, Row]:
        ids = [key for key, row in listed.items() if bool(row.get("archived")) is is_archived]
        if not ids:
            return {}
        # What is left out of a pass over everything counts as gone, so nothing may be left out for another reason.
        rows = await self.objects.read(self.kind.name, ids, replace(self.ask, is_archived=is_archived), is_strict=True)
        return {str(row["id"]): row for row in rows if _has_id(row)}


def is_worth_it(kind: Kind) -> bool:
    """Whether rows of this kind are looked at: those that have a past, and those that we write to."""
    return bool(kind.history) or kind.name in _WRITTEN


def _has_id(row: object) -> bool:
    return isinstance(row, dict) and bool(row.get("id"))
