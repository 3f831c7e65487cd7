"""kpis and status, as commands: what was measured, and how the account is doing."""

import asyncio
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from connector import steps
from connector.app import App
from connector.cli.session import opened
from connector.cli.words import as_json as value_as_json
from connector.cli.words import print_json, say, table
from connector.errors import GuardStopped, SettingsError
from connector.kpis import Catalogue, Dimension, Kpi
from connector.kpis.fields import specs
from connector.model import KpiValue, between, shown
from connector.own import catalogue_of
from connector.period import MEASURED, Period
from connector.steps import Work
from connector.store import Account, MeasurementInfo
from connector.web.overview import account_status
from connector.web.status import AccountStatus, RunLine, health_of


def kpis(account: str | None, keys: Sequence[str], by: Sequence[str], period: str, *, as_json: bool) -> None:
    """Show measured values: single breakdowns from the store, combinations from the engine."""
    dimensions = tuple(dict.fromkeys(dimension_of(name) for part in by for name in part.split(",")))
    with opened() as app:
        config = app.config(account)
        known = catalogue_of(config.house.kpis)
        chosen = [kpi_of(key, known) for part in keys for key in part.split(",")] or list(known.values())
        bound, measured = _measured(app, config.name)
        when = steps.calendar_of(config, bound).parse(period)
        usable = [kpi for kpi in chosen if set(dimensions) <= set(kpi.by)]
        if keys and len(usable) < len(chosen):
            raise SettingsError(no_such_breakdown(next(kpi for kpi in chosen if kpi not in usable), dimensions))
        missing = _missing(app, config.name, usable, dimensions)
        if len(dimensions) <= 1 and when.grain in MEASURED:
            found = app.store.values.find(
                config.name, kpis=[kpi.key for kpi in usable], dimension=dimensions[0] if dimensions else "", period=when.name
            )
        else:
            able = [] if any(key.startswith("by ") for key in missing) else [kpi for kpi in usable if kpi.key not in missing]
            found = asyncio.run(_computed(app, account, chosen=able, by=dimensions, period=when, measured=measured))
    if as_json:
        units = {kpi.key: str(kpi.unit) for kpi in usable}
        print_json([value_as_json(value, units[value.kpi], (config.name, bound.tenant.name)) for value in found])
        return
    _show_values(found, usable, by=dimensions, bound=bound, period=when, measured=measured)
    for why in dict.fromkeys(missing.values()):
        keys = [key for key, other in missing.items() if other == why]
        say(f"{', '.join(keys)} {'is' if len(keys) == 1 else 'are'} not available: {why}")


def _missing(app: App, name: str, chosen: Sequence[Kpi], by: Sequence[Dimension]) -> dict[str, str]:
    """Return which of these KPIs and breakdowns could not be measured, with the reason."""
    asked = {*(kpi.key for kpi in chosen), *(f"by {dimension}" for dimension in by)}
    return {key: why for key, why in app.store.values.unavailable(name).items() if key in asked}


async def _computed(
    app: App, account: str | None, *, chosen: Sequence[Kpi], by: Sequence[Dimension], period: Period, measured: MeasurementInfo
) -> Sequence[KpiValue]:
    async with app.work(account) as work:
        held = await work.bound()
        calendar = work.calendar(held)
        ready = await steps.readiness(work, await steps.last_pull(work) or measured.run)
        targets = await steps.all_targets(work, calendar, ready)
        terms = steps.policies(work, held)

        from connector.engine import compute

        def all_of_them() -> list[KpiValue]:
            with steps.open_cache(work) as cache:
                made = [
                    compute(
                        cache,
                        kpi.key,
                        by=by,
                        period=period,
                        calendar=calendar,
                        as_of=measured.as_of,
                        policies=terms,
                        targets=targets,
                        ready=ready,
                        kpis=work.kpis,
                    )
                    for kpi in chosen
                ]
                return [value for values in made for value in values]

        return await work.compute(all_of_them)


def kpi_of(key: str, known: Catalogue) -> Kpi:
    """Return a KPI of an account by its key, or by the label that tables show.

    Raises:
        SettingsError: there is none of that name; the nearest is given.
    """
    wanted = {kpi.label.casefold(): kpi for kpi in known.values()} | dict(known)
    found = wanted.get(key) or wanted.get(key.casefold())
    if found is not None:
        return found
    field = next((spec for name, spec in specs().items() if key in (name, spec.name, spec.label)), None)
    if field is not None:
        raise SettingsError(f"{key!r} is a field on {field.entity} and no KPI: {field.means} `crm-kpi explain` tells of KPIs only.")
    near = wanted[difflib.get_close_matches(key.casefold(), wanted, n=1, cutoff=0)[0]].key
    raise SettingsError(f"{key!r} is not a KPI; did you mean {near}? `crm-kpi kpis` lists all of them.")


