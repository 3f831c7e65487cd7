"""measure: every KPI and field, from what is stored, at one moment."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from connector.hours import Hours
from connector.model import FILLS, Ability, Answer, Capabilities, Entity, Findings, Measured, Measurement, Policies, Stream, Target
from connector.period import Calendar
from connector.steps.aiming import members_of
from connector.steps.work import Work
from connector.store import Account, Draft, Lease
from connector.targets import Members, targets_of

if TYPE_CHECKING:
    from connector.engine import Cache


async def measure(work: Work, lease: Lease, run: str, as_of: datetime, *, pulled: str | None = None) -> Measured:
    """Measure everything at `as_of` and keep the result as the account's present values.

    Only streams that were completed by the run `pulled` (this one, when left out) count; what reads another one is unavailable.
    """
    account = await work.bound()
    calendar = work.calendar(account)
    ready = await readiness(work, pulled or run)
    targets = await all_targets(work, calendar, ready)

    found, draft = await work.compute(_measure_all, work, account, run=run, as_of=as_of, targets=targets, ready=ready)
    with draft:
        result = await work.ask(work.store.values.save, lease, run, found, draft)
    await work.ask(work.store.targets.keep, lease, run, targets, are_all=ready.get(Stream.GOALS) is None)
    return result


def lacking(unavailable: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each reason why something is not available, with all that lacks for it."""
    for reason in dict.fromkeys(unavailable.values()):
        keys = ", ".join(key for key, why in unavailable.items() if why == reason)
        yield f"Not available: {keys}. {reason}"


async def measure_records(work: Work, lease: Lease, run: str, *, as_of: datetime, records: Collection[tuple[Entity, str]]) -> Measurement:
    """Measure only the fields of these records, and replace only theirs."""
    account = await work.bound()
    calendar = work.calendar(account)
    ready = await readiness(work, await last_pull(work) or run)
    targets = await all_targets(work, calendar, ready)
    result = await work.compute(_measure_records, work, account, as_of=as_of, targets=targets, ready=ready, records=frozenset(records))
    await work.ask(work.store.values.save_fields, lease, run, as_of, result.fields, records=frozenset(records))
    return result


async def readiness(work: Work, run: str) -> Mapping[Stream, str | None]:
    """Return for every stream None when it is whole, else the reason why it is not.

    What the CRM has no stream for, or never let us read anything of, is whole once it was imported: a file is taken whole or not at all.
    """
    known = await work.ask(work.store.records.complete, work.account, run)
    absent = {stream: _absent(work, stream) for stream in Stream if stream not in work.adapter.streams}
    for stream, reason in known.items():
        if reason is not None and stream not in absent and await _was_never_read(work, stream):
            absent[stream] = reason
    imported = await _imported(work) if absent else ()
    return {**known, **{stream: None if stream in imported else reason for stream, reason in absent.items()}}


async def supplied(work: Work, able: Capabilities) -> Capabilities:
    """Return what an account can do, with what files bring, or could bring, of what its CRM has no stream for."""
    ready = await readiness(work, await last_pull(work) or "")
    told = {stream: Ability(Answer.YES) if why is None else Ability(Answer.NO, why) for stream, why in ready.items()}
    return replace(able, streams={**told, **able.streams})


async def _was_never_read(work: Work, stream: Stream) -> bool:
    """Whether the CRM refuses a stream and has brought nothing of it so far, as one does that lacks the app or the edition for it."""
    state = await work.ask(work.store.records.state, work.account, stream)
    return state.refused is not None and not state.pass_no


async def _imported(work: Work) -> Collection[Stream]:
    """Return the streams whose main table was imported; stages nobody needs where every deal was imported with its status."""
    # A file of which not one row could be taken tells nothing; an empty one tells that there is nothing.
    done = await work.ask(work.store.imports.all, work.account)
    tables = {one.entity for one in done if one.rows or not one.refused}
    found = {stream for stream in Stream if _table(stream) in tables}
    if Stream.DEALS in found and await work.ask(work.store.imports.say_their_status, work.account):
        found.add(Stream.PIPELINES)
    return found


def _table(stream: Stream) -> Entity:
    """Return the table that makes a stream whole when it is imported: its first one, but of pipelines their stages."""
    return Entity.STAGES if stream is Stream.PIPELINES else FILLS[stream][0]


def _absent(work: Work, stream: Stream) -> str:
    return f"{work.config.adapter} has no {stream}; `crm-kpi import {_table(stream)}` brings them."


async def last_pull(work: Work) -> str | None:
    """Return the last run that pulled."""
    return await work.ask(work.store.runs.last_with, work.account, "pull")


async def members(work: Work) -> Members:
    """Return everybody who can have a target."""
    return await work.ask(members_of, work.store, work.config, await work.bound())


async def all_targets(work: Work, calendar: Calendar, ready: Mapping[Stream, str | None] | None = None) -> Sequence[Target]:
    """Return the targets of the settings and those that people set in the CRM; a setting wins over the CRM.

    The CRM's are left out where `ready` says that its goals are not whole.
    """
    people = await members(work)
    ours = targets_of(work.config.house.goals, people, calendar)
    theirs = people.theirs if ready is None or ready.get(Stream.GOALS) is None else ()
    named = {(one.kpi, one.subject_type, one.subject, one.period): one for one in (*theirs, *ours)}
    return tuple(named.values())


def policies(work: Work, account: Account) -> Policies:
    """Return the catalogue's choices as the settings make them, for this account."""
    house = work.config.house
    return Policies(
        cohort_days=house.cohort_days,
        min_sample=house.min_sample,
        lead_response_hours=house.lead_response_hours,
        stalled_days=house.stalled_days,
        business_hours=Hours.parse(house.business_hours) if house.business_hours else None,
        churn_policy=house.churn_policy,
        churn_days=house.churn_days,
        grace_days=house.grace_days,
        gross_margin=house.gross_margin,
        cost_precedence=("", *house.cost_precedence),
        credit=house.credit,
        crm_sources=house.crm_sources,
        web_sources=house.web_sources,
        crm_revenue=house.crm_revenue,
        crm_feature=house.crm_feature,
        home=account.tenant.currency,
        fx=house.fx,
        health_weights=house.health_weights,
        lead_weights=house.lead_weights,
    )


def open_cache(work: Work) -> "Cache":
    """Open the account's cache and bring it up to date with the store."""
    from connector.engine import Cache

    cache = Cache.open(work.cache, store_url=work.store.url, account=work.account)
    cache.refresh()
    return cache


def _measure_all(
    work: Work, account: Account, *, run: str, as_of: datetime, targets: Sequence[Target], ready: Mapping[Stream, str | None]
) -> tuple[Findings, Draft]:
    """Measure everything, and write down what is found while it is being found."""
    from connector.engine import findings

    with open_cache(work) as cache:
        calendar, terms = work.calendar(account), policies(work, account)
        found = findings(cache, calendar=calendar, as_of=as_of, policies=terms, targets=targets, ready=ready, kpis=work.kpis)
        return found, work.store.values.draft(run, found, work.cache.parent)


def _measure_records(
    work: Work,
    account: Account,
    *,
    as_of: datetime,
    targets: Sequence[Target],
    ready: Mapping[Stream, str | None],
    records: Collection[tuple[Entity, str]],
) -> Measurement:
    from connector.engine import measure as measured

    with open_cache(work) as cache:
        calendar, terms = work.calendar(account), policies(work, account)
        return measured(
            cache, calendar=calendar, as_of=as_of, policies=terms, targets=targets, ready=ready, records=records, kpis=work.kpis
        )
