"""The present values: every KPI at every period, and what our fields should hold, as measured last."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from connector.model import Entity, FieldSpec, FieldValue, Findings, KpiValue, Mark, Measured, Measurement
from connector.period import Grain, Period
from connector.store.database import Database, Found, clock, pour, upsert
from connector.store.draft import Draft, Row
from connector.store.leases import Lease, writing
from connector.store.rows import Cell, Cells, encode, instant_of, us_of
from connector.store.schema import FIELD_VALUES, KPI_VALUES, MEASUREMENTS, UNAVAILABLE

_VALUES, _FIELDS = "values", "fields"
_VALUE = (
    *("kpi", "dimension", "member", "grain", "period", "member_name", "period_start", "period_end", "value", "numerator", "denominator"),
    *("low", "high", "marks", "n", "version", "as_of", "doubted"),
)
_FIELD = ("entity", "record", "field", "value", "evidence", "run", "version", "as_of")
"""The columns of a value, and of a field, in the order in which their rows are written down; the account comes before them.

It is the order of their tables, so that no row is arranged anew on its way there.
"""
_WHOLE, _NO_BOUNDS = ("", ""), (None, None)
_WORDS = {entity: entity.value for entity in Entity}
"""Looked up here, because an enum takes ten times as long to tell its value, and there are millions of fields."""


@dataclass(frozen=True, slots=True)
class MeasurementInfo:
    """Which run measured the present values, at what moment of the business (`as_of`) and when by the clock."""

    run: str
    as_of: datetime
    measured_at: datetime


class Values:
    """The present values of every account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draft(self, run: str, found: Measurement | Findings, folder: Path | None = None) -> Draft:
        """Write a measurement down in a file in this folder, in the words of the store, which is not touched.

        Raises:
            ValueError: a value is broken down by more than one dimension; those are computed on demand and not kept.
        """
        made = Draft(folder)
        try:
            made.add(_VALUES, (_kpi_row(value) for value in found.values))
            made.add(_FIELDS, (_field_row(run, us_of(found.as_of), value) for value in found.fields))
        except BaseException:
            made.close()
            raise
        return made

    def save(self, lease: Lease, run: str, found: Measurement | Findings, draft: Draft | None = None) -> Measured:
        """Put a measurement in the place of the one before it, all of it in one transaction, and return what is told of it.

        Raises:
            ValueError: as `draft` does, where none is given.
        """
        with draft or self.draft(run, found) as made, writing(self._database, lease) as connection:
            account = lease.account
            _replace(connection, KPI_VALUES, account, columns=_VALUE, chunks=made.chunks(_VALUES))
            _replace(connection, FIELD_VALUES, account, columns=_FIELD, chunks=made.chunks(_FIELDS))
            _replace(connection, UNAVAILABLE, account, columns=("key", "reason"), chunks=[list(found.unavailable.items())])
            now: Cells = {"account": account, "run": run, "as_of": us_of(found.as_of), "measured_at": clock(connection)}
            upsert(connection, MEASUREMENTS, [now])
            return Measured(found.as_of, made.count(_VALUES), made.count(_FIELDS), found.unavailable)

    def save_fields(
        self, lease: Lease, run: str, as_of: datetime, fields: Collection[FieldValue], *, records: Collection[tuple[Entity, str]] = ()
    ) -> None:
        """Put new values in place for these fields only; all other values stay, but those of `records` of which nothing is new any more."""
        with writing(self._database, lease) as connection:
            for entity, record in {*records} - {(value.spec.entity, value.record) for value in fields}:
                here = (FIELD_VALUES.c.account == lease.account, FIELD_VALUES.c.entity == entity.value, FIELD_VALUES.c.record == record)
                connection.execute(delete(FIELD_VALUES).where(*here))
            rows = (zip(_FIELD, _field_row(run, us_of(as_of), value), strict=True) for value in fields)
            upsert(connection, FIELD_VALUES, [{"account": lease.account, **dict(row)} for row in rows])
            # A plan that was made before is out of date from now on.
            mine = MEASUREMENTS.c.account == lease.account
            connection.execute(update(MEASUREMENTS).where(mine).values(measured_at=clock(connection)))

    def find(
        self,
        account: str,
        kpis: Collection[str] | None = None,
        dimension: str | None = "",
        *,
        period: Period | str | None = None,
        grain: Grain | str | None = None,
        member: str | None = None,
    ) -> Sequence[KpiValue]:
        """Return the present values of some KPIs (all without `kpis`), by KPI, member and period.

        `dimension` "" means the whole account and None any breakdown; `period` is a period or its name.
        """
        wanted: list[ColumnElement[bool]] = [KPI_VALUES.c.account == account]
        wanted += [] if kpis is None else [KPI_VALUES.c.kpi.in_(kpis)]
        name = period.name if isinstance(period, Period) else period
        exact = {"dimension": dimension, "period": name, "grain": grain and str(grain), "member": member}
        wanted += [KPI_VALUES.c[column] == value for column, value in exact.items() if value is not None]
        with self._database.read() as connection:
            rows = connection.execute(select(KPI_VALUES).where(*wanted)).all()
            return [_kpi_value(row) for row in sorted(rows, key=_place)]

    def fields(self, account: str, specs: Mapping[str, FieldSpec]) -> Sequence[FieldValue]:
        """Return what our fields should hold. `specs` are today's definitions by `entity.name`; a field without one is left out."""
        here = select(FIELD_VALUES).where(FIELD_VALUES.c.account == account)
        order = here.order_by(FIELD_VALUES.c.entity, FIELD_VALUES.c.record, FIELD_VALUES.c.field)
        with self._database.read() as connection:
            rows = [(specs.get(f"{row.entity}.{row.field}"), row) for row in connection.execute(order)]
            return [_field_value(spec, row) for spec, row in rows if spec]

    def of_record(self, account: str, entity: Entity, record: str, *, specs: Mapping[str, FieldSpec]) -> Sequence[FieldValue]:
        """Return what our fields should hold on one record; `specs` as for `fields`."""
        place = {"account": account, "entity": entity.value, "record": record}
        here = select(FIELD_VALUES).where(*(FIELD_VALUES.c[name] == value for name, value in place.items()))
        with self._database.read() as connection:
            rows = [(specs.get(f"{entity}.{row.field}"), row) for row in connection.execute(here.order_by(FIELD_VALUES.c.field))]
            return [_field_value(spec, row) for spec, row in rows if spec]

    def unavailable(self, account: str) -> Mapping[str, str]:
        """Return what could not be measured, KPIs and fields by their key, with the reason."""
        here = select(UNAVAILABLE).where(UNAVAILABLE.c.account == account).order_by(UNAVAILABLE.c.key)
        with self._database.read() as connection:
            return {row.key: row.reason for row in connection.execute(here)}

    def latest(self, account: str) -> MeasurementInfo | None:
        """Return where the present values come from; None if nothing was measured yet."""
        with self._database.read() as connection:
            row = connection.execute(select(MEASUREMENTS).where(MEASUREMENTS.c.account == account)).first()
            return MeasurementInfo(row.run, instant_of(row.as_of), instant_of(row.measured_at)) if row else None


