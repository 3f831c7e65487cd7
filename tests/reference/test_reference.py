"""The reference is itself held to totals counted by hand from the CSV files, without pandas."""

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

import pandas as pd
import pytest

from .facts import FOLDER, LAST_DAY, NEVER, Told, deals_of, ordinals, seen_at, spans
from .maven import answers, views
from .view import Answer, View

MIDSUMMER = date(2017, 6, 30)


@pytest.fixture(scope="module")
def deals() -> pd.DataFrame:
    """The opportunities, with nothing told that the files do not tell."""
    return deals_of()


@pytest.fixture(scope="module")
def lines() -> list[dict[str, str]]:
    """The pipeline file, line by line as text."""
    assert FOLDER is not None
    with (FOLDER / "sales_pipeline.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _view(deals: pd.DataFrame, name: str, by: str | None = None, as_of: date = LAST_DAY) -> View:
    return next(views(deals, as_of, by, [span for span in spans(as_of) if span.name == name]))


def _answer(deals: pd.DataFrame, kpi: str, period: str, as_of: date = LAST_DAY) -> Answer:
    return answers(_view(deals, period, as_of=as_of), kpi, is_whole=True)[""]


@pytest.mark.parametrize(
    ("kpi", "period", "value"),
    [
        ("deals_created", "all", 8800),
        ("deals_won", "all", 4238),
        ("deals_lost", "all", 2473),
        ("revenue_won", "all", 10_005_534),
        ("win_rate", "all", 0.6315005215),
        ("close_rate", "all", 4238 / 8800),
        ("average_deal_size", "all", 2360.9093912),
        ("time_to_close", "all", 51.7819726),
        ("stage_still_in_rate", "all", (1589 + 500) / 8800),
        ("revenue_won", "2016", 0),
        ("win_rate", "2016", None),
        ("revenue_growth", "2017-Q1", None),
        ("close_rate_within", "2017-12", None),
    ],
)
def test_known_totals(deals: pd.DataFrame, kpi: str, period: str, value: float | None) -> None:
    """The totals that the data is known by come out, and nothing to measure is None."""
    assert _answer(deals, kpi, period).value == (None if value is None else pytest.approx(value, abs=1e-7))


def test_quarter_by_hand(deals: pd.DataFrame, lines: list[dict[str, str]]) -> None:
    """A quarter's flows equal a count of the lines whose dates begin with its months."""
    quarter = [line for line in lines if line["close_date"][:7] in {"2017-07", "2017-08", "2017-09"}]
    won = [line for line in quarter if line["deal_stage"] == "Won"]
    revenue = sum(float(line["close_value"]) for line in won)
    days = [(date.fromisoformat(line["close_date"]) - date.fromisoformat(line["engage_date"])).days for line in won]
    assert _answer(deals, "revenue_won", "2017-Q3") == (revenue, revenue, 1, len(won))
    assert _answer(deals, "win_rate", "2017-Q3") == (len(won) / len(quarter), len(won), len(quarter), len(quarter))
    assert _answer(deals, "time_to_close", "2017-Q3").value == sum(days) / len(days)
    assert _answer(deals, "time_to_close_median", "2017-Q3").value == median(days)
    assert _answer(deals, "purchase_frequency", "2017-Q3").value == len(won) / len({line["account"] for line in won})


def test_breakdowns_by_hand(deals: pd.DataFrame, lines: list[dict[str, str]]) -> None:
    """Products and owners get what a count of the lines gives them, the misspelt product under its right name."""
    won = [line for line in lines if line["deal_stage"] == "Won"]
    products = Counter(line["product"].replace("GTXPro", "GTX Pro") for line in won)
    assert {name: one.value for name, one in answers(_view(deals, "all", "product"), "deals_won", is_whole=False).items()} == products
    owners: dict[str, float] = defaultdict(float)
    for line in won:
        owners[line["sales_agent"]] += float(line["close_value"])
    found = answers(_view(deals, "all", "owner"), "revenue_won", is_whole=False)
    assert {name: one.value for name, one in found.items() if one.value} == owners
    assert len(owners) == 30


def test_teams_overlap(deals: pd.DataFrame) -> None:
    """Six managers' teams make up the account, and so do the three offices."""
    teams = answers(_view(deals, "all", "team"), "revenue_won", is_whole=False)
    offices = {name: teams.pop(name).value for name in ("Central", "East", "West")}
    assert sum(value or 0 for value in offices.values()) == sum(one.value or 0 for one in teams.values()) == 10_005_534
    assert len(teams) == 6


def test_segments(deals: pd.DataFrame) -> None:
    """Industries are spelt right, and deals without a company are one segment of their own."""
    segments = answers(_view(deals, "all", "segment"), "deals_created", is_whole=False)
    assert segments["(none)"].value == 1425
    assert "technology" in segments
    assert "technolgy" not in segments
    assert len(segments) == 11


def test_the_past_forgets_what_came_later(deals: pd.DataFrame, lines: list[dict[str, str]]) -> None:
    """At the end of June a deal that closed in July is open in Engaging at its list price, and one made in July is unknown."""
    engaged = [line for line in lines if line["engage_date"] and line["engage_date"] <= "2017-06-30"]
    still = [line for line in engaged if not line["close_date"] or line["close_date"] > "2017-06-30"]
    prices = seen_at(deals, LAST_DAY).groupby("product")["sales_price"].first()
    worth = sum(prices[line["product"].replace("GTXPro", "GTX Pro")] for line in still)
    assert _answer(deals, "pipeline_value", "2017-Q2", MIDSUMMER) == (worth, worth, 1, len(still))
    assert _answer(deals, "pipeline_value", "2017-Q2") == _answer(deals, "pipeline_value", "2017-Q2", MIDSUMMER)
    assert _answer(deals, "weighted_pipeline_value", "2017-Q2", MIDSUMMER).value == pytest.approx(worth * 0.6)
    assert _answer(deals, "deals_created", "all", MIDSUMMER).value == len(engaged)
    assert _answer(deals, "deals_won", "2017-Q3", MIDSUMMER).value == 0


def test_growth_compares_equal_stretches(deals: pd.DataFrame, lines: list[dict[str, str]]) -> None:
    """A running quarter is compared with as many days of the quarter before."""
    as_of = date(2017, 8, 15)

    def revenue(first: date, days: int) -> float:
        wanted = {str(first + timedelta(days=day)) for day in range(days)}
        return sum(float(line["close_value"] or 0) for line in lines if line["close_date"] in wanted)

    now, before = revenue(date(2017, 7, 1), 46), revenue(date(2017, 4, 1), 46)
    assert _answer(deals, "revenue_growth", "2017-Q3", as_of).value == pytest.approx(now / before - 1)
    whole = revenue(date(2017, 7, 1), 92) / revenue(date(2017, 4, 1), 91) - 1
    assert _answer(deals, "revenue_growth", "2017-Q3").value == pytest.approx(whole)


def _few(*rows: tuple[str, str, str | None, int]) -> pd.DataFrame:
    """Make deals of one account from (stage, created, closed, value), each with a list price of 1,000."""
    frame = pd.DataFrame(rows, columns=["deal_stage", "engage_date", "close_date", "close_value"])
    frame["created"] = ordinals(frame["engage_date"])
    frame["closed"] = ordinals(frame["close_date"]).fillna(NEVER).astype(int)
    names = dict.fromkeys(("sales_agent", "manager", "regional_office", "product", "sector", "pipeline", "account"), "x")
    moments = {"created_at": pd.to_datetime(frame["engage_date"]), "closed_at": pd.to_datetime(frame["close_date"])}
    return frame.assign(stay="Engaging", sales_price=1000, id=range(len(rows)), expected=float("nan"), **names, **moments).assign(
        first_contact=moments["created_at"] - pd.Timedelta(days=5)
    )


def test_stalled_is_longer_than_twice_the_median() -> None:
    """With a median stay of 10 days, a deal of 21 days is stalled at the day's end and one of 20 is not."""
    few = _few(
        ("Won", "2017-01-01", "2017-01-11", 900),
        ("Engaging", "2017-02-28", None, 0),
        ("Engaging", "2017-03-01", None, 0),
    )
    # At the end of 20 March the older deal is 21 days less the hours before it was made: more than 20; the younger is less.
    assert _answer(few, "stalled_deals", "2017-03", date(2017, 3, 20)).value == 1
    assert _answer(few, "stalled_deals", "2017-03", date(2017, 3, 21)).value == 2
    assert _answer(few, "stalled_deals", "2017-03", date(2017, 3, 19)).value == 0


def test_orders_of_a_customer() -> None:
    """The second order is a repeat, its gap is counted in its own period, and only the first is new revenue with a cycle."""
    few = _few(
        ("Won", "2017-01-01", "2017-01-11", 900),
        ("Won", "2017-01-02", "2017-02-10", 500),
        ("Lost", "2017-01-02", "2017-02-10", 0),
    )
    assert _answer(few, "net_new_revenue", "all").value == 900
    assert _answer(few, "repeat_purchases", "2017-02").value == 1
    assert _answer(few, "repeat_purchase_rate", "2017-01").value == 0
    assert _answer(few, "repeat_purchase_rate", "2017-02").value == 1
    assert _answer(few, "days_between_orders", "2017-02").value == 30
    assert _answer(few, "days_between_orders", "2017-01").value is None
    assert _answer(few, "sales_cycle_length", "all").value == 15
    assert _answer(few, "customer_lifetime_value", "2017-01").value == 900
    assert _answer(few, "customer_lifetime_value", "all").value == 1400
    assert _answer(few, "win_rate_by_value", "all").value == 1


def test_what_is_expected() -> None:
    """The forecast weighs what is still to come by its stage, and what was due before is left out."""
    few = _few(("Won", "2017-11-01", "2017-12-11", 900), ("Engaging", "2017-11-02", None, 0), ("Engaging", "2017-11-03", None, 0))
    few["expected"] = [float("nan"), date(2018, 1, 20).toordinal(), date(2017, 12, 20).toordinal()]
    assert _answer(few, "forecast_revenue", "2018-Q1").value == 600
    assert _answer(few, "forecast_revenue", "2017-Q4").value == 900
    assert _answer(few, "forecast_revenue", "all").value == 1500
    assert _answer(few, "sales_velocity", "2017-Q4").value == pytest.approx(2 * 1 * 900 / 40)
    covered = View(**vars(_view(few, "2018-Q1")) | {"targets": {"": 4000}})
    assert answers(covered, "pipeline_coverage", is_whole=True)[""].value == 0.25
    met = View(**vars(_view(few, "2017-Q4")) | {"targets": {"": 900}})
    assert answers(met, "pipeline_coverage", is_whole=True)[""].value is None


def test_what_is_told_joins_the_files(deals: pd.DataFrame) -> None:
    """Moments, ids and first contacts that the CRM tells go to their own opportunity, one to one."""
    told = deals.set_index("opportunity_id")[["id", "created_at", "closed_at", "expected"]].sample(frac=1, random_state=7)
    joined = deals_of(Told(told, {"Cancity": pd.Timestamp("2016-10-01")}))
    assert list(joined["id"]) == list(deals["id"])
    assert joined["first_contact"].notna().sum() == (deals["account"] == "Cancity").sum()
