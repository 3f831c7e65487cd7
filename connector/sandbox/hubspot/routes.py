"""Which endpoint answers which path, legacy and date-versioned (hubspot.md 1, path map)."""

from dataclasses import dataclass

from connector.sandbox.hubspot import (
    account,
    associating,
    associations,
    batch,
    campaigns,
    control,
    currencies,
    groups,
    journalling,
    merging,
    oauth,
    objects,
    properties,
    search,
    splits,
    upkeep,
)
from connector.sandbox.hubspot.calls import VERSIONS, Handler

_BASES: dict[str, tuple[str, ...]] = {
    "account": ("/account-info/v3", *(f"/account-info/{version}" for version in VERSIONS)),
    "owners": ("/crm/v3/owners", *(f"/crm/owners/{version}" for version in VERSIONS)),
    "pipelines": ("/crm/v3/pipelines", *(f"/crm/pipelines/{version}" for version in VERSIONS)),
    "properties": ("/crm/v3/properties", *(f"/crm/properties/{version}" for version in VERSIONS)),
    "objects": ("/crm/v3/objects", *(f"/crm/objects/{version}" for version in VERSIONS)),
    "links": ("/crm/v4/objects", *(f"/crm/objects/{version}" for version in VERSIONS)),
    "associations": ("/crm/v4/associations", *(f"/crm/associations/{version}" for version in VERSIONS)),
    "limits": ("/crm/v3/limits", *(f"/crm/limits/{version}" for version in VERSIONS)),
    # Of the two legacy paths one stands in the guides, the other in the specification.
    "splits": (
        "/crm/v3/objects/deals/splits",
        "/crm/objects/v3/deals/splits",
        *(f"/deal-splits/{version}" for version in VERSIONS),
    ),
    "campaigns": ("/marketing/v3/campaigns", *(f"/marketing/campaigns/{version}" for version in VERSIONS)),
    "currencies": ("/settings/v3/currencies", *(f"/settings/currencies/{version}" for version in VERSIONS)),
    # The settings have no 2026-09 file in the path map.
    "users": ("/settings/v3/users", "/settings/users/2026-03"),
    "oauth": ("/oauth/v1", *(f"/oauth/{version}" for version in VERSIONS)),
    "consent": ("/oauth/authorize",),
    "journal": tuple(f"/webhooks-journal/journal-local/{version}" for version in VERSIONS),
    "subscriptions": tuple(f"/webhooks-journal/subscriptions/{version}" for version in VERSIONS),
    "sandbox": ("/sandbox",),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation on a resource; `suffix` follows the resource's base path."""

    method: str
    resource: str
    suffix: str
    handler: Handler

    @property
    def paths(self) -> list[str]:
        """Every path under which it is found."""
        return [base + self.suffix for base in _BASES[self.resource]]

    @staticmethod
    def version(path: str) -> str:
        """Return the version that a path asks for: a dated one, else v3 for all of v1 to v4 (hubspot.md 1)."""
        return next((part for part in path.split("/") if part in VERSIONS), "v3")

    @property
    def is_search(self) -> bool:
        """Whether it falls under the limit of search."""
        return self.suffix.endswith("/search")

    @property
    def is_write(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET" and not self.is_oauth and not self.is_search and not self.suffix.endswith("/batch/read")

    @property
    def is_oauth(self) -> bool:
        """Whether it is how a token is had, which needs none, counts against no limit and takes forms."""
        return self.resource in ("oauth", "consent")

    @property
    def is_journal(self) -> bool:
        """Whether it belongs to the journal, which the app reads with a token of its own and beyond all limits."""
        return self.resource in ("journal", "subscriptions")

    @property
    def is_open(self) -> bool:
        """Whether it is the sandbox's own, outside of token and limits."""
        return self.resource == "sandbox"


# The order decides: words such as "batch" and "search" come before ids.
ENDPOINTS = (
    Endpoint("GET", "account", "/details", account.details),
    Endpoint("GET", "account", "/api-usage/daily/private-apps", account.usage),
    Endpoint("GET", "owners", "", account.list_owners),
    Endpoint("GET", "owners", "/{id}", account.get_owner),
    Endpoint("GET", "users", "", account.list_users),
    Endpoint("GET", "users", "/teams", account.list_teams),
    Endpoint("GET", "pipelines", "/{kind}", account.list_pipelines),
    Endpoint("GET", "pipelines", "/{kind}/{id}", account.get_pipeline),
    Endpoint("GET", "pipelines", "/{kind}/{id}/stages", account.list_stages),
    Endpoint("GET", "limits", "/custom-properties", account.custom_properties),
    Endpoint("GET", "properties", "/{kind}/groups", groups.list_groups),
    Endpoint("POST", "properties", "/{kind}/groups", groups.create_group),
    Endpoint("GET", "properties", "/{kind}/groups/{name}", groups.get_group),
    Endpoint("PATCH", "properties", "/{kind}/groups/{name}", groups.update_group),
    Endpoint("DELETE", "properties", "/{kind}/groups/{name}", groups.archive_group),
    Endpoint("POST", "properties", "/{kind}/batch/create", properties.batch_create),
    Endpoint("POST", "properties", "/{kind}/batch/read", properties.batch_read),
    Endpoint("POST", "properties", "/{kind}/batch/archive", properties.batch_archive),
    Endpoint("GET", "properties", "/{kind}", properties.list_all),
    Endpoint("POST", "properties", "/{kind}", properties.create_one),
    Endpoint("GET", "properties", "/{kind}/{name}", properties.get_one),
    Endpoint("PATCH", "properties", "/{kind}/{name}", properties.update_one),
    Endpoint("DELETE", "properties", "/{kind}/{name}", properties.archive_one),
    Endpoint("POST", "associations", "/{kind}/{to}/batch/read", associations.batch_read),
    Endpoint("POST", "associations", "/{kind}/{to}/batch/create", associating.batch_create),
    Endpoint("POST", "associations", "/{kind}/{to}/batch/archive", associating.batch_archive),
    Endpoint("GET", "associations", "/{kind}/{to}/labels", associations.labels),
    Endpoint("POST", "splits", "/batch/read", splits.batch_read),
    Endpoint("GET", "campaigns", "", campaigns.list_campaigns),
    Endpoint("GET", "campaigns", "/{id}", campaigns.get_campaign),
    Endpoint("GET", "campaigns", "/{id}/budget/totals", campaigns.budget_totals),
    Endpoint("GET", "currencies", "/exchange-rates", currencies.list_rates),
    Endpoint("GET", "currencies", "/exchange-rates/current", currencies.current_rates),
    Endpoint("GET", "currencies", "/company-currency", currencies.company_currency),
    Endpoint("POST", "objects", "/{kind}/search", search.search),
    Endpoint("POST", "objects", "/{kind}/batch/read", batch.read),
    Endpoint("POST", "objects", "/{kind}/batch/create", batch.create),
    Endpoint("POST", "objects", "/{kind}/batch/update", batch.update),
    Endpoint("POST", "objects", "/{kind}/batch/archive", batch.archive),
    Endpoint("POST", "objects", "/{kind}/merge", merging.merge),
    Endpoint("POST", "objects", "/contacts/gdpr-delete", merging.purge),
    Endpoint("GET", "objects", "/{kind}", objects.list_page),
    Endpoint("POST", "objects", "/{kind}", objects.create_one),
    Endpoint("GET", "objects", "/{kind}/{id}", objects.get_one),
    Endpoint("PATCH", "objects", "/{kind}/{id}", objects.update_one),
    Endpoint("DELETE", "objects", "/{kind}/{id}", objects.archive_one),
    Endpoint("GET", "objects", "/{kind}/{id}/associations/{to}", associations.of_record),
    Endpoint("GET", "links", "/{kind}/{id}/associations/{to}", associations.of_record),
    Endpoint("PUT", "links", "/{kind}/{id}/associations/default/{to}/{other}", associations.put_default),
    Endpoint("DELETE", "links", "/{kind}/{id}/associations/{to}/{other}", associations.remove),
    Endpoint("GET", "consent", "", oauth.authorize),
    Endpoint("POST", "oauth", "/token", oauth.token),
    Endpoint("POST", "oauth", "/token/introspect", oauth.introspect),
    Endpoint("POST", "oauth", "/token/revoke", oauth.revoke),
    Endpoint("GET", "journal", "/earliest", journalling.earliest),
    Endpoint("GET", "journal", "/latest", journalling.latest),
    Endpoint("GET", "journal", "/offset/{offset}/next", journalling.following),
    Endpoint("GET", "subscriptions", "", journalling.list_subscriptions),
    Endpoint("POST", "subscriptions", "", journalling.subscribe),
    Endpoint("POST", "sandbox", "/journal", journalling.set_journal),
    Endpoint("GET", "sandbox", "/journal/{offset}", journalling.file),
    Endpoint("POST", "sandbox", "/oauth", control.set_oauth),
    Endpoint("POST", "sandbox", "/scopes", control.set_scopes),
    Endpoint("POST", "sandbox", "/faults", control.set_faults),
    Endpoint("POST", "sandbox", "/storm", control.set_storm),
    Endpoint("POST", "sandbox", "/touch", upkeep.touch),
    Endpoint("POST", "sandbox", "/recalculate", upkeep.recalculate),
    Endpoint("POST", "sandbox", "/probability", upkeep.set_probability),
    Endpoint("POST", "sandbox", "/rules", upkeep.set_rules),
    Endpoint("POST", "sandbox", "/clock", control.set_clock),
    Endpoint("POST", "sandbox", "/webhooks", control.set_webhooks),
    Endpoint("GET", "sandbox", "/webhooks", control.webhooks),
    Endpoint("GET", "sandbox", "/requests", control.requests),
    Endpoint("DELETE", "sandbox", "/requests", control.clear_requests),
)
