"""Rules that a portal's admin set on writes: properties that must be filled in, always or under a condition (hubspot.md 1 [C])."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.sandbox.hubspot.calls import Fields
from connector.sandbox.hubspot.errors import Refusal, invalid
from connector.sandbox.hubspot.records import Record


@dataclass(frozen=True, slots=True)
class Rule:
    """`property` must be filled in: when a record is created, or, with `when`, in every write to a record that then has these values."""

    kind: str
    property: str
    when: Mapping[str, str]

    def breaks(self, values: Mapping[str, str], record: Record | None) -> bool:
        """Whether a write leaves the property empty that must not be."""
        after = {**(record.values if record else {}), **values}
        is_asked = all(after.get(name) == value for name, value in self.when.items()) if self.when else record is None
        return is_asked and not after.get(self.property)

    def refusal(self) -> Refusal:
        """Return what the write is told; which of its fields names the rule is [recall]."""
        word = "MISSING_CONDITIONAL_REQUIRED_PROPERTY" if self.when else "MISSING_REQUIRED_PROPERTY"
        message = f"{self.property} is required for {self.kind} here."
        context = {"propertyName": [self.property]}
        return invalid(message, subCategory=word, context=context, errors=[{"message": message, "code": word, "context": context}])


def rule_of(row: Fields) -> Rule:
    """Read a rule: {"kind", "property", "when": {name: value}}.

    Raises:
        Refusal: a field is missing or unknown.
    """
    row.only("kind", "property", "when")
    when = row.inner("when").values if "when" in row.values else {}
    return Rule(row.text("kind"), row.text("property"), {name: str(value) for name, value in when.items()})
