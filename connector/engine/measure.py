"""Measures every KPI, for the whole account and for every member of every dimension, in every period."""

from collections import deque
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from inspect import GEN_CLOSED, getgeneratorstate

from connector.engine import fields
from connector.engine.cache import Cache
from connector.engine.facts import Ground, lay_benchmarks, lay_out, lay_out_few
from connector.engine.few import only
from connector.engine.layers import facts_of
from connector.engine.queries import query_of, together
from connector.engine.stock import lacking
from connector.engine.terms import Terms
from connector.engine.values import Answer, ask, is_idle, made_of, values_of
from connector.kpis import DIMENSION_READS, KPIS, Catalogue, Dimension, Kpi
from connector.model import Entity, FieldValue, Findings, KpiValue, Measurement, Policies, Stream, Target
from connector.period import Calendar


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
    for kpi, answer in _answers(ground, lay_sums(ground)):
        values = made_of(ground, kpi, answer)
        yield from on_users.noting(values) if on_users.show(kpi) else values


def _answers(ground: Ground, queries: Mapping[str, str]) -> Iterator[tuple[Kpi, Answer]]:
    """Answer every KPI; while the values of one are made, the database is at work on the next."""
    ahead: deque[tuple[Kpi, Future[Answer]]] = deque()
    with ThreadPoolExecutor(1) as beside:
        for kpi in (kpi for kpi in ground.terms.kpis.values() if not ground.terms.hindrance(kpi)):
            groupings = [(), *((dimension,) for dimension in kpi.by)]
            ahead.append((kpi, beside.submit(ask, ground, kpi, groupings, queries.get(kpi.key))))
            if len(ahead) > 1:
                yield _answered(*ahead.popleft())
        for one in ahead:
            yield _answered(*one)


def _answered(kpi: Kpi, answer: Future[Answer]) -> tuple[Kpi, Answer]:
    return kpi, answer.result()


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
            deque(on_users.noting(values_of(ground, kpi, [(Dimension.OWNER,)])), maxlen=0)
        return tuple(fields.fields_of(ground, on_users, records))


def lay_sums(ground: Ground) -> Mapping[str, str]:
    """Add up once what many KPIs share, and return how each KPI of the program is answered from that."""
    sums, queries = together()
    ours = {key: query for key, query in queries.items() if ground.terms.kpis.get(key) is KPIS[key]}
    asked = [query for key, query in ours.items() if not is_idle(ground, KPIS[key])]
    for name, query in sums.items():
        if any(name in other for other in asked):
            ground.cache.connection.execute(f"create or replace temp table {name} as {query}")
    return ours


def _unavailable(terms: Terms) -> dict[str, str]:
    kpis = {kpi.key: terms.hindrance(kpi) for kpi in terms.kpis.values()}
    dimensions = {f"by {dimension}": terms.missing(DIMENSION_READS.get(dimension, ())) for dimension in Dimension}
    return {key: reason for key, reason in {**kpis, **dimensions, **fields.unavailable(terms)}.items() if reason}
