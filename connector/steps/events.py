"""Changes as they happen: reads again what the CRM names, and brings the fields of those records up to date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from connector.errors import GuardStopped
from connector.model import Capabilities, Deal, Entity, FieldHistory, FieldValue, Held, Hint, Measurement, Record, Stream, Why, WritePlan
from connector.plan import Head, Present, make_plan
from connector.steps.measuring import measure_records
from connector.steps.planning import can_write, plan_id, present_names
from connector.steps.pulling import check, own_fields
from connector.steps.pushing import guard, push
from connector.steps.record import step
from connector.steps.road import Road, finish_unfinished, measured_summary, plan_summary
from connector.steps.room import fitting
from connector.steps.work import Work
from connector.store import Lease, PlanStatus

KIND = "records"
"""What runs are called that bring single records up to date."""
Place = tuple[Entity, str]


@dataclass(frozen=True, slots=True)
class Able:
    """What the CRM lets us do, and which of our fields it has; asked once for many runs."""

    capabilities: Capabilities
    there: Mapping[Entity, set[str]]


@dataclass
class Touched:
    """What reading again found: how many records there were and how many were gone, and whose fields may have changed by it."""

    read: int = 0
    changed: int = 0
    deleted: int = 0
    rejected: int = 0
    places: set[Place] = field(default_factory=set)

    @property
    def summary(self) -> dict[str, object]:
        """The figures as they are kept in the run's record."""
        return {"read": self.read, "changed": self.changed, "deleted": self.deleted, "rejected": self.rejected, "touched": len(self.places)}


async def able_to(work: Work, lease: Lease) -> Able:
    """Ask the CRM what single records need to know of it.

    Raises:
        GuardStopped: the account is bound to another tenant.
    """
    found = await check(work, lease)
    return Able(found, {entity: await present_names(work, entity) for entity in map(Entity, work.config.house.push_fields)})


async def hindrance(work: Work) -> str | None:
    """Say why nothing is written between runs now, None where nothing stands in the way.

    What an admin holds back, or still has to look at, is not to change under their eyes: the next whole run takes the changes along.
    """
    plans = work.store.plans
    account = await work.ask(work.store.accounts.get, work.account)
    if account is None or not account.push_confirmed:
        return "The first push was not let through yet."
    if work.config.house.dry_run:
        return "CRM_KPI_DRY_RUN is on."
    if account.paused:
        return f"Pushes are paused ({account.paused})."
    latest = await work.ask(plans.latest, work.account)
    if latest is not None and latest.status is PlanStatus.PLANNED and any(latest.counts.values()):
        return f"Plan {latest.id} waits for somebody to let it through."
    left = await work.ask(plans.unfinished, work.account)
    if left is not None and not await _is_ours(work, left):
        return f"The push of {left} is only half done."
    return None


async def _is_ours(work: Work, plan: str) -> bool:
    info = await work.ask(work.store.plans.info, work.account, plan)
    return info.run is not None and (await work.ask(work.store.runs.get, work.account, info.run)).kind == KIND


async def bring(work: Work, lease: Lease, road: Road, hints: Iterable[Hint], *, able: Able) -> None:
    """Read again what the hints name, measure what hangs on it, and write it back, keeping a summary of each step as `run` does.

    Raises:
        GuardStopped: so much has changed between two whole runs that the settings want somebody to look first.
        ConnectorError: see `connector.errors`; what was done stays, and the next whole run takes the rest along.
    """
    road.able = able.capabilities
    await finish_unfinished(work, lease, able.capabilities)
    touched = await _read_again(work, lease, road.run, hints)
    await step(work, lease, road.run, read=touched.summary)
    if not touched.places:
        return
    found = await measure_records(work, lease, road.run, as_of=datetime.now(UTC), records=touched.places)
    road.measured = found.told
    await step(work, lease, road.run, measure=measured_summary(road.measured))
    road.plan = await _plan(work, lease, road.run, found, able=able)
    await step(work, lease, road.run, plan=plan_summary(road.plan))
    if road.plan.size:
        await _guard(work, road.plan)
        await work.ask(work.store.plans.save, lease, road.run, road.plan)
        road.pushed = await push(work, lease, road.plan, able.capabilities)
        await step(work, lease, road.run, push=road.pushed.summary)


