"""Measures every KPI, for the whole account and for every member of every dimension, in every period."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Context, Decimal
from functools import lru_cache
from inspect import GEN_CLOSED, getgeneratorstate
from typing import Any, NamedTuple

from connector.engine import fields
from connector.engine.cache import Cache
from connector.engine.facts import BETWEEN, Ground, Grouping, lay_benchmarks, lay_out, lay_out_few
from connector.engine.few import only
from connector.engine.layers import facts_of
from connector.engine.origins import unplaced
from connector.engine.periods import is_ahead
from connector.engine.queries import query_of, together
from connector.engine.stock import lacking
from connector.engine.terms import Terms
from connector.kpis import DIMENSION_READS, KPIS, Catalogue, Dimension, Kpi, Unit
from connector.kpis.interval import interval_of
from connector.model import Entity, FieldValue, Findings, Interval, KpiValue, Mark, Measurement, Policies, Stream, Target
from connector.period import Calendar, Period

PRECISION = Decimal("1e-8")
"""Values are rounded to this many decimals; what they were divided from is exact."""
SPANS = {Unit.DAYS: 86_400_000_000, Unit.HOURS: 3_600_000_000}
"""How many microseconds of a span make one of its unit."""
_EXACT = Context(prec=60)
_KEPT = 65_536
"""How many divisions are remembered: small counts divide alike over and over."""


def measure(
    cache: Cache,
    *,
    calendar: Calendar,
    as_of: datetime,
    policies: Policies,
    targets: Sequence[Target],
    ready: Mapping[Stream, str | None],
    records: Collection[tuple[Entity, str]] | None = None,
    kpis: Catalogue = KPIS,
) -> Measurement:
    """Measure everything as it was just before `as_of`, or only the fields of some records.

    A KPI, breakdown or field that reads a stream that is not ready is unavailable and has no value. A member has a row only where
    something was measured; the whole account has one in every period.
    """
    if records is None:
        found = findings(cache, calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready, kpis=kpis)
        return Measurement(as_of, tuple(found.values), tuple(found.fields), found.unavailable)
    terms = _terms(cache, calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready, kpis=kpis)
    return Measurement(as_of, (), _few(cache, terms, records), _unavailable(terms))


def findings(
    cache: Cache,
    *,
    calendar: Calendar,
    as_of: datetime,
    policies: Policies,
    targets: Sequence[Target],
    ready: Mapping[Stream, str | None],
    kpis: Catalogue = KPIS,
) -> Findings:
    """Begin to measure everything as `measure` does; what is found comes as it is asked for, while the cache is open."""
    terms = _terms(cache, calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready, kpis=kpis)
    dimensions = [dimension for dimension in Dimension if not terms.missing(DIMENSION_READS.get(dimension, ()))]
    ground = lay_out(cache, terms, [(), *((dimension,) for dimension in dimensions)])
    on_users = fields.OnUsers(terms)
    values = _all_values(ground, on_users)
    return Findings(as_of, values, _all_fields(ground, on_users, values), _unavailable(terms))


def _terms(
    cache: Cache,
    *,
    calendar: Calendar,
    as_of: datetime,
    policies: Policies,
    targets: Sequence[Target],
    ready: Mapping[Stream, str | None],
    kpis: Catalogue,
) -> Terms:
    lack = lacking(cache, policies)
    return Terms(calendar=calendar, as_of=as_of, policies=policies, targets=targets, ready=ready, lacking=lack, kpis=kpis)


def _all_values(ground: Ground, on_users: fields.OnUsers) -> Generator[KpiValue]:
    queries = lay_sums(ground)
    for kpi in (kpi for kpi in ground.terms.kpis.values() if not ground.terms.hindrance(kpi)):
        for value in values_of(ground, kpi, query=queries.get(kpi.key)):
            on_users.note(value)
            yield value


def _all_fields(ground: Ground, on_users: fields.OnUsers, values: Generator[KpiValue]) -> Iterator[FieldValue]:
    if getgeneratorstate(values) != GEN_CLOSED:
        raise RuntimeError("Fields are found after the last value, because those of users show values.")
    yield from fields.fields_of(ground, on_users, None)


def _few(cache: Cache, terms: Terms, records: Collection[tuple[Entity, str]]) -> tuple[FieldValue, ...]:
    """Measure the fields of some records from nothing but the rows that they hang on, which gives what measuring everything would."""
    kpis = [kpi for kpi in terms.kpis.values() if not terms.hindrance(kpi) and fields.needs(kpi, records)]
    for kpi in kpis:
        query_of(cache, kpi)
    lay_benchmarks(cache, terms)
    with only(cache, records):
        facts = {"deals", "open_deals"} | facts_of(kpis)
        ground = lay_out_few(cache, terms, [(Dimension.OWNER,)], fields.shown_periods(terms), facts=facts)
        on_users = fields.OnUsers(terms)
        for kpi in kpis:
            for value in values_of(ground, kpi, [(Dimension.OWNER,)]):
                on_users.note(value)
        return tuple(fields.fields_of(ground, on_users, records))


def lay_sums(ground: Ground) -> Mapping[str, str]:
    """Add up once what many KPIs share, and return how each KPI of the program is answered from that."""
    sums, queries = together()
    ours = {key: query for key, query in queries.items() if ground.terms.kpis.get(key) is KPIS[key]}
    asked = [query for key, query in ours.items() if not _is_idle(ground, KPIS[key])]
    for name, query in sums.items():
        if any(name in other for other in asked):
            ground.cache.connection.execute(f"create or replace temp table {name} as {query}")
    return ours


def values_of(ground: Ground, kpi: Kpi, groupings: Sequence[Grouping] | None = None, *, query: str | None = None) -> Iterator[KpiValue]:
    """Yield the values of a KPI from the facts that are laid out: by each dimension that it declares, unless told otherwise.

    `query` is the one that answers it, where that is not its own.
    """
    chosen = [(), *((dimension,) for dimension in kpi.by)] if groupings is None else groupings
    known = {(period.grain.value, period.name): period for period in ground.periods if _has(ground.terms, kpi, period)}
    missing = dict.fromkeys(known.values()) if () in chosen else {}
    lost = unplaced(ground, kpi)
    subject, by, names, is_unplaced = ("", ""), dict[str, str](), dict[str, str](), False
    found = [] if _is_idle(ground, kpi) else _rows(ground, kpi, query or query_of(ground.cache, kpi), chosen)
    for dimension, member, grain, name, *figures in found:
        period = known.get((grain, name))
        if period is None:
            continue
        if (dimension, member) != subject:
            subject = dimension, member
            by = dict(zip(dimension.split(","), member.split(BETWEEN), strict=True)) if dimension else {}
            names, is_unplaced = _names(ground, by), bool(lost & set(by))
        if not by:
            missing.pop(period, None)
        value = _value(ground, kpi, period, figures, by=by, names=names)
        if not by or value.n or value.value:
            yield replace(value, marks=(*value.marks, Mark.UNPLACED)) if is_unplaced and value.value is not None else value
    for period in missing:
        yield nothing(ground, kpi, period, {})


def nothing(ground: Ground, kpi: Kpi, period: Period, by: Mapping[str, str]) -> KpiValue:
    """Return the value of a KPI where there are no facts: zero of what is counted or added up, else empty."""
    return _value(ground, kpi, period, (0, 0, 0, 0, None), by=by, names=_names(ground, by))


def _names(ground: Ground, by: Mapping[str, str]) -> dict[str, str]:
    return {dimension: ground.names.name(dimension, member) for dimension, member in by.items()}


def _has(terms: Terms, kpi: Kpi, period: Period) -> bool:
    return kpi.looks_ahead or not is_ahead(terms, period)


def _is_idle(ground: Ground, kpi: Kpi) -> bool:
    """Whether nothing happened that the KPI looks at; then its query, which takes longer to plan than to run, finds nothing."""
    return {part.rows.of for part in kpi.formula.parts} <= ground.empty


def _rows(ground: Ground, kpi: Kpi, query: str, groupings: Sequence[Grouping]) -> list[tuple[Any, ...]]:
    listed = ", ".join(f"'{','.join(grouping)}'" for grouping in groupings)
    spread = "null" if kpi.formula.spread is None else "spread"
    chosen = (
        f"select dimension, member, grain, period, numerator, denominator, n, doubt, {spread} from ({query}) "  # noqa: S608 - our own
        f"where dimension in ({listed}) order by all"
    )
    return ground.cache.connection.execute(chosen).fetchall()


def _value(
    ground: Ground, kpi: Kpi, period: Period, figures: Sequence[Any], *, by: Mapping[str, str], names: Mapping[str, str]
) -> KpiValue:
    over, under, rows, doubt, spread = figures
    value, numerator, denominator, interval = _parts(kpi, over, under, spread)
    n, doubted = int(rows or 0), 0 if value is None else int(doubt or 0)
    marks = () if value is None else _marks(kpi, n < ground.terms.policies.min_sample, doubted > 0)
    return KpiValue(
        kpi=kpi.key,
        period=period,
        as_of=ground.terms.as_of,
        value=value,
        numerator=numerator,
        denominator=denominator,
        n=n,
        by=by,
        names=names,
        interval=interval,
        marks=marks,
        version=kpi.version,
        doubted=doubted,
    )


def _marks(kpi: Kpi, is_small: bool, is_doubted: bool) -> tuple[Mark, ...]:  # noqa: FBT001 - two of a kind
    return (*((Mark.SMALL,) if is_small and kpi.formula.sampled else ()), *((kpi.formula.mark,) if is_doubted else ()))


class _Parts(NamedTuple):
    """A value and what it was divided from, rounded for keeping; the division itself was exact."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    interval: Interval | None


