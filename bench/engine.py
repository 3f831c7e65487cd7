"""Times the engine on an invented company of any size: filling the cache, measuring the whole catalogue, and refreshing after a change."""

import argparse
import os
import resource
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench.against import COLUMNS, ENOUGH, busy, compare, differences, total
from connector.cli.words import say, table
from connector.engine import Cache
from connector.engine.facts import Ground, lay_out
from connector.engine.measure import findings, lay_sums
from connector.engine.stock import lacking
from connector.engine.terms import Terms
from connector.kpis import DIMENSION_READS, Dimension
from connector.model import Policies
from connector.period import Calendar
from connector.store.schema import METADATA

ACCOUNT = "bench"
CALENDAR = Calendar(ZoneInfo("Europe/Helsinki"))
AS_OF = datetime(2025, 1, 1, tzinfo=UTC)
POLICIES = Policies(gross_margin=Decimal("0.6"), crm_feature="forecast", home="EUR", crm_sources=("s1",))
DAY = 86_400_000_000
START = 1_577_836_800_000_000
"""2020-01-01, microseconds UTC; everything happens in the five years from then on."""
SPAN = 1_826 * DAY


def any_of(count: int, salt: int = 1) -> str:
    """Return an SQL expression for a number below `count` that looks random and depends on the row alone."""
    return f"(((i * 2654435761 + {salt} * 40503) >> 7) % {count})"


def moment(salt: int) -> str:
    """Return an SQL expression for an instant within the five years."""
    return f"({START} + {any_of(1_826, salt)} * {DAY} + {any_of(86_400, salt + 1)} * 1000000)"


def day(salt: int) -> str:
    """Return an SQL expression for a day within the five years."""
    return f"date('2020-01-01', '+' || {any_of(1_826, salt)} || ' days')"


Columns = Mapping[str, str]
STAGES = ("first", "second", "third", "fourth", "won", "lost")
CREATED = f"({START} + (i % 1700) * {DAY} + {any_of(86_400, 3)} * 1000000)"
CLOSED = f"({CREATED} + (20 + {any_of(100, 4)}) * {DAY})"
OUTCOME = f"case when {any_of(10, 5)} < 4 then 'won' when {any_of(10, 5)} < 8 then 'lost' else 'fourth' end"
LAST_STAGE = OUTCOME.replace("i *", "(i / 4) *")
CATEGORIES = ("advertising", "marketing", "sales", "retention", "service", "crm")
CATEGORY = "case i % 6 " + " ".join(f"when {place} then '{name}'" for place, name in enumerate(CATEGORIES)) + " end"
SURVEY = {"id": "'n' || i", "kind": "'nps'", "company": f"'c' || {any_of(200_000)}", "score": f"{any_of(11, 2)} * 10000", "scale": "10"}
TOUCH = {"id": "'h' || i", "deal": f"'d' || {any_of(1_000_000)}", "source": f"'s' || {any_of(8, 3)}", "workflow": f"'w' || {any_of(5, 4)}"}
TABLES: Mapping[str, tuple[float, Columns]] = {
    "users": (0.0005, {"id": "'u' || i", "name": "'User ' || i", "is_active": "1"}),
    "teams": (0.00002, {"id": "'t' || i", "name": "'Team ' || i"}),
    "memberships": (0.0005, {"id": "'m' || i", "team": "'t' || (i % 20)", '"user"': "'u' || i", "is_primary": "1"}),
    "companies": (
        0.2,
        {
            "id": "'c' || i",
            "name": "'Company ' || i",
            "owner": f"'u' || {any_of(500)}",
            "segment": f"'g' || {any_of(12, 2)}",
            "created_at": moment(2),
        },
    ),
    "contacts": (
        1,
        {
            "id": "'p' || i",
            "company": f"'c' || {any_of(200_000)}",
            "owner": f"'u' || {any_of(500, 2)}",
            "source": f"'s' || {any_of(8, 3)}",
            "created_at": moment(4),
            "is_imported": "0",
        },
    ),
    "products": (0.00005, {"id": "'x' || i", "name": "'Product ' || i"}),
    "deals": (
        1,
        {
            "id": "'d' || i",
            "pipeline": "'p'",
            "stage": OUTCOME,
            "owner": f"'u' || {any_of(500, 6)}",
            "company": f"'c' || {any_of(200_000, 7)}",
            "kind": f"case when {any_of(10, 8)} = 0 then 'renewal' when {any_of(10, 8)} = 1 then 'upsell' else 'new' end",
            "source": f"'s' || {any_of(8, 9)}",
            "home_amount": f"{any_of(100_000, 10)} * 10000",
            "created_at": CREATED,
            "closed_at": f"case when {any_of(10, 5)} < 8 then {CLOSED} end",
            "expected_close_on": f"case when {any_of(10, 5)} >= 8 then '2025-02-01' end",
        },
    ),
    "stage_changes": (
        4,
        {
            "id": "'d' || (i / 4) || ':' || (i % 4)",
            "deal": "'d' || (i / 4)",
            "pipeline": "'p'",
            "stage": f"case i % 4 when 0 then 'first' when 1 then 'second' when 2 then 'third' else {LAST_STAGE} end",
            "entered_at": f"({START} + ((i / 4) % 1700 + (i % 4) * 7) * {DAY})",
        },
    ),
    "line_items": (1, {"id": "'l' || i", "deal": "'d' || i", "product": f"'x' || {any_of(50)}", "amount": f"{any_of(1000, 2)} * 10000"}),
    "activities": (
        10,
        {
            "id": "'a' || i",
            "kind": "case i % 4 when 0 then 'call' when 1 then 'meeting' else 'email' end",
            "direction": f"case when {any_of(3)} = 0 then 'in' else 'out' end",
            "status": "'done'",
            "is_automated": "0",
            "is_bounced": "0",
            "is_machine_open": "0",
            "owner": f"'u' || {any_of(500, 2)}",
            "contact": f"'p' || {any_of(1_000_000, 3)}",
            "deal": f"'d' || {any_of(1_000_000, 4)}",
            '"at"': moment(5),
            "delivered_at": f"case when i % 4 > 1 then {moment(5)} end",
        },
    ),
    "tickets": (
        0.3,
        {
            "id": "'k' || i",
            "company": f"'c' || {any_of(200_000)}",
            "owner": f"'u' || {any_of(500, 2)}",
            "outcome": "'won'",
            "is_complaint": "i % 10 = 0",
            "created_at": CREATED,
            "first_response_at": f"{CREATED} + 3600000000",
            "resolved_at": f"{CREATED} + {DAY}",
            "touches": "1 + i % 3",
        },
    ),
    "surveys": (0.1, {**SURVEY, "answered_at": moment(3)}),
    "contracts": (
        0.1,
        {"id": "'z' || i", "company": f"'c' || {any_of(200_000)}", "starts_on": "date('2020-01-01', '+' || (i % 1400) || ' days')",
         "ends_on": "date('2021-01-01', '+' || (i % 1400) || ' days')", "home_amount": "12000000"},
    ),
    "costs": (
        0.01,
        {
            "id": "'o' || i",
            "day": day(1),
            "amount": "1000000",
            "source": f"'s' || {any_of(8, 3)}",
            "category": CATEGORY,
            "campaign": f"'k' || {any_of(30, 2)}",
        },
    ),
    "touches": (0.5, {**TOUCH, '"at"': moment(2)}),
    "traffic": (0.05, {"id": "'v' || i", "day": day(1), "source": f"'s' || {any_of(8, 2)}", "sessions": "100"}),
    "usage": (0.5, {"id": "'q' || i", '"user"': f"'u' || {any_of(500)}", '"at"': moment(2), "kind": "'login'"}),
    "trainings": (0.001, {"id": "'r' || i", '"user"': "'u' || (i % 500)", "course": "'basics'", "assigned_at": moment(2)}),
}  # fmt: skip
"""Rows for each deal, and what stands in them."""


