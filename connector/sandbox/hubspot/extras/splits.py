"""Deals whose credit is shared, all of it generated: about one in twenty of those that were won.

The deal's owner keeps the largest part, one or two others get the rest from the day on that the deal was won; the parts make up the whole.
"""

from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.splits import FLAG
from connector.sandbox.hubspot.structure import Share

_SHARE = 0.05
_PARTS = (("0.5", "0.5"), ("0.7", "0.3"), ("0.5", "0.25", "0.25"))
_FIRST_ID = 90_000_000_001


def add_splits(ground: Ground) -> None:
    """Share some deals."""
    number = _FIRST_ID
    for deal in ground.deals:
        owner = ground.portal.owner(deal.values["hubspot_owner_id"])
        if owner is None or deal.values["dealstage"] != "closedwon" or ground.random.random() >= _SHARE:
            continue
        parts = ground.random.choice(_PARTS)
        others = ground.random.sample([one.id for one in ground.owners if one is not owner], len(parts) - 1)
        ground.portal.splits[deal.id] = tuple(
            Share(number + place, who, part, deal.modified)
            for place, (who, part) in enumerate(zip((owner.id, *others), parts, strict=True))
        )
        number += len(parts)
        deal.put({FLAG: "true"}, deal.modified, ground.by(owner))
