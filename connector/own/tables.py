"""The tables that own KPIs may look at: what a row is, and what has to be there before anything may be measured from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.kpis import BASE, KPIS, Dimension, Need
from connector.kpis.engagement import ACTS_BY
from connector.kpis.facts import FACTS
from connector.kpis.metric import ACTIVITIES
from connector.model import Stream


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `rows` says what a row is, `reads` and `needs` what it stands on, `besides` what single columns need besides."""

    rows: str
    reads: tuple[Stream, ...] = BASE
    needs: tuple[Need, ...] = ()
    besides: Mapping[str, tuple[Stream | Need, ...]] = field(default_factory=dict)


def _looked_at() -> Mapping[str, set[Dimension]]:
    found: dict[str, set[Dimension]] = {"acts": {*ACTS_BY}}
    for kpi in KPIS.values():
        for part in kpi.formula.parts:
            found.setdefault(part.rows.of, set()).update(kpi.by)
    return found


_OF_ANSWERS = dict.fromkeys(("answer_us", "answered_on", "is_in_time", "is_judged", "is_overdue", "followups"), ACTIVITIES)
TABLES: Mapping[str, Table] = {
    "deals": Table(
        "A deal, as it stands.",
        besides={"cycle_us": (Stream.CONTACTS,), "velocity_us": (Need.STAYS,), "probability": (Need.CHANCES,)},
    ),
    "open_deals": Table(
        "A deal that was open when the period ended.",
        besides={
            "is_slow": (Need.STAYS,),
            "is_stalled": (Need.SILENCE, Need.STALLING),
            "is_silent": (*ACTIVITIES, Need.STALLED_DAYS),
            "probability": (Need.CHANCES,),
        },
    ),
    "stays": Table("A completed stay of a deal in an open stage.", needs=(Need.STAYS,)),
    "passages": Table("The first time that a deal entered an open stage.", needs=(Need.STAYS,)),
    "leads": Table("A lead.", (*BASE, Stream.CONTACTS), besides={**_OF_ANSWERS, "is_crm": (Need.CRM_SOURCES,)}),
    "tickets": Table("A request for service.", (Stream.TICKETS,), besides={"is_complaint": (Need.COMPLAINTS,)}),
    "surveys": Table("A survey that was sent or answered.", (Stream.SURVEYS,)),
    "contracts": Table("A contract that came to its end.", needs=(Need.CONTRACTS,)),
    "recurring": Table("A contract in force when the period began or ended.", needs=(Need.CONTRACTS,)),
    "arrivals": Table("Somebody became a customer, for the first time or again."),
    "departures": Table("A customer was lost."),
    "standings": Table("A customer when the period began or ended.", besides={"margin": (Need.GROSS_MARGIN,)}),
    "costs": Table("What was spent on a day.", ()),
    "credits": Table("What a won deal brought, by what led to it: filter by `of`."),
    "traffic": Table("Visits of the web site on a day.", (), (Need.TRAFFIC,)),
    "acts": Table("Something that passed between us and a contact.", (*BASE, Stream.CONTACTS, *ACTIVITIES)),
    "own_acts": Table("Something that a contact did of their own accord.", (*BASE, Stream.CONTACTS, *ACTIVITIES)),
    "dealings": Table("Something that passed between us and a customer.", (*BASE, *ACTIVITIES)),
    "contacts": Table("A contact.", (*BASE, Stream.CONTACTS, *ACTIVITIES)),
    "healths": Table("A company that is or was a customer, with its health now.", (*BASE, Stream.COMPANIES)),
    "engagements": Table("A contact, with its engagement now.", (*BASE, Stream.CONTACTS, *ACTIVITIES)),
    "mails": Table("An e-mail of ours that was delivered.", (Stream.EMAILS,)),
    "replies": Table("A message that nobody had answered yet.", (Stream.CALLS, Stream.EMAILS)),
    "followups": Table("Something that was to be done by a time.", (Stream.TASKS,)),
    "lifts": Table("A decided deal that lived for fourteen days.", (*BASE, *ACTIVITIES)),
    "records": Table("A record of the CRM.", (*BASE, Stream.COMPANIES, Stream.CONTACTS)),
    "faults": Table("A fault in a record."),
    "uses": Table("A user logged in or did something.", (), (Need.USAGE,), {"is_feature": (Need.FEATURE,)}),
    "user_days": Table("A day on which a user did something.", (Stream.USERS,), (Need.WORK,)),
    "seats": Table("Somebody with a licence in the period.", (Stream.USERS,)),
    "onboardings": Table("The end of the beginning of a new user.", (Stream.USERS,)),
    "trainings": Table("A course that somebody was assigned.", (), (Need.TRAININGS,)),
}
"""Every fact table but those that the engine keeps for itself."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "deals.status": ("open", "won", "lost", "cancelled"),
    "deals.kind": ("new", "renewal", "upsell", "cross_sell"),
    "costs.category": tuple(need.removeprefix("costs.") for need in Need if need.startswith("costs.")),
    "credits.of": ("source", "campaign", "workflow", "crm"),
    "surveys.kind": ("nps", "csat", "ces"),
    **{f"{table}.kind": ("new", "renewal", "upsell", "cross_sell") for table in ("open_deals", "stays", "passages")},
}
"""What a column of words may hold, where that is known."""

_LOOKED_AT = _looked_at()
CARRIED: Mapping[str, tuple[Dimension, ...]] = {
    table: tuple(dimension for dimension in Dimension if dimension in _LOOKED_AT.get(table, ())) for table in TABLES
}
"""What each table can be broken down by: what some KPI of the program is that looks at it."""


def times_of(table: str) -> tuple[str, ...]:
    """Return the events by which the rows of a table can be dated; none where they already are a level at a period's end."""
    columns = FACTS[table]
    return tuple(name.removesuffix("_on") for name in columns if name.endswith("_on") and f"{name.removesuffix('_on')}_time" in columns)
