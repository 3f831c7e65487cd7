"""Every kind of record by the table that keeps it."""

from collections.abc import Mapping

from connector.model.dealings import Activity, Lead, ProductUse, Survey, Ticket, Touch
from connector.model.means import Campaign, Contract, Cost, FxRate, Holiday, Traffic, Training, Use
from connector.model.record import Entity, Record
from connector.model.records import (
    Company,
    Contact,
    Deal,
    DealSplit,
    FieldHistory,
    GoalRecord,
    LineItem,
    Membership,
    Merge,
    Pipeline,
    Product,
    Stage,
    StageChange,
    Team,
    User,
)

_SALES = (Pipeline, Stage, Company, Contact, Product, Deal, StageChange, FieldHistory, DealSplit, LineItem, Merge)
_DEALINGS = (Lead, Touch, Activity, Ticket, Survey, ProductUse)
_MEANS = (Contract, Campaign, Cost, Traffic, Use, Training, FxRate, Holiday)
_KINDS: tuple[type[Record], ...] = (User, Team, Membership, *_SALES, *_DEALINGS, *_MEANS, GoalRecord)
RECORDS: Mapping[Entity, type[Record]] = {kind.entity: kind for kind in _KINDS}
