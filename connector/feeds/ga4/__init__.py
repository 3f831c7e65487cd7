"""Google Analytics 4: web sessions, key events and what advertising cost, by the Data API."""

from collections.abc import Mapping

from connector.feeds.ga4.feed import NAME, GoogleAnalytics, build
from connector.feeds.ga4.settings import GoogleAnalyticsSettings
from connector.feeds.ga4.vendor import TITLE
from connector.kpis import Need

__all__ = ["NAME", "SUPPLIES", "TITLE", "GoogleAnalytics", "GoogleAnalyticsSettings", "build"]

SUPPLIES: Mapping[Need, str] = {
    Need.TRAFFIC: "`sessions` by day, source, medium and campaign",
    Need.ADVERTISING: "`advertiserAdCost` by day, source and campaign",
    Need.CAMPAIGN_COSTS: "`advertiserAdCost` by day, source and campaign",
}
"""What Google Analytics may supply of what KPIs need."""
