"""A CRM in this process, of our own records: for tests of everything above the adapters, and for dry runs."""

from connector.adapters.memory.adapter import Memory
from connector.adapters.memory.faults import Faults

__all__ = ["Faults", "Memory"]
