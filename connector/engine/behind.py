"""The records behind one value: what each adds to it and what that was made from, and which others were left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from connector.engine.beside import CURRENCY, beside
from connector.engine.dividing import SPANS
from connector.engine.facts import Ground
from connector.engine.layers import OF_DEALS
from connector.kpis import Kpi, Unit
from connector.kpis.metric import Part

Row = Mapping[str, object]
SCORED = {"engagements": "contact", "healths": "company"}
"""The facts that are scores made from what passed between us and somebody, and the column that names whom."""


def records(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    """Yield what each record adds to the sums of a KPI, part by part of its formula.

    What a median is the middle of comes from the smallest to the largest; only the one or two in the middle add to it.
    """
    for part in _told_of(kpi):
        every = _contributions(ground, replace(part, middle=None), member)
        for row in _in_order(part, every) if part.middle else every:
            yield {"of": part.rows.of, **_in_unit(kpi.unit, row)}


def sums(kpi: Kpi) -> tuple[str, ...]:
    """Return the columns of the records that are added up."""
    named = [name for part in _told_of(kpi) for name in part.adds]
    return tuple(dict.fromkeys(_name_in_unit(kpi.unit, name) for name in named))


def details(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    """Yield what the records themselves were made from: the rows summed for each customer, or what a score counts, newest first."""
    for part in kpi.formula.parts:
        if part.per_customer:
            single = replace(part, adds=part.per_customer, per_customer=None, shows=(part.each,))
            found = _contributions(ground, single, member)
            for row in sorted(found, key=lambda row: str(row[part.each])):
                yield {"of": part.rows.of, **_in_unit(kpi.unit, row)}
        elif part.rows.of in SCORED:
            yield from _scored(ground, SCORED[part.rows.of], [str(row["id"]) for row in _contributions(ground, part, member)])


def left_out(ground: Ground, kpi: Kpi, member: str) -> Iterator[Row]:
    """Yield the records that happened in the period and do not count, with the reason."""
    from connector.kpis.expressions import left_out as dropped  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    chosen = {id(part.rows): part.rows for part in kpi.formula.parts}
    for rows in chosen.values():
        for reason in rows.left_out:
            for row in _rows(ground, dropped(rows, reason), rows.of, member):
                yield {**row, "reason": reason}


def _told_of(kpi: Kpi) -> list[Part]:
    """Return the parts whose records are told; what only makes a value unsure is left out of it."""
    return [part for part in kpi.formula.parts if not set(part.adds) <= {"doubt", "unpriced"}]


def _in_order(part: Part, every: Sequence[Row]) -> Iterator[Row]:
    ordered = sorted(every, key=lambda row: (row["numerator"], str(row["id"])))
    for place, row in enumerate(ordered):
        is_middle = len(ordered) - 2 <= place * 2 <= len(ordered)
        told = {name: value for name, value in row.items() if name not in part.adds}
        yield {**told, "place": place + 1, "value": row["numerator"], **{name: row[name] if is_middle else None for name in part.adds}}


def _scored(ground: Ground, whom: str, ids: Sequence[str]) -> Iterator[Row]:
    """Yield what was counted for a score in the 90 days before the moment, and what each is worth by then."""
    query = (
        f"select {whom} as id, channel, happened_time, round(points, 4) as worth from points "  # noqa: S608 - our own
        f"where list_contains(?, {whom}) and happened_time > getvariable('now_time') - to_days(90) order by {whom}, happened_time desc"
    )
    found = ground.cache.connection.execute(query, [[one.removeprefix("company:") for one in ids]])
    for row in found.fetchall():
        yield dict(zip(("id", "channel", "happened_time", "worth"), row, strict=True))


def _in_unit(unit: Unit, row: Row) -> Row:
    """Return a record with its spans of time as days, or hours where the KPI is told in hours."""
    length = SPANS.get(unit, SPANS[Unit.DAYS])
    told: dict[str, object] = {}
    for name, value in row.items():
        is_span = name.endswith("_us") or (name in {"numerator", "value"} and unit in SPANS)
        told[_name_in_unit(unit, name)] = Decimal(value) / length if is_span and isinstance(value, int) else value
    return told


def _name_in_unit(unit: Unit, name: str) -> str:
    word = unit.value if unit in SPANS else Unit.DAYS.value
    return f"{name.removesuffix('us')}{word}" if name.endswith("_us") else name


def _contributions(ground: Ground, part: Part, member: str) -> list[dict[str, object]]:
    from connector.kpis.expressions import contributions  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    return _rows(ground, contributions(part), part.rows.of, member)


def _rows(ground: Ground, made: Any, of: str, member: str) -> list[dict[str, object]]:  # noqa: ANN401 - an Ibis table
    """Return the rows of one member with their names and what is told beside them; columns of currencies only where one is foreign."""
    from connector.kpis.expressions import compiled  # noqa: PLC0415 - the compiler is slow to load and seldom needed

    more, joins = beside(of, made.columns)
    query = (
        f"select x.record as id, coalesce(d.name, c.name) as name, {''.join(f'{one}, ' for one in more)}"  # noqa: S608 - our own
        f"x.* exclude (account, dimension, member, grain, period, record) "
        f"from ({compiled(made)}) as x left join crm.deals as d on d.id = x.record and {of in OF_DEALS} "
        f"left join crm.companies as c on 'company:' || c.id = x.record {joins} "
        f"where x.member = ? order by x.record"
    )
    found = ground.cache.connection.execute(query, [member])
    columns = [column[0] for column in found.description or ()]
    every = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    home = ground.terms.policies.home
    if any(row.get("currency") not in (None, "", home) for row in every):
        return every
    return [{name: value for name, value in row.items() if name not in CURRENCY} for row in every]
