"""Exports of other systems, imported by the real command, agree with plain pandas reading the same exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from connector.model import Contract, Entity
from connector.store import Store
from tests.road.place import Desk

from .exports import EXTRACTS, FULL, SETS, SURVEYED, Mapped, write

ACCOUNT = "default"
Values = Mapping[tuple[str, str, str], float | None]
"""What was measured, by KPI, period and segment."""
ALL = "the whole account"


@dataclass(frozen=True)
class Exported:
    """One set, imported and measured: where the export is, how many records went in, and the store."""

    source: Path
    sent: Mapping[str, int]
    taken: Mapping[str, int]
    store: str

    def values(self, *kpis: str) -> Values:
        """Return the measured values of some KPIs."""
        with Store.open(self.store) as store:
            found = store.values.find(ACCOUNT, kpis, dimension=None)
            known = [one for one in found if set(one.by) <= {"segment"}]
            return {(one.kpi, one.period.name, one.by.get("segment", ALL)): _float(one.value) for one in known}


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def imported(folder: Path, tables: tuple[Mapped, ...], source: Path, as_of: str, *, zone: str = "Europe/London") -> Exported:
    """Import a set by the command and measure it as of a day."""
    store = f"sqlite:///{folder}/store.sqlite"
    company = {"CRM_KPI_FILES__COMPANY": "Reference", "CRM_KPI_FILES__CURRENCY": "GBP", "CRM_KPI_TIMEZONE": zone}
    desk = Desk(folder, {"CRM_KPI_DATABASE_URL": store, **company})
    sent, taken = {}, {}
    for mapped in tables:
        sent[mapped.table] = write(mapped, source, folder / f"{mapped.table}.csv")
        summary = desk.json("import", mapped.table, f"{mapped.table}.csv", *mapped.options)
        assert summary["faults"] == []
        taken[mapped.table] = summary["taken"]
    desk.json("measure", "--as-of", as_of)
    return Exported(source, sent, taken, store)


def place_of(export: str, size: str) -> Path:
    """Return where an export is, or skip where only the extract can be had."""
    place = EXTRACTS / export if size == "extract" else FULL[export]
    if not place.exists():
        pytest.skip(f"the whole set {place.name} is not on this machine")
    return place


@pytest.fixture(scope="module", params=["extract", "whole"])
def retail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The wholesaler's invoices as orders."""
    return imported(tmp_path_factory.mktemp("retail"), SETS["retail"], place_of("online_retail.csv", request.param), "2011-12-31")


