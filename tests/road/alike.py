"""The same deals behind two CRMs, side by side in one store: which KPIs differ, and whether each that does has a reason."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from connector import steps
from connector.app import App
from connector.kpis import Dimension
from connector.steps import Road, Work, recorded

LAST_DAY = date(2017, 12, 31)
PRESENT = {"2017-12", "2017-Q4", "2017", "all"}
"""The periods that end with the last day, or go on: in them a deal is as it is now."""
DIMENSIONS = ("", *(one.value for one in Dimension))
Place = tuple[str, str, str]
"""A period, a dimension and the name that its member has in both CRMs; the last two are empty for the whole account."""
Figures = tuple[Decimal | None, int]
"""A value and the number of records behind it."""


async def go(app: App, account: str) -> Road:
    """Go the whole road once, as of the last day of the data."""
    async with app.work(account) as work:
        at = await _end_of_day(work)
        async with recorded(work, "run", at) as (lease, run):
            road = Road(run)
            await steps.run(work, lease, road, as_of=at, yes=True)
            return road


async def _end_of_day(work: Work) -> datetime:
    await steps.check(work)
    return work.calendar(await work.bound()).end_of(LAST_DAY)


@dataclass(frozen=True)
class Picture:
    """What was measured of one account last: values by KPI and place, and the reasons why other KPIs were not."""

    values: Mapping[str, Mapping[Place, Figures]]
    unavailable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, app: App, account: str, *, names: Mapping[str, str] | None = None, without: Collection[str] = ()) -> "Picture":
        """Take it from the store; `names` are of members that the other CRM calls otherwise, `without` leaves dimensions out."""
        found: dict[str, dict[Place, Figures]] = {}
        for by in [one for one in DIMENSIONS if one not in without]:
            for one in app.store.values.find(account, dimension=by):
                name = one.names[by] if by else ""
                found.setdefault(one.kpi, {})[one.period.name, by, (names or {}).get(name, name)] = (one.value, one.n)
        return cls(found, app.store.values.unavailable(account))


def unexplained(ours: Picture, theirs: Picture, forced: Mapping[str, str], past: Mapping[str, str]) -> dict[str, str]:
    """Return in words what is not as the reasons say, by KPI: nothing, where the two CRMs give the same.

    `forced` names the KPIs that differ, or that one CRM alone can measure, with what in the CRM forces them to; `revenue_won by product` is
    a KPI in one breakdown. Those in `past` may differ in periods that are over, but not in the present ones. A reason without a difference
    is out of date.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for kpi in sorted(ours.values.keys() | theirs.values.keys()):
        unfit: list[str] = []
        for period, by, words in _differences(ours, theirs, kpi):
            reasons = {kpi, f"{kpi} by {by}"} & (forced.keys() if period in PRESENT or not period else forced.keys() | past.keys())
            used |= reasons
            unfit += [] if reasons else [words]
        if unfit:
            found[kpi] = f"{len(unfit)} times, first {unfit[0]}"
    return found | dict.fromkeys((forced.keys() | past.keys()) - used, "it has a reason to differ and does not")


def _differences(ours: Picture, theirs: Picture, kpi: str) -> Iterator[tuple[str, str, str]]:
    """Yield the periods and breakdowns in which a KPI differs, with the figures; none of both, where one CRM alone measures it."""
    for here, there in ((ours, theirs), (theirs, ours)):
        if kpi in here.values and kpi not in there.values:
            yield "", "", f"not measured by the other: {there.unavailable.get(kpi, 'nobody says why')}"
            return
    mine, others = ours.values.get(kpi, {}), theirs.values.get(kpi, {})
    for place in sorted(mine.keys() | others.keys()):
        # A member that nothing was measured of has no value.
        pair = [values.get(place, (None, 0)) for values in (mine, others)]
        if pair[0] != pair[1]:
            yield place[0], place[1], f"{place}: {pair[0]} and {pair[1]}"
