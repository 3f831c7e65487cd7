"""What customers and leads cost, and what the money spent brought back."""

from collections.abc import Sequence

from connector.kpis.deals import WON, amount, priced_once, priced_part, unpriced
from connector.kpis.leads import CREATED as LEADS
from connector.kpis.leads import READS as LEADS_READ
from connector.kpis.loyalty import NEW, average_customers, flag, left_by_all, year_parts
from connector.kpis.metric import Better, Columns, Dimension, Formula, Kpi, Need, Part, Rows, Rule, Unit, one

PEOPLE = (Dimension.OWNER, Dimension.TEAM)
CAMPAIGNS = (Dimension.SOURCE, Dimension.CAMPAIGN, *PEOPLE)
_ACQUIRING = ("advertising", "marketing", "sales")
_KEEPING = ("retention", "service")


def _spent(*categories: str) -> Part:
    """Return the costs of these categories, and how many there are: no costs in a period are not costs of zero."""
    rows = _costs(lambda costs: costs.category.isin(list(categories)))
    return _cost_part(rows)


def _costs(which: Rule) -> Rows:
    return Rows(
        of="costs",
        at="spent",
        where=lambda costs: costs.is_counted & which(costs),
        left_out={
            "another provider tells of the same day, category, source and campaign": lambda costs: which(costs) & ~costs.is_counted,
            "there is no exchange rate for its day": lambda costs: costs.is_counted & which(costs) & costs.amount.isnull(),
        },
    )


def _cost_part(rows: Rows) -> Part:
    return Part(rows=rows, adds={"cost": lambda costs: costs.amount, "costs": one, "unpriced": lambda costs: costs.amount.isnull()})


def _cost(sums: Columns) -> Columns:
    return (sums.costs > 0).ifelse(sums.cost, None)


def _cost_per(part: Part, *categories: str, each: Rule = lambda sums: sums.n) -> Formula:
    """Divide the costs of these categories by something that is counted."""
    return Formula(parts=(_spent(*categories), part), numerator=_cost, denominator=each, doubt=unpriced)


def _return_on(spent: Part, *brought: Part) -> Formula:
    """What was brought less what was spent, divided by what was spent."""
    return Formula(
        parts=(spent, *brought),
        numerator=lambda sums: (sums.costs > 0).ifelse(sums.brought - sums.cost, None),
        denominator=lambda sums: sums.cost,
        doubt=unpriced,
    )


def _credited(of: str) -> Rows:
    return Rows(of="credits", at="closed", where=lambda credited: credited.of == of)


def _credits(of: str, money: str) -> tuple[Part, Part]:
    """Return the money credited; a deal without an exchange rate is one, however many touches share it."""
    return priced_once(_credited(of), {money: lambda credited: credited.home_amount, "n": one}, "deal")


def _revenue(key: str, what: str, by: Sequence[Dimension]) -> Kpi:
    return Kpi(
        key=f"revenue_by_{key}",
        label=f"Revenue by {key}",
        unit=Unit.MONEY,
        better=Better.UP,
        means=f"What won deals brought that {what} led to.",
        formula_words=(
            f"Home amounts of deals won in the period, credited to the last touch that names a {key} (CRM_KPI_CREDIT: the first, or all in "
            "equal parts)" + ("." if key == "workflow" else f"; a deal without one is credited to its own {key}.")
        ),
        source="R",
        formula=Formula(parts=_credits(key, "numerator"), denominator=None, sampled=False, doubt=unpriced),
        by=(*by, *PEOPLE, Dimension.SEGMENT),
        needs=(Need.TOUCHES,) if key == "workflow" else (),
    )


CRM_HELPED = priced_part(Part(rows=_credited("crm"), adds={"brought": lambda credited: credited.home_amount, "n": one}))
BROUGHT = priced_part(Part(rows=WON, adds={"brought": amount, "n": one}))

