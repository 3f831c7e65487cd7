"""Google Analytics as a feed: traffic and costs of whole days, from one property."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from connector.errors import AccessRefused, ConnectorError
from connector.feeds.base import Batch
from connector.feeds.ga4 import rows
from connector.feeds.ga4.grant import ServiceAccount
from connector.feeds.ga4.key import read_key
from connector.feeds.ga4.report import Question, Report, ask, taste
from connector.feeds.ga4.settings import GoogleAnalyticsSettings
from connector.feeds.ga4.vendor import TITLE, limiter, patience, vendor
from connector.http import Client, Limiter, Patience, Refused
from connector.model import Entity

NAME = "ga4"
_METRICS: Mapping[Entity, tuple[str, ...]] = {Entity.TRAFFIC: ("sessions", "keyEvents"), Entity.COSTS: ("advertiserAdCost",)}
"""Asked for apart: a property without a link to Google Ads may refuse the cost, and traffic is to come all the same."""


class GoogleAnalytics:
    """One property, see `Feed`."""

    name: ClassVar[str] = NAME
    title: ClassVar[str] = TITLE
    tables: ClassVar[tuple[Entity, ...]] = tuple(_METRICS)

    def __init__(
        self,
        settings: GoogleAnalyticsSettings,
        *,
        patience: Patience,
        limiter: Limiter,
        account: Callable[..., ServiceAccount] = ServiceAccount,
    ) -> None:
        key = read_key(settings.credentials.get_secret_value(), settings.base_url)
        self.place = f"property {settings.property}"
        self.restated_days, self.history_days = settings.days, settings.history_days
        self._currency = settings.currency
        self._path = f"/v1beta/properties/{settings.property}:runReport"
        manners = vendor(settings.property, key.email)
        self._client = Client(settings.base_url, bearer=account(key, patience), vendor=manners, limiter=limiter, patience=patience)

    @property
    def calls(self) -> int:
        """How many requests were sent, see `Feed`."""
        return self._client.calls

    async def read(self, table: Entity, first: date, last: date) -> Batch:
        """Return all rows of a table on some days, see `Feed`."""
        try:
            report = await ask(self._client, self._path, self._question(table, first, last))
        except Refused as refused:
            raise _refusal(table, refused) from None
        found = rows.traffic(report.rows) if table is Entity.TRAFFIC else rows.costs(report.rows, _currency(report))
        lost = (f"{found.dayless} rows of {table} belong to no day and are left out.",) if found.dayless else ()
        return Batch(found.rows, (*report.notes, *lost))

    async def check(self, first: date, last: date) -> Sequence[str]:
        """Try both reports, see `Feed`."""
        said: list[str] = []
        for table in self.tables:
            try:
                report = await taste(self._client, self._path, self._question(table, first, last))
            except Refused as refused:
                said.append(f"{self.title}, {table}: not available. {_refusal(table, refused)}")
                continue
            said += self._seen(table, report, f"{first} to {last}")
        return list(dict.fromkeys(said))

    async def close(self) -> None:
        """Give back connections, see `Feed`."""
        await self._client.close()

    def _question(self, table: Entity, first: date, last: date) -> Question:
        return Question(_METRICS[table], first, last, self._currency)

    def _seen(self, table: Entity, report: Report, days: str) -> Sequence[str]:
        about = f"days end at midnight in {report.timezone}" if table is Entity.TRAFFIC else f"costs are in {report.currency}"
        return [f"{self.title}, {self.place}: {report.total:,} rows of {table} on {days}; {about}.", *report.notes]


def _currency(report: Report) -> str | None:
    if report.rows and not report.currency:
        raise ConnectorError(f"{TITLE} answered with costs, but without their currency.")
    return report.currency


def _refusal(table: Entity, refused: Refused) -> AccessRefused:
    hint = "" if table is Entity.TRAFFIC else " Costs need a link to Google Ads or imported cost data in the property."
    return AccessRefused(f"{refused}.{hint}")


def build(settings: BaseModel) -> GoogleAnalytics:
    """Make the feed of one account from its `GoogleAnalyticsSettings`."""
    return GoogleAnalytics(GoogleAnalyticsSettings.model_validate(settings), patience=patience(), limiter=limiter())
