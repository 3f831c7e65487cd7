"""Answers one question at a time: a KPI by several dimensions, and the records behind one value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from connector.engine.cache import Cache
from connector.engine.facts import BETWEEN, Ground, Grouping, lay_out
from connector.engine.layers import OF_DEALS, facts_of
from connector.engine.measure import SPANS, nothing, values_of
from connector.engine.stock import lacking
from connector.engine.terms import Terms
from connector.errors import SettingsError
from connector.kpis import DIMENSION_READS, KPIS, Catalogue, Dimension, Kpi, Unit
from connector.model import KpiValue, Policies, Stream, Target
from connector.period import Calendar, Period

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value and what stands behind it.

    `records` name each record, and what it added to the sums that the value was made from; `left_out` name those that happened in the
    period and do not count, with the reason. For a median the records are those in the middle. Where records are customers (contacts,
    users), `details` name what each of them was made from: their deals, acts or uses, with what each added to the customer's sums.
    """

    kpi: Kpi
    formula: str
    value: KpiValue
    records: Sequence[Row] = field(default_factory=tuple)
    left_out: Sequence[Row] = field(default_factory=tuple)
    details: Sequence[Row] = field(default_factory=tuple)


def compute(
    cache: Cache,
    kpi: str,
    *,
    by: Sequence[Dimension],
    period: Period,
    calendar: Calendar,
    as_of: datetime,
    policies: Policies,
    targets: Sequence[Target] = (),
    ready: Mapping[Stream, str | None] | None = None,
    kpis: Catalogue = KPIS,
) -> list[KpiValue]:
    """Measure one KPI in one period by any combination of its dimensions.

    Raises:
        SettingsError: there is no such KPI, or it cannot be broken down so, or it reads a stream that is not ready.
    """
    lack = lacking(cache, policies)
    terms = Terms(calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready or {}, lacking=lack, kpis=kpis)
    found = _known(terms, kpi, by)
    grouping = tuple(by)
    return list(values_of(lay_out(cache, terms, [grouping], [period], facts=facts_of([found])), found, [grouping]))


def explain(
    cache: Cache,
    kpi: str,
    *,
    members: Mapping[Dimension, str],
    period: Period,
    calendar: Calendar,
    as_of: datetime,
    policies: Policies,
    targets: Sequence[Target] = (),
    ready: Mapping[Stream, str | None] | None = None,
    kpis: Catalogue = KPIS,
) -> Explanation:
    """Measure one KPI for one member (or the whole account) in one period, and list the records behind it.

    Raises:
        SettingsError: there is no such KPI, or it cannot be broken down so, or it reads a stream that is not ready.
    """
    lack = lacking(cache, policies)
    terms = Terms(calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready or {}, lacking=lack, kpis=kpis)
    found = _known(terms, kpi, tuple(members))
    grouping = tuple(members)
    ground = lay_out(cache, terms, [grouping], [period], facts=facts_of([found]))
    member = BETWEEN.join(members.values())
    return Explanation(
        kpi=found,
        formula=found.formula_words,
        value=_one(ground, found, members),
        records=tuple(_records(ground, found, member)),
        left_out=tuple(_left_out(ground, found, member)),
        details=tuple(_details(ground, found, member)),
    )


def _known(terms: Terms, key: str, by: Sequence[Dimension]) -> Kpi:
    if key not in terms.kpis:
        raise SettingsError(f"{key!r} is not a KPI; allowed are {', '.join(terms.kpis)}.")
    kpi = terms.kpis[key]
    wrong = [dimension for dimension in by if dimension not in kpi.by]
    if wrong:
        raise SettingsError(f"{key} cannot be broken down by {wrong[0]}; allowed are {', '.join(kpi.by)}.")
    breakdowns = [stream for dimension in by for stream in DIMENSION_READS.get(dimension, ())]
    missing = terms.hindrance(kpi) or terms.missing(breakdowns)
    if missing:
        raise SettingsError(f"{key} is not available: {missing}")
    return kpi


def _one(ground: Ground, kpi: Kpi, members: Mapping[Dimension, str]) -> KpiValue:
    grouping: Grouping = tuple(members)
    wanted = {dimension.value: member for dimension, member in members.items()}
    values = list(values_of(ground, kpi, [grouping]))
    return next((value for value in values if value.by == wanted), None) or nothing(ground, kpi, ground.periods[0], wanted)


def _records(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    from connector.kpis.expressions import contributions  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    for part in kpi.formula.parts:
        if set(part.adds) <= {"doubt", "unpriced"}:
            continue  # what makes a value unsure is left out of it
        for row in _rows(ground, contributions(part), part.rows.of, member):
            yield {"of": part.rows.of, **_in_unit(kpi.unit, row)}


def _details(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    """Yield the rows that were summed for each customer first, customer by customer."""
    from connector.kpis.expressions import contributions  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    for part in kpi.formula.parts:
        if part.per_customer:
            single = replace(part, adds=part.per_customer, per_customer=None, shows=(part.each,))
            found = _rows(ground, contributions(single), part.rows.of, member)
            for row in sorted(found, key=lambda row: str(row[part.each])):
                yield {"of": part.rows.of, **_in_unit(kpi.unit, row)}


def _in_unit(unit: Unit, row: Row) -> Row:
    """Return a record with its spans of time as days, or hours where the KPI is told in hours."""
    word, length = (unit.value, SPANS[unit]) if unit in SPANS else (Unit.DAYS.value, SPANS[Unit.DAYS])
    told: dict[str, object] = {}
    for name, value in row.items():
        is_span = name.endswith("_us") or (name == "numerator" and unit in SPANS)
        told[f"{name.removesuffix('us')}{word}" if name.endswith("_us") else name] = _divided(value, length) if is_span else value
    return told


def _divided(value: object, length: int) -> object:
    return Decimal(value) / length if isinstance(value, int) else value


def _left_out(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    from connector.kpis.expressions import left_out  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    chosen = {id(part.rows): part.rows for part in kpi.formula.parts}
    for rows in chosen.values():
        for reason in rows.left_out:
            for row in _rows(ground, left_out(rows, reason), rows.of, member):
                yield {**row, "reason": reason}


def _rows(ground: Ground, made: Any, of: str, member: str) -> Iterator[dict[str, object]]:  # noqa: ANN401 - an Ibis table
    from connector.kpis.expressions import compiled  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    query = (
        f"select x.* exclude (account, dimension, member, grain, period), d.name, c.name as company "  # noqa: S608 - our own
        f"from ({compiled(made)}) as x left join crm.deals as d on d.id = x.record and {of in OF_DEALS} "
        f"left join crm.companies as c on 'company:' || c.id = x.record where x.member = ? order by x.record"
    )
    found = ground.cache.connection.execute(query, [member])
    columns = [column[0] for column in found.description or ()]
    for row in found.fetchall():
        named = dict(zip(columns, row, strict=True))
        name, company = named.pop("name"), named.pop("company")
        yield {"id": named.pop("record"), "name": name or company, **named}
