"""Lays out the fact tables of one moment in the cache's temporary tables, by the definitions in `connector/engine/sql`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from connector.engine.cache import Cache
from connector.engine.clock import ahead_of_utc, microseconds, passed
from connector.engine.columns import quoted
from connector.engine.credit import PRODUCTS, amounts_of, by_owner, share_credit
from connector.engine.layers import BASES, OF_DEALS, carried, dated, definition, definitions
from connector.engine.names import Names, names_of
from connector.engine.periods import last_day_before, measured_periods, midnight, moment_of, spans, wall
from connector.engine.shifts import list_shifts
from connector.engine.spreading import BETWEEN, Grouping, spread
from connector.engine.stock import beginnings
from connector.engine.terms import Terms
from connector.engine.weights import set_weights
from connector.kpis import Dimension, Need
from connector.kpis.facts import FACTS
from connector.kpis.metric import ACTIVITIES
from connector.kpis.quality import FAULTS
from connector.period import Period

_FIRSTS = {
    "deals": "local_day(min(least(created_at, closed_at)))",
    "tickets": "local_day(min(created_at))",
    "surveys": "local_day(min(least(sent_at, answered_at)))",
    "leads": "local_day(min(created_at))",
    "contracts": "min(starts_on)",
}
"""When each table's records begin to count."""
_SMALL = 5_000
"""Up to how many base facts are spread into a table."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The fact tables of one moment, laid out in the cache, and what they speak of.

    `empty` names the facts of which there is no row at all; `since` says from which day on something is supplied; `kept` is what was asked
    of the tables once for all KPIs.
    """

    cache: Cache
    terms: Terms
    periods: tuple[Period, ...]
    names: Names
    empty: frozenset[str] = frozenset()
    since: Mapping[Need, date] = field(default_factory=dict)
    kept: dict[str, frozenset[Dimension]] = field(default_factory=dict, compare=False, repr=False)


def lay_out(
    cache: Cache,
    terms: Terms,
    groupings: Sequence[Grouping],
    periods: Sequence[Period] | None = None,
    *,
    facts: Collection[str] = BASES.keys(),
) -> Ground:
    """Make the fact tables for these groupings and these periods, or for all periods that are measured in advance; all tables, or `facts`.

    Asked for the same again, with no refresh in between, it returns what is there.
    """
    asked = (terms, tuple(groupings), None if periods is None else tuple(periods), frozenset(facts))
    if cache.laid is None or cache.laid[0] != asked:
        cache.laid = None
        cache.laid = (asked, _lay_out(cache, terms, groupings, periods, facts=frozenset(facts)))
    ground: Ground = cache.laid[1]
    return ground


def lay_benchmarks(cache: Cache, terms: Terms) -> None:
    """Work out from all deals how long a stay in each stage usually takes, at the moment of the measurement alone."""
    _set_terms(cache, terms)
    _list_periods(cache, terms, ())
    for name in ("stays", "benchmarks"):
        cache.connection.execute(definition(name))


def lay_out_few(cache: Cache, terms: Terms, groupings: Sequence[Grouping], periods: Sequence[Period], *, facts: Collection[str]) -> Ground:
    """Make these fact tables of a few records, with the benchmarks that were worked out from all deals before."""
    return _lay_out(cache, terms, groupings, periods, facts=frozenset(facts), without=("benchmarks",))


