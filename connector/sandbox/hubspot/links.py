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


def _with_activities(target: tuple[str, str], ids: Mapping[str, tuple[int, int]]) -> list[LinkType]:
    """Return the types between activities and another kind, given its name and its singular; ids run from the record to the activity."""
    name, singular = target
    found: list[LinkType] = []
    for activity, pair in ids.items():
        word = activity.removesuffix("s")
        found += _both(pair, (name, activity), None, (f"{singular}_to_{word}", f"{word}_to_{singular}"))
    return found


# Ids: hubspot.md 10 [N3], for activities those from the record to the activity; the way back, the ids of tickets and messages to
# activities, of companies to tickets, of leads and of feedback, 13 and 14 (parent and child company), 449 and 450 are [recall].
# Names of the embedded form: field reports.
_TYPES = [
    *_both((341, 342), ("deals", "companies"), None, ("deal_to_company_unlabeled", "company_to_deal_unlabeled")),
    *_both((5, 6), ("deals", "companies"), "Primary", ("deal_to_company", "company_to_deal")),
    *_both((3, 4), ("deals", "contacts"), None, ("deal_to_contact", "contact_to_deal")),
    *_both((19, 20), ("deals", "line_items"), None, ("deal_to_line_item", "line_item_to_deal")),
    *_both((279, 280), ("contacts", "companies"), None, ("contact_to_company_unlabeled", "company_to_contact_unlabeled")),
    *_both((1, 2), ("contacts", "companies"), "Primary", ("contact_to_company", "company_to_contact")),
    *_both((13, 14), ("companies", "companies"), "Parent Company", ("parent_to_child_company", "child_to_parent_company")),
    *_both((27, 28), ("deals", "tickets"), None, ("deal_to_ticket", "ticket_to_deal")),
    *_both((16, 15), ("tickets", "contacts"), None, ("ticket_to_contact", "contact_to_ticket")),
    *_both((339, 340), ("tickets", "companies"), None, ("ticket_to_company_unlabeled", "company_to_ticket_unlabeled")),
    *_both((26, 25), ("tickets", "companies"), "Primary", ("ticket_to_company", "company_to_ticket")),
    *_both((98, 97), ("feedback_submissions", "contacts"), None, ("feedback_submission_to_contact", "contact_to_feedback_submission")),
    *_both((100, 99), ("feedback_submissions", "tickets"), None, ("feedback_submission_to_ticket", "ticket_to_feedback_submission")),
    *_both((608, 607), ("leads", "contacts"), None, ("lead_to_contact", "contact_to_lead")),
    *_both((578, 579), ("leads", "contacts"), "Primary", ("lead_to_primary_contact", "primary_contact_to_lead")),
    *_both((610, 609), ("leads", "companies"), None, ("lead_to_company", "company_to_lead")),
    *_both((583, 584), ("leads", "deals"), None, ("lead_to_deal", "deal_to_lead")),
    *_with_activities(
        ("deals", "deal"),
        {
            "calls": (205, 206),
            "emails": (209, 210),
            "meetings": (211, 212),
            "notes": (213, 214),
            "tasks": (215, 216),
            "communications": (86, 85),
        },
    ),
    *_with_activities(
        ("contacts", "contact"),
        {
            "calls": (193, 194),
            "emails": (197, 198),
            "meetings": (199, 200),
            "notes": (201, 202),
            "tasks": (203, 204),
            "communications": (82, 81),
        },
    ),
    *_with_activities(
        ("companies", "company"),
        {
            "calls": (181, 182),
            "emails": (185, 186),
            "meetings": (187, 188),
            "notes": (189, 190),
            "tasks": (191, 192),
            "communications": (88, 87),
        },
    ),
    *_with_activities(
        ("tickets", "ticket"),
        {
            "calls": (219, 220),
            "emails": (223, 224),
            "meetings": (225, 226),
            "notes": (227, 228),
            "tasks": (229, 230),
            "communications": (84, 83),
        },
    ),
    LinkType(450, 450, "companies", "companies", None, "company_to_company"),
    LinkType(449, 449, "contacts", "contacts", None, "contact_to_contact"),
]
TYPES: Mapping[int, LinkType] = {link.id: link for link in _TYPES}
_DEFAULTS = {(link.source, link.target): link for link in reversed(_TYPES) if link.label is None}
_PRIMARIES = {(link.source, link.target): link for link in _TYPES if link.label == "Primary"}
_ONE_PRIMARY = {("deals", "companies"), ("contacts", "companies"), ("tickets", "companies"), ("leads", "contacts")}
"""Records of the first kind have one primary record of the second."""
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
        if key not in _PRIMARIES:
            return
        forward = key if key in _ONE_PRIMARY else (key[1], key[0])
        owner, first = (number, other) if forward == key else (other, number)
        label = _PRIMARIES[forward]
        if not any(label.id in types for types in self._sides[forward][owner].values()):
            self.add(label.id, owner, first)

    def remove(self, ends: tuple[Kind, Kind], number: int, other: int) -> None:
        """Unlink two records, whatever their labels."""
        source, target = ends
        for key, one, two in (((source.name, target.name), number, other), ((target.name, source.name), other, number)):
            self._sides.get(key, {}).get(one, {}).pop(two, None)

    def forget(self, kind: Kind, number: int) -> Mapping[tuple[str, str], Mapping[int, tuple[int, ...]]]:
        """Take every link of a record away and return them by the names of their ends."""
        gone = {key: side.pop(number, {}) for key, side in self._sides.items() if key[0] == kind.name}
        for (source, target), others in gone.items():
            for other in others:
                self._sides[target, source].get(other, {}).pop(number, None)
        return gone

    def move(self, kind: Kind, number: int, to: int) -> None:
        """Give the links of a record to another one of its kind; one that has a primary record keeps it [recall]."""
        for key, others in self.forget(kind, number).items():
            for other, types in others.items():
                for type_id in types if other != to else ():
                    if not (key in _ONE_PRIMARY and TYPES[type_id].label and self._has(key, to, type_id)):
                        self.add(type_id, to, other)

    def _has(self, key: tuple[str, str], number: int, type_id: int) -> bool:
        return any(type_id in types for types in self._sides.get(key, {}).get(number, {}).values())

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