async def _read_again(work: Work, lease: Lease, run: str, hints: Iterable[Hint]) -> Touched:
    """Land what the hints name; a stream that was not read to its end, or may not be, is left to the pull."""
    touched, named = Touched(), _by_stream(hints)
    for stream in [one for one in work.adapter.streams if one in named]:
        state = await work.ask(work.store.records.state, work.account, stream)
        if state.loaded and state.refused is None:
            await _land(work, lease, run, stream, ids=named[stream], touched=touched)
    wanted = {Entity(name) for name in work.config.house.push_fields}
    touched.places = {place for place in touched.places if place[0] in wanted}
    return touched


def _by_stream(hints: Iterable[Hint]) -> Mapping[Stream, list[str]]:
    named: dict[Stream, dict[str, None]] = {}
    for hint in hints:
        named.setdefault(hint.stream, {})[hint.record] = None
    return {stream: list(ids) for stream, ids in named.items()}


async def _land(work: Work, lease: Lease, run: str, stream: Stream, *, ids: Sequence[str], touched: Touched) -> None:
    before = await work.ask(work.store.records.get, work.account, Entity.DEALS, ids) if stream is Stream.DEALS else ()
    page = await work.adapter.records(stream, ids, own_fields(work, stream))
    saved = await work.ask(work.store.records.save_records, lease, run, stream, ids=ids, page=page)
    touched.read += len(ids)
    touched.changed += saved.changed
    touched.deleted += saved.deleted
    touched.rejected += saved.rejected
    touched.places |= {place for record in (*before, *page.records) for place in _hang_on(record)}


def _hang_on(record: Record) -> Iterator[Place]:
    """Yield whose fields this record is part of."""
    if isinstance(record, Deal):
        yield Entity.DEALS, record.id
        yield from ((entity, name) for entity, name in ((Entity.COMPANIES, record.company), (Entity.USERS, record.owner)) if name)
    elif isinstance(record, FieldHistory) and record.field == "owner":
        yield from ((Entity.USERS, name) for name in (record.old, record.new) if name)
    elif record.entity is Entity.COMPANIES:
        yield Entity.COMPANIES, record.id


async def _plan(work: Work, lease: Lease, run: str, measured: Measurement, *, able: Able) -> WritePlan:
    """Compare what was measured of these records with what the CRM holds in them at this moment."""
    values = [value for value in measured.fields if can_write(able.capabilities, value.spec.entity)]
    held = await _held(work, lease, values)
    there = {(one.entity, one.record) for one in held}
    room = fitting([value for value in values if (value.spec.entity, value.record) in there], able.there, able.capabilities)
    written = await work.ask(work.store.plans.written, work.account, _ids(values))
    present = Present({(one.entity, one.record, one.field): one.value for one in held}, written)
    head = Head(plan_id(run), work.account, await work.ask(work.store.now), measured.as_of)
    made = make_plan(head, room.fields, (), present, stamps=room.stamps)
    # Measured against all that the CRM holds of ours: a few records are a small part of it, however much of them changes.
    return replace(made, present=await work.ask(work.store.records.count_held, work.account), notes=(*made.notes, *room.notes))


async def _held(work: Work, lease: Lease, values: Sequence[FieldValue]) -> Sequence[Held]:
    held: list[Held] = []
    for entity, ids in _ids(values).items():
        own = [spec for stream in Stream for spec in own_fields(work, stream) if spec.entity is entity]
        held += await work.adapter.held(entity, ids, list(dict.fromkeys(own)))
    await work.ask(work.store.records.put_held, lease, held)
    return held


def _ids(values: Iterable[FieldValue]) -> Mapping[Entity, list[str]]:
    found: dict[Entity, dict[str, None]] = {}
    for value in values:
        found.setdefault(value.spec.entity, {})[value.record] = None
    return {entity: list(ids) for entity, ids in found.items()}


async def _guard(work: Work, plan: WritePlan) -> None:
    """Hold the plan to the same guards as a whole one, all changes between two whole runs taken together."""
    await guard(work, replace(plan, present=0), yes=False)
    before = await work.ask(work.store.plans.changed_since, work.account, KIND)
    changed = before + sum(change.why in (Why.CHANGED, Why.DRIFT) for change in plan.fields)
    most = work.config.house.max_change_share
    if plan.present and changed > most * plan.present:
        raise GuardStopped(
            f"Record by record, {changed} of the {plan.present} values already in the CRM would have changed since the last whole run; "
            f"CRM_KPI_MAX_CHANGE_SHARE allows {most:.0%}. The next whole run decides on them."
        )
