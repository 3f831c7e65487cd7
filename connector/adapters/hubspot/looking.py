"""Looking before reading whole: the past of a record is asked for only where the record is not as it is known."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

from connector.adapters.hubspot.kinds import DEALS, WRITABLE, Kind
from connector.adapters.hubspot.linking import link, links_of
from connector.adapters.hubspot.objects import LINKS_SIZE, Ask, Found, Objects, Row
from connector.adapters.hubspot.page import shaped
from connector.adapters.hubspot.parse import instant, noted
from connector.adapters.hubspot.passes import Batch
from connector.adapters.hubspot.readers import Reader
from connector.adapters.values import Unreadable
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Known, Print

_WRITTEN = {kind.name for kind in WRITABLE.values()}
_MAKER = version("crm-kpi-connector")
"""Another version of this program may make something else of the same answer."""
_MOVED = ("hs_v2_date_", "hs_date_", "hs_lifecyclestage_")
"""How the names of calculated moments begin that come only with a change of another property, which counts as one."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one stream's rows: `ask` is what a whole read brings, `reader` what becomes of it, `known` what was read before.

    Of all records `only` those count that these filters of a search fit.
    """

    objects: Objects
    kind: Kind
    ask: Ask
    reader: Reader
    known: Known | None
    only: tuple[Body, ...] = ()

    async def at(self, batch: Batch) -> Batch:
        """Return a page with its links, its new and changed rows read whole, and apart from them those that are as they are known.

        In a pass over everything a row that was changed since is not as it is known, even where it looks as before: it may have been
        something else meanwhile, which only its past tells.
        """
        await link(self.objects, self.kind, batch.rows, are_listed=batch.is_slim)
        if not batch.is_slim or not self._is_worth_it:
            return batch
        known = await self._known([str(row["id"]) for row in batch.rows if _has_id(row)])
        same = {id(row) for row in batch.rows if self._is_same(row, known, is_strict=batch.is_full)}
        rows = await self._whole([row for row in batch.rows if id(row) not in same])
        return replace(batch, rows=rows, same=[row for row in batch.rows if id(row) in same] if batch.is_full else [])

    def prints(self, rows: Sequence[Row]) -> tuple[Print, ...]:
        """Return how these rows look; one that cannot be read has no looks, so that it is read again each time."""
        return tuple(found for row in rows if (found := self._print(row))) if self._is_worth_it else ()

    async def found(self, found: Found) -> tuple[list[Row], list[Row]]:
        """Read what a search found whole, see `Eyes`, but for what only we have written to since; the index only says which to read."""
        known = await self._known(found.ids) if self._is_worth_it else {}
        own = [one for one in found.ids if one in known and known[one].written and _moment(found.changed.get(one)) == known[one].written]
        slim = await self.objects.read(self.kind.name, own, replace(self.ask, history=())) if own else []
        same = [row for row in slim if self._is_ours(row, known)]
        here = {str(row["id"]) for row in same}
        rest = [one for one in found.ids if one not in here]
        return await self.objects.read(self.kind.name, rest, self.ask) if rest else [], same

    async def can_relink(self) -> bool:
        """Whether links are looked at in each pass, see `Eyes`: those of open deals."""
        return self.known is not None and self.kind.name == DEALS.name and not any(map(self.objects.is_hidden, self.kind.links))

    async def relinked(self, beyond: str) -> tuple[list[Row], str | None]:
        """Read open deals whose links changed, see `Eyes`."""
        some = await self.known.open(beyond, LINKS_SIZE) if self.known else {}
        rows: list[Row] = [{"id": one} for one in some]
        await link(self.objects, self.kind, rows, are_listed=False)
        moved = [str(row["id"]) for row in rows if links_of(self.kind, row) != some[str(row["id"])].links]
        if any(map(self.objects.is_hidden, self.kind.links)):
            moved = []
        read = await self.objects.read(self.kind.name, moved, self.ask) if moved else []
        return read, str(rows[-1]["id"]) if len(rows) == LINKS_SIZE else None

    async def total(self) -> int | None:
        """Return how many records there are, see `Eyes`."""
        return await self.objects.count(self.kind.name, *self.only)

    async def recalculates(self) -> bool:
        """Whether anything that is read is calculated by HubSpot, see `Eyes`."""
        if not self._is_worth_it:
            return False
        try:
            body = await self.objects.client.get(self.objects.paths.properties(self.kind.name))
        except (AccessRefused, Refused):
            return False
        calculated = {str(row.get("name")) for row in body["results"] if row.get("calculated")}
        return any(name in calculated and not name.startswith(_MOVED) for name in self.ask.properties)

    @property
    def _is_worth_it(self) -> bool:
        """Whether rows of this kind are looked at: those that have a past, and those that we write to."""
        return bool(self.kind.history) or self.kind.name in _WRITTEN

    async def _known(self, ids: Sequence[str]) -> Mapping[str, Print]:
        return await self.known.prints(ids) if self.known and ids else {}

    def _is_same(self, row: Row, known: Mapping[str, Print], *, is_strict: bool) -> bool:
        before, now = known.get(str(row["id"])) if _has_id(row) else None, self._print(row)
        if before is None or now is None or (before.content, before.links) != (now.content, now.links):
            return False
        return before.changed == now.changed or not is_strict

    def _is_ours(self, row: Row, known: Mapping[str, Print]) -> bool:
        """Whether nobody but us has changed a record: its values are as known, and its last change is the one that we made."""
        now = self._print(row)
        before = known.get(now.id) if now else None
        return before is not None and now is not None and (before.content, before.written) == (now.content, now.changed)

    def _print(self, row: Row) -> Print | None:
        try:
            with noted() as notes:
                records = list(self.reader.read(shaped(row) | {"propertiesWithHistory": {}, "associations": {}}))
        except Unreadable:
            return None
        content = repr((_MAKER, self.reader.context, notes, [replace(record, updated_at=None) for record in records]))
        changed = records[0].updated_at
        digest = hashlib.blake2b(content.encode(errors="replace"), digest_size=16).hexdigest()
        return Print(records[0].id, digest, changed.isoformat() if changed else "", links_of(self.kind, row))

    async def _whole(self, rows: list[Row]) -> list[Row]:
        """Read rows with their past; those that are gone by now are left out, and those without an id stay as they are."""
        if not self.kind.history:
            return rows
        listed = {str(row["id"]): row for row in rows if _has_id(row)}
        read = await together(self._read(listed, is_archived=is_archived) for is_archived in (False, True))
        # One that was merged meanwhile comes under an id that has its own place in the list.
        found = {key: row for part in read for key, row in part.items() if key in listed}
        whole = [row | {"associations": listed[key].get("associations") or {}} for key, row in found.items()]
        return whole + [row for row in rows if not _has_id(row)]

    async def _read(self, listed: Mapping[str, Row], *, is_archived: bool) -> Mapping[str, Row]:
        ids = [key for key, row in listed.items() if bool(row.get("archived")) is is_archived]
        if not ids:
            return {}
        # What is left out of a pass over everything counts as gone, so nothing may be left out for another reason.
        rows = await self.objects.read(self.kind.name, ids, replace(self.ask, is_archived=is_archived), is_strict=True)
        return {str(row["id"]): row for row in rows if _has_id(row)}


def _moment(value: object) -> str | None:
    try:
        found = instant(value)
    except Unreadable:
        return None
    return found.isoformat() if found else None


def _has_id(row: object) -> bool:
    return isinstance(row, dict) and bool(row.get("id"))