def invent(path: Path, deals: int) -> None:
    """Fill a store's tables."""
    engine = sa.create_engine(f"sqlite:///{path}")
    METADATA.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as store:
        store.executescript("pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -500000;")
        _insert(store, "pipelines", 1, {"id": "'p'", "name": "'Sales'", "position": "0", '"of"': "'deals'"})
        outcomes = "case i when 4 then 'won' when 5 then 'lost' else 'open' end"
        names = "case i " + " ".join(f"when {place} then '{name}'" for place, name in enumerate(STAGES)) + " end"
        own = {"id": names, "pipeline": "'p'", "name": names, "position": "i", "outcome": outcomes, "probability": "i * 2000"}
        _insert(store, "stages", len(STAGES), own)
        for name, (share, columns) in TABLES.items():
            count = max(1, round(deals * share))
            _insert(store, name, count, {column: _scaled(how, deals) for column, how in columns.items()})
        store.commit()


def _scaled(how: str, deals: int) -> str:
    """Point to records that there are in a company of this size."""
    for many in (1_000_000, 200_000):
        how = how.replace(f"% {many})", f"% {max(1, deals * many // 1_000_000)})")
    return how.replace("% 500)", f"% {max(1, round(deals * 0.0005))})")


def _insert(store: sqlite3.Connection, name: str, count: int, columns: Columns) -> None:
    held = {"account": f"'{ACCOUNT}'", "row_version": "1", "seen": "1", "hash": "''", **columns}
    series = f"with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < {count})"  # noqa: S608 - a number
    store.execute(f'insert into "{name}" ({", ".join(held)}) {series} select {", ".join(held.values())} from n')  # noqa: S608 - all of it is ours


