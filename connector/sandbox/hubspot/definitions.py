"""Property definitions and groups of one object type, and the catalog of those that come with the portal."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.kinds import Kind

_CATALOG = Path(__file__).parent / "catalog.csv"
_FLAGS = {"r": "read_only", "c": "calculated", "u": "unique", "o": "custom"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enumeration."""

    value: str
    label: str
    order: int = -1
    is_hidden: bool = False

    def body(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"label": self.label, "value": self.value, "displayOrder": self.order, "hidden": self.is_hidden}


@dataclass(slots=True)
class Definition:
    """One property. `extra` holds the optional settings a client gave, under the vendor's names; instants are milliseconds since 1970."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    created: int
    updated: int
    options: tuple[Option, ...] = ()
    description: str = ""
    extra: dict[str, object] = field(default_factory=dict)
    is_custom: bool = False
    is_calculated: bool = False
    is_read_only: bool = False
    is_unique: bool = False
    archived: int | None = None

    @property
    def refuses_values(self) -> bool:
        """Whether only the vendor itself sets values."""
        return self.is_read_only or self.is_calculated

    def body(self) -> dict[str, object]:
        """Return the JSON form (hubspot.md 9 [S] Property)."""
        body: dict[str, object] = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [option.body() for option in self.options],
            "displayOrder": -1,
            "calculated": self.is_calculated,
            "externalOptions": False,
            "hasUniqueValue": self.is_unique,
            "hidden": False,
            "formField": False,
            "dataSensitivity": "non_sensitive",
            "archived": self.archived is not None,
            "createdAt": iso(self.created),
            "updatedAt": iso(self.updated),
            "modificationMetadata": self._metadata(),
        }
        body |= {} if self.is_custom else {"hubspotDefined": True}
        body |= {} if self.archived is None else {"archivedAt": iso(self.archived)}
        return body | self.extra

    def _metadata(self) -> dict[str, object]:
        return {
            "archivable": self.is_custom,
            "readOnlyDefinition": not self.is_custom,
            "readOnlyValue": self.refuses_values,
            "readOnlyOptions": not self.is_custom,
        }


class Schema:
    """The properties and groups of one object type."""

    def __init__(self, kind: Kind, at: int) -> None:
        self.kind = kind
        self.definitions: dict[str, Definition] = {}
        self.groups: dict[str, str] = {kind.group: kind.group.replace("_", " ").capitalize()}
        self._created = at

    def live(self, name: str) -> Definition | None:
        """Return a property that is there and not archived."""
        found = self.definitions.get(name)
        return found if found and found.archived is None else None

    def builtin(self, name: str, label: str, types: str, flags: str = "", *, options: Sequence[Option] = ()) -> Definition:
        """Add a property that comes with the portal; `types` is type/fieldType, `flags` are those of the catalog."""
        type_, field_type = types.split("/")
        has = {word: letter in flags for letter, word in _FLAGS.items()}
        definition = Definition(
            name=name,
            label=label,
            type=type_,
            field_type=field_type,
            group=self.kind.group,
            created=self._created,
            updated=self._created,
            options=tuple(options),
            is_custom=has["custom"],
            is_calculated=has["calculated"],
            is_read_only=has["read_only"],
            is_unique=has["unique"],
        )
        self.definitions[name] = definition
        return definition

    @property
    def custom(self) -> list[Definition]:
        """The live properties that count against the account's limit."""
        return [definition for definition in self.definitions.values() if definition.is_custom and definition.archived is None]


def choices(values: Sequence[str]) -> tuple[Option, ...]:
    """Return options in this order; a value may carry its label behind a colon."""
    pairs = [value.partition(":") for value in values]
    return tuple(Option(value, label or value.replace("_", " ").capitalize(), order) for order, (value, _, label) in enumerate(pairs))


@cache
def _rows() -> list[dict[str, str]]:
    with _CATALOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def catalog(schema: Schema) -> None:
    """Add the properties of the catalog: names and kinds from hubspot.md 8 [P] [D], only those that a reader of this data can meet."""
    for row in [row for row in _rows() if row["kind"] in {schema.kind.name, "*"}]:
        schema.builtin(
            row["name"], row["label"], row["types"], row["flags"], options=choices([word for word in row["options"].split("|") if word])
        )
