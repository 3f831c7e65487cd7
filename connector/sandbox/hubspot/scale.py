"""Makes a portal as large as one likes: more deals and contacts like those of the data, under new ids.

A made deal is a real row drawn by `random.Random(50)`: its dates, stages, amounts, owner and their histories are that row's, its company
too; it has a new opportunity id and name, and a contact of that company. One in ten changed hands once, half-way through its life. Made
contacts belong to the companies as the real ones do. None of them has line items; companies, products and people stay as they are.
"""

from itertools import chain
from random import Random

from connector.sandbox.hubspot.clock import milliseconds
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.records import Record, Source

_SEED = 50
_HANDED_ON = 0.1


def enlarge(portal: Portal, *, deals: int, contacts: int) -> None:
    """Add records until there are this many of them; fewer than are there already adds none."""
    making = _Making(portal)
    for _ in range(contacts - len(portal.table(CONTACTS))):
        making.add_contact()
    for _ in range(deals - len(portal.table(DEALS))):
        making.add_deal()


class _Making:
    """The work of enlarging one portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.random = Random(_SEED)  # noqa: S311  # made-up data, no secret
        self.deals = list(portal.table(DEALS))
        self.people = list(portal.table(CONTACTS))
        self.owners = [str(number) for number in portal.owners]
        self.staff: dict[int, list[int]] = {}
        self.now = milliseconds(portal.options.now)

    def add_contact(self) -> None:
        """Add somebody like one of the real contacts, at the same company."""
        pattern, table = self.random.choice(self.people), self.portal.table(CONTACTS)
        first, _, rest = pattern.values["email"].partition("@")
        contact = table.repeat(pattern, {"email": f"{first}.{len(table) + 1}@{rest}"})
        for company in self.portal.links.of(CONTACTS, pattern.id, COMPANIES):
            self.portal.links.join((CONTACTS, COMPANIES), contact.id, company)

    def add_deal(self) -> None:
        """Add a deal like one of the real ones, with the same customer."""
        pattern, table = self.random.choice(self.deals), self.portal.table(DEALS)
        key, old = f"M{len(table) + 1:07}", pattern.values["opportunity_id"]
        deal = table.repeat(pattern, {"opportunity_id": key, "dealname": pattern.values["dealname"].replace(old, key)})
        if self.random.random() < _HANDED_ON:
            self._hand_on(deal)
        for company in self.portal.links.of(DEALS, pattern.id, COMPANIES):
            self.portal.links.add(341, deal.id, company)
            self.portal.links.add(5, deal.id, company)
            self.portal.links.add(3, deal.id, self._someone_at(company))

    def _hand_on(self, deal: Record) -> None:
        last = max(entry.at for entry in chain.from_iterable(deal.history.values()))
        last = last if last > deal.created else self.now
        deal.put({"hubspot_owner_id": self.random.choice(self.owners)}, (deal.created + last) // 2, Source("CRM_UI", "userId:1", "1"))

    def _someone_at(self, company: int) -> int:
        if company not in self.staff:
            self.staff[company] = list(self.portal.links.of(COMPANIES, company, CONTACTS))
        return self.random.choice(self.staff[company])
