"""Who is a customer, and what customers do: plain pandas on the exports, by the words of the catalogue and by nothing of the product."""

from pathlib import Path

import pandas as pd

CHURN_DAYS = 90
EVER = pd.Timestamp("2100-01-01")
"""The day on which who is still there leaves."""


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
    found["country"] = found["customer"].map(countries).fillna("")
    found["at"] = pd.to_datetime(found["at"])
    found = found[found["amount"] > 0].sort_values(["customer", "at"])
    found["gap"] = found.groupby("customer")["at"].diff() / pd.Timedelta(days=1)
    return found


def spells_of(orders: pd.DataFrame, days: int = CHURN_DAYS) -> pd.DataFrame:
    """Return from when to when somebody was a customer: so many days after each order, and on from there where one was placed in time."""
    named = orders.dropna(subset="customer").sort_values(["customer", "at"])
    is_late = ~(named.groupby("customer")["at"].diff() <= pd.Timedelta(days=days))
    place = is_late.groupby(named["customer"]).cumsum()
    found = (
        named.assign(place=place)
        .groupby(["customer", "place"])
        .agg(began=("at", "first"), left=("at", "last"), segment=("country", "first"))
    )
    found["left"] += pd.Timedelta(days=days)
    return found.reset_index().assign(is_first=lambda spells: spells["place"] == 1)


def loyalty(spells: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, known_from: pd.Timestamp) -> dict[str, float | None]:
    """Return who was there when a period began and when it ended, and who came and went; shares only of what was watched long enough."""
    before, after = _there(spells, start), _there(spells, end)
    came = spells[(spells["began"] >= start) & (spells["began"] < end)]
    stayed = before["customer"].isin(after["customer"]).mean() if len(before) and start >= known_from else None
    return {
        "customers": float(len(after)),
        "new_customers": float(came["is_first"].sum()),
        "reactivated_customers": float((~came["is_first"]).sum()),
        "lost_customers": float(((spells["left"] >= start) & (spells["left"] < end)).sum()),
        "customer_retention_rate": stayed,
        "customer_churn_rate": None if stayed is None else 1 - stayed,
    }


def _there(spells: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """Return who was a customer just before a moment: it does not count itself."""
    return spells[(spells["began"] < moment) & (spells["left"] >= moment)]


def subscribers_of(source: Path, surveyed: pd.Timestamp) -> pd.DataFrame:
    """Return each subscriber's months as one spell: begun so many months before the survey, left on its eve by who churned."""
    rows = pd.read_csv(source)
    began = [surveyed - pd.DateOffset(months=months) for months in rows["tenure"]]
    left = pd.Series(EVER, rows.index).where(rows["Churn"] == "No", surveyed - pd.Timedelta(days=1))
    term = rows["Contract"].map({"Month-to-month": 0, "One year": 12, "Two year": 24})
    named = {"customer": rows["customerID"], "segment": rows["InternetService"], "charge": rows["MonthlyCharges"]}
    return pd.DataFrame({**named, "began": began, "left": left, "term": term, "is_first": True})


def income(subscribers: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, float | None]:
    """Return what became of the monthly charges at a period's start; nobody's charge ever changes in this set."""
    before, after = _there(subscribers, start), _there(subscribers, end)
    paid = before["charge"].sum()
    kept = before.loc[before["customer"].isin(after["customer"]), "charge"].sum()
    return {"revenue_churn_rate": (paid - kept) / paid if paid else None, "net_revenue_retention": kept / paid if paid else None}


def ends_of(subscribers: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return each day on which a term was over: on all of them somebody stayed, but for the last one of who left."""
    bound = subscribers[subscribers["term"] > 0]
    lost = bound[bound["left"] < until]
    found = [pd.DataFrame({"segment": lost["segment"], "day": lost["left"], "is_renewed": False})]
    for place in range(1, 100):
        later = bound.assign(
            day=[day + pd.DateOffset(months=place * term) for day, term in zip(bound["began"], bound["term"], strict=True)]
        )
        over = later[later["day"] < later["left"].clip(upper=until)]
        if over.empty:
            break
        found.append(pd.DataFrame({"segment": over["segment"], "day": over["day"], "is_renewed": True}))
    return pd.concat(found)


def renewal(ends: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, float | None]:
    """Return the share of the terms that were over in a period on which somebody stayed."""
    due = ends[(ends["day"] >= start) & (ends["day"] < end)]
    return {"renewal_rate": due["is_renewed"].mean() if len(due) else None}
