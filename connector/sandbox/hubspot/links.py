"""Associations between records, kept from both sides, with the labels of hubspot.md 10."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from connector.sandbox.hubspot.errors import invalid
from connector.sandbox.hubspot.kinds import Kind


class LinkType(NamedTuple):
    """One association type, seen from one side."""

    id: int
    inverse: int
    source: str
    target: str
    label: str | None
    name: str


def _both(ids: tuple[int, int], ends: tuple[str, str], label: str | None, names: tuple[str, str]) -> list[LinkType]:
    (there, back), (source, target) = ids, ends
    return [LinkType(there, back, source, target, label, names[0]), LinkType(back, there, target, source, label, names[1])]


# Ids: hubspot.md 10 [N3]; 13 and 14 (parent and child company), 449 and 450 are [recall]. Names of the embedded form: field reports.
_TYPES = [
    *_both((341, 342), ("deals", "companies"), None, ("deal_to_company_unlabeled", "company_to_deal_unlabeled")),
    *_both((5, 6), ("deals", "companies"), "Primary", ("deal_to_company", "company_to_deal")),
    *_both((3, 4), ("deals", "contacts"), None, ("deal_to_contact", "contact_to_deal")),
    *_both((19, 20), ("deals", "line_items"), None, ("deal_to_line_item", "line_item_to_deal")),
    *_both((279, 280), ("contacts", "companies"), None, ("contact_to_company_unlabeled", "company_to_contact_unlabeled")),
    *_both((1, 2), ("contacts", "companies"), "Primary", ("contact_to_company", "company_to_contact")),
    *_both((13, 14), ("companies", "companies"), "Parent Company", ("parent_to_child_company", "child_to_parent_company")),
    LinkType(450, 450, "companies", "companies", None, "company_to_company"),
    LinkType(449, 449, "contacts", "contacts", None, "contact_to_contact"),
]
TYPES: Mapping[int, LinkType] = {link.id: link for link in _TYPES}
_DEFAULTS = {(link.source, link.target): link for link in reversed(_TYPES) if link.label is None}
_PRIMARIES = {(link.source, link.target): link for link in _TYPES if link.label == "Primary"}
_Side = dict[int, dict[int, tuple[int, ...]]]


class Links:
    """Every association of the portal."""

    def __init__(self) -> None:
        self._sides: dict[tuple[str, str], _Side] = {}

    def of(self, source: Kind, number: int, target: Kind) -> Mapping[int, tuple[int, ...]]:
        """Return the target ids linked to a record, each with its association type ids, in the order in which they were made."""
        return self._sides.get((source.name, target.name), {}).get(number, {})

    def add(self, type_id: int, number: int, other: int) -> None:
        """Link two records by one type, on both sides."""
        link = TYPES[type_id]
        self._put((link.source, link.target), number, other, type_id)
        self._put((link.target, link.source), other, number, link.inverse)

    def join(self, ends: tuple[Kind, Kind], number: int, other: int) -> None:
        """Link two records by default: unlabeled, and as primary where the record has none yet (the first one is primary [recall]).

        Raises:
            Refusal: records of these kinds cannot be linked.
        """
        source, target = ends
        key = (source.name, target.name)
        self.add(default_type(source, target).id, number, other)
        primary = _PRIMARIES.get(key)
        forward = key if primary and key[1] == "companies" else (key[1], key[0])
        if primary:
            owner, company = (number, other) if forward == key else (other, number)
            label = _PRIMARIES[forward]
            if not any(label.id in types for types in self._sides[forward][owner].values()):
                self.add(label.id, owner, company)

    def remove(self, ends: tuple[Kind, Kind], number: int, other: int) -> None:
        """Unlink two records, whatever their labels."""
        source, target = ends
        for key, one, two in (((source.name, target.name), number, other), ((target.name, source.name), other, number)):
            self._sides.get(key, {}).get(one, {}).pop(two, None)

    def _put(self, key: tuple[str, str], number: int, other: int, type_id: int) -> None:
        targets = self._sides.setdefault(key, {}).setdefault(number, {})
        targets[other] = tuple(sorted({*targets.get(other, ()), type_id}))


def default_type(source: Kind, target: Kind) -> LinkType:
    """Return the unlabeled association type between two kinds.

    Raises:
        Refusal: there is none.
    """
    link = _DEFAULTS.get((source.name, target.name))
    if link is None:
        raise invalid(f"No association type exists between {source.name} and {target.name}.")
    return link


def types_between(source: Kind, target: Kind) -> Sequence[LinkType]:
    """Return the association types from one kind to another."""
    return [link for link in _TYPES if (link.source, link.target) == (source.name, target.name)]