def _replace(connection: Connection, table: Table, account: str, *, columns: Sequence[str], chunks: Iterable[Sequence[Row]]) -> None:
    connection.execute(delete(table).where(table.c.account == account))
    for rows in chunks:
        pour(connection, table, ("account", *columns), [(account, *row) for row in rows])


def _kpi_row(value: KpiValue) -> tuple[Cell, ...]:
    kpi, period, as_of, figure, numerator, denominator, n, by, names, interval, marks, version, doubted = value
    if len(by) > 1:
        raise ValueError(f"{kpi} by {', '.join(by)}: only values by one dimension are kept")
    dimension, member = next(iter(by.items()), _WHOLE)
    grain, name, start, end = _of_period(period)
    low, high = interval or _NO_BOUNDS
    return (
        kpi,
        dimension,
        member,
        grain,
        name,
        names.get(dimension, member),
        start,
        end,
        _digits(figure),
        _digits(numerator),
        _digits(denominator),
        _digits(low),
        _digits(high),
        ",".join(marks),
        n,
        version,
        _moment(as_of),
        doubted,
    )


@lru_cache(10_000)
def _of_period(period: Period) -> tuple[str, str, str, str]:
    return period.grain.value, period.name, period.start.isoformat(), period.end.isoformat()


def _place(row: Found) -> tuple[str, ...]:
    # Databases sort text by different rules; ours are the same everywhere.
    return (row.kpi, row.dimension, row.member_name, row.member, row.period_start, row.period_end)


def _kpi_value(row: Found) -> KpiValue:
    period = Period(date.fromisoformat(row.period_start), date.fromisoformat(row.period_end), Grain(row.grain), row.period)
    low, high = _number(row.low), _number(row.high)
    return KpiValue(
        kpi=row.kpi,
        period=period,
        as_of=instant_of(row.as_of),
        value=_number(row.value),
        numerator=_number(row.numerator),
        denominator=_number(row.denominator),
        n=row.n,
        by={row.dimension: row.member} if row.dimension else {},
        names={row.dimension: row.member_name} if row.dimension else {},
        interval=None if low is None or high is None else (low, high),
        marks=tuple(Mark(one) for one in row.marks.split(",") if one),
        version=row.version,
        doubted=row.doubted,
    )


def _field_row(run: str, as_of: int, value: FieldValue) -> tuple[Cell, ...]:
    spec = value.spec
    return _WORDS[spec.entity], value.record, spec.name, value.value, encode(value.evidence), run, spec.version, as_of


def _field_value(spec: FieldSpec, row: Found) -> FieldValue:
    return FieldValue(spec, row.record, row.value, json.loads(row.evidence), instant_of(row.as_of))


def _digits(value: Decimal | None) -> str | None:
    """Write a number with plain digits, never an exponent."""
    if value is None:
        return None
    # To be told the format takes Python three times as long as to write a number as it is.
    text = str(value)
    return f"{value:f}" if "E" in text else text


_moment = lru_cache(8)(us_of)


def _number(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)
