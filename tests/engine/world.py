"""A small world of every kind of record, in which things happen one after another, and what a CRM held of it at any moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from hypothesis import strategies as some

from connector.model import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Campaign,
    Company,
    Contact,
    Contract,
    Cost,
    CostCategory,
    Deal,
    Direction,
    LineItem,
    Policies,
    ProductUse,
    Record,
    StageChange,
    Survey,
    SurveyKind,
    Ticket,
    Touch,
    Traffic,
    Training,
    Use,
    UseKind,
)
from tests.engine.conftest import at, line

D = Decimal
T = TypeVar("T")
START = at("2017-01-02 20:30")
POLICIES = Policies(
    min_sample=1, churn_days=40, gross_margin=D("0.5"), home="USD", credit="linear", crm_sources=("form",), crm_feature="forecast"
)
USERS, COMPANIES, SOURCES = ("ann", "bob", None), ("acme", "bolt", None), ("web", "form", None)


class Event(NamedTuple):
    """Something that begins on a day and goes on after some days, twice; `pick` chooses what it is like."""

    kind: str
    day: int
    first: int
    second: int
    pick: int

    @property
    def moments(self) -> tuple[datetime, datetime, datetime]:
        """When it begins, goes on and ends."""
        begun = START + timedelta(days=self.day)
        return begun, begun + timedelta(days=self.first), begun + timedelta(days=self.first + self.second)

    def of(self, several: Sequence[T]) -> T:
        """Pick one of several."""
        return several[self.pick % len(several)]


def _deal(key: str, event: Event) -> Iterator[Record]:
    begun, moved, ended = event.moments
    outcome = event.of(("won", "won", "lost", "won"))
    kind = event.of(("new", "upsell", "cross_sell", "new", "renewal"))
    yield Deal(
        id=key, pipeline="p", stage=outcome, owner=event.of(USERS), company=event.of(COMPANIES), contact="base", kind=kind,
        source=event.of(SOURCES), campaign=event.of(("k1", None)), home_amount=D(100 + event.pick), created_at=begun, closed_at=ended,
        lost_reason=event.of(("price", None)),
    )  # fmt: skip
    yield StageChange(id=f"{key}:0", deal=key, pipeline="p", stage="first", entered_at=begun, left_at=moved)
    yield StageChange(id=f"{key}:1", deal=key, pipeline="p", stage="second", entered_at=moved, left_at=ended)
    yield StageChange(id=f"{key}:2", deal=key, pipeline="p", stage=outcome, entered_at=ended)
    yield from (line(key, product, weight, place) for place, (product, weight) in enumerate((("x", 17), ("y", 33))))


def _ticket(key: str, event: Event) -> Iterator[Record]:
    begun, answered, resolved = event.moments
    yield Ticket(
        id=key, created_at=begun, first_response_at=answered, resolved_at=resolved, touches=event.pick % 3, owner=event.of(USERS),
        reopened_at=resolved + timedelta(days=3) if event.pick % 4 == 0 else None, is_complaint=event.pick % 2 == 0,
        company=event.of(COMPANIES), channel=event.of(("EMAIL", None, "CALL")), reason=event.of(("broken", None)), pipeline="t",
    )  # fmt: skip


def _survey(key: str, event: Event) -> Iterator[Record]:
    sent, answered, _ = event.moments
    yield Survey(
        id=key, kind=event.of(tuple(SurveyKind)), score=D(event.pick % 7 + 1), scale=10, contact="base", owner=event.of(USERS),
        touchpoint=event.of(("shop", None)), sent_at=sent, answered_at=answered,
    )  # fmt: skip


def _contact(key: str, event: Event) -> Iterator[Record]:
    begun, qualified, assigned = event.moments
    yield Contact(
        id=key, created_at=begun, company=event.of(COMPANIES), owner=event.of(USERS), source=event.of(SOURCES),
        campaign=event.of(("k1", None)), qualified_at=qualified, assigned_at=assigned, opportunity_at=assigned,
    )  # fmt: skip
    yield Activity(id=f"{key}:call", kind=ActivityKind.CALL, direction=Direction.OUT, contact=key, owner=event.of(USERS), at=assigned)


def _activity(key: str, event: Event) -> Iterator[Record]:
    begun, opened, clicked = event.moments
    kind = event.of((ActivityKind.EMAIL, ActivityKind.EMAIL, ActivityKind.CALL, ActivityKind.MEETING))
    way = event.of((Direction.OUT, Direction.IN, Direction.OUT))
    read = {"delivered_at": begun, "opened_at": opened, "clicked_at": clicked} if (kind, way) == (ActivityKind.EMAIL, Direction.OUT) else {}
    yield Activity(id=key, kind=kind, direction=way, contact="base", owner=event.of(USERS), at=begun, **read)
    yield ProductUse(id=key, contact="base", at=opened)
    yield Activity(
        id=f"{key}:task", kind=ActivityKind.TASK, status=ActivityStatus.PLANNED, contact="base", owner=event.of(USERS), created_at=begun,
        due_at=opened,
    )  # fmt: skip


def _contract(key: str, event: Event) -> Iterator[Record]:
    begun, _, ended = event.moments
    ends = (begun + timedelta(days=event.second * 3 + 1)).date() if event.pick % 2 else None
    yield Contract(
        id=key, created_at=begun, company=event.of(COMPANIES), owner=event.of(USERS), starts_on=begun.date(), ends_on=ends, amount=D(60),
        billing_months=1, cancelled_at=ended if event.pick % 3 == 0 else None, churn_reason="price",
    )  # fmt: skip


def _money(key: str, event: Event) -> Iterator[Record]:
    day = event.moments[0].date()
    yield Cost(
        id=key, day=day, category=event.of(tuple(CostCategory)), amount=D(event.pick), source=event.of(SOURCES),
        campaign=event.of(("k1", None)), owner=event.of(USERS), provider=event.of(("google_analytics", None)),
    )  # fmt: skip
    yield Traffic(id=key, day=day, source=event.of(SOURCES), sessions=event.pick)
    yield Touch(
        id=key, contact="base", at=event.moments[1], source=event.of(SOURCES), campaign=event.of((None, "k1")),
        workflow=event.of(("w", None)),
    )  # fmt: skip


def _use(key: str, event: Event) -> Iterator[Record]:
    begun, completed, expires = event.moments
    user = event.of(("ann", "bob"))
    for place, moment in enumerate(event.moments):
        yield Use(id=f"{key}:{place}", user=user, at=moment, kind=event.of(tuple(UseKind)), feature=event.of(("forecast", None)))
    yield Training(
        id=key, user=user, course=event.of(("basics", "sales")), assigned_at=begun, completed_at=completed,
        expires_at=expires if event.pick % 2 else None,
    )  # fmt: skip


_MAKERS: Mapping[str, Callable[[str, Event], Iterator[Record]]] = {
    "deal": _deal,
    "ticket": _ticket,
    "survey": _survey,
    "contact": _contact,
    "activity": _activity,
    "contract": _contract,
    "money": _money,
    "use": _use,
}
_DAYS = some.integers(0, 30)
_EVENT = some.builds(Event, some.sampled_from(list(_MAKERS)), some.integers(0, 100), _DAYS, _DAYS, some.integers(0, 11))
EVENTS = some.lists(_EVENT, min_size=30, max_size=60)
MIXED = [
    Event(kind, place * 7 % 100, place % 27 + 3, place * 5 % 23, place // len(_MAKERS) * 7 % 12)
    for place, kind in enumerate(list(_MAKERS) * 9)
]
"""Some of everything, spread over the days."""
BASE: Sequence[Record] = (
    Company(id="acme", name="Acme", segment="retail", created_at=START),
    Company(id="bolt", name="Bolt", segment="medical", created_at=START),
    Campaign(id="k1", name="Autumn"),
    Contact(id="base", created_at=START, company="acme", owner="ann", is_imported=True),
    Ticket(id="base", created_at=START, is_complaint=False),
    Touch(id="base", contact="nobody", at=START, source="web"),
    Contract(id="base", created_at=START, company="bolt", starts_on=START.date(), amount=D(1), billing_months=1),
    Traffic(id="base", day=START.date(), sessions=1),
    Use(id="base", user="bob", at=START, kind=UseKind.LOGIN),
    Training(id="base", user="bob", course="basics", assigned_at=START),
    *(Cost(id=category, day=START.date(), category=category, amount=D(0), campaign="k1") for category in CostCategory),
)
"""What shows that everything is supplied that a KPI needs."""
_BIRTHS = ("created_at", "sent_at", "entered_at", "at")


def world(events: Sequence[Event]) -> list[Record]:
    """Return all that ever happened."""
    return [*BASE, *(record for place, event in enumerate(events) for record in _MAKERS[event.kind](str(place), event))]


def held(records: Sequence[Record], until: datetime, last_day: date) -> Iterator[Record]:
    """Yield what a CRM held of these records at a moment: nothing that began later, and of the rest nothing that happened later."""
    deals = {record.id for record in records if isinstance(record, Deal) and record.created_at and record.created_at < until}
    for record in records:
        told = {each.name: getattr(record, each.name) for each in fields(record)}
        if isinstance(record, Cost | Traffic):
            is_there = record.day <= last_day
        elif isinstance(record, LineItem):
            is_there = record.deal in deals
        elif isinstance(record, Training):
            is_there = record.assigned_at < until
        else:
            is_there = all(told[name] < until for name in _BIRTHS if told.get(name))
        if is_there:
            later = {name: None for name, value in told.items() if isinstance(value, datetime) and value >= until}
            yield _reopened(record, records, until) if isinstance(record, Deal) and later else replace(record, **later)


def _reopened(deal: Deal, records: Sequence[Record], until: datetime) -> Deal:
    """Put a deal back into the stage in which it stood."""
    stays = [one for one in records if isinstance(one, StageChange) and one.deal == deal.id and one.entered_at < until]
    return replace(deal, stage=stays[-1].stage, closed_at=None)