@lru_cache(_KEPT)
def _parts(kpi: Kpi, numerator: Any, denominator: Any, spread: Any) -> _Parts:  # noqa: ANN401 - cells of DuckDB
    over, under = _decimal(numerator), _decimal(denominator)
    if kpi.unit in SPANS and over is not None:
        over = _EXACT.divide(over, SPANS[kpi.unit])
    value = over if kpi.formula.denominator is None else _divided(over, under)
    between = interval_of(kpi, over, under, _decimal(spread))
    kept = None if between is None else (between[0].quantize(PRECISION), between[1].quantize(PRECISION))
    return _Parts(_kept(value), _kept(over), _kept(under) if kpi.formula.denominator else None, kept)


def _divided(over: Decimal | None, under: Decimal | None) -> Decimal | None:
    return _EXACT.divide(over, under) if over is not None and under else None


def _kept(figure: Decimal | None) -> Decimal | None:
    # Adding nothing turns a zero that is less than zero into zero.
    return None if figure is None else _EXACT.plus(figure.quantize(PRECISION, context=_EXACT).normalize(_EXACT))


def _decimal(figure: Any) -> Decimal | None:  # noqa: ANN401 - DuckDB gives int, float or Decimal
    return None if figure is None else Decimal(repr(figure) if isinstance(figure, float) else figure)


def _unavailable(terms: Terms) -> dict[str, str]:
    kpis = {kpi.key: terms.hindrance(kpi) for kpi in terms.kpis.values()}
    dimensions = {f"by {dimension}": terms.missing(DIMENSION_READS.get(dimension, ())) for dimension in Dimension}
    return {key: reason for key, reason in {**kpis, **dimensions, **fields.unavailable(terms)}.items() if reason}
