"""Writes records, history and associations as the vendor does: every value is text, history is newest first (hubspot.md 3 [S])."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connector.sandbox.hubspot.calculated import Getter, getter, history
from connector.sandbox.hubspot.calls import Call
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.drift import drifting
from connector.sandbox.hubspot.kinds import Kind
from connector.sandbox.hubspot.links import TYPES
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Entry, Record

EMBEDDED = 100
"""How many associations of a type come with a record (hubspot.md 3 [G])."""


@dataclass(frozen=True, slots=True)
class View:
    """Which properties of a kind are shown, and of which the history."""

    getters: Sequence[tuple[str, Getter]]
    histories: Sequence[str]

    def record(self, record: Record) -> dict[str, object]:
        """Return the JSON form of a record."""
        body: dict[str, object] = {
            "id": str(record.id),
            "properties": {name: get(record) for name, get in self.getters},
            "createdAt": iso(record.created),
            "updatedAt": iso(record.modified),
            "archived": record.archived is not None,
        }
        if self.histories:
            body["propertiesWithHistory"] = {name: [_entry(entry) for entry in reversed(history(record, name))] for name in self.histories}
        if record.archived is not None:
            body["archivedAt"] = iso(record.archived)
        return body


def view(portal: Portal, kind: Kind, names: Iterable[str], histories: Iterable[str] = ()) -> View:
    """Return a view; unknown names are ignored, no names bring the defaults, id and dates always come (hubspot.md 3 [S])."""
    asked = dict.fromkeys(names)
    wanted = [*asked, kind.created, kind.modified, "hs_object_id"] if asked else kind.defaults
    getters = {name: get for name in wanted if (get := getter(portal, kind, name))}
    schema = portal.schema(kind)
    if portal.options.drift:
        getters = {name: drifting(get, schema.definitions[name]) for name, get in getters.items()}
    return View(tuple(getters.items()), [name for name in dict.fromkeys(histories) if schema.live(name)])


def _entry(entry: Entry) -> dict[str, object]:
    body: dict[str, object] = {
        "value": entry.value,
        "timestamp": iso(entry.at),
        "sourceType": entry.source.type,
        "sourceId": entry.source.id,
    }
    return body | ({"updatedByUserId": int(entry.source.user)} if entry.source.user else {})


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A page of the records linked to one: ids with their association types, and the cursor of the next page."""

    rows: Sequence[tuple[int, tuple[int, ...]]]
    after: str | None

    def labels(self, *, as_text: bool) -> list[dict[str, object]]:
        """Return the form with labels (hubspot.md 10 [S]); ids are numbers in v4 and text in dated paths (field lesson 18)."""
        return [
            {"toObjectId": str(number) if as_text else number, "associationTypes": [_type(word) for word in types]}
            for number, types in self.rows
        ]

    def plain(self) -> list[dict[str, object]]:
        """Return the embedded form, in which a pair comes once for each label (hubspot.md 10 [G])."""
        return [{"id": str(number), "type": TYPES[word].name} for number, types in self.rows for word in types]


def _type(type_id: int) -> dict[str, object]:
    return {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": TYPES[type_id].label}


def link_page(portal: Portal, record: Record, target: Kind, *, after: int, limit: int) -> LinkPage:
    """Return a page of links to live records, in order of their id."""
    table = portal.table(target)
    links = portal.links.of(record.kind, record.id, target)
    if not links:
        return LinkPage((), None)
    found = sorted(number for number in links if number > after and table.is_live(number))
    rows = [(number, links[number]) for number in found[:limit]]
    return LinkPage(rows, str(rows[-1][0]) if len(found) > limit else None)


def embedded(portal: Portal, call: Call, record: Record, targets: Sequence[Kind]) -> dict[str, object]:
    """Return `associations` as they come with a record: ids of the first page only, with a link to the next (hubspot.md 3 [G])."""
    body: dict[str, object] = {}
    for target in targets:
        page = link_page(portal, record, target, after=0, limit=EMBEDDED)
        if page.rows:
            found: dict[str, object] = {"results": page.plain()}
            if page.after:
                found["paging"] = {"next": {"after": page.after, "link": f"{_address(call, record, target)}?after={page.after}"}}
            body[target.heading or target.name] = found
    return {"associations": body} if body else {}


def _address(call: Call, record: Record, target: Kind) -> str:
    objects = f"/crm/objects/{call.path.split('/')[3]}" if call.is_dated else "/crm/v3/objects"
    return f"{call.base}{objects}/{record.kind.name}/{record.id}/associations/{target.name}"
