"""Reads tickets, with who answered them, how they moved, and whose they are; which fields there are is asked anew for each pass."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connector.adapters.odoo.apart import Read
from connector.adapters.odoo.parse import instant, link
from connector.adapters.odoo.partners import ROOT, partners_of, staff_of
from connector.adapters.odoo.passes import Kind
from connector.adapters.odoo.past import Trail
from connector.adapters.odoo.rpc import Row, Rpc
from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.tickets import ENDS, MESSAGES, MODEL, NAMES, PREFIX, TRACKED, Around, Complaint, Desk, ticket_of
from connector.errors import AccessRefused
from connector.http import Refused

_SAID = ["message_type", "in", ["email", "comment"]]


async def desk_of(rpc: Rpc) -> Desk:
    """Find out which tickets this database has: what their fields are called, and how their stages end.

    Raises:
        AccessRefused, Refused: there are none, or we may not see them.
    """
    there = await rpc.columns(MODEL)
    columns = {what: found for what, names in NAMES.items() if (found := next((one for one in names if one in there), None))}
    models = {what: str(relation) for what, one in columns.items() if (relation := there[one].get("relation"))}
    ends = await rpc.columns(models["stage"]) if "stage" in models else {}
    end = next((one for one in ENDS if one in ends), None)
    return Desk(columns, models, end, has_messages=MESSAGES in there, has_archive="active" in there)


def _stages(desk: Desk) -> list[Kind]:
    """Return what is read of the stages of tickets, where they have any."""
    fields = ("name", "sequence", *([desk.end] if desk.end else []), "create_date", "write_date")
    return [Kind(desk.models["stage"], fields, prefix=PREFIX)] if "stage" in desk.models else []


async def stages_of(rpc: Rpc) -> list[Kind]:
    """Return what is read of the stages of tickets: nothing where there are none, or we may not see them."""
    try:
        kinds = _stages(await desk_of(rpc))
        for kind in kinds:
            await rpc.rows(kind.model, kind.domain, kind.fields, 1)
    except (AccessRefused, Refused):
        return []
    return kinds


class Helpdesk:
    """The stream of tickets, see `Apart`."""

    def __init__(self, rpc: Rpc, settings: OdooSettings) -> None:
        self._rpc = rpc
        self._trail = Trail(rpc, MODEL, TRACKED)
        self._names = frozenset(settings.complaint_values)
        self._desk = Desk({})
        self._complaint = Complaint()
        self.meaning = ""
        self.lacks: Sequence[str] = ()

    async def kinds(self) -> list[Kind]:
        """Find out what there is, see `Apart`."""
        self._desk = await desk_of(self._rpc)
        for kind in _stages(self._desk):
            rows = await self._rpc.rows(kind.model, kind.domain, kind.fields)
            self._desk = replace(self._desk, stages={str(row["id"]): row for row in rows})
        self.lacks = self._desk.lacks
        self._complaint = Complaint(self._names, frozenset(await self._tags()))
        ends = [key for key in self._desk.stages if self._desk.is_end(key)]
        told = repr((self._desk.columns, ends, sorted(self._names), sorted(self._complaint.tags)))
        self.meaning = hashlib.sha256(told.encode()).hexdigest()[:12]
        return [self._desk.kind]

    async def _tags(self) -> list[int]:
        if not self._names or "tags" not in self._desk.models:
            return []
        rows = await self._rpc.rows(self._desk.models["tags"], [["name", "in", sorted(self._names)]], ["name"])
        return [int(row["id"]) for row in rows]

    async def way(self, rows: Sequence[Row], kind: Kind) -> Read:  # noqa: ARG002 - tickets are of one kind
        """Return how tickets are read, see `Apart`."""
        asking = {str(row["id"]): link(self._desk.of(row, "partner")) for row in rows}
        partners = await partners_of(self._rpc, [{"partner_id": self._desk.of(row, "partner")} for row in rows])
        trail = await self._trail.of([*map(int, asking)])
        near = Around(self._desk, partners, await self._answers(asking), trail, self._complaint)
        return lambda row: [ticket_of(row, near)]

    async def _answers(self, asking: Mapping[str, str | None]) -> Mapping[str, Sequence[datetime]] | None:
        """Return when our own users wrote to those who ask, by ticket; None where we may not see it.

        One of our users may ask, too, and does not answer then.
        """
        if not self._desk.has_messages:
            return None
        about = [["model", "=", MODEL], ["res_id", "in", [*map(int, asking)]], _SAID, ["subtype_id.internal", "=", False]]
        try:
            rows = await self._rpc.rows("mail.message", about, ["res_id", "author_id", "date"])
        except AccessRefused:
            return None
        staff = {partner for partner, user in (await staff_of(self._rpc)).items() if user != ROOT}
        found: dict[str, list[datetime]] = {}
        for row in rows:
            at, author, ticket = instant(row["date"]), link(row["author_id"]), link(row["res_id"]) or ""
            if at and author in staff and author != asking.get(ticket):
                found.setdefault(ticket, []).append(at)
        return found
