"""feed: what services beside the CRM measure, whole days of it, by the way that imports go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from connector.errors import ConnectorError, CredentialsError, Stopped, StoreBusy, TryLater
from connector.feeds import Batch, Feed
from connector.imports import named
from connector.model import Arrival, Entity, Fault, Scope, Taken
from connector.steps.importing import import_summary, place
from connector.steps.pulling import check
from connector.steps.record import step
from connector.steps.work import Work
from connector.store import ImportInfo, Lease

_AT_ONCE = timedelta(days=31)
"""How many days are asked for at a time."""


@dataclass
class Fed:
    """What one feed brought, table by table; `refused` are the tables that could not be read, whose rows stay as they were."""

    feed: Feed
    scopes: dict[Entity, Scope] = field(default_factory=dict)
    taken: dict[Entity, Taken] = field(default_factory=dict)
    refused: dict[Entity, ConnectorError] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    calls: int = 0

    @property
    def summary(self) -> dict[str, object]:
        """The figures as they are kept in the run's record."""
        tables = {str(table): import_summary(self.scopes[table], self.feed.place, taken) for table, taken in self.taken.items()}
        refused = {str(table): str(error) for table, error in self.refused.items()}
        totals = {
            "rows": sum(taken.rows for taken in self.taken.values()),
            "changed": sum(taken.changed for taken in self.taken.values()),
            "removed": sum(taken.removed for taken in self.taken.values()),
        }
        return {**totals, "requests": self.calls, "tables": tables, "refused": refused, "notes": self.notes}

    def sentences(self) -> Iterator[str]:
        """Yield what the person watching should read."""
        for reason in dict.fromkeys(str(error) for error in self.refused.values()):
            tables = ", ".join(table for table, error in self.refused.items() if str(error) == reason)
            yield f"{self.feed.title}, {tables}: not available. {reason}"
        for note in self.notes:
            yield f"{self.feed.title}: {note}"


async def feed(work: Work, lease: Lease, run: str, *, full: bool = False) -> Sequence[Fed]:
    """Bring every feed up to date; `full` reads all days again. What a feed refuses is said, and is no reason to end a run.

    Raises:
        Stopped: somebody asked us to end; tables read so far are kept.
        StoreBusy: the lease is lost, or the store is locked.
    """
    done: list[Fed] = []
    for one in work.feeds:
        done.append(await draw(work, lease, run, one, full=full))
        await step(work, lease, run, **{one.name: done[-1].summary})
        for sentence in done[-1].sentences():
            work.progress.say(sentence)
    return done


async def feed_alone(work: Work, one: Feed, *, full: bool, dry_run: bool) -> Fed:
    """Bring one feed up to date, as a run of its own; raises as `feed` does."""
    if await work.ask(work.store.accounts.get, work.account) is None:
        await check(work)
    async with place(work, dry_run=dry_run) as (lease, run):
        fed = await draw(work, lease, run, one, full=full, dry_run=dry_run)
        if not dry_run:
            await step(work, lease, run, **{one.name: fed.summary})
        return fed


async def check_feeds(work: Work) -> Sequence[str]:
    """Try every feed, and say in sentences what it has or why it has nothing."""
    said: list[str] = []
    for one in work.feeds:
        first, last = await _days(work, one, None)
        try:
            said += await one.check(max(first, last - timedelta(days=27)), last)
        except ConnectorError as error:
            said.append(f"{one.title}: not available. {error}")
    return said


async def draw(work: Work, lease: Lease, run: str, one: Feed, *, full: bool = False, dry_run: bool = False) -> Fed:
    """Take the rows of every table of a feed, each table whole or not at all; raises as `feed` does."""
    fed, before = Fed(one), one.calls
    for table in one.tables:
        known = await _known(work, one, table)
        days = await _days(work, one, None if full else known)
        # Of another place no row may stay, of whatever day.
        fed.scopes[table] = scope = Scope(table, one.name, replace=True, dry_run=dry_run, days=days if known else None)
        try:
            batch = await _read(work, one, table, days)
        except (Stopped, StoreBusy):
            raise
        except ConnectorError as error:
            fed.refused[table] = error
            if isinstance(error, (CredentialsError, TryLater)):
                fed.refused |= dict.fromkeys(one.tables[one.tables.index(table) :], error)
                break
        else:
            fed.taken[table] = taken = await work.ask(_take, work, lease, run, one=one, scope=scope, batch=batch)
            fed.notes += [note for note in (*batch.notes, *_faults(table, taken)) if note not in fed.notes]
    fed.calls = one.calls - before
    return fed


async def _days(work: Work, one: Feed, known: ImportInfo | None) -> tuple[date, date]:
    """Return the days to read: from where the last time ended, less those that may have changed since, to yesterday."""
    calendar = work.calendar(await work.bound())
    today = calendar.day_of(await work.ask(work.store.now))
    back = calendar.day_of(known.at) - timedelta(days=one.restated_days) if known else today - timedelta(days=one.history_days)
    return back, today - timedelta(days=1)


async def _known(work: Work, one: Feed, table: Entity) -> ImportInfo | None:
    """Return the last import of this table from the same place."""
    imports = await work.ask(work.store.imports.all, work.account)
    return next((found for found in imports if (found.entity, found.name, found.file) == (table, one.name, one.place)), None)


async def _read(work: Work, one: Feed, table: Entity, days: tuple[date, date]) -> Batch:
    rows: list[Arrival | Fault] = []
    notes: list[str] = []
    first, last = days
    while first <= last:
        batch = await one.read(table, first, min(first + _AT_ONCE - timedelta(days=1), last))
        rows += batch.rows
        notes += [note for note in batch.notes if note not in notes]
        work.progress.advance(f"pull {one.name} {table}", len(rows), None)
        work.go_on()
        first += _AT_ONCE
    return Batch(rows, tuple(notes))


def _take(work: Work, lease: Lease, run: str, *, one: Feed, scope: Scope, batch: Batch) -> Taken:
    arrivals = (Arrival(row.line, named(row.record)) if isinstance(row, Arrival) else row for row in batch.rows)
    return work.store.imports.take(lease, run, scope, file=one.place, arrivals=arrivals, tell=lambda _: None)


def _faults(table: Entity, taken: Taken) -> Iterator[str]:
    if taken.faults:
        first = taken.faults[0]
        yield f"{taken.refused} rows of {table} were not taken, the first because {first.column} is {first.value!r}: {first.reason}."


def summaries(feds: Sequence[Fed]) -> Mapping[str, object]:
    """Return what feeds brought, for programs."""
    return {fed.feed.name: fed.summary for fed in feds}
