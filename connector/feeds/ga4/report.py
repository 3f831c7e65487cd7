"""One report of the Data API: what is asked, page by page, and what comes back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from connector.errors import ConnectorError, TryLater
from connector.feeds.ga4.rows import Row
from connector.feeds.ga4.vendor import TITLE
from connector.http import Body, Client

DIMENSIONS = ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
PAGE = 50_000
"""How many rows are asked for at once; Google gives up to 250,000."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: these figures on the days from `first` to `last`, costs in `currency` (None: the property's own)."""

    metrics: tuple[str, ...]
    first: date
    last: date
    currency: str | None = None

    def body(self, offset: int, limit: int) -> Body:
        """Return the request for the rows from `offset` on."""
        asked: Body = {
            "dateRanges": [{"startDate": self.first.isoformat(), "endDate": self.last.isoformat()}],
            "dimensions": [{"name": name} for name in DIMENSIONS],
            "metrics": [{"name": name} for name in self.metrics],
            # Pages would overlap if each came in an order of its own.
            "orderBys": [{"dimension": {"dimensionName": name}} for name in DIMENSIONS],
            "offset": str(offset),
            "limit": str(limit),
        }
        return {**asked, "currencyCode": self.currency} if self.currency else asked


@dataclass(frozen=True, slots=True)
class Report:
    """What came back: rows (of a check only some of the `total`), the property's zone and the costs' currency, and what was left out."""

    rows: Sequence[Row]
    total: int
    timezone: str
    currency: str | None
    notes: tuple[str, ...]


async def ask(client: Client, path: str, question: Question, *, page: int = PAGE) -> Report:
    """Return the whole report.

    Raises:
        CredentialsError, AccessRefused, TryLater, Refused: see `Client.ask`.
        TryLater: the report changed while it was read.
        ConnectorError: what came is no report.
    """
    found = _report(await client.ask(path, question.body(0, page)), len(question.metrics))
    rows = list(found.rows)
    while len(rows) < found.total:
        more = _report(await client.ask(path, question.body(len(rows), page)), len(question.metrics))
        if not more.rows or more.total != found.total:
            raise TryLater(f"{TITLE} changed its report of {question.first} to {question.last} while it was read; run again.")
        rows += more.rows
    return Report(rows, found.total, found.timezone, found.currency, found.notes)


async def taste(client: Client, path: str, question: Question) -> Report:
    """Return the report with its first row alone; raises as `ask` does."""
    return _report(await client.ask(path, question.body(0, 1)), len(question.metrics))


def _report(body: Body, metrics: int) -> Report:
    metadata = body.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    try:
        rows = [_row(raw, metrics) for raw in body.get("rows", ())]
        total = int(body.get("rowCount", 0))
    except (KeyError, TypeError, ValueError):
        raise ConnectorError(f"{TITLE} answered with something that is no report.") from None
    currency = about.get("currencyCode")
    return Report(rows, total, str(about.get("timeZone", "")), str(currency) if currency else None, tuple(_notes(about)))


def _row(raw: Mapping[str, Any], metrics: int) -> Row:
    dimensions = tuple(str(cell["value"]) for cell in raw["dimensionValues"])
    values = tuple(str(cell["value"]) for cell in raw["metricValues"])
    if (len(dimensions), len(values)) != (len(DIMENSIONS), metrics):
        raise ValueError("a row of another report")
    return Row(dimensions, values)


def _notes(about: Mapping[str, Any]) -> Iterator[str]:
    """Yield what Google did to the figures, a sentence each."""
    if about.get("subjectToThresholding"):
        yield "Google leaves out rows of few people (thresholding), so figures may be too low."
    if about.get("dataLossFromOtherRow"):
        yield "Google put rare sources and campaigns together as (other)."
    if about.get("samplingMetadatas"):
        yield "Google estimated the figures from a sample."
    restrictions = about.get("schemaRestrictionResponse") or {}
    names = sorted(str(one.get("metricName")) for one in restrictions.get("activeMetricRestrictions", ()))
    if names:
        yield f"The service account may not see {', '.join(names)}; lift the data restriction of its role in the property."
