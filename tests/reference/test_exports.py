"""Exports of other systems, imported by the real command, agree with plain pandas reading the same exports."""

from pathlib import Path

import pandas as pd
import pytest

from connector.model import Contract, Entity
from connector.store import Store

from .exports import SURVEYED
from .importing import ACCOUNT, ALL, Exported, check
from .loyal import orders_of, periods


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
    check(wanted, found)


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
    when = periods(pd.concat([tickets["opened"], tickets["answered"], tickets["resolved"]]).dropna())
    wanted = {(kpi, period, ALL): value for period, span in when.items() for kpi, value in service(tickets, *span).items()}
    found = incidents.values(*service(tickets, *when["all"]))

    assert tickets["reopened"].notna().sum() > 5
    assert tickets["resolved"].isna().sum() > 5
    check(wanted, found)


def test_contracts_hold_what_the_customers_pay(telco: Exported):
    """Every customer has one contract that was the last: who left has a day of leaving, and the monthly charges add up."""
    customers = pd.read_csv(telco.source)
    with Store.open(telco.store) as store:
        kept = [record for record in store.records.get(ACCOUNT, Entity.CONTRACTS) if isinstance(record, Contract)]
    running = [one for one in kept if one.cancelled_at or one.ends_on is None or one.ends_on > SURVEYED]

    assert len({one.company for one in running}) == len(running) == len(customers) < len(kept)
    assert float(sum(one.amount or 0 for one in running)) == pytest.approx(customers["MonthlyCharges"].sum())
    assert sum(one.cancelled_at is not None for one in kept) == (customers["Churn"] == "Yes").sum()
    assert sum(one.ends_on is None for one in kept) == (customers["Contract"] == "Month-to-month").sum()
    assert all(one.home_amount == one.amount for one in kept)
