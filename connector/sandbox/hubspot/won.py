"""Sums over won deals by owner and local close day, for the values of goals."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from connector.sandbox.hubspot.clock import instant, local_day
from connector.sandbox.hubspot.records import Table
from connector.sandbox.hubspot.structure import Stage


class Won:
    """Won deals by owner id, found again only after the deals changed."""

    def __init__(self, deals: Table, stages: Mapping[str, Stage], zone: ZoneInfo) -> None:
        self._deals = deals
        self._stages = stages
        self._zone = zone
        self._version = -1
        self._by_owner: dict[str, list[tuple[date, Decimal]]] = {}

    def amounts(self, owners: Collection[str], first: date, last: date) -> list[Decimal]:
        """Return the amounts of the deals that these owners won from the first to the last local day."""
        if self._version != self._deals.version:
            self._fill()
        return [amount for owner in owners for day, amount in self._by_owner.get(owner, ()) if first <= day <= last]

    def _fill(self) -> None:
        self._by_owner = {}
        self._version = self._deals.version
        for record in self._deals:
            stage = self._stages.get(record.values.get("dealstage", ""))
            closed = instant(record.values.get("closedate", ""))
            if stage and stage.is_won and closed is not None:
                amount = Decimal(record.values.get("amount") or 0)
                self._by_owner.setdefault(record.values.get("hubspot_owner_id", ""), []).append((local_day(closed, self._zone), amount))
