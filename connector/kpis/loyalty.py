"""Who is a customer, who became one and who was lost, and what contracts bring and keep bringing."""

from dataclasses import replace

from connector.kpis.deals import NO_RATE, priced_part, unpriced
from connector.kpis.metric import (
    BASE,
    Better,
    Columns,
    Dimension,
    Formula,
    Kpi,
    Need,
    Part,
    Role,
    Rows,
    Rule,
    Unit,
    Words,
    count,
    one,
    ratio,
)
from connector.model import Stream

BY = (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT)
FROM = (*BY, Dimension.SOURCE, Dimension.CAMPAIGN)
"""A customer comes from where the deal came from that made them one for the first time."""
WON_BY = (*FROM, Dimension.PIPELINE)
_CHURN = "A customer is lost 365 days after the last won deal, or (CRM_KPI_CHURN_POLICY=contracts) 30 days after an unrenewed contract"
LONGEST_YEARS = 5
"""How many years a customer is taken to stay at most, however few leave."""


def flag(column: str) -> Rule:
    """Return the rule that reads a column of truths."""
    return lambda rows: rows[column]


def _may_have_paid(recurring: Columns) -> Columns:
    return recurring.is_unpriced & (recurring.at_start.isnull() | (recurring.at_start > 0))


NEW = Rows(of="arrivals", at="began", where=flag("is_first"))
AGAIN = Rows(of="arrivals", at="began", where=lambda arrivals: ~arrivals.is_first)
LOST = Rows(of="departures", at="lost")
STANDING = Rows(of="standings", where=flag("is_active"))
BEFORE = Rows(of="standings", where=flag("was_active"))
WATCHED = Rows(
    of="standings",
    where=lambda standings: standings.was_active & standings.is_known,
    left_out={"nobody knows since when, because the history is too short": lambda standings: standings.was_active & ~standings.is_known},
)
DUE = Rows(
    of="contracts",
    at="due",
    where=flag("is_judged"),
    left_out={"it may still be renewed": lambda contracts: ~contracts.is_judged},
)
HEALTHY = Rows(
    of="healths",
    where=lambda healths: healths.score.notnull() & ~healths.is_lost,
    left_out={
        "it is no customer any more": flag("is_lost"),
        "nothing is known by which to judge": lambda healths: healths.score.isnull() & ~healths.is_lost,
    },
)
PAYING = Rows(
    of="recurring",
    where=lambda recurring: (recurring.at_start > 0) & ~recurring.is_unpriced,
    left_out={NO_RATE: _may_have_paid},
)


def score_and_n() -> Words:
    """Return the sums of a mean score."""
    return {"numerator": lambda rows: rows.score, "denominator": one, "n": one}


def _of_paid(over: Rule) -> Formula:
    """Divide by what customers paid when the period began; those with a contract without an exchange rate make that uncertain."""
    paid = ratio(PAYING, over, lambda recurring: recurring.at_start)
    unknown = Part(rows=Rows(of="recurring", where=_may_have_paid), adds={"unpriced": one})
    return replace(paid, parts=(*paid.parts, unknown), doubt=unpriced)


def year_parts() -> tuple[Part, ...]:
    """Return the sums of the 365 days before a period's end that say what a customer brings and how long they stay."""
    orders = Rows(
        of="deals",
        at="closed",
        role=Role.LAST_YEAR,
        where=lambda deals: (deals.status == "won") & (deals.kind != "renewal") & deals.customer.notnull(),
    )
    year = Rows(of="standings", where=flag("is_year_known"))
    return (
        priced_part(Part(rows=orders, adds={"year_revenue": lambda deals: deals.home_amount})),
        Part(
            rows=year,
            adds={
                "n": flag("was_active_a_year_ago"),
                "year_active": flag("is_active"),
                "year_lost": lambda standings: standings.was_active_a_year_ago & ~standings.is_active,
                "year_seen": one,
                "year_margins": lambda standings: standings.margin,
            },
        ),
    )


def left_by_all(sums: Columns) -> Columns:
    """Return what orders leave in a year, by the margin, times the years customers stay: one divided by the yearly churn, at most five."""
    years = (sums.year_lost * LONGEST_YEARS <= sums.n).ifelse(LONGEST_YEARS, sums.n.cast("float64") / sums.year_lost.nullif(0))
    return sums.year_revenue.cast("float64") * sums.year_margins.cast("float64") / sums.year_seen.nullif(0) * years


def average_customers(sums: Columns) -> Columns:
    """Return the mean of the customers at the year's beginning and at its end; null where there was none to stay."""
    return (sums.n > 0).ifelse((sums.n + sums.year_active).cast("float64") / 2, None)