@pytest.fixture(scope="module", params=["extract", "whole"])
def incidents(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The service desk's incidents as tickets; nobody knows their zone, and some of their times are skipped by London's clocks."""
    place = place_of("uci_incidents.csv", request.param)
    return imported(tmp_path_factory.mktemp("incidents"), SETS["incidents"], place, "2017-12-31", zone="UTC")


@pytest.fixture(scope="module", params=["extract", "whole"])
def telco(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """The telephone company's customers as contracts."""
    return imported(tmp_path_factory.mktemp("telco"), SETS["telco"], place_of("telco_churn.csv", request.param), "2018-12-31")


def periods(moments: pd.Series) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    """Return all time, and each year, quarter and month in which something happened."""
    found = {"all": (pd.Timestamp.min, pd.Timestamp.max)}
    for code, name in (("Y", "%Y"), ("Q", "%Y-Q%q"), ("M", "%Y-%m")):
        for period in moments.dt.to_period(code).unique():
            found[period.strftime(name)] = (period.start_time, (period + 1).start_time)
    return found


def orders_of(source: Path) -> pd.DataFrame:
    """Return the orders: invoices that are no cancellations and no adjustments, with customer, country, day and amount."""
    lines = pd.read_csv(source, dtype={"InvoiceNo": str, "CustomerID": str})
    lines["amount"] = (lines["Quantity"] * (lines["UnitPrice"] * 1000).round()).astype("int64")
    lines = lines[~lines["InvoiceNo"].str.startswith(("C", "A"))]
    found = lines.groupby("InvoiceNo").agg(
        customer=("CustomerID", "first"), at=("InvoiceDate", "first"), amount=("amount", "sum"), number=("Quantity", "size")
    )
    countries = lines.dropna(subset="CustomerID").groupby("CustomerID")["Country"].first()
    found["country"] = found["customer"].map(countries)
    found["at"] = pd.to_datetime(found["at"])
    found = found[found["amount"] > 0].sort_values(["customer", "at"])
    found["gap"] = found.groupby("customer")["at"].diff() / pd.Timedelta(days=1)
    return found


def shopping(orders: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, float | None]:
    """Return what these orders say of one period."""
    now = orders[(orders["at"] >= start) & (orders["at"] < end)]
    ever = orders[orders["at"] < end].groupby("customer").size()
    named = now.dropna(subset="customer")
    gaps = named["gap"].dropna()
    return {
        "repeat_purchase_rate": (ever > 1).mean() if len(ever) else None,
        "repeat_purchases": float(len(gaps)),
        "purchase_frequency": len(named) / named["customer"].nunique() if len(named) else None,
        "average_purchase_value": now["amount"].sum() / 1000 / len(now) if len(now) else None,
        "days_between_orders": gaps.median() if len(gaps) else None,
        "customer_lifetime_value": _lifetime(orders[orders["at"] < end]),
    }


def _lifetime(ever: pd.DataFrame) -> float | None:
    named = ever.dropna(subset="customer")
    return named["amount"].sum() / 1000 / named["customer"].nunique() if len(named) else None


def test_every_row_of_an_export_is_taken(retail: Exported, incidents: Exported, telco: Exported):
    """What the mapping wrote is what the store holds."""
    for one in (retail, incidents, telco):
        assert one.taken == one.sent
        assert all(one.taken.values())


def test_orders_agree_with_pandas(retail: Exported):
    """Repeat rate, frequency, purchase value, days between orders and lifetime value, in every period and for every country."""
    orders = orders_of(retail.source)
    when = periods(orders["at"])
    wanted = {
        (kpi, period, segment): value
        for segment, some in [(ALL, orders), *orders.groupby("country")]
        for period, (start, end) in when.items()
        for kpi, value in shopping(some, start, end).items()
    }
    found = retail.values(*shopping(orders, *when["all"]))

    assert len({segment for _, _, segment in wanted}) > 1
    # A member of a breakdown has values only where it had orders.
    told = {place: value for place, value in wanted.items() if place in found or value}
    assert told == {place: pytest.approx(found.get(place), rel=1e-7, abs=1e-8) for place in told}


def test_a_cancelled_invoice_is_no_order(retail: Exported):
    """Credit notes are kept, and count neither as won nor as lost."""
    lines = pd.read_csv(retail.source, dtype=str)
    cancelled = lines.loc[lines["InvoiceNo"].str.startswith("C"), "InvoiceNo"].nunique()
    with Store.open(retail.store) as store:
        kept = store.records.get(ACCOUNT, Entity.DEALS)
    won = retail.values("deals_won")["deals_won", "all", ALL]

    assert cancelled > 20
    assert len(kept) == won + cancelled
    assert retail.values("win_rate")["win_rate", "all", ALL] == 1


def tickets_of(source: Path) -> pd.DataFrame:
    """Return one row for each incident: when it was opened, answered, resolved and opened again, and how often it was handed over."""
    events = pd.read_csv(source, dtype=str, na_values="?")
    for column in ("opened_at", "sys_updated_at", "resolved_at"):
        events[column] = pd.to_datetime(events[column], format="%d/%m/%Y %H:%M")
    incidents = events.groupby("number")
    found = incidents.agg(opened=("opened_at", "first"), resolved=("resolved_at", "last"))
    found["answered"] = events[events["ident_state"] != "New"].groupby("number")["sys_updated_at"].first()
    found["reopened"] = events[events["reopen_count"] != "0"].groupby("number")["sys_updated_at"].first()
    found["moves"] = events["reassignment_count"].astype(int).groupby(events["number"]).max()
    return found


def service(tickets: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, float | None]:
    """Return what these incidents say of one period; times are hours on the wall clock."""
    hours = pd.Timedelta(hours=1)
    waited = ((tickets["answered"] - tickets["opened"]) / hours)[tickets["answered"].between(start, end, inclusive="left")]
    took = ((tickets["resolved"] - tickets["opened"]) / hours)[tickets["resolved"].between(start, end, inclusive="left")]
    done = tickets[tickets["resolved"].between(start, end, inclusive="left")]
    at_once = (done["moves"] == 0) & done["reopened"].isna()
    waited, took = waited[waited >= 0], took[took >= 0]
    return {
        "tickets_created": float(tickets["opened"].between(start, end, inclusive="left").sum()),
        "waiting_time": waited.mean() if len(waited) else None,
        "waiting_time_median": waited.median() if len(waited) else None,
        "resolution_time": took.mean() if len(took) else None,
        "resolution_time_median": took.median() if len(took) else None,
        "first_contact_resolution_rate": at_once.mean() if len(done) else None,
    }


def test_incidents_agree_with_pandas(incidents: Exported):
    """Waiting, resolution, first contact and re-opening in every period; days first, and what is missing stays missing."""
    tickets = tickets_of(incidents.source)
    when = periods(tickets["opened"])
    wanted = {(kpi, period, ALL): value for period, span in when.items() for kpi, value in service(tickets, *span).items()}
    found = incidents.values(*service(tickets, *when["all"]))

    assert tickets["reopened"].notna().sum() > 5
    assert tickets["resolved"].isna().sum() > 5
    assert wanted == {place: pytest.approx(found[place], rel=1e-7, abs=1e-8) for place in wanted}


def test_contracts_hold_what_the_customers_pay(telco: Exported):
    """Every customer has one contract: who left has a day of leaving, and the monthly charges add up."""
    customers = pd.read_csv(telco.source)
    with Store.open(telco.store) as store:
        kept = [record for record in store.records.get(ACCOUNT, Entity.CONTRACTS) if isinstance(record, Contract)]

    assert len(kept) == len(customers)
    assert float(sum(one.amount or 0 for one in kept)) == pytest.approx(customers["MonthlyCharges"].sum())
    assert sum(one.cancelled_at is not None for one in kept) == (customers["Churn"] == "Yes").sum()
    assert sum(one.ends_on is None for one in kept) == (customers["Contract"] == "Month-to-month").sum()
    assert all(one.ends_on is None or one.ends_on > SURVEYED for one in kept)
    assert all(one.home_amount == one.amount for one in kept)
