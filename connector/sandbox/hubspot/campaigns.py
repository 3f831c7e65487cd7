"""Marketing campaigns and what they cost (hubspot.md 8.12 [S])."""

from collections.abc import Callable, Mapping, Sequence

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import invalid, not_found
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.structure import Campaign, Spending

SCOPE = "marketing.campaigns.read"
PAGE, DEFAULT_PAGE = 100, 50
_HOME = "USD"


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


# The names are those that campaigns are said to have [recall]; a name that is none of them is passed over, not refused [recall].
_PROPERTIES: Mapping[str, Callable[[Campaign], str]] = {
    "hs_name": lambda campaign: campaign.name,
    "hs_start_date": lambda campaign: campaign.starts_on,
    "hs_end_date": lambda campaign: campaign.ends_on,
    "hs_budget_items_sum_amount": lambda campaign: _money(campaign.budget),
    "hs_spend_items_sum_amount": lambda campaign: _money(_spent(campaign.spent)),
    "hs_currency_code": lambda _: _HOME,
}


def _spent(items: Sequence[Spending]) -> int:
    return sum(item.cents for item in items)


def list_campaigns(portal: Portal, call: Call) -> Answer:
    """List the campaigns in the order in which they were made, with the properties asked for."""
    call.only("limit", "after", "properties")
    portal.require(SCOPE)
    limit, after = call.limit(DEFAULT_PAGE, PAGE), call.word("after", "0")
    if not after.isdigit():
        raise invalid(f'The value "{after}" is not a valid paging cursor for campaigns.')
    found, place = list(portal.campaigns.values())[int(after) :], int(after) + limit
    body: dict[str, object] = {
        "total": len(portal.campaigns),
        "results": [_shown(campaign, call.names("properties")) for campaign in found[:limit]],
    }
    if len(found) > limit:
        body["paging"] = {"next": {"after": str(place), "link": f"{call.base}{call.path}?after={place}"}}
    return Answer(200, body)


def get_campaign(portal: Portal, call: Call) -> Answer:
    """Read one campaign."""
    call.only("properties", "startDate", "endDate")
    return Answer(200, _shown(_campaign(portal, call), call.names("properties")) | {"assets": {}})


def budget_totals(portal: Portal, call: Call) -> Answer:
    """Say what was planned for a campaign and what it has cost, item by item."""
    call.only()
    campaign = _campaign(portal, call)
    spent = _spent(campaign.spent)
    body = {
        "currencyCode": _HOME,
        "budgetTotal": campaign.budget / 100,
        "spendTotal": spent / 100,
        "remainingBudget": (campaign.budget - spent) / 100,
        "budgetItems": [],
        "spendItems": [_item(item, order) for order, item in enumerate(campaign.spent)],
    }
    return Answer(200, body)


def _item(item: Spending, order: int) -> dict[str, object]:
    return {"id": str(item.id), "name": item.name, "order": order, "amount": item.cents / 100, "createdAt": item.at, "updatedAt": item.at}


def _campaign(portal: Portal, call: Call) -> Campaign:
    portal.require(SCOPE)
    found = portal.campaigns.get(call.parts["id"])
    if found is None:
        raise not_found(f"No campaign with id {call.parts['id']} exists.")
    return found


def _shown(campaign: Campaign, names: Sequence[str]) -> dict[str, object]:
    return {
        "id": campaign.id,
        "businessUnits": [],
        "properties": {name: _PROPERTIES[name](campaign) for name in names if name in _PROPERTIES},
        "createdAt": iso(campaign.created),
        "updatedAt": iso(max((item.at for item in campaign.spent), default=campaign.created)),
    }
