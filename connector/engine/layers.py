"""How the fact tables stand on one another: which definition in `connector/engine/sql` lays out each, and which dimensions it carries."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from connector.kpis import KPIS, Catalogue, Dimension, Kpi
from connector.kpis.engagement import ACTS_BY

STANDS_ON: Mapping[str, tuple[str, ...]] = {
    "stays": (),
    "states": ("stays",),
    "origins": ("states",),
    "deals": ("states", "origins"),
    "benchmarks": ("stays",),
    "levels": ("deals", "benchmarks"),
    "passages": ("deals",),
    "members": (),
    "working": (),
    "service": ("working",),
    "surveys": (),
    "leads": ("deals", "working"),
    "quality": ("deals", "service"),
    "contracts": (),
    "customers": ("deals", "contracts"),
    "standings": ("customers",),
    "costs": (),
    "credits": ("deals",),
    "traffic": (),
    "activities": ("customers",),
    "mails": (),
    "scores": ("activities", "service", "surveys", "contracts", "customers"),
    "replies": ("working",),
    "followups": (),
    "lifts": ("deals", "activities"),
    "adoption": ("states",),
}
"""Every definition, in the order in which they are laid out, with those that it stands on."""

BASES: Mapping[str, tuple[str, str]] = {
    "deals": ("deals_base", "deals"),
    "open_deals": ("open_base", "levels"),
    "stays": ("stays_base", "levels"),
    "passages": ("passages_base", "passages"),
    "tickets": ("tickets_base", "service"),
    "surveys": ("surveys_base", "surveys"),
    "leads": ("leads_base", "leads"),
    "faults": ("faults_base", "quality"),
    "contracts": ("contracts_base", "contracts"),
    "recurring": ("recurring_base", "contracts"),
    "arrivals": ("arrivals_base", "customers"),
    "departures": ("departures_base", "customers"),
    "standings": ("standings_base", "standings"),
    "costs": ("costs_base", "costs"),
    "credits": ("credits_base", "credits"),
    "traffic": ("traffic_base", "traffic"),
    "acts": ("acts_base", "activities"),
    "own_acts": ("own_acts_base", "activities"),
    "dealings": ("dealings_base", "activities"),
    "contacts": ("contacts_base", "activities"),
    "healths": ("healths_base", "scores"),
    "engagements": ("engagements_base", "scores"),
    "mails": ("mails_base", "mails"),
    "replies": ("replies_base", "replies"),
    "followups": ("followups_base", "followups"),
    "lifts": ("lifts_base", "lifts"),
    "records": ("records_base", "adoption"),
    "uses": ("uses_base", "adoption"),
    "user_days": ("user_days_base", "adoption"),
    "seats": ("seats_base", "adoption"),
    "onboardings": ("onboardings_base", "adoption"),
    "trainings": ("trainings_base", "adoption"),
}
"""The table that each fact is spread from, and the definition that makes it. Targets are no fact of a definition."""
OF_DEALS = ("deals", "open_deals", "stays", "passages")
"""The facts whose records are deals, and which fall on a deal's products."""

EVERYWHERE: Mapping[str, Mapping[str, str]] = {
    "contacts": {},
    "lifts": {"has_act": "list_contains(b.kinds, c.channel)"},
}
"""The facts that count for every channel, whatever passed through it; with the columns that read otherwise for one of them."""


def definition(name: str) -> str:
    """Return the text of a definition."""
    return files("connector.engine").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def definitions(facts: Collection[str], *, without: Collection[str] = ()) -> Sequence[str]:
    """Return the definitions that these facts need, in order; `without` are there already."""
    wanted = {"members"}
    for fact in facts:
        wanted |= set(_below(BASES[fact][1]))
    return [name for name in STANDS_ON if name in wanted and name not in without]


def _below(definition: str) -> Iterator[str]:
    yield definition
    for other in STANDS_ON[definition]:
        yield from _below(other)


@cache
def carried() -> Mapping[str, frozenset[Dimension]]:
    """Return the dimensions of each fact: those by which a KPI of the program that looks at it is broken down, or of an account may be."""
    found: dict[str, frozenset[Dimension]] = {**dict.fromkeys(BASES, frozenset()), "acts": frozenset(ACTS_BY)}
    for kpi in KPIS.values():
        for part in kpi.formula.parts:
            found[part.rows.of] = found.get(part.rows.of, frozenset()) | frozenset(kpi.by)
    return found


def facts_of(kpis: Iterable[Kpi]) -> frozenset[str]:
    """Return the facts that these KPIs look at, targets left out."""
    looked_at = {part.rows.of for kpi in kpis for part in kpi.formula.parts}
    return frozenset(looked_at & set(BASES))


@cache
def dated(facts: frozenset[str], kpis: Catalogue) -> Sequence[tuple[str, str]]:
    """Return the base table and the column of every day by which a KPI dates one of these facts."""
    rows = (part.rows for kpi in kpis.values() for part in kpi.formula.parts)
    return sorted({(BASES[one.of][0], f"{one.at}_on") for one in rows if one.at and one.of in facts})
