"""Asks the demo's CRM over HTTP, not through the product, for what the CSV files do not tell."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pandas as pd

from .facts import Told

TOKEN = "pat-na1-sandbox"
_ZONE = ZoneInfo("America/New_York")


def ask(url: str) -> Told:
    """Read every deal, company and contact and keep what is new: moments on the local wall clock, expected dates, first contacts."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        deals = pd.DataFrame([_deal(*row) for row in _listed(client, "deals", "opportunity_id", "createdate", "closedate", "dealstage")])
        companies = {key: each["name"] for key, each in _listed(client, "companies", "name")}
        people = list(_listed(client, "users", "hs_given_name", "hs_family_name"))
        contacts = [each for _, each in _listed(client, "contacts", "createdate", "associatedcompanyid")]
    first: dict[str, pd.Timestamp] = {}
    for contact in contacts:
        name, moment = companies[contact["associatedcompanyid"]], _local(contact["createdate"])
        first[name] = min(first.get(name, moment), moment)
    users = {f"{each['hs_given_name']} {each['hs_family_name']}": key for key, each in people}
    return Told(deals.set_index("opportunity_id"), first, {name: key for key, name in companies.items()}, users)


def _listed(client: httpx.Client, kind: str, *properties: str) -> Iterator[tuple[str, dict[str, str]]]:
    query = {"limit": "100", "properties": ",".join(properties)}
    while True:
        page = client.get(f"/crm/v3/objects/{kind}", params=query).raise_for_status().json()
        yield from ((each["id"], each["properties"]) for each in page["results"])
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def _local(instant: str) -> pd.Timestamp:
    return pd.Timestamp(datetime.fromisoformat(instant).astimezone(_ZONE).replace(tzinfo=None))


def _deal(key: str, properties: dict[str, str]) -> dict[str, object]:
    is_closed = properties["dealstage"] in {"closedwon", "closedlost"}
    due = _local(properties["closedate"]) if properties["closedate"] else None
    return {
        "opportunity_id": properties["opportunity_id"],
        "id": int(key),
        "created_at": _local(properties["createdate"]),
        "closed_at": due if is_closed else pd.NaT,
        "expected": float("nan") if is_closed or due is None else due.toordinal(),
    }
