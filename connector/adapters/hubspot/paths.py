"""Where things are: HubSpot's two path styles, dated and v3/v4."""

from dataclasses import dataclass

_USERS_VERSION = "2026-03"
"""The settings API has no later version than this one."""


@dataclass(slots=True)
class Paths:
    """The paths of one API version, which all who ask share; `Versions` sets it to one that is answered."""

    version: str

    @property
    def _is_dated(self) -> bool:
        return self.version != "v3"

    @property
    def account(self) -> str:
        """Whose account this is."""
        return f"/account-info/{self.version}/details"

    @property
    def token(self) -> str:
        """Where OAuth gives tokens."""
        return f"/oauth/{self.version}/token" if self._is_dated else "/oauth/v1/token"

    @property
    def owners(self) -> str:
        """People who own records."""
        return f"/crm/owners/{self.version}" if self._is_dated else "/crm/v3/owners"

    @property
    def teams(self) -> str:
        """Teams and who is in them."""
        return f"/settings/users/{_USERS_VERSION}/teams" if self._is_dated else "/settings/v3/users/teams"

    @property
    def custom_properties(self) -> str:
        """How many custom properties there may be."""
        return f"/crm/limits/{self.version}/custom-properties" if self._is_dated else "/crm/v3/limits/custom-properties"

    @property
    def campaigns(self) -> str:
        """Marketing campaigns."""
        return f"/marketing/campaigns/{self.version}" if self._is_dated else "/marketing/v3/campaigns"

    @property
    def deal_splits(self) -> str:
        """The shares of many deals at once."""
        return f"/deal-splits/{self.version}/batch/read" if self._is_dated else "/crm/v3/objects/deals/splits/batch/read"

    @property
    def exchange_rates(self) -> str:
        """What other currencies are and were worth."""
        base = f"/settings/currencies/{self.version}" if self._is_dated else "/settings/v3/currencies"
        return f"{base}/exchange-rates"

    def objects(self, kind: str) -> str:
        """Records of one object type."""
        return f"/crm/objects/{self.version}/{kind}" if self._is_dated else f"/crm/v3/objects/{kind}"

    def pipelines(self, kind: str) -> str:
        """Pipelines with their stages."""
        return f"/crm/pipelines/{self.version}/{kind}" if self._is_dated else f"/crm/v3/pipelines/{kind}"

    def properties(self, kind: str) -> str:
        """Definitions of properties."""
        return f"/crm/properties/{self.version}/{kind}" if self._is_dated else f"/crm/v3/properties/{kind}"

    def links(self, source: str, target: str) -> str:
        """Associations of many records at once."""
        base = f"/crm/associations/{self.version}" if self._is_dated else "/crm/v4/associations"
        return f"{base}/{source}/{target}/batch/read"
