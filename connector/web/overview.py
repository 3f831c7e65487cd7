"""Reads from the store what the status page and `crm-kpi status` show."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from connector.adapters import ADAPTERS
from connector.app import App
from connector.model import FILLS, KpiValue, Stream, between, shown
from connector.own import catalogue_of
from connector.period import Grain
from connector.schedule import Schedule
from connector.settings import AccountConfig
from connector.steps import KIND, REQUESTS, calendar_of, judged
from connector.store import Account, RunInfo, Store
from connector.web.goals import goal_lines
from connector.web.status import AccountStatus, Figure, PlanLine, RunLine, StatusPage, StreamLine

HEADLINES = (
    "revenue_won",
    "deals_won",
    "win_rate",
    "average_deal_size",
    "time_to_close",
    "sales_velocity",
    "pipeline_value",
    "weighted_pipeline_value",
    "forecast_revenue",
    "stalled_deals",
    "repeat_purchase_rate",
    "customer_lifetime_value",
)
"""The KPIs that an account is summed up by."""
RUNS = 10
SINGLE = 3


def status_page(app: App, now: datetime | None = None) -> StatusPage:
    """Return everything about every account of this process, as of now."""
    moment = now or datetime.now(UTC)
    accounts = tuple(account_status(app.store, config, moment) for config in app.settings.accounts.values())
    return StatusPage(moment, version("crm-kpi-connector"), accounts)


def account_status(store: Store, config: AccountConfig, now: datetime) -> AccountStatus:
    """Return everything about one account."""
    account = store.accounts.get(config.name)
    zone = ZoneInfo(config.house.timezone or (account.tenant.timezone if account else "UTC"))
    schedule = Schedule.parse(config.house.schedule, zone)
    due = schedule.latest_slot(now)
    runs = _runs(store, config.name)
    as_of, periods, figures = _figures(store, config, account)
    goals = goal_lines(judged(store, config, account), account) if account else ()
    return AccountStatus(
        name=config.name,
        adapter=config.adapter,
        tenant=account.tenant.name if account else "not connected yet",
        tenant_id=account.tenant.id if account else "–",
        timezone=zone.key,
        schedule=config.house.schedule,
        last_success=_last_success(store, config.name),
        next_due=schedule.next_slot(now),
        previous_due=schedule.latest_slot(due - timedelta(microseconds=1)),
        paused=account.paused if account else None,
        push_confirmed=bool(account and account.push_confirmed) or not _writes(config),
        runs=tuple(_run_line(run) for run in runs),
        streams=(*_stream_lines(store, config.name), *_import_lines(store, config)),
        unavailable=store.values.unavailable(config.name),
        as_of=as_of,
        periods=periods,
        figures=figures,
        goals=goals,
        plan=_plan_line(store, config.name),
        quarantined=len(store.records.quarantine(config.name)),
        unread={f"{entity} {field}": number for (entity, field), number in store.unread.counts(config.name).items()},
    )


def _writes(config: AccountConfig) -> bool:
    """Whether there is a CRM that anything can be written to."""
    entry = ADAPTERS.get(config.adapter)
    return entry is None or bool(entry.fields or entry.goals)


def _runs(store: Store, account: str) -> Sequence[RunInfo]:
    """Return the last runs, and of those for single records only the newest few: there may be many an hour."""
    found = [*store.runs.latest(account, RUNS, but=KIND), *store.runs.latest(account, SINGLE, kind=KIND)]
    return sorted(found, key=lambda run: run.id, reverse=True)


def _last_success(store: Store, account: str) -> datetime | None:
    ended = (run for run in store.runs.latest(account, 200, kind="run") if run.status == "done")
    return next((run.finished_at for run in ended), None)


def _run_line(run: RunInfo) -> RunLine:
    return RunLine(
        run.id,
        run.kind,
        str(run.status),
        run.started_at,
        finished_at=run.finished_at,
        message=run.message or "",
        calls=run.calls,
        steps={name: _summed_up(summary) for name, summary in run.steps.items() if name != REQUESTS},
        slot=run.slot,
        requests=_requests(run.steps.get(REQUESTS, {})),
    )


def _requests(usage: Mapping[str, Any]) -> str:
    """Say in a few words what a run's requests fell under, and how they were slowed down."""
    lanes = [f"{number:,} {lane}" for lane, number in usage.get("lanes", {}).items()]
    slowed = [f"{usage['slowed']:,} told to slow down"] if usage.get("slowed") else []
    waited = [f"{usage['waited_seconds']:,.0f} s waited"] if usage.get("waited_seconds", 0) >= 1 else []
    day = [f"{usage['day_used']:,} of the day's {usage['day_limit']:,} used"] if "day_limit" in usage else []
    return ", ".join([*(lanes if len(lanes) > 1 else ()), *slowed, *waited, *day])