def dimension_of(name: str) -> Dimension:
    """Return what a word says to break down by.

    Raises:
        SettingsError: it says nothing that there is.
    """
    try:
        return Dimension(name)
    except ValueError:
        raise SettingsError(f"--by is {name!r}; allowed are {', '.join(Dimension)}.") from None


def no_such_breakdown(kpi: Kpi, by: Sequence[Dimension]) -> str:
    """Say that a KPI is not broken down so, and how it is."""
    wrong = [one for one in by if one not in kpi.by]
    return f"{kpi.key} cannot be broken down by {', '.join(wrong)}; allowed are {', '.join(kpi.by)}."


def _measured(app: App, name: str) -> tuple[Account, MeasurementInfo]:
    bound, measured = app.store.accounts.get(name), app.store.values.latest(name)
    if bound is None or measured is None:
        raise GuardStopped(f"Nothing was measured for {name!r} yet; run `crm-kpi run` first.")
    return bound, measured


def _show_values(
    found: Sequence[KpiValue], chosen: Sequence[Kpi], *, by: Sequence[Dimension], bound: Account, period: Period, measured: MeasurementInfo
) -> None:
    kpis = {kpi.key: kpi for kpi in chosen}
    place = {key: number for number, key in enumerate(kpis)}
    ordered = sorted(found, key=lambda value: (place[value.kpi], -(value.value or 0)))
    rows = [_row(value, kpis[value.kpi], by, bound) for value in ordered]
    columns = ("KPI", *by, "value", "95 % interval", "n", "")
    title = f"{bound.tenant.name}, {period.name}, as of {measured.as_of:%Y-%m-%d %H:%M} UTC"
    table(title, columns, rows, right=(len(by) + 1, len(by) + 2, len(by) + 3))
    if not rows:
        say("Nothing was measured for this choice.")


def _row(value: KpiValue, kpi: Kpi, by: Sequence[Dimension], bound: Account) -> list[str]:
    names = [value.names.get(dimension, "") for dimension in by]
    figure = shown(value.value, kpi.unit, bound.tenant.currency)
    return [kpi.label, *names, figure, between(value.interval, kpi.unit), f"{value.n:,}", ", ".join(value.told_marks)]


async def show_headlines(work: Work) -> None:
    """Print the headline KPIs at all time and in the period that the measurement ends in."""
    account = await work.bound()
    status = await work.ask(account_status, work.store, work.config, datetime.now(UTC))
    _show_figures(status, account.tenant.name)


def _show_figures(status: AccountStatus, name: str) -> None:
    if status.figures:
        rows = [[figure.label, *figure.values] for figure in status.figures]
        title = f"{name}, as of {status.as_of:%Y-%m-%d %H:%M} UTC"
        table(title, ("KPI", *status.periods), rows, right=range(1, len(status.periods) + 1))


def status(account: str | None, *, as_json: bool) -> None:
    """Show how an account is doing."""
    with opened() as app:
        found = account_status(app.store, app.config(account), datetime.now(UTC))
    if as_json:
        print_json(_jsonable(asdict(found)))
        return
    _show_status(found)


def _jsonable(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _jsonable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _show_status(found: AccountStatus) -> None:
    health = health_of(found)
    say(f"{found.name}: {found.tenant} (id {found.tenant_id}), by {found.adapter}, time zone {found.timezone}. Health: {health.verdict}.")
    for reason in health.reasons:
        say(f"  {reason}")
    _show_figures(found, found.tenant)
    if found.streams:
        rows = [[line.name, f"{line.records:,}", _minute(line.completed_at), line.missing or ""] for line in found.streams]
        table("Kept", ("stream", "records", "complete as of", "not available because"), rows, right=(1,))
    rows = [[run.id, run.kind, run.status, _minute(run.started_at), _calls(run), _story(run.steps, run.message)] for run in found.runs]
    if rows:
        table("Last runs", ("run", "kind", "ended", "started", "calls", "what it did"), rows, right=(4,))
    if found.plan:
        counts = ", ".join(f"{number:,} {state}" for state, number in found.plan.counts.items() if number) or "empty"
        say(f"Last plan: {found.plan.id} of {_minute(found.plan.made_at)}, {found.plan.status}: {counts}.")
    if found.quarantined:
        say(f"{found.quarantined:,} records could not be read and wait in quarantine.")
    for name, count in found.unread.items():
        say(f"{name}: {count:,} unreadable, taken for empty; `crm-kpi quality --rule unreadable_value` lists them.")
    for sentence in steps.lacking(found.unavailable):
        say(sentence)


def _calls(run: RunLine) -> str:
    return f"{run.calls or 0:,}" + (f" ({run.requests})" if run.requests else "")


def _story(done: Mapping[str, str], message: str) -> str:
    return "; ".join([*(f"{name}: {text}" for name, text in done.items()), *([message] if message else [])])


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "–"
