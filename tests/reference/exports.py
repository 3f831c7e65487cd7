"""How exports of other systems become our files: one table of columns each, read by plain Python and written as CSV."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path

_HOME = Path(__file__).parents[2]
EXTRACTS = _HOME / "tests" / "data"
WHOLE = _HOME.parent / "shared" / "data"
FULL = {
    "online_retail.csv": WHOLE / "online_retail" / "online_retail.csv.gz",
    "uci_incidents.csv": WHOLE / "uci_incident" / "incident_event_log.zip",
    "telco_churn.csv": WHOLE / "ibm_telco_churn" / "Telco-Customer-Churn.csv",
}
"""Where the whole sets are, on machines that have them."""

Row = Mapping[str, str]
Pick = Callable[[Sequence[Row]], str]
"""What a cell of ours says, from all rows of the export that are about one record."""


def first(column: str) -> Pick:
    """Take what the first row says; `?` and the `.0` behind a number say nothing."""
    return lambda rows: _clean(rows[0][column])


def last(column: str) -> Pick:
    """Take what the last row says."""
    return lambda rows: _clean(rows[-1][column])


def always(text: str) -> Pick:
    """Say the same of every record."""
    return lambda _: text


def when(column: str, is_so: Callable[[Row], bool]) -> Pick:
    """Take a column of the first row of which something is so; nothing where there is none."""
    return lambda rows: next((_clean(row[column]) for row in rows if is_so(row)), "")


def _clean(text: str) -> str:
    return "" if text == "?" else text.removesuffix(".0")


@dataclass(frozen=True)
class Mapped:
    """One of our tables, made of one export: its rows are put together by `by`; `where` says which records there are.

    Where the rows tell of several records, `parts` takes them apart.
    """

    table: str
    export: str
    by: str
    cells: Mapping[str, Pick]
    where: Callable[[Sequence[Row]], bool] = lambda _: True
    parts: Callable[[Sequence[Row]], Iterable[Sequence[Row]]] = lambda rows: [rows]
    options: tuple[str, ...] = ()


def _total(rows: Sequence[Row]) -> Decimal:
    return sum((int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows), Decimal(0))


def _amount(rows: Sequence[Row]) -> str:
    return str(_total(rows).quantize(Decimal("0.0001")))


def _is_order(rows: Sequence[Row]) -> bool:
    """Leave out adjustments of the stock and of debts: nobody bought anything."""
    number = rows[0]["InvoiceNo"]
    return number.startswith("C") or (number.isdigit() and _total(rows) > 0)


def _status(rows: Sequence[Row]) -> str:
    return "cancelled" if rows[0]["InvoiceNo"].startswith("C") else "won"


ORDERS = Mapped(
    "deals",
    "online_retail.csv",
    "InvoiceNo",
    {
        "id": first("InvoiceNo"),
        "company": first("CustomerID"),
        "status": _status,
        "amount": _amount,
        "currency": always("GBP"),
        "created_at": first("InvoiceDate"),
        "closed_at": first("InvoiceDate"),
    },
    _is_order,
)
"""An invoice is an order that was won when it was written; a cancellation is a deal of its own, which counts nowhere."""

BUYERS = Mapped(
    "companies",
    "online_retail.csv",
    "CustomerID",
    {"id": first("CustomerID"), "country": first("Country"), "segment": first("Country")},
    lambda rows: rows[0]["CustomerID"] != "",
)

INCIDENTS = Mapped(
    "tickets",
    "uci_incidents.csv",
    "number",
    {
        "id": first("number"),
        "channel": last("contact_type"),
        "priority": last("priority"),
        "reason": last("category"),
        "owner": last("assigned_to"),
        "outcome": lambda rows: "won" if rows[-1]["ident_state"] in ("Resolved", "Closed") else "open",
        "created_at": first("opened_at"),
        "first_response_at": when("sys_updated_at", lambda row: row["ident_state"] != "New"),
        "resolved_at": last("resolved_at"),
        "reopened_at": when("sys_updated_at", lambda row: row["reopen_count"] != "0"),
        "touches": lambda rows: str(max(int(row["reassignment_count"]) for row in rows) + 1),
    },
    options=("--day-first",),
)
"""Events are not tickets: one ticket each, answered when it first left the state New, touched once more by every hand-over."""

SURVEYED = date(2019, 1, 1)
"""The set tells no days. It is taken as seen on this one; who churned left within the month before, so on its last day."""
LEFT = "2018-12-31"
TERMS = {"Month-to-month": 1, "One year": 12, "Two year": 24}


def _terms(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Give one contract for each term that began: the last one runs, or was cut short; from month to month there is one that has no end."""
    row = rows[0]
    tenure, term = int(row["tenure"]), TERMS[row["Contract"]]
    # Whoever left at the end of a term began no other one.
    whole = 0 if term == 1 else (tenure - (row["Churn"] == "Yes")) // term
    return ([{**row, "place": str(place)}] for place in range(whole + 1))


