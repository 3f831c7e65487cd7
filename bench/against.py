"""Compares what each KPI takes with what a query written by hand takes that gives the same result."""
# ruff: noqa: S608 - every word of these queries is ours

import re
import time
from collections.abc import Mapping
from typing import NamedTuple

from bench.by_hand import BY_HAND
from connector.engine.cache import Cache
from connector.engine.facts import Ground
from connector.engine.queries import query_of, together
from connector.engine.values import is_idle
from connector.kpis import KPIS, Kpi

ENOUGH = 1.5
"""How many times as long a KPI may take."""
SLOW = 5
"""From how many seconds on one run is enough."""
_KEYS = "dimension, member, grain, period"
_SAME = "({ours} is not distinct from {hand} or coalesce(abs({ours}::double - {hand}::double) <= 1e-9 * abs({ours}::double), false))"


class Cost(NamedTuple):
    """Seconds of processor time and seconds that passed."""

    cpu: float
    wall: float

    def __add__(self, other: object) -> "Cost":
        return Cost(self.cpu + other.cpu, self.wall + other.wall) if isinstance(other, Cost) else NotImplemented

    def part(self, share: float) -> "Cost":
        """Return a part of it."""
        return Cost(self.cpu * share, self.wall * share)


NONE = Cost(0, 0)
COLUMNS = ("KPI", "alone", "from sums", "its part of the sums", "by hand", "alone / by hand", "with sums / by hand")
"""Seconds are those of the processor."""


class Compared(NamedTuple):
    """What a KPI takes by its own query, from the shared sums, and by hand; and its part of what these sums take."""

    kpi: str
    alone: Cost
    from_sums: Cost
    sums: Cost
    by_hand: Cost

    def ratios(self) -> tuple[float, float]:
        """How many times as long it takes alone and from the sums as it takes by hand."""
        return self.alone.cpu / self.by_hand.cpu, (self.from_sums + self.sums).cpu / self.by_hand.cpu

    def row(self) -> list[str]:
        """Tell it in one line."""
        return [self.kpi, *(f"{cost.cpu:.3f}" for cost in self[1:]), *(f"{ratio:.2f}" for ratio in self.ratios())]


def compare(ground: Ground, queries: Mapping[str, str]) -> list[Compared]:
    """Compare every KPI of which something happened; `queries` answer it from the sums.

    The ways of one KPI are run one after another, so that they meet the same load.
    """
    kpis, cache = busy(ground), ground.cache
    ways = {kpi.key: (asked(kpi, query_of(cache, kpi)), asked(kpi, queries[kpi.key]), by_hand(cache, kpi)) for kpi in kpis}
    took = {key: tuple(_best(cache, query) for query in several) for key, several in ways.items()}
    shares = _shares(cache, {key: queries[key] for key in took}, {key: hand for key, (*_, hand) in took.items()})
    return [Compared(key, alone, from_sums, shares[key], hand) for key, (alone, from_sums, hand) in took.items()]


def busy(ground: Ground) -> list[Kpi]:
    """Return the KPIs of which something happened: the invented company has no tasks, for one, and what is idle is not asked for."""
    return [kpi for kpi in KPIS.values() if not ground.terms.hindrance(kpi) and not is_idle(ground, kpi)]


def total(compared: list[Compared]) -> Compared:
    """Add everything up."""
    columns = list(zip(*(one[1:] for one in compared), strict=True))
    return Compared("all of them", *(sum(column, NONE) for column in columns))


def asked(kpi: Kpi, query: str) -> str:
    """Return the query for what a measurement asks of a KPI."""
    return f"select {_KEYS}, numerator, denominator, coalesce(n, 0) as n, coalesce(doubt, 0) as doubt from ({query}) where {_wanted(kpi)}"


def by_hand(cache: Cache, kpi: Kpi) -> str:
    """Return the query by hand for the same."""
    query = BY_HAND[kpi.key]
    told = {str(name) for name, *_ in cache.connection.execute(f"describe {query}").fetchall()}
    over = "numerator" if "numerator" in told else "n"
    under = "null" if kpi.formula.denominator is None else "denominator" if "denominator" in told else "n"
    doubt = "coalesce(doubt, 0)" if "doubt" in told else "0"
    figures = f"{over} as numerator, {under} as denominator, coalesce(n, 0) as n, {doubt} as doubt"
    return f"select {_KEYS}, {figures} from ({query}) where {_wanted(kpi)}"


def differences(cache: Cache, kpi: Kpi, query: str) -> list[tuple[object, ...]]:
    """Return the rows, of the first few that differ, in which the query by hand does not give what this one gives.

    Of a median the value counts, and not what it was divided from: the middle of two rows is half their sum.
    """
    _run(cache, asked(kpi, query), "ours")
    _run(cache, by_hand(cache, kpi), "hand")
    same = [_SAME.format(ours=f"ours.{name}", hand=f"hand.{name}") for name in ("n", "doubt")]
    if any(part.middle for part in kpi.formula.parts):
        same.append(_SAME.format(ours="(ours.numerator / ours.denominator)", hand="(hand.numerator / hand.denominator)"))
    else:
        same += [_SAME.format(ours=f"ours.{name}", hand=f"hand.{name}") for name in ("numerator", "denominator")]
    found = f"from ours full join hand using ({_KEYS}) where ours.n is null or hand.n is null or not ({' and '.join(same)}) limit 5"
    return cache.connection.execute(f"select {_KEYS}, ours, hand {found}").fetchall()


def _wanted(kpi: Kpi) -> str:
    return f"dimension in {('', *(str(dimension) for dimension in kpi.by))}"


def _shares(cache: Cache, queries: Mapping[str, str], hand: Mapping[str, Cost]) -> Mapping[str, Cost]:
    """Share what each table of sums takes among the KPIs that are answered from it, by what each of them takes by hand."""
    shares = dict.fromkeys(queries, NONE)
    for name, query in together()[0].items():
        readers = [key for key, asks in queries.items() if re.search(rf"\b{name}\b", asks)]
        took = _best(cache, query, name) if readers else NONE
        whole = sum(hand[key].cpu for key in readers)
        for key in readers:
            shares[key] += took.part(hand[key].cpu / whole)
    return shares


def _best(cache: Cache, query: str, name: str = "found") -> Cost:
    """Return what the faster of two runs takes; what is found stays in the database, because handing it over takes the same."""
    first = _timed(cache, query, name)
    return first if first.cpu > SLOW else min(first, _timed(cache, query, name))


def _timed(cache: Cache, query: str, name: str) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    _run(cache, query, name)
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


def _run(cache: Cache, query: str, name: str) -> None:
    cache.connection.execute(f"create or replace temp table {name} as {query}")
