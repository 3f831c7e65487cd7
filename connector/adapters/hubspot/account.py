"""Whose account this is, and the calendar and stages by which its records are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from connector.adapters.hubspot.mapping import DealMapping
from connector.errors import ConnectorError
from connector.http import Body
from connector.model import Outcome, Stage, Tenant


def tenant_of(body: Body) -> Tenant:
    """Read the account's details.

    Raises:
        ConnectorError: the answer names no account.
    """
    portal = body.get("portalId")
    if not portal:
        raise ConnectorError("HubSpot's account details name no account (portalId is missing).")
    name = str(body.get("uiDomain") or "HubSpot")
    return Tenant(str(portal), f"{name} {portal}", str(body.get("timeZone") or "UTC"), str(body.get("companyCurrency") or "USD"))


@dataclass(frozen=True, slots=True)
class Account:
    """What reading a deal needs to know beyond the deal itself; `owners` are owner ids by user id."""

    tenant: Tenant
    zone: ZoneInfo
    stages: Mapping[str, Stage]
    mapping: DealMapping
    owners: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, stage: str | None) -> Outcome:
        """Return what a stage means; a stage that was deleted since counts as open."""
        found = self.stages.get(stage or "")
        return found.outcome if found else Outcome.OPEN

    def is_closed(self, stage: str | None) -> bool:
        """Whether being in a stage ends a deal."""
        return self.outcome(stage) is not Outcome.OPEN
