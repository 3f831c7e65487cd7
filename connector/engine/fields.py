"""Measures what our custom fields should hold on deals, companies and users."""

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import compress
from typing import Any

from connector.engine import more_fields
from connector.engine.facts import Ground
from connector.engine.terms import Terms
from connector.engine.user_fields import OnUsers, shown_periods, user_fields
from connector.kpis import Kpi
from connector.kpis.fields import COMPANY_FIELDS, DEAL_FIELDS, READS, SHOWN, STALLED, STEPS, TWENTIETH, Shown
from connector.kpis.more_fields import MORE
from connector.model import Entity, FieldSpec, FieldValue, Scalar, text_of

__all__ = ["OnUsers", "fields_of", "needs", "shown_periods", "unavailable"]

Evidence = Mapping[str, str | int | None]
Found = tuple[Scalar, Evidence]
_DAY_US = 86_400_000_000
_NO_EVIDENCE: Evidence = {}
_NOTHING_KNOWN: Evidence = {"from": "nothing is known"}


def needs(kpi: Kpi, records: Collection[tuple[Entity, str]]) -> bool:
    """Whether the fields of these records show this KPI, when they are measured alone."""
    return any(entity is Entity.USERS for entity, _ in records) and kpi.key in {shown.kpi for shown in SHOWN if shown.on_deals}


def unavailable(terms: Terms) -> dict[str, str | None]:
    """Return for every field, named `entity.name`, why it cannot be measured, or None if it can."""
    more = [(entity, field) for entity, fields in MORE.items() for field in fields]
    others = {f"{entity}.{field.spec.name}": more_fields.hindrance(terms, entity, field) for entity, field in more}
    specs = (*DEAL_FIELDS, *COMPANY_FIELDS)
    found = {f"{spec.entity}.{spec.name}": terms.missing(READS[spec.entity]) or _silence(terms, spec) for spec in specs}
    users = {f"{one.spec.entity}.{one.spec.name}": _unseen(terms, one) for one in SHOWN}
    return {**found, **users, **others}


def _unseen(terms: Terms, shown: Shown) -> str | None:
    return terms.missing(READS[Entity.USERS]) or terms.hindrance(terms.kpis[shown.kpi])


def _silence(terms: Terms, spec: FieldSpec) -> str | None:
    return terms.silence() if spec in STALLED else None


def fields_of(ground: Ground, on_users: OnUsers, records: Collection[tuple[Entity, str]] | None) -> Iterator[FieldValue]:
    """Yield what each field should hold on each record, or only on those in `records`."""
    text = files("connector.engine").joinpath("sql", "record_fields.sql").read_text(encoding="utf-8")
    ground.cache.connection.execute(text)
    ways: Mapping[Entity, Callable[[list[str] | None], Iterator[FieldValue]]] = {
        Entity.DEALS: lambda ids: _deal_fields(ground, ids),
        Entity.COMPANIES: lambda ids: _company_fields(ground, ids),
        Entity.USERS: lambda ids: _user_fields(ground, on_users, ids),
    }
    for entity, way in ways.items():
        ids = None if records is None else [record for of, record in records if of is entity]
        if ids != [] and not ground.terms.missing(READS[entity]):
            yield from way(ids)
    if records is None:
        yield from (
            FieldValue(spec, record, None, _NOTHING_KNOWN) if value is None else _field(spec, record, (value, {"from": why}))
            for spec, record, value, why in more_fields.more_fields(ground)
        )


def _deal_fields(ground: Ground, ids: list[str] | None) -> Iterator[FieldValue]:
    factor = f"{ground.terms.policies.stalled_factor.normalize():f}"
    told = [not _silence(ground.terms, spec) for spec in DEAL_FIELDS]
    of_open_deals = [spec for spec, is_told in zip(DEAL_FIELDS[1:], told[1:], strict=True) if is_told]
    for deal, is_open, entered, stage, *figures in _rows(ground, "deal_fields", ids):
        yield _field(DEAL_FIELDS[0], deal, (entered, {"stage": stage, "since": text_of(entered)}))
        if is_open:
            found = compress(_of_open_deal(factor, entered, stage, *figures), told[1:])
            yield from (_field(spec, deal, one) for spec, one in zip(of_open_deals, found, strict=True))
        else:
            yield from (FieldValue(spec, deal, None, _NO_EVIDENCE) for spec in of_open_deals)


def _of_open_deal(factor: str, *row: Any) -> tuple[Found, ...]:  # noqa: ANN401 - a row of DuckDB
    """Return the values of the fields of an open deal after the first, in their order."""
    entered, stage, benchmark, stays, slow, silent_since, amount, chance, expected, overdue, postponed, likely, won, decided = row
    days = None if benchmark is None else Decimal(benchmark) / _DAY_US
    since: Evidence = {"stage": stage, "since": text_of(entered)}
    usual: Evidence = {"stage": stage, "completed stays": stays}
    too_long = [f"In {stage} since {entered}, more than {factor} times as long as usual."] if slow else []
    silent = [f"No activity since {silent_since}."] if silent_since else []
    stalled = bool(too_long or silent)
    value = None if amount is None or chance is None else amount * chance
    dated: Evidence = {"expected close": text_of(expected)}
    return (
        (days, usual),
        (stalled, {**since, "completed stays": stays}),
        (" ".join([*too_long, *silent]) or None, since),
        (value, {"amount": text_of(amount), "probability": text_of(chance)}),
        (None if likely is None else _nearest(Decimal(repr(likely)), TWENTIETH), {"stage": stage, "won": won, "decided": decided}),
        (overdue, dated),
        (postponed, dated),
    )


def _nearest(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _company_fields(ground: Ground, ids: list[str] | None) -> Iterator[FieldValue]:
    for company, revenue, won, orders, last_on in _rows(ground, "company_fields", ids):
        found: tuple[Found, ...] = ((revenue, {"deals won": won}), (orders, {"deals won": won}), (last_on, {"orders": orders}))
        for spec, one in zip(COMPANY_FIELDS, found, strict=True):
            yield _field(spec, company, one)


def _user_fields(ground: Ground, on_users: OnUsers, ids: list[str] | None) -> Iterator[FieldValue]:
    for spec, record, value, evidence in user_fields(ground, on_users, ids):
        yield _field(spec, record, (value, evidence))


def _rows(ground: Ground, table: str, ids: list[str] | None) -> Iterator[tuple[Any, ...]]:
    condition, parameters = ("true", []) if ids is None else ("list_contains(?, id)", [ids])
    query = f"select * from {table} where {condition} order by id"  # noqa: S608 - both are ours
    yield from ground.cache.rows(query, parameters)


def _field(spec: FieldSpec, record: str, found: Found) -> FieldValue:
    value, evidence = found
    if isinstance(value, Decimal):
        value = value.quantize(STEPS[spec.kind], ROUND_HALF_UP)
    return FieldValue(spec, record, text_of(value), evidence)
