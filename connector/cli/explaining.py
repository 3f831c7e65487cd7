"""explain, as a command: how one value came about, down to the records that it can be worked out from by hand."""

import difflib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from connector import steps
from connector.cli.looking import dimension_of, kpi_of, no_such_breakdown
from connector.cli.session import day_of, moment, session
from connector.cli.words import doubt_as_json, number, print_json, say, table
from connector.errors import GuardStopped, SettingsError
from connector.kpis import Dimension
from connector.model import Entity, Mark, between, shown, text_of
from connector.steps import Work
from connector.store import Account

if TYPE_CHECKING:
    from connector.engine import Explanation

Row = Mapping[str, Any]

ENTITIES = {
    Dimension.OWNER: Entity.USERS,
    Dimension.TEAM: Entity.TEAMS,
    Dimension.PIPELINE: Entity.PIPELINES,
    Dimension.PRODUCT: Entity.PRODUCTS,
    Dimension.STAGE: Entity.STAGES,
}
"""The records whose names a breakdown's members go by; members of other breakdowns are their own names."""
_UNSURE = {
    Mark.SMALL: "it rests on fewer records than CRM_KPI_MIN_SAMPLE",
    Mark.IMMATURE: "some of the period's records are younger than CRM_KPI_COHORT_DAYS",
    Mark.INCOMPLETE: "some of its amounts have no exchange rate, so that they are left out",
    Mark.UNPLACED: "contacts could not be read, so that deals that name no source or campaign themselves count without one",
}


def explain(account: str | None, key: str, by: Sequence[str], period: str, *, as_of: str | None, limit: int, as_json: bool) -> None:
    """Show how one value came about, at the last measurement or as of the end of a day."""
    day = day_of(as_of)
    wanted = dict(_member(text) for text in by)

    async def action(work: Work) -> tuple[Account, ZoneInfo, "Explanation"]:
        kpi = kpi_of(key, work.kpis)
        if not set(wanted) <= set(kpi.by):
            raise SettingsError(no_such_breakdown(kpi, tuple(wanted)))
        bound = await work.bound()
        measured = await work.ask(work.store.values.latest, work.account)
        if measured is None:
            raise GuardStopped(f"Nothing was measured for {work.account!r} yet; run `crm-kpi run` first.")
        calendar = work.calendar(bound)
        ready = await steps.readiness(work, await steps.last_pull(work) or measured.run)
        targets = await steps.all_targets(work, calendar, ready)
        members = {dimension: await _member_id(work, dimension, text) for dimension, text in wanted.items()}
        at = await moment(work, day) or measured.as_of

        from connector.engine import explain as explained

        def answer() -> "Explanation":
            with steps.open_cache(work) as cache:
                return explained(
                    cache,
                    kpi.key,
                    members=members,
                    period=calendar.parse(period),
                    calendar=calendar,
                    as_of=at,
                    policies=steps.policies(work, bound),
                    targets=targets,
                    ready=ready,
                    kpis=work.kpis,
                )

        return bound, calendar.zone, await work.compute(answer)

    bound, zone, found = session(account, action, quiet=True)
    print_json(explanation_as_json(found, zone)) if as_json else _show_explanation(found, bound, zone, limit)


def _member(text: str) -> tuple[Dimension, str]:
    name, equals, member = text.partition("=")
    if not equals or not member:
        raise SettingsError(f"--by is {text!r}; allowed is DIMENSION=MEMBER, such as owner='Darcel Schlecht'.")
    return dimension_of(name), member


async def _member_id(work: Work, dimension: Dimension, text: str) -> str:
    """Return the id of the member that is meant by an id or a name."""
    entity = ENTITIES.get(dimension)
    if entity is None:
        return text
    known = await work.ask(work.store.records.members, work.account, entity)
    found = [member for member, name in known.items() if text in (member, name)]
    if len(found) == 1:
        return found[0]
    near = difflib.get_close_matches(text, known.values(), n=3, cutoff=0)
    raise SettingsError(f"--by {dimension}={text!r} names {len(found)} of the CRM's {entity}; near are {', '.join(near)}.")


