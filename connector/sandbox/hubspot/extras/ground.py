"""What the extras stand on: the people, customers and deals that a portal has, and one source of chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS, Kind
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record, Source
from connector.sandbox.hubspot.structure import Owner

_SEED = 201712
SHIPPED_DEALS = 8800
"""Deals of the whole data; a portal with fewer gets as much less of everything else."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A portal to be filled further."""

    portal: Portal
    random: Random
    owners: Sequence[Owner]
    companies: Sequence[Record]
    contacts: Sequence[Record]
    deals: Sequence[Record]

    @classmethod
    def of(cls, portal: Portal) -> "Ground":
        """Take stock of a portal."""
        people, customers, deals = (list(portal.table(kind)) for kind in (CONTACTS, COMPANIES, DEALS))
        return cls(portal, Random(_SEED), list(portal.owners.values()), customers, people, deals)  # noqa: S311  # made-up data

    @property
    def step(self) -> int:
        """Every how many rows of other data are taken, so that their number suits that of the deals."""
        return max(1, SHIPPED_DEALS // max(1, len(self.deals)))

    def linked(self, record: Record, target: Kind) -> list[Record]:
        """Return the records of a kind that one is linked to, in order of id."""
        table = self.portal.table(target)
        numbers = sorted(self.portal.links.of(record.kind, record.id, target))
        return [found for number in numbers if (found := table.find(str(number)))]

    def tie(self, record: Record, *others: Record | None) -> None:
        """Link a record to others by default."""
        for other in others:
            if other:
                self.portal.links.join((record.kind, other.kind), record.id, other.id)

    def by(self, owner: Owner | None) -> Source:
        """Return whom the history names for what a person did."""
        return Source("CRM_UI", f"userId:{owner.user_id}", str(owner.user_id)) if owner else Source("IMPORT", "1")
