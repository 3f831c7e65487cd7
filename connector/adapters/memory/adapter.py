"""A CRM in this process that keeps our own records: for tests of everything above the adapters, and for dry runs."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from connector.adapters.memory.faults import Faults
from connector.adapters.memory.shelf import Shelf, home_of, parent_of, stream_of
from connector.errors import AccessRefused, LeftOut, TryLater
from connector.model import (
    FILLS,
    Ability,
    Answer,
    Capabilities,
    Entity,
    FieldSpec,
    FieldWrite,
    Goal,
    GoalRecord,
    Held,
    Known,
    Page,
    Proposal,
    Receipt,
    Record,
    Result,
    Status,
    Stream,
    Tenant,
    Usage,
    goal_kind,
)

WRITE_BATCH = 100
MARKER = "memory"
GOAL_KPIS = ("revenue_won", "deals_won")
_WHOLE = (Stream.USERS, Stream.TEAMS, Stream.PIPELINES, Stream.GOALS)
"""Streams that are read whole each time."""
_Key = tuple[Entity, str, str]


class Memory:
    """A whole CRM of our own records.

    `records` are what it holds at first; `put` and `remove` change it from outside. `fields` names the custom fields that there are, None
    where one is not ours; `values` is what they hold.
    """

    name: ClassVar[str] = "memory"
    streams: ClassVar[tuple[Stream, ...]] = tuple(Stream)

    def __init__(self, records: Iterable[Record] = (), *, page_size: int = 100, tenant: Tenant | None = None) -> None:
        self.tenant = tenant or Tenant("memory", "Memory", "America/New_York", "USD")
        self.page_size = page_size
        self.faults = Faults()
        self.fields: dict[tuple[Entity, str], FieldSpec | None] = {}
        self.values: dict[_Key, str | None] = {}
        self.calls = 0
        self.writes = 0
        self.before_write: Callable[[], Awaitable[None]] | None = None
        self.shelf = Shelf()
        self.shelf.put(*records)

    @property
    def usage(self) -> Usage:
        """What was asked, see `Adapter`."""
        return Usage(Counter(all=self.calls))

    def put(self, *records: Record) -> None:
        """Create or replace records, as people do."""
        self.shelf.put(*records)

    def remove(self, entity: Entity, record: str, at: datetime) -> None:
        """Delete a record, as people do."""
        self.shelf.remove(entity, record, at)

    def get(self, entity: Entity, record: str) -> Record | None:
        """Return a record, deleted ones included."""
        return self.shelf.get(entity, record)

    async def pages(
        self,
        stream: Stream,
        since: str | None,
        own: Sequence[FieldSpec],
        known: Known | None = None,  # noqa: ARG002 - as promised
    ) -> AsyncIterator[Page]:
        """Yield a stream's pages, see `Source`; all of them whole, since that costs nothing here."""
        self._let_in(stream)
        place = self._place(stream, since)
        while not place["is_done"]:
            self.calls += 1
            if self.faults.take_page():
                raise TryLater("Memory was told to fail at this page.")
            rest = [group for group in self.shelf.changed(stream, place["since"]) if group > place["after"]]
            groups = rest[: self.page_size]
            place = place | {"after": groups[-1] if groups else "", "is_done": len(rest) <= self.page_size}
            yield self._page(stream, groups, place, own)

    def _place(self, stream: Stream, since: str | None) -> dict[str, Any]:
        """Return where a pass goes on, or where a new one begins."""
        place: dict[str, Any] | None = json.loads(since) if since else None
        if place and not place["is_done"]:
            return place
        is_full = place is None or stream in _WHOLE
        begin = 0 if place is None or is_full else place["until"]
        return {"is_full": is_full, "since": begin, "until": self.shelf.now, "after": "", "is_done": False}

    def _let_in(self, stream: Stream) -> None:
        if stream in self.faults.left_out:
            raise LeftOut(f"The {stream} are left out by Memory's settings.")
        if stream in self.faults.refused:
            raise AccessRefused(f"Memory does not let us read {stream}: it needs {stream}.read", (f"{stream}.read",))

    def _page(self, stream: Stream, groups: Sequence[str], place: dict[str, Any], own: Sequence[FieldSpec]) -> Page:
        rows = [row for group in groups for row in self.shelf.group(stream, group)]
        homes = [home_of(row) for row in rows if row.entity is FILLS[stream][0] and row.deleted_at is None]
        fields = [spec for spec in own if spec.entity is FILLS[stream][0]]
        return Page(
            tuple(rows),
            json.dumps(place),
            is_last=bool(place["is_done"]),
            is_full=bool(place["is_full"]),
            held=tuple(self._held(homes, fields)),
        )

    def _held(self, records: Sequence[str], own: Sequence[FieldSpec]) -> list[Held]:
        return [Held(spec.entity, record, spec.name, self._value(record, spec)) for record in records for spec in own]

    def _value(self, record: str, spec: FieldSpec) -> str | None:
        is_there = (spec.entity, spec.name) in self.fields
        return self.values.get((spec.entity, record, spec.name)) if is_there else None

    async def records(self, stream: Stream, ids: Sequence[str], own: Sequence[FieldSpec]) -> Page:
        """Read some records again, see `Source`."""
        self._let_in(stream)
        self.calls += 1
        there = [one for one in dict.fromkeys(ids) if self.shelf.holds(stream, one)]
        return self._page(stream, there, {"is_done": True, "is_full": False}, own)

    async def held(self, entity: Entity, records: Sequence[str], own: Sequence[FieldSpec]) -> Sequence[Held]:
        """Read our fields on some records, see `Source`."""
        self.calls += 1
        live = self.shelf.live(entity)
        return self._held([record for record in records if record in live], own)

    async def present_fields(self, entity: Entity) -> set[str]:
        """Name our fields, see `Sink`."""
        self.calls += 1
        return {name for (kind, name), spec in self.fields.items() if kind is entity and spec is not None}

    async def _about_to_write(self) -> None:
        if self.before_write:
            await self.before_write()
        self.calls += 1

    async def ensure_fields(self, fields: Sequence[FieldSpec]) -> Receipt:
        """Make missing fields, see `Sink`."""
        await self._about_to_write()
        results = []
        for spec in fields:
            key = spec.entity, spec.name
            if self.fields.setdefault(key, spec) is None:
                results.append(Result(spec.name, Status.REFUSED, f"The name {spec.name} is taken by a field that is not ours."))
            else:
                self.fields[key] = spec
                results.append(Result(spec.name, Status.OK, remote=spec.name))
        return Receipt(tuple(results))

    async def write(self, writes: Sequence[FieldWrite]) -> Receipt:
        """Write one batch, see `Sink`."""
        records = list(dict.fromkeys(one.record for one in writes))
        if len(records) > WRITE_BATCH or len({one.entity for one in writes}) > 1:
            raise ValueError(f"A batch is for one entity and at most {WRITE_BATCH} records.")
        await self._about_to_write()
        self.writes += 1
        is_lost = self.faults.take_write()
        if is_lost and not self.faults.does_write_land:
            return _same(records, Status.UNKNOWN, "no answer came")
        results = {record: self._write([one for one in writes if one.record == record]) for record in records}
        return _same(records, Status.UNKNOWN, "no answer came") if is_lost else Receipt(tuple(results.values()))

    def _write(self, writes: Sequence[FieldWrite]) -> Result:
        entity, record = writes[0].entity, writes[0].record
        row = self.shelf.live(entity).get(record)
        if row is None:
            return Result(record, Status.REFUSED, "There is no such record.")
        missing = [one.spec.name for one in writes if self.fields.get((entity, one.spec.name)) is None]
        if missing:
            return Result(record, Status.REFUSED, f"There is no field {missing[0]} of ours.")
        self.values |= {(entity, record, one.spec.name): one.value for one in writes}
        self.shelf.touch(stream_of(row), parent_of(row))
        return Result(record, Status.OK, remote=record)

    async def upsert_goals(self, goals: Sequence[Goal]) -> Receipt:
        """Create or change one family of goals, see `Goals`."""
        await self._about_to_write()
        self.writes += 1
        is_lost = self.faults.take_write()
        if is_lost and not self.faults.does_write_land:
            return _same([goal.period.name for goal in goals], Status.UNKNOWN, "no answer came")
        results = tuple(self._upsert(goal) for goal in goals)
        return _same([goal.period.name for goal in goals], Status.UNKNOWN, "no answer came") if is_lost else Receipt(results)

    def _upsert(self, goal: Goal) -> Result:
        rows = [row for row in self.shelf.all(Entity.GOALS) if isinstance(row, GoalRecord) and row.deleted_at is None]
        found = next((row.id for row in rows if row.marker and (row.family, row.starts_on) == (goal.family, goal.period.start)), None)
        remote = found or f"goal-{self.shelf.now + 1}"
        self.put(
            GoalRecord(
                id=remote,
                name=goal.title,
                kpi=goal.kpi,
                subject_type=goal.subject_type,
                subject=goal.subject,
                starts_on=goal.period.start,
                ends_on=goal.period.end,
                target=goal.target,
                family=goal.family,
                marker=MARKER,
            )
        )
        return Result(goal.period.name, Status.OK, remote=remote)

    async def archive_goals(self, remotes: Sequence[str]) -> Receipt:
        """Archive goals of ours, see `Goals`."""
        await self._about_to_write()
        self.writes += 1
        return Receipt(tuple(self._archive(remote) for remote in remotes))

    def _archive(self, remote: str) -> Result:
        row = self.get(Entity.GOALS, remote)
        if not isinstance(row, GoalRecord):
            return Result(remote, Status.OK, "It was gone already.")
        if row.marker is None:
            return Result(remote, Status.REFUSED, "This goal is not ours.")
        self.shelf.forget(Entity.GOALS, remote)
        return Result(remote, Status.OK, remote=remote)

    async def check(self) -> Capabilities:
        """Tell what there is, see `Adapter`."""
        self.calls += 1
        streams = {
            stream: Ability(Answer.NO, f"It needs {stream}.read.", (f"{stream}.read",))
            if stream in self.faults.refused
            else Ability(Answer.YES)
            for stream in self.streams
        }
        fields = dict.fromkeys((Entity.DEALS, Entity.COMPANIES, Entity.CONTACTS, Entity.USERS), Ability(Answer.YES))
        return Capabilities(
            self.tenant,
            streams,
            fields,
            dict.fromkeys((goal_kind(kpi, kind) for kpi in GOAL_KPIS for kind in ("owner", "team")), Ability(Answer.YES)),
            {"write_batch": WRITE_BATCH},
        )

    async def proposals(self) -> Sequence[Proposal]:
        """Propose nothing: its fields are ours already."""
        return ()

    def link(self, tenant: Tenant, entity: Entity, record: str) -> str | None:
        """Name the record, see `Adapter`."""
        return f"memory://{tenant.id}/{entity}/{record}" if self.shelf.get(entity, record) else None

    async def close(self) -> None:
        """Keep everything; there is nothing to give back."""


def _same(keys: Sequence[str], status: Status, message: str) -> Receipt:
    return Receipt(tuple(Result(key, status, message) for key in keys))
