"""KPIs that an admin declares in the settings: read, checked against the tables they look at, and made into KPIs like all others."""

from connector.own.declaring import catalogue_of, check_own
from connector.own.tables import TABLES, Table

__all__ = ["TABLES", "Table", "catalogue_of", "check_own"]
