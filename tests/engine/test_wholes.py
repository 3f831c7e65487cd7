"""What holds for every KPI that adds up, in a world of every kind of record, and for the past of all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import zip_longest

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as some

from connector.kpis import KPIS, Dimension, Kpi, Unit
from connector.kpis.metric import Role
from connector.period import Grain, Period
from tests.engine.conftest import NEW_YORK, PEOPLE, STAGES, THINGS, Book
from tests.engine.world import EVENTS, MIXED, POLICIES, START, Event, held, world

OVERLAPPING = (Dimension.TEAM,)
"""Somebody may be in two teams."""
ADDED = [kpi for kpi in KPIS.values() if kpi.formula.denominator is None and kpi.unit in (Unit.COUNT, Unit.MONEY)]
FLOWS = [kpi for kpi in ADDED if all(part.rows.at and part.rows.role is Role.NOW for part in kpi.formula.parts)]
quickly = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _splits(kpi: Kpi) -> Iterator[Dimension]:
    """Yield the breakdowns that give each thing to one member: a deal counts for each of its products, only its money is split."""
    yield from (one for one in kpi.by if one not in OVERLAPPING and (one is not Dimension.PRODUCT or kpi.unit is Unit.MONEY))


@quickly
@example(events=MIXED)
@given(events=EVENTS)
def test_parts_add_up_to_the_whole(new_book: Callable[..., Book], events: list[Event]):
    """What is counted or added up gives the whole again: over the members of each breakdown, and by its day over the parts of a period."""
    book = new_book()
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*world(events))
    found = book.measure("2017-07-01 00:00", policies=POLICIES)
    wholes: dict[str, dict[Period, Decimal]] = defaultdict(dict)
    parts: dict[tuple[str, Period, str], Decimal] = defaultdict(Decimal)
    for one in found.measurement.values:
        for dimension in one.by:
            parts[one.kpi, one.period, dimension] += one.value or 0
        if not one.by:
            wholes[one.kpi][one.period] = one.value or Decimal(0)

    assert not found.measurement.unavailable
    for kpi in ADDED:
        for period, value in wholes[kpi.key].items():
            told = {dimension: parts[kpi.key, period, dimension] for dimension in _splits(kpi)}
            assert told == dict.fromkeys(told, value), (kpi.key, period.name)
    assert len(FLOWS) > 20
    for kpi in FLOWS:
        for grain, whole, value in _unions(wholes[kpi.key]):
            assert value == wholes[kpi.key][whole], (kpi.key, whole.name, grain)


def _unions(told: Mapping[Period, Decimal]) -> Iterator[tuple[Grain, Period, Decimal]]:
    """Yield each period with the sum over its months, its quarters and its years."""
    for place, grain in enumerate(_GRAINS):
        for whole in (one for one in told if one.grain in _GRAINS[place + 1 :]):
            yield grain, whole, sum((told[one] for one in told if one.grain is grain and whole.start <= one.start < whole.end), Decimal(0))


_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.ALL)


@quickly
@example(events=MIXED, days=70, policy="orders")
@example(events=MIXED, days=40, policy="contracts")
@given(events=EVENTS, days=some.sampled_from([40, 70, 100]), policy=some.sampled_from(["orders", "contracts"]))
def test_the_past_of_everything_is_what_it_was(new_book: Callable[..., Book], events: list[Event], days: int, policy: str):
    """Measured at a moment, and again as of it when all that came later is in the store, every KPI and every field is the same."""
    book, every = new_book(), world(events)
    moment = START + timedelta(days=days, hours=1)
    terms = replace(POLICIES, churn_policy=policy)
    book.put(*STAGES, *PEOPLE, *THINGS)
    book.put(*held(every, moment, NEW_YORK.day_of(moment)))
    then = book.measure(moment, policies=terms).measurement
    book.put(every)
    now = book.measure(moment, policies=terms).measurement

    # Pair by pair, so that what failed is told and not all that there is.
    assert [pair for pair in zip_longest(then.values, now.values) if pair[0] != pair[1]] == []
    assert [pair for pair in zip_longest(then.fields, now.fields) if pair[0] != pair[1]] == []
    assert then.unavailable == now.unavailable