@contextmanager
def timed(rows: list[list[str]], what: str) -> Iterator[None]:
    """Note what a step took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    load = f"{os.getloadavg()[0]:.1f}"
    rows.append([what, f"{time.perf_counter() - wall:.1f}", f"{time.process_time() - cpu:.1f}", f"{peak:.0f}", load])


def best(what: Callable[[], object]) -> float:
    """Return the seconds of the faster of two runs."""
    took = []
    for _ in range(2):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return min(took)


def main() -> None:
    """Invent a company, measure it, change a part of it, and print what each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=1_000_000)
    parser.add_argument("--memory", default="5GB", help="what a measurement may take")
    parser.add_argument("--kept", type=Path, help="a file to keep the invented store in, and to take it from the next time")
    options = parser.parse_args()
    rows: list[list[str]] = []
    with tempfile.TemporaryDirectory() as folder:
        store, file = Path(folder) / "store.sqlite", Path(folder) / "cache.duckdb"
        with timed(rows, "invent (not the engine)"):
            _provide(store, options.deals, options.kept)
        say(f"{store.stat().st_size / 2**30:.1f} GiB in the store.")
        # In this process and not in the one that reads for it, so that its seconds are counted.
        with Cache.open(file, store_url=f"sqlite:///{store}", account=ACCOUNT, memory=options.memory) as cache:
            with timed(rows, "fill the cache"):
                say(f"{cache.refresh_here().rows:,} rows in the cache.")
            _measure(cache, rows)
            with closing(sqlite3.connect(store)) as changed:
                for name in TABLES:
                    changed.execute(f'update "{name}" set row_version = 2 where rowid % 100 = 0')  # noqa: S608 - a name of ours
                changed.commit()
            with timed(rows, "refresh after 1 % changed"):
                cache.refresh_here()
    table("The engine", ("step", "seconds", "CPU seconds", "peak MiB so far", "load"), rows, right=(1, 2, 3, 4))


def _provide(store: Path, deals: int, kept: Path | None) -> None:
    """Copy the store that was kept, or invent one and keep it where that was asked for."""
    if kept and kept.exists():
        shutil.copy(kept, store)
        return
    invent(store, deals)
    if kept:
        shutil.copy(store, kept)


def _measure(cache: Cache, rows: list[list[str]]) -> None:
    with timed(rows, "lay out and measure every KPI"):
        found = findings(cache, calendar=CALENDAR, as_of=AS_OF, policies=POLICIES, targets=(), ready={})
        values, kpis = _counted(value.kpi for value in found.values)
    with timed(rows, "measure the fields of records"):
        fields, _ = _counted(value.spec.name for value in found.fields)
    say(f"{values:,} values of {kpis} KPIs, {fields:,} fields.")
    cache.laid = None
    terms = Terms(calendar=CALENDAR, as_of=AS_OF, policies=POLICIES, ready={}, lacking=lacking(cache, POLICIES))
    groupings = [(), *((dimension,) for dimension in Dimension if not terms.missing(DIMENSION_READS.get(dimension, ())))]
    with timed(rows, "of these: lay out the facts"):
        ground = lay_out(cache, terms, groupings)
    with timed(rows, "of these: add up what is shared"):
        queries = lay_sums(ground)
    took = {kpi.key: _seconds(ground, queries[kpi.key]) for kpi in busy(ground)}
    slow = sorted(took, key=lambda key: -took[key])[:12]
    table("The slowest KPIs", ("KPI", "seconds"), [[key, f"{took[key]:.2f}"] for key in slow], right=(1,))
    _compare(ground, queries)


def _compare(ground: Ground, queries: Mapping[str, str]) -> None:
    for kpi in busy(ground):
        if found := differences(ground.cache, kpi, queries[kpi.key]):
            say(f"NOT THE SAME BY HAND: {kpi.key}: {found[0]}")
    compared = compare(ground, queries)
    slow = sum(max(one.ratios()) > ENOUGH for one in compared)
    say(f"{slow} of {len(compared)} KPIs take more than {ENOUGH} times as long as by hand, alone or from the sums.")
    every = total(compared)
    passed = (every.alone.wall, every.from_sums.wall, every.sums.wall, every.by_hand.wall)
    say("Seconds that pass for all of them: {:.1f} alone; {:.1f} from the sums, which take {:.1f}; {:.1f} by hand.".format(*passed))
    table("Against queries by hand", COLUMNS, [one.row() for one in (*compared, every)], right=range(1, len(COLUMNS)))


def _counted(names: Iterable[str]) -> tuple[int, int]:
    """Go through what was found, and return how much it was and of how many kinds."""
    kinds = Counter(names)
    return kinds.total(), len(kinds)


def _seconds(ground: Ground, query: str) -> float:
    """Return what the query of a KPI takes, without the sums that it shares with others and the values that are made of its rows."""
    return best(partial(_run, ground.cache, query))


def _run(cache: Cache, query: str) -> int:
    return len(cache.connection.execute(query).fetchall())


if __name__ == "__main__":
    main()
