"""Files of records: one CSV file fills one table, whatever CRM it was exported from."""

from connector.imports.arrivals import arrivals, named
from connector.imports.cells import Reading
from connector.imports.files import Sheet, opened
from connector.imports.tables import KEYS, Column, Kind, columns_of, header_of

__all__ = ["KEYS", "Column", "Kind", "Reading", "Sheet", "arrivals", "columns_of", "header_of", "named", "opened"]
