"""Whose a deal is, where several people share it (hubspot.md 8.12 [S])."""

from collections.abc import Sequence

from connector.sandbox.hubspot.calls import Answer, Call
from connector.sandbox.hubspot.clock import iso
from connector.sandbox.hubspot.errors import gone
from connector.sandbox.hubspot.kinds import DEALS
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.structure import Share

SCOPE = "crm.dealsplits.read_write"
FLAG = "hs_is_deal_split"
MOST = 100
_MULTI_STATUS = 207


def batch_read(portal: Portal, call: Call) -> Answer:
    """Read the shares of deals; a deal that nobody shares has none, deals that are not there are named in a 207 [recall]."""
    call.only()
    portal.require(SCOPE)
    words = [row.only("id").identifier() for row in call.body.only("inputs").rows("inputs", MOST)]
    deals = {word: portal.table(DEALS).find(word) for word in dict.fromkeys(words)}
    missing = [word for word, deal in deals.items() if deal is None]
    results = [{"id": str(deal.id), "splits": _shown(portal.splits.get(deal.id, ()))} for deal in deals.values() if deal]
    now = iso(portal.clock.now())
    body: dict[str, object] = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if missing:
        body |= {"numErrors": 1, "errors": [gone(DEALS.singular, missing).body()]}
    return Answer(_MULTI_STATUS if missing else 200, body)


def _shown(shares: Sequence[Share]) -> list[dict[str, object]]:
    return [
        {
            "id": str(share.id),
            "properties": {"hubspot_owner_id": str(share.owner), "hs_deal_split_percentage": share.part},
            "createdAt": iso(share.at),
            "updatedAt": iso(share.at),
            "archived": False,
        }
        for share in shares
    ]
