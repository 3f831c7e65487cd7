"""Write plans, what became of every line of them, and what of the CRM is ours by them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from connector.errors import GuardStopped, SettingsError
from connector.model import Entity, FieldChange, GoalChange, Result, Why, WritePlan
from connector.store import ledger
from connector.store.database import Database, Found, upsert
from connector.store.items import Item, ItemState, delete_items, insert_items, read_items, update_items
from connector.store.leases import Lease, writing
from connector.store.ledger import Book, GoalKey, Key, MappedGoal, Written
from connector.store.rows import Cells, instant_of, us_of
from connector.store.schema import OWNED_FIELDS, PLAN_ITEMS, PLANS, RUNS


class PlanStatus(StrEnum):
    """How far a plan is. PARTIAL means that something did not arrive; SUPERSEDED that a newer plan came before it was sent."""

    PLANNED = "planned"
    SENDING = "sending"
    DONE = "done"
    PARTIAL = "partial"
    SUPERSEDED = "superseded"


_ARRIVED = (ItemState.OK.value, ItemState.SENDING.value, ItemState.UNKNOWN.value)
_OPEN = (PlanStatus.PLANNED, PlanStatus.SENDING, PlanStatus.PARTIAL)


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A plan at a glance: the run that made it, `kind` push or undo, and how many of its lines are in which state."""

    id: str
    run: str | None
    kind: str
    status: PlanStatus
    made_at: datetime
    as_of: datetime
    counts: Mapping[str, int]
    undoes: str | None


@dataclass(frozen=True, slots=True)
class Uses:
    """How many values of fields were ever written, emptied ones aside, and how many goals made and changed."""

    values: int
    goals_made: int
    goals_changed: int


