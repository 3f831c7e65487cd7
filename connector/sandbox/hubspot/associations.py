"""Reading and changing associations, of many records at once and of one (hubspot.md 10)."""

from connector.sandbox.hubspot.calls import Answer, Call, Fields
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import gone, invalid, not_found
from connector.sandbox.hubspot.kinds import Kind, kind_named
from connector.sandbox.hubspot.links import default_type, types_between
from connector.sandbox.hubspot.objects import find, kind_read, kind_written
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.rendering import link_page
from connector.sandbox.hubspot.writing import tell_of_link, tie

INPUTS, PAGE = 1000, 500
_OK, _MULTI_STATUS = 200, 207


def batch_read(portal: Portal, call: Call) -> Answer:
    """Read the associations of many records, a page of each; records without any come as errors of a 207."""
    call.only()
    source, target = kind_read(portal, call), kind_read(portal, call, "to")
    default_type(source, target)
    rows = call.body.only("inputs").rows("inputs", INPUTS)
    results: list[object] = []
    errors: list[object] = []
    for row in rows:
        result = _of_input(portal, call, (source, target), row)
        (results if result else errors).append(result or _none(source, target, row.identifier()))
    now = iso(portal.clock.now())
    body: dict[str, object] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        return Answer(_MULTI_STATUS, body | {"numErrors": len(errors), "errors": errors})
    return Answer(_OK, body)


def _of_input(portal: Portal, call: Call, ends: tuple[Kind, Kind], row: Fields) -> dict[str, object] | None:
    source, target = ends
    row.only("id", "after")
    record = portal.table(source).find(row.identifier())
    page = link_page(portal, record, target, after=row.whole("after", 0), limit=PAGE) if record else None
    if page is None or not page.rows:
        return None
    paging = {"paging": {"next": {"after": page.after}}} if page.after else {}
    return {"from": {"id": row.identifier()}, "to": page.labels(as_text=call.is_dated), **paging}


def _none(source: Kind, target: Kind, word: str) -> dict[str, object]:
    context = {"fromObjectId": [word], "fromObjectType": [source.type_id], "toObjectType": [target.type_id]}
    return not_found(
        f"No {target.singular} is associated with {source.singular} {word}.",
        subCategory="crm.associations.NO_ASSOCIATIONS_FOUND",
        context=context,
    ).body()


def of_record(portal: Portal, call: Call) -> Answer:
    """Read the associations of one record; v3 answers with the plain form, the others with labels."""
    call.only("limit", "after")
    kind, target = kind_read(portal, call), kind_read(portal, call, "to")
    after = call.word("after", "0")
    if not after.isdigit():
        raise invalid(f'The value "{after}" is not a valid paging cursor for associations.')
    page = link_page(portal, find(portal, call, kind), target, after=int(after), limit=call.limit(PAGE, PAGE))
    is_plain = call.path.startswith("/crm/v3/")
    body: dict[str, object] = {"results": page.plain() if is_plain else page.labels(as_text=call.is_dated)}
    if page.after:
        body["paging"] = {"next": {"after": page.after, "link": f"{call.base}{call.path}?after={page.after}"}}
    return Answer(_OK, body)


def _ends(portal: Portal, call: Call) -> tuple[Record, Record]:
    kind, target = kind_written(portal, call), kind_named(call.parts["to"])
    portal.require(target.write_scope)
    other = portal.table(target).find(call.parts["other"])
    if other is None:
        raise gone(target.singular, [call.parts["other"]])
    return find(portal, call, kind), other


def put_default(portal: Portal, call: Call) -> Answer:
    """Link two records by the default type."""
    call.only()
    record, other = _ends(portal, call)
    tie(portal, default_type(record.kind, other.kind), record, other)
    links = portal.links.of(record.kind, record.id, other.kind)[other.id]
    results = [
        {
            "from": {"id": str(record.id)},
            "to": {"id": str(other.id)},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": word},
        }
        for word in links
    ]
    return Answer(_OK, {"status": "COMPLETE", "results": results})


def remove(portal: Portal, call: Call) -> Answer:
    """Unlink two records."""
    call.only()
    record, other = _ends(portal, call)
    portal.links.remove((record.kind, other.kind), record.id, other.id)
    tell_of_link(portal, record, other, is_removed=True)
    return Answer(204, None)


def labels(portal: Portal, call: Call) -> Answer:
    """List the association types between two kinds."""
    call.only()
    source, target = kind_read(portal, call), kind_read(portal, call, "to")
    found = types_between(source, target)
    return Answer(_OK, {"results": [{"category": "HUBSPOT_DEFINED", "typeId": link.id, "label": link.label} for link in found]})