def _summed_up(summary: Mapping[str, Any]) -> str:
    """Say in a few words what a step did."""
    if "stopped" in summary:
        return str(summary["stopped"])
    streams = summary.get("streams")
    if isinstance(streams, Mapping):
        totals = {name: sum(figures.get(name, 0) for figures in streams.values()) for name in ("rows", "changed", "rejected")}
        return ", ".join([*(f"{number:,} {name}" for name, number in totals.items()), *_unreadable(summary.get("unread", {}))])
    shown = {name: value for name, value in summary.items() if isinstance(value, int) and name not in ("calls", "present")}
    return ", ".join(f"{value:,} {name}" for name, value in shown.items() if value) or "nothing to do"


def _unreadable(unread: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Say how many values of each field of each stream could not be read."""
    for stream, fields in unread.items():
        yield from (f"{stream} {name}: {number:,} unreadable" for name, number in fields.items())


def _stream_lines(store: Store, account: str) -> Sequence[StreamLine]:
    lines = []
    for stream in Stream:
        state = store.records.state(account, stream)
        if state.pass_no or state.refused:
            missing = state.refused or (None if state.loaded else "Its first load is not finished.")
            lines.append(StreamLine(str(stream), store.records.count(account, FILLS[stream][0]), state.completed_at, missing))
    return lines


def _import_lines(store: Store, config: AccountConfig) -> Iterator[StreamLine]:
    """Yield what was imported, and what a feed could not bring when it was asked last."""
    missing = dict(_refusals(store, config))
    for one in store.imports.all(config.name):
        name = f"{one.entity}, import {one.name}"
        yield StreamLine(name, store.imports.count(config.name, one.entity, one.name), one.at, missing.pop(name, None))
    for name, reason in missing.items():
        yield StreamLine(name, 0, None, reason)


def _refusals(store: Store, config: AccountConfig) -> Iterator[tuple[str, str]]:
    for feed in config.feeds:
        run = store.runs.last_with(config.name, feed)
        refused = store.runs.get(config.name, run).steps[feed].get("refused") if run else None
        if isinstance(refused, Mapping):
            yield from ((f"{table}, import {feed}", reason) for table, reason in refused.items())


def _plan_line(store: Store, account: str) -> PlanLine | None:
    info = store.plans.latest(account)
    return None if info is None else PlanLine(info.id, str(info.status), info.made_at, info.counts)


def _figures(store: Store, config: AccountConfig, account: Account | None) -> tuple[datetime | None, tuple[str, ...], tuple[Figure, ...]]:
    measured = store.values.latest(config.name)
    if measured is None or account is None:
        return None, (), ()
    calendar = calendar_of(config, account)
    day = calendar.day_of(measured.as_of - timedelta(microseconds=1))
    names = tuple(calendar.period_of(grain, day).name for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.ALL))
    known = catalogue_of(config.house.kpis)
    keys = (*HEADLINES, *known.own)
    found = store.values.find(config.name, kpis=keys)
    texts = {(one.kpi, one.period.name): shown(one.value, known[one.kpi].unit, account.tenant.currency) for one in found}
    doubts = {(one.kpi, one.period.name): doubt(one, known[one.kpi].unit) for one in found}
    figures = tuple(
        Figure(
            key,
            known[key].label,
            tuple(texts.get((key, name), "–") for name in names),
            tuple(doubts.get((key, name), "") for name in names),
        )
        for key in keys
    )
    return measured.as_of, names, figures


def doubt(value: KpiValue, unit: str) -> str:
    """Return where a value may really lie and why it is not sure, as far as anything is to be said."""
    return ", ".join(filter(None, (between(value.interval, unit), *value.told_marks)))
