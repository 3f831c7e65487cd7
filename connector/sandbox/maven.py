"""Reads the "CRM Sales Opportunities" files and mends their two known misspellings."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SHIPPED = Path(__file__).parent / "data" / "maven"
"""The copy of the files that lies in the package."""
LAST_DAY = date(2017, 12, 31)
"""The last day the data speaks of."""
_PRODUCTS = {"GTXPro": "GTX Pro"}
_SECTORS = {"technolgy": "technology"}


@dataclass(frozen=True, slots=True)
class Account:
    """A customer; `revenue` is a year's revenue in millions of USD, as written in the file."""

    name: str
    sector: str
    founded: str
    revenue: str
    employees: str
    country: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Product:
    """A product; `price` is its suggested retail price in USD."""

    name: str
    series: str
    price: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who sells, the manager and the regional office that this person belongs to."""

    name: str
    manager: str
    office: str


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One row of the pipeline; `engaged` is None while prospecting, `closed` and `value` (USD) while open."""

    id: str
    agent: str
    product: str
    account: str | None
    stage: str
    engaged: date | None
    closed: date | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Maven:
    """The whole data set, in the order of the files."""

    accounts: tuple[Account, ...]
    products: tuple[Product, ...]
    agents: tuple[Agent, ...]
    opportunities: tuple[Opportunity, ...]


def load(folder: Path | None = None) -> Maven:
    """Read the files from `folder`, by default the shipped copy.

    Raises:
        FileNotFoundError: a file is missing.
        KeyError: a file lacks a column.
    """
    base = folder or SHIPPED
    return Maven(
        accounts=tuple(_account(row) for row in _rows(base / "accounts.csv")),
        products=tuple(Product(row["product"], row["series"], row["sales_price"]) for row in _rows(base / "products.csv")),
        agents=tuple(Agent(row["sales_agent"], row["manager"], row["regional_office"]) for row in _rows(base / "sales_teams.csv")),
        opportunities=tuple(_opportunity(row) for row in _rows(base / "sales_pipeline.csv")),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _account(row: dict[str, str]) -> Account:
    return Account(
        name=row["account"],
        sector=_SECTORS.get(row["sector"], row["sector"]),
        founded=row["year_established"],
        revenue=row["revenue"],
        employees=row["employees"],
        country=row["office_location"],
        parent=row["subsidiary_of"] or None,
    )


def _opportunity(row: dict[str, str]) -> Opportunity:
    return Opportunity(
        id=row["opportunity_id"],
        agent=row["sales_agent"],
        product=_PRODUCTS.get(row["product"], row["product"]),
        account=row["account"] or None,
        stage=row["deal_stage"],
        engaged=_day(row["engage_date"]),
        closed=_day(row["close_date"]),
        value=row["close_value"] or None,
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
