"""One vendor, one module: each reads a CRM in our words and writes our fields and goals back."""

from collections.abc import Mapping

from connector.adapters import bottlecrm, clickup, files, hubspot, nutshell, odoo
from connector.adapters.base import Adapter
from connector.adapters.entry import Entry
from connector.adapters.journal import Journal, News
from connector.adapters.origin import Origin
from connector.adapters.sender import Sender

__all__ = ["ADAPTERS", "Adapter", "Entry", "Journal", "News", "Origin", "Sender"]

ADAPTERS: Mapping[str, Entry] = {
    "bottlecrm": bottlecrm.ENTRY,
    "clickup": clickup.ENTRY,
    "files": files.ENTRY,
    "hubspot": hubspot.ENTRY,
    "nutshell": nutshell.ENTRY,
    "odoo": odoo.ENTRY,
}
"""Every adapter by the name that settings use; adding one is a line here."""
