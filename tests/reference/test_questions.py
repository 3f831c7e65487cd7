"""Questions asked on demand - several breakdowns at once, running periods, weeks, single records - against the reference."""

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from connector import kpis
from connector.engine import Explanation, compute, explain
from connector.kpis import Dimension
from connector.model import Policies
from connector.period import Calendar

from .conftest import CALENDAR, Road
from .facts import JOINT, LAST_DAY, NEVER, Span, spans
from .maven import answers, views
from .test_maven import differs

AUGUST, NOVEMBER = date(2017, 8, 15), date(2017, 11, 15)


def _span(name: str, as_of: date) -> Span:
    """Find a period by its name; weeks and days, which are not measured in advance, are made from the first and the last day."""
    found = next((span for span in spans(as_of) if span.name == name), None)
    if found:
        return found
    first = date.fromisocalendar(int(name[:4]), int(name[6:]), 1) if "W" in name else date.fromisoformat(name)
    end = first.toordinal() + (7 if "W" in name else 1)
    return Span("", name, first.toordinal(), end, min(end, as_of.toordinal() + 1))


@pytest.mark.parametrize(
    ("kpi", "by", "period", "as_of"),
    [
        ("win_rate", "owner,product", "2017-Q3", LAST_DAY),
        ("revenue_won", "team,segment", "2017", LAST_DAY),
        ("weighted_pipeline_value", "product,stage", "2017-Q4", LAST_DAY),
        ("customer_lifetime_value", "owner,segment", "all", LAST_DAY),
        ("days_between_orders", "team,product", "2017-Q4", LAST_DAY),
        ("stage_duration_median", "owner,stage", "2017-Q2", LAST_DAY),
        ("repeat_purchases", "owner,product,segment", "2017-Q1", LAST_DAY),
        ("stalled_deals", "team,product", "2017-10", LAST_DAY),
        # Running periods are compared with the same elapsed part of the one before.
        ("revenue_growth", "owner", "2017-Q3", AUGUST),
        ("revenue_growth", "team,product", "2017-11", NOVEMBER),
        ("revenue_growth_yoy", "owner", "2017", NOVEMBER),
        ("forecast_revenue", "team", "2017-Q3", AUGUST),
        ("close_rate_within", "product", "2017-Q2", AUGUST),
        ("close_rate", "segment", "2017-Q3", AUGUST),
        ("sales_velocity", "owner", "2017-Q3", AUGUST),
        ("pipeline_value", "team", "2017-08", AUGUST),
        # Weeks and days; in the first of them clocks went forward, in the second back.
        ("deals_created", "owner", "2017-W10", LAST_DAY),
        ("time_to_close", "team", "2017-W44", LAST_DAY),
        ("win_rate", "product", "2017-W33", AUGUST),
        ("revenue_won", "owner", "2017-08-15", AUGUST),
    ],
)
def test_answer(road: Road, deals: pd.DataFrame, kpi: str, by: str, period: str, as_of: date) -> None:
    """Any combination of breakdowns at any moment has the value that the files give it."""
    (view,) = views(deals, as_of, by, [_span(period, as_of)])
    expected = answers(view, kpi, is_whole=False)
    parts = [Dimension(one) for one in by.split(",")]
    with road.cache() as cache:
        values = compute(
            cache, kpi, by=parts, period=CALENDAR.parse(period), calendar=CALENDAR, as_of=CALENDAR.end_of(as_of), policies=Policies()
        )
    found = {JOINT.join(value.names[part] for part in parts): value for value in values}
    wrong = [(key, expected.get(key), found.get(key)) for key in {*expected, *found} if differs(kpi, expected.get(key), found.get(key))]
    assert not wrong
    assert expected


def _elsewhere(deals: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Read the same moments on the clocks of another place: many an evening in New York is the next day there."""
    moved = deals.copy()
    for event in ("created", "closed"):
        moved[f"{event}_at"] = deals[f"{event}_at"].dt.tz_localize("America/New_York").dt.tz_convert(zone).dt.tz_localize(None)
        moved[event] = moved[f"{event}_at"].dt.date.map(lambda day: day.toordinal(), na_action="ignore").fillna(NEVER).astype(int)
    return moved


@pytest.mark.parametrize(
    "kpi", ["revenue_won", "deals_created", "win_rate", "net_new_revenue", "repeat_purchases", "customer_lifetime_value"]
)
def test_another_calendar(road: Road, deals: pd.DataFrame, kpi: str) -> None:
    """In Kyiv, with a fiscal year from April, the third fiscal quarter holds the deals of that place's October to December."""
    calendar = Calendar(ZoneInfo("Europe/Kyiv"), fiscal_start=4)
    moved = _elsewhere(deals, "Europe/Kyiv")
    assert (moved["closed"] != deals["closed"]).sum() > 2000
    start, end = date(2017, 10, 1).toordinal(), date(2018, 1, 1).toordinal()
    (view,) = views(moved, LAST_DAY, "owner", [Span("quarter", "2018-Q3", start, end, end)])
    expected = answers(view, kpi, is_whole=False)
    with road.cache() as cache:
        values = compute(
            cache,
            kpi,
            by=[Dimension.OWNER],
            period=calendar.parse("2018-Q3"),
            calendar=calendar,
            as_of=calendar.end_of(LAST_DAY),
            policies=Policies(),
        )
    found = {value.names["owner"]: value for value in values}
    assert not [key for key in {*expected, *found} if differs(kpi, expected.get(key), found.get(key))]


def _explained(road: Road, kpi: str, members: dict[Dimension, str], period: str) -> Explanation:
    with road.cache() as cache:
        return explain(
            cache,
            kpi,
            members=members,
            period=CALENDAR.parse(period),
            calendar=CALENDAR,
            as_of=CALENDAR.end_of(LAST_DAY),
            policies=Policies(),
        )


def _owner(road: Road, name: str) -> str:
    return next(value.by["owner"] for value in road.measured[LAST_DAY] if value.names.get("owner") == name)


def test_records_behind_a_sum(road: Road, deals: pd.DataFrame) -> None:
    """The records that explain one seller's revenue are the deals that the files name, and add up to it."""
    name = "Darcel Schlecht"
    found = _explained(road, "revenue_won", {Dimension.OWNER: _owner(road, name)}, "2017-Q4")
    won = deals[(deals["sales_agent"] == name) & (deals["deal_stage"] == "Won") & (deals["close_date"] >= "2017-10-01")]
    assert {str(row["id"]): int(str(row["numerator"]).split(".")[0]) for row in found.records} == dict(
        zip(won["id"].astype(str), won["close_value"].astype(int), strict=True)
    )
    assert found.value.value == won["close_value"].sum()


def test_records_behind_a_rate(road: Road, deals: pd.DataFrame) -> None:
    """The records that explain the win rate of a quarter are exactly the deals decided in it."""
    found = _explained(road, "win_rate", {}, "2017-Q3")
    decided = deals[deals["close_date"].between("2017-07-01", "2017-09-30")]
    assert sorted(str(row["id"]) for row in found.records) == sorted(decided["id"].astype(str))
    assert found.value.n == len(decided)
    assert found.formula == kpis.KPIS["win_rate"].formula_words
