"""Property definitions: read, create, change, archive (hubspot.md 9)."""

import re
from collections.abc import Callable

from connector.sandbox.hubspot.calls import Answer, Call, Fields
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.definitions import Definition, Option, Schema
from connector.sandbox.hubspot.errors import Refusal, invalid, not_found, taken
from connector.sandbox.hubspot.kinds import USERS, kind_named
from connector.sandbox.hubspot.portal import Portal

INPUTS = 100
PAIRS = {
    "number": ("number", "calculation_equation"),
    "string": ("text", "textarea", "html", "file", "phonenumber", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox", "calculation_equation"),
    "phone_number": ("phonenumber",),
}
"""Which field types a type may have [D]."""
HINTS = ("currency", "duration", "formatted", "percentage", "probability", "unformatted")
_NAME = re.compile(r"^(?!hs_)[a-z][a-z0-9_]{0,99}$")  # [recall]
_EXTRA = (
    "calculationFormula",
    "currencyPropertyName",
    "dataSensitivity",
    "displayOrder",
    "externalOptions",
    "formField",
    "hidden",
    "numberDisplayHint",
    "referencedObjectType",
    "showCurrencySymbol",
    "textDisplayHint",
)
_CREATED = ("groupName", "name", "label", "type", "fieldType", "description", "options", "hasUniqueValue", *_EXTRA)
_FIXED = {"name", "hasUniqueValue", "dataSensitivity", "externalOptions", "referencedObjectType"}
_CHANGED = tuple(name for name in _CREATED if name not in _FIXED)


def schema_of(portal: Portal, call: Call, *, writing: bool = False) -> Schema:
    """Return the properties of the kind a path names.

    Raises:
        Refusal: there is no such kind, or the token may not read or change its properties.
    """
    kind = kind_named(call.parts["kind"])
    portal.require(*(kind.schema_write_scopes if writing else kind.schema_read_scopes))
    # hubspot.md 8.8: whether users take custom properties is unverified, so a portal may say no.
    if writing and kind is USERS and not portal.options.user_properties:
        raise invalid("Custom properties are not supported for object type 0-115.")
    if writing and kind.is_closed_book:
        raise invalid(f"Properties of {kind.name} cannot be created or edited through the API.")
    return portal.schema(kind)


def _found(schema: Schema, name: str) -> Definition:
    definition = schema.live(name)
    if definition is None:
        raise not_found(f"Property {name} does not exist on {schema.kind.type_id}.")
    return definition


def list_all(portal: Portal, call: Call) -> Answer:
    """List the properties, or with `archived=true` the archived ones."""
    call.only("archived", "dataSensitivity", "locale", "properties")
    archived = call.flag("archived")
    definitions = schema_of(portal, call).definitions.values()
    return Answer(200, {"results": [definition.body() for definition in definitions if (definition.archived is not None) is archived]})


def get_one(portal: Portal, call: Call) -> Answer:
    """Read one property."""
    call.only("archived", "dataSensitivity", "locale", "properties")
    return Answer(200, _found(schema_of(portal, call), call.parts["name"]).body())


def create_one(portal: Portal, call: Call) -> Answer:
    """Create a property, or restore an archived one of that name."""
    call.only()
    return Answer(201, _create(portal, schema_of(portal, call, writing=True), call.body).body())


def _create(portal: Portal, schema: Schema, fields: Fields) -> Definition:
    fields.only(*_CREATED)
    name = fields.text("name")
    if not _NAME.match(name):
        raise invalid(
            f'Property name "{name}" must start with a letter, hold lower-case letters, digits and underscores, and not start with hs_.'
        )
    if schema.live(name):
        raise taken(f"A property named '{name}' already exists.", "Properties.PROPERTY_WITH_NAME_EXISTS")
    if len(schema.custom) >= portal.options.property_limit:
        raise invalid(f"The account has reached its limit of {portal.options.property_limit} custom properties on {schema.kind.name}.")
    definition = _defined(schema, fields, portal.clock.now())
    schema.definitions[name] = definition
    return definition


def _defined(schema: Schema, fields: Fields, now: int) -> Definition:
    before = schema.definitions.get(fields.text("name"))
    type_, field_type = _types(fields.text("type"), fields.text("fieldType"))
    return Definition(
        name=fields.text("name"),
        label=fields.text("label"),
        type=type_,
        field_type=field_type,
        group=_group(schema, fields.text("groupName")),
        # [N2]: a restored property keeps the day on which it was first created.
        created=before.created if before else now,
        updated=now,
        options=_options(fields),
        description=fields.text("description", ""),
        extra=_extra(fields),
        is_custom=True,
        is_calculated=field_type == "calculation_equation",
        is_unique=fields.flag("hasUniqueValue"),
    )


def _types(type_: str, field_type: str) -> tuple[str, str]:
    if field_type not in PAIRS.get(type_, ()):
        raise invalid(f"Type {type_} with fieldType {field_type} is not allowed; allowed are {PAIRS}.")
    return type_, field_type


def _group(schema: Schema, name: str) -> str:
    if name not in schema.groups:
        raise invalid(f"Property group {name} does not exist on {schema.kind.name}.")
    return name


def _options(fields: Fields) -> tuple[Option, ...]:
    found = []
    for row in fields.rows("options"):
        row.only("label", "value", "displayOrder", "hidden", "description")
        found.append(Option(row.text("value"), row.text("label"), row.whole("displayOrder", -1), row.flag("hidden")))
    return tuple(found)


def _extra(fields: Fields) -> dict[str, object]:
    hint = fields.values.get("numberDisplayHint")
    if hint is not None and hint not in HINTS:
        raise invalid(f"numberDisplayHint must be one of {', '.join(HINTS)}, not {hint}.")
    return {name: fields.values[name] for name in _EXTRA if name in fields.values}


def update_one(portal: Portal, call: Call) -> Answer:
    """Change a property; options replace the whole list [N2]."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    definition = _found(schema, call.parts["name"])
    fields = call.body.only(*_CHANGED)
    if not definition.is_custom:
        raise invalid(f"The definition of {definition.name} is read-only.")
    definition.type, definition.field_type = _types(fields.text("type", definition.type), fields.text("fieldType", definition.field_type))
    definition.group = _group(schema, fields.text("groupName", definition.group))
    definition.extra |= _extra(fields)
    definition.label = fields.text("label", definition.label)
    definition.description = fields.text("description", definition.description)
    definition.options = _options(fields) if "options" in fields.values else definition.options
    definition.updated = portal.clock.now()
    return Answer(200, definition.body())


def archive_one(portal: Portal, call: Call) -> Answer:
    """Archive a property; its values come back when it is created again."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    _archive(schema, schema.live(call.parts["name"]), portal.clock.now())
    return Answer(204, None)


def _archive(schema: Schema, definition: Definition | None, now: int) -> None:
    if definition and not definition.is_custom:
        raise invalid(f"{definition.name} of {schema.kind.name} comes with the account and cannot be archived.")
    if definition:
        definition.archived = now


def batch_create(portal: Portal, call: Call) -> Answer:
    """Create several properties; those that fail are named in a 207."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    rows = call.body.only("inputs").rows("inputs", INPUTS)
    return _each(portal, rows, 201, lambda row: _create(portal, schema, row))


def batch_read(portal: Portal, call: Call) -> Answer:
    """Read several properties by name; those that are not there are named in a 207."""
    call.only("locale")
    schema = schema_of(portal, call)
    rows = call.body.only("archived", "dataSensitivity", "inputs").rows("inputs", INPUTS)
    return _each(portal, rows, 200, lambda row: _found(schema, row.only("name").text("name")))


def _each(portal: Portal, rows: list[Fields], status: int, work: Callable[[Fields], Definition]) -> Answer:
    results: list[object] = []
    errors: list[object] = []
    for row in rows:
        try:
            results.append(work(row).body())
        except Refusal as refusal:
            errors.append(refusal.body(context={"name": [row.text("name", "")]}))
    now = iso(portal.clock.now())
    body: dict[str, object] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    return Answer(207, body | {"numErrors": len(errors), "errors": errors}) if errors else Answer(status, body)


def batch_archive(portal: Portal, call: Call) -> Answer:
    """Archive several properties; always 204 [N2]."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    for row in call.body.only("inputs").rows("inputs", INPUTS):
        _archive(schema, schema.live(row.only("name").text("name")), portal.clock.now())
    return Answer(204, None)
