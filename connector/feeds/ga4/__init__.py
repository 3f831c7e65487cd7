"""Google Analytics 4: web sessions, key events and what advertising cost, by the Data API."""

from connector.feeds.ga4.feed import NAME, GoogleAnalytics, build
from connector.feeds.ga4.settings import GoogleAnalyticsSettings
from connector.feeds.ga4.vendor import TITLE

__all__ = ["NAME", "TITLE", "GoogleAnalytics", "GoogleAnalyticsSettings", "build"]
