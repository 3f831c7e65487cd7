"""Making and removing associations in batches (hubspot.md 10; sizes and shapes as the vendor's own client has them [R])."""

from connector.sandbox.hubspot.calls import Answer, Call, Fields
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import gone, invalid
from connector.sandbox.hubspot.kinds import Kind, kind_named
from connector.sandbox.hubspot.links import TYPES, LinkType
from connector.sandbox.hubspot.objects import kind_written
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.writing import tie

INPUTS = 1000


def _kinds(portal: Portal, call: Call) -> tuple[Kind, Kind]:
    source, target = kind_written(portal, call), kind_named(call.parts["to"])
    portal.require(target.write_scope)
    return source, target


def _record(portal: Portal, kind: Kind, row: Fields) -> Record:
    word = row.only("id").identifier()
    record = portal.table(kind).find(word)
    if record is None:
        raise gone(kind.singular, [word])
    return record


def batch_create(portal: Portal, call: Call) -> Answer:
    """Link pairs of records by the types given; nothing is linked when one pair is wrong."""
    call.only()
    source, target = _kinds(portal, call)
    rows = [row.only("from", "to", "types") for row in call.body.only("inputs").rows("inputs", INPUTS)]
    pairs = [
        (_record(portal, source, row.inner("from")), _record(portal, target, row.inner("to")), _links(source, target, row)) for row in rows
    ]
    for record, other, links in pairs:
        for link in links:
            tie(portal, link, record, other)
    return Answer(201, _completed(portal, [_linked(*pair) for pair in pairs]))


def _links(source: Kind, target: Kind, row: Fields) -> list[LinkType]:
    numbers = [named.only("associationCategory", "associationTypeId").whole("associationTypeId", 0) for named in row.rows("types")]
    links = [TYPES[number] for number in numbers if number in TYPES]
    if not links or len(links) < len(numbers) or any((link.source, link.target) != (source.name, target.name) for link in links):
        raise invalid(f"No association types {numbers} lead from {source.name} to {target.name}.")
    return links


def _linked(record: Record, other: Record, links: list[LinkType]) -> dict[str, object]:
    return {
        "fromObjectTypeId": record.kind.type_id,
        "fromObjectId": record.id,
        "toObjectTypeId": other.kind.type_id,
        "toObjectId": other.id,
        "labels": [link.label for link in links if link.label],
    }


def _completed(portal: Portal, results: list[dict[str, object]]) -> dict[str, object]:
    now = iso(portal.clock.now())
    return {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}


def batch_archive(portal: Portal, call: Call) -> Answer:
    """Unlink records from each other, whatever their labels; always 204."""
    call.only()
    source, target = _kinds(portal, call)
    for row in call.body.only("inputs").rows("inputs", INPUTS):
        number = row.only("from", "to").inner("from").identifier()
        for other in row.rows("to"):
            portal.links.remove((source, target), int(number), int(other.identifier()))
    return Answer(204, None)
