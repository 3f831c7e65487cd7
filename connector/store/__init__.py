"""The store: the CRM's records, what we measured, planned and wrote, in one SQLite or PostgreSQL database. The only SQL for it."""

from connector.store.accounts import Account, Accounts
from connector.store.leases import Lease, Leases
from connector.store.records import Records, Saved, StreamState
from connector.store.runs import RunInfo, Runs, RunStatus
from connector.store.store import Store

__all__ = ["Account", "Accounts", "Lease", "Leases", "Records", "RunInfo", "RunStatus", "Runs", "Saved", "Store", "StreamState"]