KPIS = (
    _revenue("source", "a source", (Dimension.SOURCE,)),
    _revenue("campaign", "a campaign", (Dimension.CAMPAIGN,)),
    _revenue("workflow", "a workflow", (Dimension.WORKFLOW,)),
    Kpi(
        key="cost_per_lead",
        label="Cost per lead",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What one lead costs.",
        formula_words="Advertising and marketing costs of the period / leads created in the period.",
        source="U",
        formula=_cost_per(Part(rows=LEADS, adds={"n": one}), "advertising", "marketing"),
        reads=LEADS_READ,
        needs=(Need.ADVERTISING, Need.MARKETING),
        by=CAMPAIGNS,
    ),
    Kpi(
        key="customer_acquisition_cost",
        label="Customer acquisition cost",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What it costs to win one new customer.",
        formula_words="Advertising, marketing and sales costs of the period / new customers of the period.",
        source="NC",
        formula=_cost_per(Part(rows=NEW, adds={"n": one}), *_ACQUIRING),
        needs=(Need.ADVERTISING, Need.MARKETING, Need.SALES),
        by=CAMPAIGNS,
    ),
    Kpi(
        key="customer_retention_cost",
        label="Customer retention cost",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What it costs to keep one customer.",
        formula_words="Retention and service costs of the period / average of the customers at its start and at its end.",
        source="C",
        formula=_cost_per(
            Part(rows=Rows(of="standings"), adds={"n": flag("is_active"), "before": flag("was_active")}),
            *_KEEPING,
            each=lambda sums: (sums.n + sums.before).cast("float64") / 2,
        ),
        needs=(Need.RETENTION, Need.SERVICE),
        by=PEOPLE,
    ),
    Kpi(
        key="retention_cost_ratio",
        label="Retention cost ratio",
        unit=Unit.RATE,
        better=Better.DOWN,
        means="What it costs to keep customers, as a share of what they bring.",
        formula_words="Retention and service costs of the period / revenue won in the period from customers.",
        source="C",
        formula=_cost_per(
            priced_part(
                Part(
                    rows=Rows(of="deals", at="closed", where=lambda deals: (deals.status == "won") & deals.customer.notnull()),
                    adds={"brought": amount, "n": one},
                )
            ),
            *_KEEPING,
            each=lambda sums: sums.brought,
        ),
        needs=(Need.RETENTION, Need.SERVICE),
        by=PEOPLE,
    ),
    Kpi(
        key="clv_to_cac",
        label="Lifetime value to acquisition cost",
        unit=Unit.RATIO,
        better=Better.UP,
        means="How many times what a customer may leave us covers what it cost to win one.",
        formula_words="Predicted lifetime value / customer acquisition cost of the period.",
        source="+",
        formula=Formula(
            parts=(*year_parts(), _spent(*_ACQUIRING), Part(rows=NEW, adds={"new": one})),
            numerator=lambda sums: left_by_all(sums) / average_customers(sums),
            denominator=lambda sums: (sums.costs > 0).ifelse(sums.cost.cast("float64") / sums.new.nullif(0), None),
            doubt=unpriced,
        ),
        needs=(Need.GROSS_MARGIN, Need.ADVERTISING, Need.MARKETING, Need.SALES),
        by=PEOPLE,
    ),
    Kpi(
        key="sales_roi",
        label="Return on sales costs",
        unit=Unit.RATE,
        better=Better.UP,
        means="What selling and advertising brought back beyond what they cost.",
        formula_words="(Revenue won - sales and advertising costs of the period) / these costs.",
        source="U",
        formula=_return_on(_spent("sales", "advertising"), BROUGHT),
        needs=(Need.SALES, Need.ADVERTISING),
        by=PEOPLE,
    ),
    Kpi(
        key="campaign_roi",
        label="Return on campaigns",
        unit=Unit.RATE,
        better=Better.UP,
        means="What campaigns brought back beyond what they cost.",
        formula_words="(Revenue by campaign - costs of campaigns in the period) / these costs.",
        source="R",
        formula=_return_on(
            _cost_part(_costs(lambda costs: costs.is_of_campaign)),
            *_credits("campaign", "brought"),
        ),
        needs=(Need.CAMPAIGN_COSTS,),
        by=(Dimension.CAMPAIGN,),
    ),
    Kpi(
        key="crm_roi",
        label="Return on the CRM",
        unit=Unit.RATE,
        better=Better.UP,
        means="What the CRM brought back beyond what it cost.",
        formula_words=(
            "(Revenue that the CRM helped to bring - costs of the CRM in the period) / these costs. The CRM helped where a touch names one "
            "of its sources (CRM_KPI_CRM_SOURCES), campaigns or workflows; CRM_KPI_CRM_REVENUE=all counts all deals won, an upper bound."
        ),
        source="RU",
        formula=_return_on(_spent("crm"), CRM_HELPED),
        needs=(Need.CRM, Need.CRM_REVENUE),
        by=PEOPLE,
    ),
    Kpi(
        key="cost_to_serve_ratio",
        label="Cost to serve ratio",
        unit=Unit.RATE,
        better=Better.DOWN,
        means="What selling and serving cost, as a share of the revenue.",
        formula_words="Sales and service costs of the period / revenue won in the period.",
        source="U",
        formula=_cost_per(BROUGHT, "sales", "service", each=lambda sums: sums.brought),
        needs=(Need.SALES, Need.SERVICE),
        by=PEOPLE,
    ),
    Kpi(
        key="cost_per_won_deal",
        label="Cost per won deal",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What selling and serving cost for each deal that is won.",
        formula_words="Sales and service costs of the period / deals won in the period.",
        source="U",
        formula=_cost_per(Part(rows=Rows(of="deals", at="closed", where=WON.where), adds={"n": one}), "sales", "service"),
        needs=(Need.SALES, Need.SERVICE),
        by=PEOPLE,
    ),
)
