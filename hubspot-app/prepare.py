"""Writes the app's files for your address: what the app may do and hears of comes from the HubSpot adapter, so that it fits this version.

    python hubspot-app/prepare.py https://kpi.example.com

Scopes that your portal's edition does not have are left out by naming them, and the KPIs that need them are then not available:

    python hubspot-app/prepare.py https://kpi.example.com --without crm.objects.goals.write
"""

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from connector.adapters.hubspot.kinds import KINDS, Kind
from connector.adapters.hubspot.words import SCOPES

APP = Path(__file__).parent / "src" / "app"
EXAMPLE = "https://kpi.example.com"
HOOKS = "/hooks/hubspot"
NEWS = ("object.creation", "object.deletion", "object.merge", "object.restore", "object.associationChange")
SINGULAR = {"deals": "deal", "contacts": "contact", "companies": "company", "products": "product", "line_items": "line_item"}
"""What webhooks call the types of records."""
NEVER_HEARD = {"createdate", "hs_createdate", "hs_lastmodifieddate", "hs_merged_object_ids", "lastmodifieddate"}
"""Properties that change with every other change, our own writes too, or never, or of whose change there is news of its own."""


def app_meta(address: str, without: Collection[str] = ()) -> dict[str, object]:
    """Return the app itself: for one account, with a static token that may do what the adapter does."""
    return {
        "uid": "crm_kpi_app",
        "type": "app",
        "config": {
            "name": "CRM KPI Connector",
            "description": "Measures KPIs from your records and shows them as fields, goals and a card.",
            "distribution": "private",
            "auth": {"type": "static", "requiredScopes": [scope for scope in SCOPES if scope not in without]},
            "permittedUrls": {"fetch": [address], "iframe": [], "img": []},
        },
    }


def webhooks_meta(address: str) -> dict[str, object]:
    """Return what HubSpot tells us of: records that come, go and merge, and the properties that we read."""
    heard = [one for kind in KINDS.values() if kind.name in SINGULAR for one in _subscriptions(kind)]
    settings = {"targetUrl": f"{address}{HOOKS}", "maxConcurrentRequests": 10}
    return {
        "uid": "crm_kpi_webhooks",
        "type": "webhooks",
        "config": {"settings": settings, "subscriptions": {"crmObjects": heard, "legacyCrmObjects": [], "hubEvents": []}},
    }


def _subscriptions(kind: Kind) -> Iterator[dict[str, object]]:
    of = {"objectType": SINGULAR[kind.name], "active": True}
    for news in NEWS:
        yield {"subscriptionType": news, **of}
    for name in sorted({*kind.properties, *kind.history} - NEVER_HEARD):
        yield {"subscriptionType": "object.propertyChange", "propertyName": name, **of}


def files(address: str, without: Collection[str] = ()) -> dict[Path, str]:
    """Return every file that hangs on the address or on the adapter."""
    told = (APP / "cards" / "address.ts").read_text(encoding="utf-8").splitlines()[0]
    return {
        APP / "app-hsmeta.json": _json(app_meta(address, without)),
        APP / "webhooks" / "webhooks-hsmeta.json": _json(webhooks_meta(address)),
        APP / "cards" / "address.ts": f'{told}\nexport const ADDRESS = "{address}";\n',
    }


def _json(content: dict[str, object]) -> str:
    return json.dumps(content, indent=2) + "\n"


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Prepare the HubSpot app for upload.")
    parser.add_argument("address", help=f"where crm-kpi serve can be reached from outside, such as {EXAMPLE}")
    parser.add_argument("--without", action="append", default=[], metavar="SCOPE", choices=SCOPES, help="a scope to leave out")
    asked = parser.parse_args()
    if not asked.address.startswith("https://"):
        parser.error(f"the address is {asked.address}; HubSpot calls https:// addresses only")
    for path, text in files(asked.address.rstrip("/"), asked.without).items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(APP.parents[1])} is written.\n")


if __name__ == "__main__":
    main()
