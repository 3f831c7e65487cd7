"""Where leads come from, how soon they are answered, and what becomes of them."""

from connector.kpis.cohorts import so_far, within
from connector.kpis.metric import (
    ACTIVITIES,
    BASE,
    Better,
    Dimension,
    Formula,
    Kpi,
    Need,
    Part,
    Rows,
    Rule,
    Unit,
    count,
    mean,
    one,
    ratio,
    total,
)
from connector.model import Stream

BY = (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT, Dimension.SOURCE, Dimension.CAMPAIGN)
READS = (*BASE, Stream.CONTACTS)
WORKED = (*READS, *ACTIVITIES)
"""What tells whether somebody turned to a lead."""
CREATED = Rows(of="leads", at="created")
VISITS = Rows(of="traffic", at="seen")
DUE = Rows(
    of="leads",
    at="created",
    where=lambda leads: leads.is_judged,
    left_out={"it still has time to be answered": lambda leads: ~leads.is_judged},
)
FOLLOWED = Rows(
    of="leads",
    at="created",
    where=lambda leads: leads.is_month_old,
    left_out={"it is younger than 30 days": lambda leads: ~leads.is_month_old},
)
_COHORT = "Of the leads created in the period, those {what} so far / all. Immature while some are younger than the cohort age."
_WITHIN = (
    "Of the leads created in the period that have reached the cohort age (90 days unless set), those {what} within that age / all. "
    "Immature while others are younger."
)


def _flag(column: str) -> Rule:
    return lambda leads: leads[column]


def _rate(key: str, label: str, means: str, what: str, *, columns: tuple[str, str], source: str) -> tuple[Kpi, Kpi]:
    """Return a cohort's rate and its twin that counts only what happened within the cohort age."""
    soon, early = columns
    plain = Kpi(
        key=key,
        label=label,
        unit=Unit.RATE,
        better=Better.UP,
        means=means,
        formula_words=_COHORT.format(what=what),
        source=source,
        formula=so_far(CREATED, _flag(soon)),
        reads=READS,
        by=BY,
    )
    twin = Kpi(
        key=f"{key}_within",
        label=f"{label} within the age",
        unit=Unit.RATE,
        better=Better.UP,
        means=means,
        formula_words=_WITHIN.format(what=what),
        source=source,
        formula=within(CREATED, _flag(early)),
        reads=READS,
        by=BY,
    )
    return plain, twin


KPIS = (
    Kpi(
        key="leads_created",
        label="Leads created",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many leads came in the period.",
        formula_words="Leads by the day they were created: the CRM's own leads, else contacts neither imported nor customers yet.",
        source="U",
        formula=count(CREATED),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="crm_leads_created",
        label="Leads brought by the CRM",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many leads the CRM's own forms, campaigns and workflows brought in the period.",
        formula_words="Leads by the day they were created, from sources that CRM_KPI_CRM_SOURCES names or from campaigns of the CRM.",
        source="U",
        formula=count(Rows(of="leads", at="created", where=_flag("is_crm"))),
        reads=READS,
        needs=(Need.CRM_SOURCES,),
        by=BY,
    ),
    *_rate(
        "lead_qualification_rate",
        "Lead qualification rate",
        "The share of leads that were worth pursuing.",
        "qualified",
        columns=("is_qualified", "was_qualified_early"),
        source="C",
    ),
    *_rate(
        "lead_to_opportunity_rate",
        "Lead to opportunity rate",
        "The share of leads that became a chance to sell.",
        "with a deal or an opportunity",
        columns=("is_opportunity", "was_opportunity_early"),
        source="N",
    ),
    *_rate(
        "lead_conversion_rate",
        "Lead conversion rate",
        "The share of leads that became paying customers.",
        "that became customers",
        columns=("is_customer", "was_customer_early"),
        source="UC",
    ),
    Kpi(
        key="average_conversion_time",
        label="Average conversion time",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long it takes until a lead becomes a customer.",
        formula_words="Mean time from a lead's creation to its first won deal, conversions in the period.",
        source="U",
        formula=mean(Rows(of="leads", at="converted"), lambda leads: leads.conversion_us),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="lead_assignment_time",
        label="Lead assignment time",
        unit=Unit.HOURS,
        better=Better.DOWN,
        means="How long a lead waits until somebody owns it.",
        formula_words="Mean time from a lead's creation to its first owner, assignments in the period.",
        source="N",
        formula=mean(Rows(of="leads", at="assigned"), lambda leads: leads.assignment_us),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="lead_response_time",
        label="Lead response time",
        unit=Unit.HOURS,
        better=Better.DOWN,
        means="How long a lead waits until somebody turns to it.",
        formula_words=(
            "Mean time from a lead's creation to the first outbound activity of a person, first responses in the period; of hours of "
            "business only, where they are set."
        ),
        source="C",
        formula=mean(Rows(of="leads", at="answered"), lambda leads: leads.answer_us),
        reads=WORKED,
        by=BY,
    ),
    Kpi(
        key="lead_response_within_target",
        label="Leads answered in time",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of leads that somebody turned to within the hours that the settings allow.",
        formula_words=(
            "Of the leads created in the period and answered or due, those answered in time (24 hours unless set; hours "
            "of business, where they are set) / all."
        ),
        source="C",
        formula=ratio(DUE, _flag("is_in_time"), one),
        reads=WORKED,
        by=BY,
    ),
    Kpi(
        key="unworked_leads",
        version=2,
        label="Unworked leads",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many of the leads created in the period nobody has turned to, although they are due.",
        formula_words=(
            "Leads by the day they were created, past the response target without anything that a person of ours had to do with them: an "
            "outbound message, a call or meeting whoever began it, a note or a task that is done."
        ),
        source="N",
        formula=count(Rows(of="leads", at="created", where=_flag("is_overdue"))),
        reads=WORKED,
        by=BY,
    ),
    Kpi(
        key="sessions",
        label="Web sessions",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many visits the web site had in the period.",
        formula_words="Sum of the sessions of the period's days.",
        source="N",
        formula=total(VISITS, lambda traffic: traffic.sessions),
        reads=(),
        needs=(Need.TRAFFIC,),
        by=(Dimension.SOURCE, Dimension.CAMPAIGN),
    ),
    Kpi(
        key="session_to_lead_rate",
        label="Session to lead rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of visits to the web site that became leads.",
        formula_words=(
            "Leads created in the period from sources of the web (those of CRM_KPI_WEB_SOURCES, all that name a source unless set) / "
            "sessions of the period."
        ),
        source="N",
        formula=Formula(
            parts=(
                Part(rows=Rows(of="leads", at="created", where=_flag("is_web")), adds={"leads": one}),
                Part(rows=VISITS, adds={"n": lambda traffic: traffic.sessions}),
            ),
            numerator=lambda sums: sums.leads,
            denominator=lambda sums: sums.n,
        ),
        reads=READS,
        needs=(Need.TRAFFIC,),
        by=(Dimension.SOURCE, Dimension.CAMPAIGN),
    ),
    Kpi(
        key="followups_per_lead",
        label="Follow-ups per lead",
        unit=Unit.PER_LEAD,
        better=Better.UP,
        means="How often somebody turned to a lead in its first 30 days.",
        formula_words="Outbound activities of people in a lead's first 30 days / leads created in the period that are 30 days old.",
        source="N",
        formula=ratio(FOLLOWED, lambda leads: leads.followups, one),
        reads=WORKED,
        by=BY,
    ),
)