def _lay_out(
    cache: Cache,
    terms: Terms,
    groupings: Sequence[Grouping],
    periods: Sequence[Period] | None,
    *,
    facts: frozenset[str],
    without: Collection[str] = (),
) -> Ground:
    _set_terms(cache, terms)
    chosen = tuple(periods) if periods is not None else measured_periods(terms, _first_day(cache, terms))
    _list_periods(cache, terms, chosen)
    _list_rules(cache, terms)
    list_shifts(cache, terms)
    set_weights(cache, terms, BETWEEN)
    for name in definitions(facts, without=without):
        cache.connection.execute(definition(name))
    _list_targets(cache, terms, groupings)
    shared = share_credit(cache, facts)
    _share_out(cache, facts, shared)
    held = _counted(cache, facts)
    for fact in sorted(facts):
        mine = [grouping for grouping in groupings if carried()[fact] >= set(grouping)]
        spread(cache, fact, mine, is_small=held[fact] <= _SMALL, is_shared=fact in shared)
    _list_days(cache, terms, chosen, facts)
    empty = frozenset(fact for fact, rows in held.items() if not rows)
    return Ground(cache, terms, chosen, names_of(cache), empty, beginnings(cache))


def _set_terms(cache: Cache, terms: Terms) -> None:
    variables = {
        "account": ("varchar", cache.account),
        "zone": ("varchar", terms.calendar.zone.key),
        "as_of": ("bigint", microseconds(terms.as_of)),
        "now_time": ("timestamp", wall(terms.calendar, terms.as_of)),
        "today": ("date", terms.calendar.day_of(terms.as_of)),
        "last_day": ("date", terms.last_day),
        "first_us": ("bigint", -(2**63) + 1),
        "last_us": ("bigint", 2**63 - 1),
        "cohort_days": ("integer", terms.policies.cohort_days),
        "stalled_factor": ("double", terms.policies.stalled_factor),
        "stalled_days": ("integer", terms.policies.stalled_days or 0),
        "has_acts": ("boolean", not terms.missing(ACTIVITIES)),
        "response_us": ("bigint", terms.policies.lead_response_hours * 3_600_000_000),
        "has_hours": ("boolean", terms.policies.business_hours is not None),
        "churn_policy": ("varchar", terms.policies.churn_policy),
        "churn_days": ("integer", terms.policies.churn_days),
        "grace_days": ("integer", terms.policies.grace_days),
        "gross_margin": ("varchar", "" if terms.policies.gross_margin is None else terms.policies.gross_margin),
        "cost_precedence": ("varchar", BETWEEN.join(terms.policies.cost_precedence)),
        "home": ("varchar", terms.policies.home or ""),
        "by_rate": ("boolean", terms.policies.fx == "close_date"),
        "credit": ("varchar", terms.policies.credit),
        "crm_feature": ("varchar", terms.policies.crm_feature or ""),
        "crm_revenue": ("varchar", terms.policies.crm_revenue),
        "crm_sources": ("varchar", BETWEEN.join(terms.policies.crm_sources)),
        "web_sources": ("varchar", BETWEEN.join(terms.policies.web_sources)),
    }
    for name, (kind, value) in variables.items():
        cache.connection.execute(f"set variable {name} = cast({quoted(str(value))} as {kind})")
    cache.connection.execute(definition("macros").format(ahead=ahead_of_utc(terms.calendar.zone, terms.as_of.year)))


def _first_day(cache: Cache, terms: Terms) -> date:
    firsts = " union all ".join(f"select {first} as first from crm.{table} where deleted_at is null" for table, first in _FIRSTS.items())  # noqa: S608 - names of ours
    found = cache.connection.execute(f"select min(first) from ({firsts})").fetchone()  # noqa: S608 - as above
    first = found[0] if found else None
    return first if isinstance(first, date) else terms.last_day


def _list_periods(cache: Cache, terms: Terms, periods: Sequence[Period]) -> None:
    moments = [moment_of(terms, period) for period in periods]
    _table(
        cache,
        "periods",
        grain=("varchar", [period.grain.value for period in periods]),
        period=("varchar", [period.name for period in periods]),
        moment=("bigint", [None if moment is None else microseconds(moment) for moment in moments]),
        start=("timestamp", [midnight(period.start) for period in periods]),
    )
    distinct = sorted({moment for moment in moments if moment} | {terms.as_of})
    _table(
        cache,
        "moments",
        moment=("bigint", [microseconds(moment) for moment in distinct]),
        wall=("timestamp", [wall(terms.calendar, moment) for moment in distinct]),
        level=("smallint", list(range(len(distinct)))),
        today=("date", [terms.calendar.day_of(moment) for moment in distinct]),
        last_day=("date", [last_day_before(terms.calendar, moment) for moment in distinct]),
    )
    cache.connection.execute(f"create or replace temp macro moments_by(us) as {passed([microseconds(moment) for moment in distinct])}")
    cache.connection.execute(
        "create or replace temp table levels as select getvariable('account') as account, m.level, p.grain, p.period "
        "from periods as p join moments as m on m.moment = p.moment"
    )


