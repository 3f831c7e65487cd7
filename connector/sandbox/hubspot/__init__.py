"""A HubSpot account in a box, filled with real sales data; what it does follows the vendor notes, each behaviour with its trust mark."""

from connector.sandbox.hubspot.app import hubspot_app, run_hubspot
from connector.sandbox.hubspot.portal import Options, Portal

__all__ = ["Options", "Portal", "hubspot_app", "run_hubspot"]