def explanation_as_json(found: "Explanation", zone: ZoneInfo) -> dict[str, Any]:
    """Return an explanation as JSON; the times of its records are those of a time zone."""
    value = found.value
    return {
        "kpi": value.kpi,
        "formula": found.formula,
        "by": dict(value.names),
        "period": value.period.name,
        "as_of": value.as_of.isoformat().replace("+00:00", "Z"),
        "timezone": zone.key,
        "value": number(value.value),
        "numerator": number(value.numerator),
        "denominator": number(value.denominator),
        "n": value.n,
        **doubt_as_json(value),
        "records": [_plain(record) for record in found.records],
        "left_out": [_plain(record) for record in found.left_out],
        "details": [_plain(record) for record in found.details],
    }


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, (int, float, str, bool, type(None))) else str(value) for name, value in record.items()}


def _show_explanation(found: "Explanation", bound: Account, zone: ZoneInfo, limit: int) -> None:
    value, kpi = found.value, found.kpi
    whom = ", ".join(f"{dimension} {name}" for dimension, name in value.names.items()) or "the whole account"
    say(f"{kpi.label} of {whom}, {value.period.name}: {shown(value.value, kpi.unit, bound.tenant.currency)}")
    say(f"  {kpi.means}")
    say(f"  Formula: {found.formula}")
    if value.denominator is not None:
        result = ", and there is nothing to divide by" if value.value is None else f" = {number(value.value)}"
        say(f"  Numbers: {number(value.numerator)} ÷ {number(value.denominator)}{result}")
    say(f"  As of {value.as_of.astimezone(zone):%Y-%m-%d %H:%M} in {zone.key}, as all times below; from {value.n:,} records.")
    if value.interval is not None:
        say(f"  By chance alone it may be {between(value.interval, kpi.unit)} (95 % interval).")
    for mark, told in zip(value.marks, value.told_marks, strict=True):
        say(f"  {told.capitalize()}: {_UNSURE[mark]}.")
    cut = [
        _show_records("Records", found.records, limit, found.sums),
        _show_records("What they were made from", found.details, limit),
        _show_records("Left out", found.left_out, limit),
    ]
    if any(cut):
        say("`--limit 0` lists all of them.")


def _show_records(title: str, records: Sequence[Row], limit: int, sums: Sequence[str] = ()) -> bool:
    """Show records in a table for each part of the formula, whose columns are its own, with their sums; say whether some were cut off."""
    is_cut = False
    for columns, group in groupby(records, key=tuple):
        every = list(group)
        chosen = every[_window(every, limit)] if limit else every
        more = f"{len(chosen):,} of {len(every):,}" if len(chosen) < len(every) else f"{len(every):,}"
        rows = [[_cell(value) for value in record.values()] for record in chosen]
        table(f"{title} ({more})", columns, rows, foot=_foot(columns, every, sums))
        is_cut = is_cut or len(chosen) < len(every)
    return is_cut


def _window(every: Sequence[Row], limit: int) -> slice:
    """Return which records to list: the first ones, or of a median, which has its records in order, those around the middle."""
    start = max(0, (len(every) - limit) // 2) if "place" in every[0] else 0
    return slice(start, start + limit)


def _foot(columns: Sequence[str], every: Sequence[Row], sums: Sequence[str]) -> Sequence[str]:
    """Return the line below a table that adds up what is added up, over all records and not only the listed ones."""
    if not set(columns) & set(sums):
        return ()
    totals = {name: sum((Decimal(str(one[name] or 0)) for one in every), Decimal(0)) for name in columns if name in sums}
    cells = [_cell(totals.get(name)) for name in columns]
    return [f"all {len(every):,}", *cells[1:]]


def _cell(value: object) -> str:
    if isinstance(value, Decimal):
        return text_of(round(value, 8)) or ""
    return "" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
