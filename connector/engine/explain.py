"""Answers one question at a time: a KPI by several dimensions, and the records behind one value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.engine import behind
from connector.engine.behind import Row
from connector.engine.cache import Cache
from connector.engine.facts import Ground, lay_out
from connector.engine.layers import facts_of
from connector.engine.spreading import BETWEEN, Grouping
from connector.engine.stock import lacking
from connector.engine.terms import Terms
from connector.engine.values import nothing, values_of
from connector.errors import SettingsError
from connector.kpis import DIMENSION_READS, KPIS, Catalogue, Dimension, Kpi
from connector.model import KpiValue, Policies, Stream, Target
from connector.period import Calendar, Period


@dataclass(frozen=True, slots=True)
class Explanation:
    """One value and what stands behind it.

    `records` name each record, and what it added to the sums that the value was made from; `left_out` name those that happened in the
    period and do not count, with the reason. For a median the records come in order, and only those in the middle add anything. Where
    records are customers (contacts, users), `details` name what each of them was made from: their deals, acts or uses, with what each added
    to the customer's sums. `sums` are the columns of the records that are added up.
    """

    kpi: Kpi
    formula: str
    value: KpiValue
    records: Sequence[Row] = field(default_factory=tuple)
    left_out: Sequence[Row] = field(default_factory=tuple)
    details: Sequence[Row] = field(default_factory=tuple)
    sums: tuple[str, ...] = ()


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
        records=tuple(behind.records(ground, found, member)),
        left_out=tuple(behind.left_out(ground, found, member)),
        details=tuple(behind.details(ground, found, member)),
        sums=behind.sums(found),
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
