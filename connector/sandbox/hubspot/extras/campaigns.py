"""Campaigns of 2017 and what they cost, all of them generated; no deal and no contact names one.

One a quarter was online advertising, paid month by month, one a fair, paid once; the last of the year is planned and has cost nothing yet.
"""

from calendar import monthrange
from datetime import date, time
from uuid import UUID

from connector.sandbox.hubspot.clock import local
from connector.sandbox.hubspot.extras.ground import Ground
from connector.sandbox.hubspot.structure import Campaign, Spending

_YEAR = 2017
_MORNING = time(9)
_FAIRS = ("Winter Expo", "Spring Summit", "Summer Fair", "Autumn Congress")


def add_campaigns(ground: Ground) -> None:
    """Add the campaigns quarter by quarter."""
    for quarter, fair in enumerate(_FAIRS):
        first = 3 * quarter + 1
        months = range(first, first + 3)
        _add(
            ground, f"Online ads Q{quarter + 1}", (first, first + 2), [(month, ground.random.randint(180_000, 450_000)) for month in months]
        )
        _add(ground, fair, (first + 1, first + 1), [(first + 1, ground.random.randint(800_000, 2_400_000))])
    _add(ground, "New Year mailing", (12, 12), [])


def _add(ground: Ground, name: str, months: tuple[int, int], costs: list[tuple[int, int]]) -> None:
    """Add a campaign from the first day of one month to the last of another; costs are entered in the morning of a month's last day."""
    first, last = months
    campaign = Campaign(
        id=str(UUID(int=ground.random.getrandbits(128), version=4)),
        name=name,
        starts_on=date(_YEAR, first, 1).isoformat(),
        ends_on=_last(last).isoformat(),
        created=local(date(_YEAR, first, 1), _MORNING),
        budget=500_000 * (1 + len(costs)),
    )
    for month, cents in costs:
        number = sum(len(other.spent) for other in ground.portal.campaigns.values()) + len(campaign.spent) + 1
        campaign.spent.append(Spending(number, f"{name}, {month:02}/{_YEAR}", cents, local(_last(month), _MORNING)))
    ground.portal.campaigns[campaign.id] = campaign


def _last(month: int) -> date:
    return date(_YEAR, month, monthrange(_YEAR, month)[1])
