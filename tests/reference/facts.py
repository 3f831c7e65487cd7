"""The demo's sales as its CSV files tell them: read by plain pandas, by nothing of the product."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

_HOME = Path(__file__).parents[2]
_FOLDERS = (_HOME / "connector/sandbox/data/maven", _HOME.parent / "shared/data/maven_crm_sales")
FOLDER = next((folder for folder in _FOLDERS if folder.exists()), None)
LAST_DAY = date(2017, 12, 31)
NEVER = date.max.toordinal()
"""The day on which an open deal closes. Days are ordinals throughout, so that they add and subtract as numbers."""
JOINT = " | "
CHANCE_IN_TENTHS = {"Prospecting": 2, "Engaging": 6}
NAMES = {
    "owner": ("sales_agent",),
    "team": ("manager", "regional_office"),
    "product": ("product",),
    "segment": ("sector",),
    "pipeline": ("pipeline",),
    "stage": ("stay",),
}
"""Which columns name the members of a breakdown; a deal with two of them counts in full for both."""


@dataclass(frozen=True)
class Told:
    """What no CSV file tells and has to be asked of the CRM: moments within the day, contacts, expected dates, record ids.

    `deals` is indexed by opportunity and holds `id`, `created_at`, `closed_at` (local wall clock) and `expected` (ordinal or NaN);
    `first_contact` gives the local moment at which the first contact of a company was made; `companies` and `users` give the id of the
    record by its name.
    """

    deals: pd.DataFrame
    first_contact: Mapping[str, pd.Timestamp] = field(default_factory=dict)
    companies: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)


def ordinals(days: pd.Series) -> pd.Series:
    """Turn ISO days into ordinals; an empty day stays empty."""
    return days.map(lambda text: date.fromisoformat(text).toordinal(), na_action="ignore")


def _pipeline(folder: Path) -> pd.DataFrame:
    deals = pd.read_csv(folder / "sales_pipeline.csv")
    deals["product"] = deals["product"].replace({"GTXPro": "GTX Pro"})
    accounts = pd.read_csv(folder / "accounts.csv")[["account", "sector"]].replace({"technolgy": "technology"})
    deals = deals.merge(pd.read_csv(folder / "products.csv"), how="left").merge(accounts, how="left")
    return deals.merge(pd.read_csv(folder / "sales_teams.csv"), how="left", on="sales_agent").fillna({"sector": "(none)"})


def deals_of(told: Told | None = None) -> pd.DataFrame:
    """Return every opportunity with its days as ordinals and what else is `told`; untold moments are the midnight of their day."""
    assert FOLDER is not None, f"the sales data is in none of {_FOLDERS}"
    deals = _pipeline(FOLDER)
    deals["created"] = ordinals(deals["engage_date"]).fillna(LAST_DAY.toordinal()).astype(int)
    deals["closed"] = ordinals(deals["close_date"]).fillna(NEVER).astype(int)
    deals["pipeline"] = "Sales Pipeline"
    deals["stay"] = deals["deal_stage"].where(deals["deal_stage"] == "Prospecting", "Engaging")
    if told is None:
        midnights = {"created_at": deals["engage_date"].astype("datetime64[us]"), "closed_at": deals["close_date"].astype("datetime64[us]")}
        return deals.assign(id=range(len(deals)), expected=float("nan"), first_contact=midnights["created_at"], **midnights)
    deals["first_contact"] = deals["account"].map(told.first_contact)
    return deals.merge(told.deals, left_on="opportunity_id", right_index=True, validate="one_to_one")


def seen_at(deals: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the deals as they stood when the day `as_of` ended: what closed later is open again, at its list price."""
    day = as_of.toordinal()
    seen = deals[deals["created"] <= day].copy()
    is_open = seen["closed"] > day
    # A deal that was closed later had no expected date before: the demo's CRM sets the close date only then.
    seen["expected"] = seen["expected"].where(is_open & (seen["closed"] == NEVER))
    seen.loc[is_open, "closed"] = NEVER
    seen["outcome"] = seen["deal_stage"].where(~is_open, "open")
    seen["revenue"] = seen["close_value"].where(~is_open, 0).astype(int)
    seen["tenths"] = seen["stay"].map(CHANCE_IN_TENTHS) * seen["sales_price"]
    seen["days"] = seen["closed"] - seen["created"]
    kept = ["account", "stay", "sales_price", "created", "closed", "outcome", "revenue", "tenths", "days", "expected"]
    names = [column for columns in NAMES.values() for column in columns]
    return seen[list(dict.fromkeys(kept + names))].join(_orders(seen[seen["outcome"] == "Won"]))


def _orders(won: pd.DataFrame) -> pd.DataFrame:
    won = won.sort_values(["closed_at", "created_at", "id"])
    customers = won.groupby("account")
    gap = customers["closed_at"].diff() / pd.Timedelta(days=1)
    cycle = (won["closed_at"] - won[["first_contact", "created_at"]].min(axis=1)) / pd.Timedelta(days=1)
    return pd.DataFrame({"order": customers.cumcount() + 1, "gap": gap, "cycle": cycle})


def by_member(seen: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Return the deals once for each member they count for, in column `member`; without a breakdown the one member is ''.

    Several breakdowns at once are written `owner,product`, and their members `Anna Snelling | GTX Pro`.
    """
    rows = seen.assign(member="")
    for dimension in by.split(",") if by else ():
        rows = pd.concat([rows.assign(member=rows["member"] + JOINT + rows[column]) for column in NAMES[dimension]])
    rows["member"] = rows["member"].str.removeprefix(JOINT)
    return rows.drop(columns=[column for columns in NAMES.values() for column in columns if column != "stay"])


@dataclass(frozen=True)
class Span:
    """A period in ordinals, half-open, with what ran of it by the as-of day and the stretches it is compared with."""

    grain: str
    name: str
    start: int
    end: int
    so_far: int
    before: tuple[int, int] = (0, 0)
    year_before: tuple[int, int] = (0, 0)


def spans(as_of: date, ahead: int = 1) -> list[Span]:
    """Return all time, and the years, quarters and months from October 2016 to as_of and `ahead` more of each."""
    today = as_of.toordinal() + 1
    periods = [Span("all", "all", 0, NEVER, today)]
    for grain, code, months in (("year", "Y", 12), ("quarter", "Q", 3), ("month", "M", 1)):
        last = pd.Period(as_of, freq=code) + ahead
        periods += [_span(grain, period, months, today) for period in pd.period_range("2016-10", last, freq=code)]
    return periods


def _span(grain: str, period: pd.Period, months: int, today: int) -> Span:
    start, end = period.start_time, (period + 1).start_time
    so_far = min(end.toordinal(), max(today, start.toordinal()))
    name = {"year": "%Y", "quarter": "%Y-Q%q", "month": "%Y-%m"}[grain]
    back, year = (_stretch(start, so_far, end, pd.DateOffset(months=size)) for size in (months, 12))
    return Span(grain, period.strftime(name), start.toordinal(), end.toordinal(), so_far, back, year)


def _stretch(start: pd.Timestamp, so_far: int, end: pd.Timestamp, back: pd.DateOffset) -> tuple[int, int]:
    earlier, full = (start - back).toordinal(), (end - back).toordinal()
    is_running = so_far < end.toordinal()
    return earlier, min(full, earlier + so_far - start.toordinal()) if is_running else full