class Plans:
    """The plans of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, lease: Lease, run: str | None, plan: WritePlan) -> None:
        """Keep a plan with every old value, in the place of plans that were not sent.

        Raises:
            ValueError: the plan is for another account than the lease.
        """
        if plan.account != lease.account:
            raise ValueError(f"plan {plan.id} is for {plan.account!r}, the lease for {lease.account!r}")
        with writing(self._database, lease) as connection:
            _supersede(connection, lease.account)
            upsert(connection, PLANS, [_plan_row(connection, run, plan)])
            insert_items(connection, plan)

    def load(self, account: str, plan_id: str) -> WritePlan:
        """Return a plan as it was saved; one that was superseded has lost its lines.

        Raises:
            SettingsError: there is no such plan.
        """
        with self._database.read() as connection:
            row, items = _row(connection, account, plan_id), read_items(connection, account, plan_id)
        return WritePlan(
            id=row.id,
            account=account,
            made_at=instant_of(row.made_at),
            as_of=instant_of(row.as_of),
            fields=tuple(item.change for item in items if isinstance(item.change, FieldChange)),
            goals=tuple(item.change for item in items if isinstance(item.change, GoalChange)),
            present=row.present,
            notes=tuple(json.loads(row.notes)),
            undoes=row.undoes,
        )

    def info(self, account: str, plan_id: str) -> PlanInfo:
        """Return a plan at a glance.

        Raises:
            SettingsError: there is no such plan.
        """
        with self._database.read() as connection:
            return _infos(connection, [_row(connection, account, plan_id)])[0]

    def latest(self, account: str) -> PlanInfo | None:
        """Return the plan that was saved last."""
        return next(iter(self.list(account, 1)), None)

    def list(self, account: str, n: int = 10) -> Sequence[PlanInfo]:
        """Return the last `n` plans, the newest first."""
        with self._database.read() as connection:
            mine = select(PLANS).where(PLANS.c.account == account).order_by(PLANS.c.place.desc()).limit(n)
            return _infos(connection, connection.execute(mine).all())

    def unfinished(self, account: str) -> str | None:
        """Return the plan whose sending was cut off."""
        with self._database.read() as connection:
            cut_off = PLANS.c.status == PlanStatus.SENDING.value
            return connection.scalars(select(PLANS.c.id).where(PLANS.c.account == account, cut_off).order_by(PLANS.c.place)).first()

    def items(self, account: str, plan_id: str, states: Collection[ItemState | str] | None = None) -> Sequence[Item]:
        """Return the lines of a plan in their order; only those in one of `states`, if given."""
        only = [] if states is None else [PLAN_ITEMS.c.state.in_([str(state) for state in states])]
        with self._database.read() as connection:
            return read_items(connection, account, plan_id, *only)

    def begin(self, lease: Lease, plan_id: str) -> None:
        """Take note that the plan is being sent from now on.

        Raises:
            SettingsError: there is no such plan.
            GuardStopped: it is done, or a newer one took its place.
        """
        with writing(self._database, lease) as connection:
            row = _row(connection, lease.account, plan_id)
            if row.status not in _OPEN:
                raise GuardStopped(f"Plan {plan_id} is {row.status} and cannot be sent; make a new one.")
            _set_status(connection, lease.account, plan_id, PlanStatus.SENDING)

    def mark(self, lease: Lease, plan_id: str, seqs: Collection[int], state: ItemState | str) -> None:
        """Put lines into a state without an outcome: being sent, open again, or skipped."""
        with writing(self._database, lease) as connection:
            update_items(connection, lease.account, plan_id, [{"seq": seq, "state": str(state)} for seq in seqs])

    def record(self, lease: Lease, plan_id: str, outcomes: Mapping[int, Result]) -> None:
        """Keep what became of lines and, for what arrived, that the CRM holds it and that it is ours; all in one transaction."""
        with writing(self._database, lease) as connection:
            rows = [{"seq": seq, "state": str(end.status), "message": end.message, "remote": end.remote} for seq, end in outcomes.items()]
            update_items(connection, lease.account, plan_id, rows)
            book = Book(connection, lease.account, plan_id, is_undo=_row(connection, lease.account, plan_id).undoes is not None)
            told = PLAN_ITEMS.c.seq.between(min(outcomes, default=0), max(outcomes, default=-1))
            lines = read_items(connection, lease.account, plan_id, told)
            ledger.enter(book, [item for item in lines if item.seq in outcomes], outcomes)

    def finish(self, lease: Lease, plan_id: str) -> None:
        """Take note that nothing more of the plan will be sent: it is done, or partial if something did not arrive."""
        with writing(self._database, lease) as connection:
            lacking = PLAN_ITEMS.c.state.not_in([ItemState.OK.value, ItemState.SKIPPED.value])
            left = read_items(connection, lease.account, plan_id, lacking)
            _set_status(connection, lease.account, plan_id, PlanStatus.PARTIAL if left else PlanStatus.DONE)

    def written(self, account: str, records: Mapping[Entity, Collection[str]] | None = None) -> Mapping[Key, Written]:
        """Return what we wrote last into every field that is ours; only on these records, if given."""
        with self._database.read() as connection:
            return ledger.written(connection, account, records)

    def changed_since(self, account: str, kind: str) -> int:
        """Return how many values that were there have been changed by runs of this kind since the last plan of any other."""
        made = PLANS.join(RUNS, (RUNS.c.account == PLANS.c.account) & (RUNS.c.id == PLANS.c.run))
        other = select(func.coalesce(func.max(PLANS.c.place), 0)).select_from(made).where(PLANS.c.account == account, RUNS.c.kind != kind)
        lines = made.join(PLAN_ITEMS, (PLAN_ITEMS.c.account == PLANS.c.account) & (PLAN_ITEMS.c.plan == PLANS.c.id))
        moved = PLAN_ITEMS.c.why.in_([Why.CHANGED.value, Why.DRIFT.value]) & PLAN_ITEMS.c.state.in_(_ARRIVED)
        recent = (PLANS.c.account == account) & (RUNS.c.kind == kind) & (PLANS.c.place > other.scalar_subquery())
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(lines).where(recent, moved)).scalar_one()

    def forget(self, lease: Lease, keys: Sequence[Key]) -> None:
        """Forget that we wrote these values."""
        with writing(self._database, lease) as connection:
            ledger.forget(connection, lease.account, keys)

    def uses(self, account: str) -> Uses:
        """Return how much was ever written."""
        arrived = (PLAN_ITEMS.c.account == account) & PLAN_ITEMS.c.state.in_(_ARRIVED)
        goals = select(PLAN_ITEMS.c.why, func.count().label("n")).where(arrived, PLAN_ITEMS.c.goal.is_not(None)).group_by(PLAN_ITEMS.c.why)
        values = select(func.count()).where(arrived, PLAN_ITEMS.c.goal.is_(None), PLAN_ITEMS.c.new.is_not(None))
        with self._database.read() as connection:
            by_why = {row.why: row.n for row in connection.execute(goals)}
            made = by_why.pop(Why.NEW.value, 0)
            return Uses(connection.scalar(values) or 0, made, sum(by_why.values()))

    def goal_map(self, account: str) -> Mapping[GoalKey, MappedGoal]:
        """Return the goals that we made, by family and period."""
        with self._database.read() as connection:
            return ledger.goal_map(connection, account)

    def fields_owned(self, account: str) -> Mapping[tuple[Entity, str], int]:
        """Return the fields that we made, with the version of the definition that they were made by."""
        with self._database.read() as connection:
            return ledger.fields_owned(connection, account)

    def own_field(self, lease: Lease, entity: Entity, name: str, version: int, *, language: str = "en") -> None:
        """Take note that we made a field, and in which language it is labelled."""
        place: Cells = {"account": lease.account, "entity": entity.value, "name": name}
        with writing(self._database, lease) as connection:
            upsert(connection, OWNED_FIELDS, [{**place, "version": version, "language": language}])

    def languages(self, account: str) -> Mapping[tuple[Entity, str], str]:
        """Return the fields that we made, with the language in which each is labelled."""
        with self._database.read() as connection:
            return ledger.languages(connection, account)


def _row(connection: Connection, account: str, plan_id: str) -> Found:
    row = connection.execute(select(PLANS).where(PLANS.c.account == account, PLANS.c.id == plan_id)).first()
    if row is None:
        mine = select(PLANS.c.id).where(PLANS.c.account == account).order_by(PLANS.c.place.desc())
        last = connection.scalars(mine).first() or "none yet"
        raise SettingsError(f"The account {account!r} has no plan {plan_id!r}; the latest one: {last}.")
    return row


def _plan_row(connection: Connection, run: str | None, plan: WritePlan) -> Cells:
    last = connection.execute(select(func.max(PLANS.c.place)).where(PLANS.c.account == plan.account)).scalar()
    return {
        "account": plan.account,
        "id": plan.id,
        "run": run,
        "kind": "push" if plan.undoes is None else "undo",
        "status": PlanStatus.PLANNED.value,
        "notes": json.dumps(plan.notes),
        "undoes": plan.undoes,
        "made_at": us_of(plan.made_at),
        "as_of": us_of(plan.as_of),
        "present": plan.present,
        "place": (last or 0) + 1,
    }


def _supersede(connection: Connection, account: str) -> None:
    """Empty the plans that were never sent: there is nothing of them to undo or to explain."""
    unsent = PLANS.c.status == PlanStatus.PLANNED.value
    ids = connection.scalars(select(PLANS.c.id).where(PLANS.c.account == account, unsent)).all()
    for old in ids:
        delete_items(connection, account, old)
        _set_status(connection, account, old, PlanStatus.SUPERSEDED)


def _set_status(connection: Connection, account: str, plan_id: str, status: PlanStatus) -> None:
    connection.execute(update(PLANS).where(PLANS.c.account == account, PLANS.c.id == plan_id).values(status=status.value))


def _infos(connection: Connection, rows: Sequence[Found]) -> Sequence[PlanInfo]:
    chosen = (PLAN_ITEMS.c.account.in_({row.account for row in rows}), PLAN_ITEMS.c.plan.in_([row.id for row in rows]))
    counted = select(PLAN_ITEMS.c.plan, PLAN_ITEMS.c.state, func.count().label("n")).where(*chosen)
    counts: dict[str, dict[str, int]] = {}
    for row in connection.execute(counted.group_by(PLAN_ITEMS.c.plan, PLAN_ITEMS.c.state)):
        counts.setdefault(row.plan, {})[row.state] = row.n
    return [_info(row, counts.get(row.id, {})) for row in rows]


def _info(row: Found, counts: Mapping[str, int]) -> PlanInfo:
    made_at, as_of = instant_of(row.made_at), instant_of(row.as_of)
    return PlanInfo(row.id, row.run, row.kind, PlanStatus(row.status), made_at, as_of, counts, row.undoes)
