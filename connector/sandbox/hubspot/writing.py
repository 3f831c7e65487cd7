"""Creates, changes and archives records: checks every value first, then writes all of them with their history."""

from collections.abc import Mapping, Sequence

from connector.sandbox.hubspot.calls import Fields, property_text
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.definitions import Definition
from connector.sandbox.hubspot.errors import BadValue, bad_values, gone, invalid
from connector.sandbox.hubspot.kinds import DEALS, KINDS, TICKETS, USERS, Kind
from connector.sandbox.hubspot.links import TYPES, LinkType, default_type
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record
from connector.sandbox.hubspot.values import canonical

_CLOSE_DATES: Mapping[str, str] = {DEALS.name: "closedate", TICKETS.name: "closed_date"}
Values = Mapping[str, str]
Ties = Sequence[tuple[LinkType, Record]]


def checked(portal: Portal, kind: Kind, properties: Fields, record: Record | None = None) -> Values:
    """Return the values of a write in the form in which they are kept; `record` is the one that is changed.

    Raises:
        Refusal: a property does not exist, sets itself, or does not take the value.
    """
    bad: list[BadValue] = []
    values: dict[str, str] = {}
    for name, raw in properties.values.items():
        try:
            values[name] = _value(portal, kind, name, raw)
        except BadValue as error:
            bad.append(error)
    if bad:
        raise bad_values(bad)
    _refuse_doubles(portal, kind, values, record)
    for rule in portal.rules:
        if rule.kind == kind.name and rule.breaks(values, record):
            raise rule.refusal()
    return values


def _value(portal: Portal, kind: Kind, name: str, raw: object) -> str:
    definition = portal.schema(kind).live(name)
    if definition is None:
        raise BadValue(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if definition.refuses_values:
        raise BadValue(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    text = property_text(raw)
    if text is None:
        raise BadValue(name, "INVALID_VALUE", f'"{name}" takes a string; "" clears it.')
    if name == "hubspot_owner_id":
        return _owner(portal, definition, text)
    return canonical(definition, text)


def _owner(portal: Portal, definition: Definition, text: str) -> str:
    if text and portal.owner(text) is None:
        raise BadValue(definition.name, "INVALID_OWNER_ID", f"Owner {text} does not exist.")
    return text


def _refuse_doubles(portal: Portal, kind: Kind, values: Values, record: Record | None) -> None:
    schema = portal.schema(kind)
    unique = [name for name in values if values[name] and (definition := schema.live(name)) and definition.is_unique]
    for name in unique:
        holder = with_value(portal, kind, name, values[name])
        if holder and holder is not record:
            raise invalid(f"Cannot set {name}: record {holder.id} already has the value {values[name]}.")


def with_value(portal: Portal, kind: Kind, name: str, value: str) -> Record | None:
    """Return the live record that has a value in a unique property."""
    return next((record for record in portal.table(kind) if record.values.get(name) == value), None)


def ties(portal: Portal, kind: Kind, rows: Sequence[Fields]) -> Ties:
    """Read the `associations` of a create (hubspot.md 5 [S]).

    Raises:
        Refusal: a type does not start at this kind, or a record is not there.
    """
    found: list[tuple[LinkType, Record]] = []
    for row in rows:
        row.only("to", "types")
        number = row.inner("to").only("id").identifier()
        found += [_tie(portal, kind, named.only("associationCategory", "associationTypeId"), number) for named in row.rows("types")]
    return found


def _tie(portal: Portal, kind: Kind, named: Fields, number: str) -> tuple[LinkType, Record]:
    link = TYPES.get(named.whole("associationTypeId", 0))
    if link is None or link.source != kind.name or named.text("associationCategory") != "HUBSPOT_DEFINED":
        raise invalid(f"No association type {named.values.get('associationTypeId')} starts at {kind.name}.")
    record = portal.tables[link.target].find(number)
    if record is None:
        raise gone(link.target, [number])
    return link, record


def create(portal: Portal, kind: Kind, values: Values, tied: Ties = ()) -> Record:
    """Add a record.

    Raises:
        Refusal: records of this kind come into being elsewhere.
    """
    if kind is USERS:
        raise invalid("Users are created in the account's settings.")
    record = portal.table(kind).create(values, portal.clock.now(), portal.source)
    portal.teller.tell(kind.singular, "creation", objectId=record.id)
    for link, other in tied:
        tie(portal, link, record, other)
    portal.journal.records += 1
    portal.journal.values += len(values)
    return record


def tie(portal: Portal, link: LinkType, record: Record, other: Record) -> None:
    """Link two records; a label comes with the unlabeled type. Neither counts as modified (hubspot.md 10 [G])."""
    portal.links.join((record.kind, other.kind), record.id, other.id)
    if link.id != default_type(record.kind, KINDS[link.target]).id:
        portal.links.add(link.id, record.id, other.id)
    tell_of_link(portal, record, other)


def tell_of_link(portal: Portal, record: Record, other: Record, *, is_removed: bool = False) -> None:
    """Tell of a link from both its ends; products never (hubspot.md 12.1 [S]; the fields are [recall])."""
    for one, another in ((record, other), (other, record)):
        portal.teller.tell(
            one.kind.singular,
            "associationChange",
            associationType=f"{one.kind.singular}_TO_{another.kind.singular}".upper().replace(" ", "_"),
            fromObjectId=one.id,
            toObjectId=another.id,
            associationRemoved=is_removed,
        )


def change(portal: Portal, record: Record, values: Values) -> None:
    """Set properties of a record."""
    now = portal.clock.now()
    whole = _with_close_date(portal, record, values, now)
    changed = {name: value for name, value in whole.items() if record.values.get(name) != value}
    portal.journal.records += 1
    portal.journal.values += portal.table(record.kind).change(record, whole, now, portal.source)
    for name, value in changed.items():
        portal.teller.tell(record.kind.singular, "propertyChange", objectId=record.id, propertyName=name, propertyValue=value)


def _with_close_date(portal: Portal, record: Record, values: Values, now: int) -> Values:
    # A deal or ticket that moves to a closed stage gets its close date at once, unless the write brings one [recall].
    name = _CLOSE_DATES.get(record.kind.name)
    if name is None or name in values:
        return values
    stage, was = (portal.stages.get(held.get(record.kind.stage, "")) for held in (values, record.values))
    return {**values, name: iso(now)} if stage and stage.is_closed and not (was and was.is_closed) else values


def archive(portal: Portal, record: Record) -> None:
    """Put a record away."""
    portal.table(record.kind).archive(record, portal.clock.now())
    portal.journal.records += 1
    portal.teller.tell(record.kind.singular, "deletion", objectId=record.id)
