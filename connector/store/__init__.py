"""The store: the CRM's records, what we measured, planned and wrote, in one SQLite or PostgreSQL database. The only SQL for it."""

from connector.store.accounts import Account, Accounts
from connector.store.draft import Draft
from connector.store.imports import ImportInfo, Imports
from connector.store.items import Item, ItemState
from connector.store.leases import Lease, Leases
from connector.store.ledger import MappedGoal, Written
from connector.store.plans import PlanInfo, Plans, PlanStatus, Uses
from connector.store.records import Records, Saved, StreamState
from connector.store.runs import RunInfo, Runs, RunStatus
from connector.store.sealing import HOW, Seal
from connector.store.store import Store
from connector.store.targets import TargetChange, TargetKey, Targets
from connector.store.values import MeasurementInfo, Values

__all__ = [
    "HOW",
    "Account",
    "Accounts",
    "Draft",
    "ImportInfo",
    "Imports",
    "Item",
    "ItemState",
    "Lease",
    "Leases",
    "MappedGoal",
    "MeasurementInfo",
    "PlanInfo",
    "PlanStatus",
    "Plans",
    "Records",
    "RunInfo",
    "RunStatus",
    "Runs",
    "Saved",
    "Seal",
    "Store",
    "StreamState",
    "TargetChange",
    "TargetKey",
    "Targets",
    "Uses",
    "Values",
    "Written",
]
