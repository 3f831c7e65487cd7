"""Who is a customer, who left, and what contracts bring: the imported sets agree with plain pandas on the same exports."""

from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from connector.engine import compute
from connector.model import Policies

from .conftest import CALENDAR, Road
from .exports import SURVEYED
from .facts import LAST_DAY
from .importing import ALL, Exported, Values, check
from .loyal import CHURN_DAYS, ends_of, income, loyalty, orders_of, periods, renewal, spells_of, subscribers_of

Figures = Callable[[pd.DataFrame, pd.Timestamp, pd.Timestamp], dict[str, float | None]]


def worked_out(rows: pd.DataFrame, figures: Figures, first: pd.Timestamp, until: pd.Timestamp) -> Values:
    """Work figures out for every period up to a moment, for all rows and for those of each segment."""
    return dict(_each(rows, figures, first, until))


def _each(
    rows: pd.DataFrame, figures: Figures, first: pd.Timestamp, until: pd.Timestamp
) -> Iterator[tuple[tuple[str, str, str], float | None]]:
    days = pd.date_range(first.normalize(), until, inclusive="left").to_series()
    for period, (start, end) in periods(days).items():
        for segment, some in [(ALL, rows), *rows.groupby("segment")]:
            for kpi, value in figures(some, start, min(end, until)).items():
                yield (kpi, period, segment), value


def test_buyers_agree_with_pandas(retail: Exported):
    """Who bought, came back and was lost after ninety days, in every period and for every country; cancelled invoices keep nobody."""
    orders = orders_of(retail.source)
    spells = spells_of(orders)
    known_from = orders["at"][orders["customer"].notna()].min() + pd.Timedelta(days=CHURN_DAYS)
    wanted = worked_out(
        spells, lambda some, start, end: loyalty(some, start, end, known_from), orders["at"].min(), pd.Timestamp("2012-01-01")
    )
    found = retail.values(*{kpi for kpi, _, _ in wanted})

    assert not spells["is_first"].all()
    assert wanted["customer_churn_rate", "2011-11", ALL]
    check(wanted, found)


def test_subscribers_agree_with_pandas(telco: Exported):
    """Who is bound by a contract, who left, and what that cost in monthly charges, in every period and by what they have."""
    until = pd.Timestamp(SURVEYED)
    subscribers = subscribers_of(telco.source, until)
    first = subscribers["began"].min()

    def figures(some: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, float | None]:
        return {**loyalty(some, start, end, first), **income(some, start, end)}

    wanted = worked_out(subscribers, figures, first, until)
    found = telco.values(*{kpi for kpi, _, _ in wanted})

    assert wanted["lost_customers", "2018-12", ALL] == (subscribers["left"] < until).sum()
    check(wanted, found)


def test_renewals_agree_with_pandas(telco: Exported):
    """Terms that were over: those that another one followed were renewed, those that somebody left were not."""
    until = pd.Timestamp(SURVEYED)
    subscribers = subscribers_of(telco.source, until)
    wanted = worked_out(ends_of(subscribers, until), renewal, subscribers["began"].min(), until)
    found = telco.values("renewal_rate")

    assert 0 < (wanted["renewal_rate", "2018-12", ALL] or 0) < 1
    check(wanted, found)


@pytest.mark.parametrize("days", [30, CHURN_DAYS])
def test_the_demos_customers_agree_with_pandas(road: Road, deals: pd.DataFrame, days: int):
    """Whoever buys nothing for so many days is lost, of the demo's real customers too: who stayed, came, went and came back."""
    won = deals[deals["deal_stage"] == "Won"]
    told = {"customer": won["account"], "at": won["closed_at"].dt.tz_localize(None), "country": ""}
    spells = spells_of(pd.DataFrame(told), days)
    known_from = spells["began"].min() + pd.Timedelta(days=days)
    terms = {"calendar": CALENDAR, "as_of": CALENDAR.end_of(LAST_DAY), "policies": Policies(churn_days=days)}
    wanted, found = {}, {}
    with road.cache() as cache:
        for period in map(CALENDAR.parse, ("2017-Q2", "2017-Q4", "2017-10")):
            figures = loyalty(spells, pd.Timestamp(period.start), pd.Timestamp(period.end), known_from)
            for kpi, value in figures.items():
                (one,) = compute(cache, kpi, by=(), period=period, **terms)
                wanted[kpi, period.name] = value
                found[kpi, period.name] = None if one.value is None else float(one.value)
    assert wanted["customer_retention_rate", "2017-Q4"]
    assert days > 30 or wanted["lost_customers", "2017-Q4"]
    assert found == pytest.approx(wanted, abs=1e-8)