def _list_days(cache: Cache, terms: Terms, periods: Sequence[Period], facts: frozenset[str]) -> None:
    """Match every day on which something happened with the periods it belongs to."""
    found = list(spans(terms, periods))
    numbers = {period: no for no, period in enumerate(dict.fromkeys(span.period for span in found))}
    _table(
        cache,
        "spans_of_periods",
        no=("integer", [numbers[span.period] for span in found]),
        grain=("varchar", [span.period.grain.value for span in found]),
        period=("varchar", [span.period.name for span in found]),
        role=("varchar", [span.role.value for span in found]),
        start=("date", [span.start for span in found]),
        until=("timestamp", [span.until for span in found]),
    )
    none = "select null::date as day where false"
    days = " union ".join([none, *(f"select {column} from {base}" for base, column in dated(facts, terms.kpis))])  # noqa: S608 - names of ours
    cache.connection.execute(definition("calendar").format(days=days))
    cache.connection.execute(definition("slices"))


def _list_rules(cache: Cache, terms: Terms) -> None:
    """List the rules of data quality that can be judged by what is whole."""
    judged = [key for key, fault in FAULTS.items() if not terms.missing(fault.reads)]
    _table(cache, "rules", rule=("varchar", judged))


def _list_targets(cache: Cache, terms: Terms, groupings: Sequence[Grouping]) -> None:
    known = {"account": (), "owner": (Dimension.OWNER,), "team": (Dimension.TEAM,)}
    targets = [target for target in terms.targets if known.get(target.subject_type) in groupings]
    _table(
        cache,
        "targets",
        account=("varchar", [cache.account for _ in targets]),
        dimension=("varchar", ["" if target.subject_type == "account" else target.subject_type for target in targets]),
        member=("varchar", [target.subject for target in targets]),
        grain=("varchar", [target.period.grain.value for target in targets]),
        period=("varchar", [target.period.name for target in targets]),
        kpi=("varchar", [target.kpi for target in targets]),
        target=("decimal(22, 4)", [str(target.target) for target in targets]),
    )


def _table(cache: Cache, name: str, **columns: tuple[str, Sequence[object]]) -> None:
    """Make a small temporary table from lists, which is much faster than row by row."""
    parts = ", ".join(f'unnest(cast(? as {kind}[])) as "{column}"' for column, (kind, _) in columns.items())
    cache.connection.execute(f"create or replace temp table {name} as select {parts}", [values for _, values in columns.values()])


def _share_out(cache: Cache, facts: frozenset[str], shared: Collection[str]) -> None:
    """Split every amount that these facts have over the deal's products; also those that fall on one owner of several."""
    bases = [BASES[fact][0] for fact in OF_DEALS if fact in facts and "home_amount" in FACTS[fact]]
    bases += [by_owner(BASES[fact][0]) for fact in OF_DEALS if fact in shared]
    if bases:
        cache.connection.execute(definition("shares").format(**PRODUCTS, amounts=amounts_of(bases)))


def _counted(cache: Cache, facts: frozenset[str]) -> Mapping[str, int]:
    counts = ", ".join(f"(select count(*) from {BASES[fact][0]})" for fact in sorted(facts))  # noqa: S608 - names of ours
    found = cache.connection.execute(f"select {counts}").fetchone() if facts else ()
    return dict(zip(sorted(facts), found or (), strict=True))
