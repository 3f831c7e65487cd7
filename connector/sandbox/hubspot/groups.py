"""Property groups: read, create, archive (hubspot.md 9)."""

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.errors import invalid, not_found, taken
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.properties import schema_of


def _group_body(name: str, label: str) -> dict[str, object]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}


def list_groups(portal: Portal, call: Call) -> Answer:
    """List the property groups."""
    call.only("locale")
    return Answer(200, {"results": [_group_body(name, label) for name, label in schema_of(portal, call).groups.items()]})


def get_group(portal: Portal, call: Call) -> Answer:
    """Read one property group."""
    call.only("locale")
    name = call.parts["name"]
    label = schema_of(portal, call).groups.get(name)
    if label is None:
        raise not_found(f"Property group {name} does not exist.")
    return Answer(200, _group_body(name, label))


def create_group(portal: Portal, call: Call) -> Answer:
    """Create a property group."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    fields = call.body.only("name", "label", "displayOrder")
    name = fields.text("name")
    if name in schema.groups:
        raise taken(f"A property group named '{name}' already exists.", "PropertyGroupError.PROPERTY_GROUP_EXISTS")
    schema.groups[name] = fields.text("label")
    return Answer(201, _group_body(name, schema.groups[name]))


def update_group(portal: Portal, call: Call) -> Answer:
    """Rename a property group; its name stays (hubspot.md 9 [S])."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    name = call.parts["name"]
    if name not in schema.groups:
        raise not_found(f"Property group {name} does not exist.")
    fields = call.body.only("label", "displayOrder")
    schema.groups[name] = fields.text("label", schema.groups[name])
    return Answer(200, _group_body(name, schema.groups[name]))


def archive_group(portal: Portal, call: Call) -> Answer:
    """Remove a property group that holds no live property [N2]."""
    call.only()
    schema = schema_of(portal, call, writing=True)
    name = call.parts["name"]
    if any(definition.group == name and definition.archived is None for definition in schema.definitions.values()):
        raise invalid(f"Group {name} has active properties.", subCategory="PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES")
    schema.groups.pop(name, None)
    return Answer(204, None)
