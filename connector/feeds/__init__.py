"""Services beside the CRM whose figures the KPIs need: each brings whole days of rows into a few tables, by the way of imports."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from connector.feeds import ga4
from connector.feeds.base import Batch, Feed
from connector.kpis import Need

__all__ = ["FEEDS", "Batch", "Feed", "FeedEntry"]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One feed: its name for people, its settings, how to make it, and its page in the docs."""

    title: str
    settings: type[BaseModel]
    build: Callable[[BaseModel], Feed]
    docs: str
    supplies: Mapping[Need, str] = field(default_factory=dict)
    """What of the service meets which needs of KPIs."""


FEEDS: Mapping[str, FeedEntry] = {
    ga4.NAME: FeedEntry(ga4.TITLE, ga4.GoogleAnalyticsSettings, ga4.build, "docs/google-analytics.md", ga4.SUPPLIES),
}
"""Every feed by the name that settings use; adding one is a line here."""
