"""The home currency, and what other currencies are and were worth in it (hubspot.md 11 [S])."""

from collections.abc import Sequence

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import invalid
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.structure import Rate

SCOPE = "settings.currencies.read"
HOME = "USD"
PAGE = 100


def list_rates(portal: Portal, call: Call) -> Answer:
    """List every rate there has been, the oldest first, of one currency or of all."""
    call.only("fromCurrencyCode", "limit", "after")
    portal.require(SCOPE)
    limit, after, wanted = call.limit(PAGE, PAGE), call.word("after", "0"), call.word("fromCurrencyCode")
    if not after.isdigit():
        raise invalid(f'The value "{after}" is not a valid paging cursor for exchange rates.')
    found = [rate for rate in portal.rates if rate.id > int(after) and wanted in {"", rate.currency}]
    body: dict[str, object] = {"results": _shown(found[:limit])}
    if len(found) > limit:
        cursor = found[limit - 1].id
        body["paging"] = {"next": {"after": str(cursor), "link": f"{call.base}{call.path}?after={cursor}"}}
    return Answer(200, body)


def current_rates(portal: Portal, call: Call) -> Answer:
    """List what each currency is worth now."""
    call.only("limit", "after")
    portal.require(SCOPE)
    return Answer(200, {"results": _shown(list({rate.currency: rate for rate in portal.rates}.values()))})


def company_currency(portal: Portal, call: Call) -> Answer:
    """Say what the home currency is."""
    call.only()
    portal.require(SCOPE)
    return Answer(200, {"id": "1", "currencyCode": HOME, "createdAt": iso(portal.created), "updatedAt": iso(portal.created)})


def _shown(rates: Sequence[Rate]) -> list[dict[str, object]]:
    return [
        {
            "id": str(rate.id),
            "fromCurrencyCode": rate.currency,
            "toCurrencyCode": HOME,
            "conversionRate": float(rate.rate),
            "effectiveAt": iso(rate.at),
            "createdAt": iso(rate.at),
            "updatedAt": iso(rate.at),
            "visibleInUI": True,
        }
        for rate in rates
    ]