KPIS = (
    Kpi(
        key="customers",
        label="Customers",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many customers there were when the period ended.",
        formula_words=f"Customers at the period's end. {_CHURN}; the settings say how many days.",
        source="N",
        formula=count(STANDING),
        by=FROM,
    ),
    Kpi(
        key="new_customers",
        version=2,
        label="New customers",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many customers were won for the first time in the period.",
        formula_words="Customers by the day of their first won deal (or of their first contract's start, where contracts decide).",
        source="N",
        formula=count(NEW),
        by=WON_BY,
    ),
    Kpi(
        key="lost_customers",
        label="Lost customers",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many customers were lost in the period, and for which reasons.",
        formula_words=f"Customers by the day they were lost. {_CHURN}.",
        source="N",
        formula=count(LOST),
        by=(*BY, Dimension.REASON),
    ),
    Kpi(
        key="reactivated_customers",
        label="Reactivated customers",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many lost customers came back in the period.",
        formula_words="Customers by the day on which they bought again after having been lost.",
        source="N",
        formula=count(AGAIN),
        by=WON_BY,
    ),
    Kpi(
        key="customer_retention_rate",
        label="Customer retention rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the customers at the period's start who were still customers at its end.",
        formula_words=(
            "Customers at start and end / customers at start. Empty for periods that began before the history was as long as it takes to "
            f"lose a customer. {_CHURN}."
        ),
        source="N",
        formula=ratio(WATCHED, flag("is_active"), one),
        by=FROM,
    ),
    Kpi(
        key="customer_churn_rate",
        label="Customer churn rate",
        unit=Unit.RATE,
        better=Better.DOWN,
        means="The share of the customers at the period's start who were lost by its end.",
        formula_words=f"1 - customer retention rate. {_CHURN}.",
        source="NC",
        formula=ratio(WATCHED, lambda standings: ~standings.is_active, one),
        by=FROM,
    ),
    Kpi(
        key="upsell_rate",
        label="Upsell rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of customers who bought more of what they had.",
        formula_words="Customers at the period's start with at least one upsell won in the period / customers at the period's start.",
        source="C",
        formula=ratio(BEFORE, flag("has_upsell"), one),
        by=FROM,
    ),
    Kpi(
        key="cross_sell_rate",
        label="Cross-sell rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of customers who bought something else besides.",
        formula_words="Customers at the period's start with at least one cross-sell won in the period / customers at the period's start.",
        source="C",
        formula=ratio(BEFORE, flag("has_cross_sell"), one),
        by=FROM,
    ),
    Kpi(
        key="renewal_rate",
        label="Renewal rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the contracts due in the period that were renewed.",
        formula_words="Contracts that end in the period and were continued / all of them that were decided or had their days of grace.",
        source="C",
        formula=ratio(DUE, flag("is_renewed"), one),
        needs=(Need.CONTRACTS,),
        by=BY,
    ),
    Kpi(
        key="revenue_churn_rate",
        label="Revenue churn rate",
        unit=Unit.RATE,
        better=Better.DOWN,
        means="The share of the monthly income from contracts that was lost with customers.",
        formula_words="Monthly amounts at the period's start of customers without one at its end / monthly amounts at its start.",
        source="+",
        formula=_of_paid(lambda recurring: (recurring.at_end == 0).ifelse(recurring.at_start, 0)),
        needs=(Need.CONTRACTS,),
        by=BY,
    ),
    Kpi(
        key="net_revenue_retention",
        label="Net revenue retention",
        unit=Unit.RATE,
        better=Better.UP,
        means="What the contracts of the customers at the period's start bring at its end, by what they brought then.",
        formula_words="Monthly amounts at the period's end, of customers who had one at its start / their monthly amounts at its start.",
        source="+",
        formula=_of_paid(lambda recurring: recurring.at_end),
        needs=(Need.CONTRACTS,),
        by=BY,
    ),
    Kpi(
        key="predicted_lifetime_value",
        label="Predicted lifetime value",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What a customer may leave us over the whole relationship, direct costs taken off.",
        formula_words=(
            "Of the 365 days up to the period's end: revenue of orders x margin / average customers x the years they stay (1 / yearly "
            f"churn, at most {LONGEST_YEARS})."
        ),
        source="C",
        formula=Formula(parts=year_parts(), numerator=left_by_all, denominator=average_customers, doubt=unpriced),
        needs=(Need.GROSS_MARGIN,),
        by=BY,
    ),
    Kpi(
        key="customer_health_score",
        label="Customer health score",
        unit=Unit.SCORE,
        better=Better.UP,
        means="How well the companies that are customers are doing now, on average.",
        formula_words=(
            "Mean of the health scores (0 to 100, to the nearest 5) of companies that are customers; each the mean of those of these parts "
            "that are known, each as often as CRM_KPI_HEALTH_WEIGHTS says (`x 2` in explain): order, from 100 on the day of the last won "
            "deal down to 0 after CRM_KPI_CHURN_DAYS; engagement, what passed in 90 days, rated as in the engagement score; product use, 5 "
            "for each use of 30 days; satisfaction, the last answer of a year on a scale of 0 to 100; complaints, 100 less 50 for each "
            f"open one; contract, 100 while one runs, 50 in its last 90 days, 0 without. As of now, so past periods have none. {_CHURN}."
        ),
        source="C",
        formula=Formula(parts=(Part(rows=HEALTHY, adds=score_and_n(), shows=("made_of",)),)),
        reads=(*BASE, Stream.COMPANIES),
        by=BY,
    ),
)
