"""The whole road against the reference: the numbers measured from the demo's CRM equal those worked out from its files."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from connector import kpis
from connector.adapters.hubspot import HubSpot
from connector.engine.layers import OF_DEALS
from connector.kpis import Unit
from connector.model import KpiValue, Policies

from .conftest import MIDSUMMER, TARGETS, Road
from .facts import LAST_DAY, NAMES, Span, spans
from .maven import COHORT_DAYS, KPIS, answers, views
from .view import Answer

LONG = {"all", "year", "quarter"}
EXACT = {Unit.COUNT, Unit.MONEY}
Key = tuple[str, str, str]
"""KPI, member's name, period's name."""


def _measured(road: Road, as_of: date, by: str | None) -> dict[Key, KpiValue]:
    wanted = {by} - {None}
    names = {span.name for span in _periods(as_of, by)}
    found = [value for value in road.measured[as_of] if set(value.by) == wanted and value.period.name in names and value.kpi in KPIS]
    return {(value.kpi, value.names.get(by or "", ""), value.period.name): value for value in found}


def _periods(as_of: date, by: str | None) -> list[Span]:
    """Return the periods to compare: months too where that costs little, and for owners."""
    grains = LONG | {"month"} if as_of == LAST_DAY and by in {None, "owner"} else LONG
    return [span for span in spans(as_of) if span.grain in grains]


def _expected(deals: pd.DataFrame, as_of: date, by: str | None) -> Iterator[tuple[Key, Answer]]:
    for view in views(deals, as_of, by, _periods(as_of, by)):
        aimed = replace(view, targets=_targets(by, view.span))
        for kpi in _kpis(by, view.span, as_of):
            for member, answer in answers(aimed, kpi, is_whole=by is None).items():
                yield (kpi, member, view.span.name), answer


def _kpis(by: str | None, span: Span, as_of: date) -> list[str]:
    """Return the KPIs that have this breakdown; in periods that have not begun only those that look ahead."""
    broken = [key for key in KPIS if by is None or by in kpis.KPIS[key].by]
    return broken if span.start <= as_of.toordinal() else [key for key in broken if kpis.KPIS[key].looks_ahead]


def _targets(by: str | None, span: Span) -> Mapping[str, int]:
    return {name: target for (kind, name, period), target in TARGETS.items() if kind == (by or "account") and period == span.name}


def differs(kpi: str, expected: Answer | None, found: KpiValue | None) -> bool:
    """Whether a measured value is another than the one worked out."""
    if expected is None or found is None:
        # A member with nothing to measure need not be listed, so an absent row says the same as an empty one, or a zero.
        return any(one.value for one in (expected, found) if one)
    if expected.value is None or found.value is None:
        return expected.value != found.value
    if expected.n != found.n:
        return True
    if kpis.KPIS[kpi].unit in EXACT and expected.denominator in {1, 10}:
        return found.value != round(Decimal(str(expected.numerator)) / Decimal(int(expected.denominator)), 4)
    return float(found.value) != pytest.approx(expected.value, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("as_of", [LAST_DAY, MIDSUMMER], ids=str)
@pytest.mark.parametrize("by", [None, *NAMES])
def test_measured_equals_worked_out(road: Road, deals: pd.DataFrame, by: str | None, as_of: date) -> None:
    """Every KPI, member and period has the value and the n that the files give: money and counts exactly, the rest to a millionth."""
    expected, found = dict(_expected(deals, as_of, by)), _measured(road, as_of, by)
    wrong = [
        (key, expected.get(key), found.get(key))
        for key in sorted({*expected, *found})
        if differs(key[0], expected.get(key), found.get(key))
    ]
    assert not wrong, f"{len(wrong)} of {len(expected)} differ:\n" + "\n".join(_shown(*one) for one in wrong[:40])
    assert any(answer.value for answer in expected.values())


def _shown(key: Key, expected: Answer | None, found: KpiValue | None) -> str:
    measured = f"{found.value} = {found.numerator} / {found.denominator}, n {found.n}" if found else "no row"
    return f"{' | '.join(key)}: worked out {tuple(expected) if expected else 'nothing'}, measured {measured}"


def test_a_wrong_number_is_noticed(road: Road, deals: pd.DataFrame) -> None:
    """The comparison sees a value that is off by a thousandth, an n that is off by one and a row that is not there."""
    found = _measured(road, LAST_DAY, "stage")
    told = [(key, answer, found[key]) for key, answer in _expected(deals, LAST_DAY, "stage") if answer.value]
    assert len(told) > 30
    for (kpi, *_), answer, value in told:
        assert value.value is not None
        assert differs(kpi, answer, value._replace(value=value.value * Decimal("1.001")))
        assert differs(kpi, answer, value._replace(n=value.n + 1))
        assert differs(kpi, answer, None)


def test_the_road_leaves_nothing_out(road: Road) -> None:
    """Every stream of the demo is whole, every KPI that lacks no input is measured, and the reference knows all about deals."""
    assert not any(road.ready[stream] for stream in HubSpot.streams)
    met = {kpis.Need.SILENCE, kpis.Need.CHANCES, kpis.Need.WORK, kpis.Need.STAYS, kpis.Need.STALLING}
    assert {value.kpi for value in road.measured[LAST_DAY]} == {
        key for key, kpi in kpis.KPIS.items() if set(kpi.reads) <= set(HubSpot.streams) and not {*kpi.needs} - met
    }
    facts = {key: {part.rows.of for part in kpi.formula.parts} for key, kpi in kpis.KPIS.items()}
    assert {key for key, tables in facts.items() if tables <= {*OF_DEALS, "targets"}} == set(KPIS)


def test_the_account_has_a_row_for_every_period(road: Road) -> None:
    """Account-wide, each KPI has one row for each period from the first event on, even where there is nothing to measure."""
    found = _measured(road, LAST_DAY, None)
    whole = {key: [span.name for span in _periods(LAST_DAY, None) if key in _kpis(None, span, LAST_DAY)] for key in KPIS}
    missing = [(kpi, name) for kpi, names in whole.items() for name in names if (kpi, "", name) not in found]
    assert not missing


@pytest.mark.parametrize("by", [None, "owner"])
def test_young_cohorts_are_marked(road: Road, deals: pd.DataFrame, by: str | None) -> None:
    """A close rate is unsure while a deal of its cohort is younger than 90 days, or where fewer than 5 deals stand behind it."""
    found = _measured(road, LAST_DAY, by)
    for view in views(deals, LAST_DAY, by, _periods(LAST_DAY, by)):
        made = view.created.assign(is_young=view.created["created"] + COHORT_DAYS > view.day).groupby("member")["is_young"]
        for member, is_young, n in pd.concat([made.any(), made.size()], axis=1).itertuples():
            assert found["close_rate", str(member), view.span.name].low_confidence == (is_young or n < Policies().min_sample)


def test_evidence_divides_to_the_value(road: Road) -> None:
    """Each ratio's numerator divided by its denominator is the value, and a value without a denominator is its numerator."""
    for value in road.measured[LAST_DAY]:
        if value.value is not None and value.numerator is not None:
            whole = value.numerator if value.denominator is None else value.numerator / value.denominator
            assert float(value.value) == pytest.approx(float(whole), rel=1e-6, abs=1e-8), value


def test_what_the_crm_tells_agrees_with_the_files(deals: pd.DataFrame) -> None:
    """The moments that the CRM gives fall on the local days of the files, also those whose day is another in Greenwich."""
    days = deals["created_at"].dt.date.map(lambda day: day.toordinal())
    assert (days == deals["created"]).all()
    closed = deals[deals["deal_stage"].isin(["Won", "Lost"])]
    assert (closed["closed_at"].dt.date.map(lambda day: day.toordinal()) == closed["closed"]).all()
    assert (closed["closed_at"].dt.hour == 20).any()
    assert (deals["created_at"] != deals["created_at"].dt.normalize()).all()