def _day(rows: Sequence[Row], later: int = 0) -> date:
    """Return the first day of a term, or of a term after it."""
    row = rows[0]
    months = SURVEYED.year * 12 + SURVEYED.month - 1 - int(row["tenure"]) + (int(row["place"]) + later) * TERMS[row["Contract"]]
    return date(months // 12, months % 12 + 1, 1)


def _is_cut(rows: Sequence[Row]) -> bool:
    return rows[0]["Churn"] == "Yes" and _day(rows, 1) >= SURVEYED


def _ends(rows: Sequence[Row]) -> str:
    if TERMS[rows[0]["Contract"]] == 1:
        return ""
    return LEFT if _is_cut(rows) else _day(rows, 1).isoformat()


def _cancelled(rows: Sequence[Row]) -> str:
    is_endless = TERMS[rows[0]["Contract"]] == 1
    return LEFT if _is_cut(rows) or (is_endless and rows[0]["Churn"] == "Yes") else ""


CONTRACTS = Mapped(
    "contracts",
    "telco_churn.csv",
    "customerID",
    {
        "id": lambda rows: f"{rows[0]['customerID']}-{rows[0]['place']}",
        "company": first("customerID"),
        "product": first("Contract"),
        "starts_on": lambda rows: _day(rows).isoformat(),
        "ends_on": _ends,
        "amount": lambda rows: rows[0]["MonthlyCharges"],
        "billing_months": always("1"),
        "cancelled_at": _cancelled,
    },
    parts=_terms,
)
"""A customer bound for a year or two has one contract for each term; who left has a last one that ended on that day."""
SUBSCRIBERS = Mapped("companies", "telco_churn.csv", "customerID", {"id": first("customerID"), "segment": first("InternetService")})
NO_DEALS = Mapped("deals", "telco_churn.csv", "customerID", {"id": first("customerID"), "status": always("won")}, lambda _: False)
"""An empty file tells that nothing else was sold; without it nobody could say who is a customer."""
SETS = {"retail": (ORDERS, BUYERS), "incidents": (INCIDENTS,), "telco": (CONTRACTS, SUBSCRIBERS, NO_DEALS)}


def write(mapped: Mapped, source: Path, target: Path) -> int:
    """Write a file of ours from an export; return how many records it holds."""
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(mapped.cells))
        writer.writeheader()
        number = 0
        for record in _records(mapped, source):
            writer.writerow(record)
            number += 1
    return number


def _records(mapped: Mapped, source: Path) -> Iterator[Mapping[str, str]]:
    rows = sorted(_rows(source), key=lambda row: row[mapped.by])  # stable: rows of one record stay in their order
    for _, found in groupby(rows, key=lambda row: row[mapped.by]):
        group = list(found)
        if mapped.where(group):
            yield from ({name: pick(part) for name, pick in mapped.cells.items()} for part in mapped.parts(group))


def _rows(source: Path) -> Iterable[Row]:
    with io.TextIOWrapper(_opened(source), encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        names = next(lines)
        # Of two columns with one name the first counts.
        places = {name: names.index(name) for name in names}
        return [{name: cells[place] for name, place in places.items()} for cells in lines]


def _opened(source: Path) -> io.BufferedIOBase:
    if source.suffix == ".gz":
        return gzip.open(source)  # type: ignore[return-value]  # open for reading it is buffered
    if source.suffix == ".zip":
        archive = zipfile.ZipFile(source)
        return archive.open(archive.namelist()[0])  # type: ignore[return-value]  # the same
    return source.open("rb")
