"""Reading and writing single records, and listing them (hubspot.md 3)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import islice

from connector.sandbox.hubspot import goals, writing
from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.errors import Refusal, gone, invalid
from connector.sandbox.hubspot.kinds import GOALS, Kind, kind_named
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.rendering import embedded, view
from connector.sandbox.hubspot.scopes import require_reading

PAGE, PAGE_WITH_HISTORY, DEFAULT_PAGE = 100, 50, 10


def kind_read(portal: Portal, call: Call, part: str = "kind") -> Kind:
    """Return the kind a path names.

    Raises:
        Refusal: there is no such kind, or the token may not read it.
    """
    kind = kind_named(call.parts[part])
    require_reading(portal, call, kind)
    return kind


def kind_written(portal: Portal, call: Call) -> Kind:
    """Return the kind a path names.

    Raises:
        Refusal: there is no such kind, nobody may write it (hubspot.md 8.7 [D]; that it is a 405 is [recall]), or the token may not.
    """
    kind = kind_named(call.parts["kind"])
    if kind.is_closed_book:
        raise Refusal(405, "METHOD_NOT_ALLOWED", f"Records of {kind.name} are read only: they cannot be created or edited through the API.")
    portal.require(kind.write_scope)
    return kind


def _associated(portal: Portal, call: Call) -> list[Kind]:
    kinds = [kind_named(name) for name in call.names("associations")]
    for kind in kinds:
        require_reading(portal, call, kind)
    return kinds


def list_page(portal: Portal, call: Call) -> Answer:
    """List a page of records in order of id."""
    call.only("limit", "after", "properties", "propertiesWithHistory", "associations", "archived")
    kind = kind_read(portal, call)
    shown = view(portal, kind, call.names("properties"), call.names("propertiesWithHistory"))
    limit = _page_size(call, has_history=bool(call.names("propertiesWithHistory")))
    targets = _associated(portal, call)
    table = portal.table(kind)
    found = list(islice(table.after(_place(call.word("after"), kind), archived=call.flag("archived")), limit + 1))
    body: dict[str, object] = {"results": [shown.record(record) | embedded(portal, call, record, targets) for record in found[:limit]]}
    if len(found) > limit:
        body["paging"] = _next(call, _cursor(found[limit - 1]))
    return Answer(200, body)


def _page_size(call: Call, *, has_history: bool) -> int:
    limit = call.limit(DEFAULT_PAGE, PAGE)
    if has_history and limit > PAGE_WITH_HISTORY:
        raise invalid("You can only request at most 50 objects in one request for properties with history")
    return limit


def _cursor(record: Record) -> str:
    return urlsafe_b64encode(f"{record.kind.name}:{record.id}".encode()).decode().rstrip("=")


def _place(cursor: str, kind: Kind) -> int:
    if not cursor:
        return 0
    try:
        name, _, number = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        place = int(number)
    except ValueError:
        name, place = "", 0
    if name != kind.name:
        raise invalid(f'The value "{cursor}" is not a valid paging cursor for {kind.name}.')
    return place


def _next(call: Call, cursor: str) -> dict[str, object]:
    return {"next": {"after": cursor, "link": f"{call.base}{call.path}?after={cursor}"}}


def find(portal: Portal, call: Call, kind: Kind, *, archived: bool = False) -> Record:
    """Return the record a path names, by id or by a unique property (`idProperty`).

    Raises:
        Refusal: it is not there.
    """
    word, unique = call.parts["id"], call.word("idProperty")
    record = writing.with_value(portal, kind, unique_property(portal, kind, unique), word) if unique else None
    record = record if unique else portal.table(kind).find(word, archived=archived)
    if record is None:
        raise gone(kind.singular, [word])
    return record


def unique_property(portal: Portal, kind: Kind, name: str) -> str:
    """Return the name of a property whose values are unique.

    Raises:
        Refusal: its values are not (hubspot.md 5 [G]).
    """
    definition = portal.schema(kind).live(name)
    if definition is None or not definition.is_unique:
        raise invalid(f"Unable to perform read/update/upsert by non-unique {kind.type_id} property {name}")
    return name


def get_one(portal: Portal, call: Call) -> Answer:
    """Read one record."""
    call.only("properties", "propertiesWithHistory", "associations", "archived", "idProperty")
    kind = kind_read(portal, call)
    record = find(portal, call, kind, archived=call.flag("archived"))
    shown = view(portal, kind, call.names("properties"), call.names("propertiesWithHistory"))
    return Answer(200, shown.record(record) | embedded(portal, call, record, _associated(portal, call)))


def create_one(portal: Portal, call: Call) -> Answer:
    """Create one record."""
    call.only()
    kind = kind_written(portal, call)
    body = call.body.only("properties", "associations", "objectWriteTraceId")
    values = writing.checked(portal, kind, body.inner("properties"))
    if kind is GOALS:
        goals.check_families(portal, [values])
    record = writing.create(portal, kind, values, writing.ties(portal, kind, body.rows("associations")))
    return Answer(201, view(portal, kind, values).record(record))


def update_one(portal: Portal, call: Call) -> Answer:
    """Change one record."""
    call.only("idProperty")
    kind = kind_written(portal, call)
    record = find(portal, call, kind)
    values = writing.checked(portal, kind, call.body.only("properties", "objectWriteTraceId").inner("properties"), record)
    if kind is GOALS:
        goals.check_changes(portal, [(record, values)])
    writing.change(portal, record, values)
    return Answer(200, view(portal, kind, values).record(record))


def archive_one(portal: Portal, call: Call) -> Answer:
    """Archive one record; one that is not there is no error, as with every repeated delete."""
    call.only()
    kind = kind_written(portal, call)
    record = portal.table(kind).find(call.parts["id"])
    if record:
        writing.archive(portal, record)
    return Answer(204, None)
