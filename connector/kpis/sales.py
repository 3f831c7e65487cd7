"""Deals created, won and lost, what they brought, how often and how fast they are won."""

from connector.kpis.cohorts import so_far, within
from connector.kpis.deals import (
    BACKWARDS,
    COHORT,
    DECIDED,
    ORDERS,
    RENEWALS,
    WON,
    amount,
    is_lost,
    is_order,
    is_unpriced,
    is_won,
    priced,
    priced_part,
    priced_rows,
    unpriced,
)
from connector.kpis.metric import (
    BASE,
    STANDARD,
    Better,
    Dimension,
    Formula,
    Kpi,
    Part,
    Role,
    Rows,
    Unit,
    count,
    mean,
    one,
    ratio,
    total,
)
from connector.model import Stream


def _growth(role: Role) -> Formula:
    """Compare what was won with what was won in the same elapsed part of another period."""
    before = Rows(of="deals", at="closed", where=is_won, role=role)
    return priced(
        Formula(
            parts=(
                Part(rows=WON, adds={"now": amount, "n": one}),
                Part(rows=before, adds={"before": amount, "n": one}),
            ),
            numerator=lambda sums: sums.now - sums.before,
            denominator=lambda sums: sums.before,
        )
    )


def _velocity() -> Formula:
    """Money a day that the open deals bring at the period's win rate, deal size and time to close."""
    return Formula(
        parts=(
            Part(rows=Rows(of="open_deals"), adds={"open": one}),
            Part(rows=DECIDED, adds={"won": is_won, "decided": one}),
            priced_part(Part(rows=WON, adds={"revenue": amount, "sized": lambda deals: deals.home_amount.notnull()})),
            Part(rows=ORDERS, adds={"close_us": lambda deals: deals.close_us, "n": lambda deals: deals.close_us.notnull()}),
        ),
        numerator=lambda sums: (
            sums.open.cast("float64") * sums.won / sums.decided.nullif(0) * sums.revenue.cast("float64") / sums.sized.nullif(0)
        ),
        denominator=lambda sums: sums.close_us.cast("float64") / sums.n.nullif(0) / 86_400_000_000,
        doubt=unpriced,
    )


KPIS = (
    Kpi(
        key="deals_created",
        label="Deals created",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many deals were opened in the period.",
        formula_words="Deals by the day they were created.",
        source="+",
        formula=count(Rows(of="deals", at="created")),
    ),
    Kpi(
        key="deals_won",
        label="Deals won",
        unit=Unit.COUNT,
        better=Better.UP,
        means="How many deals were won in the period.",
        formula_words="Won deals by the day they were closed.",
        source="+",
        formula=count(Rows(of="deals", at="closed", where=is_won)),
    ),
    Kpi(
        key="deals_lost",
        label="Deals lost",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many deals were lost in the period, and for which reasons.",
        formula_words="Lost deals by the day they were closed.",
        source="+",
        formula=count(Rows(of="deals", at="closed", where=is_lost)),
        by=(*STANDARD, Dimension.LOST_REASON),
    ),
    Kpi(
        key="revenue_won",
        label="Revenue won",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What the deals won in the period are worth.",
        formula_words="Sum of the home amounts of won deals, by the day they were closed.",
        source="RU",
        formula=priced(total(WON, amount)),
    ),
    Kpi(
        key="revenue_growth",
        label="Revenue growth",
        unit=Unit.RATE,
        better=Better.UP,
        means="How much more was won than in the period before.",
        formula_words="Revenue won / revenue won in the same elapsed part of the period before - 1.",
        source="RC",
        formula=_growth(Role.BEFORE),
    ),
    Kpi(
        key="revenue_growth_yoy",
        label="Revenue growth, year on year",
        unit=Unit.RATE,
        better=Better.UP,
        means="How much more was won than in the same period a year earlier.",
        formula_words="Revenue won / revenue won in the same elapsed part of the period a year earlier - 1.",
        source="RC",
        formula=_growth(Role.YEAR_BEFORE),
    ),
    Kpi(
        key="net_new_revenue",
        label="Net new revenue",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What new customers brought with the deal that made them customers.",
        formula_words=(
            "Sum of the home amounts of each customer's first won deal, where it was closed in the period. First is by time of close, "
            "then by time of creation, then by id."
        ),
        source="C",
        formula=priced(total(Rows(of="deals", at="closed", where=lambda deals: is_won(deals) & (deals.won_no == 1)), amount)),
    ),
    Kpi(
        key="expansion_revenue",
        label="Expansion revenue",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What customers brought who bought more, or something else besides.",
        formula_words="Sum of the home amounts of deals won in the period whose kind is upsell or cross-sell.",
        source="C",
        formula=priced(
            total(Rows(of="deals", at="closed", where=lambda deals: is_won(deals) & deals.kind.isin(["upsell", "cross_sell"])), amount)
        ),
    ),
    Kpi(
        key="average_deal_size",
        label="Average deal size",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What a won deal is worth on average.",
        formula_words="Revenue won / deals won that have an amount.",
        source="U",
        formula=mean(WON, amount, doubt=is_unpriced),
    ),
    Kpi(
        key="average_purchase_value",
        label="Average purchase value",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What one order brings on average.",
        formula_words="Sum of the home amounts of orders / number of orders; every won deal that is not a renewal is an order.",
        source="C",
        formula=ratio(priced_rows(ORDERS), amount, one, doubt=is_unpriced),
    ),
    Kpi(
        key="win_rate",
        label="Win rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of decided deals that were won.",
        formula_words="Won / (won + lost) deals, by the day they were closed, renewals left out.",
        source="N",
        formula=ratio(DECIDED, is_won, one),
    ),
    Kpi(
        key="win_rate_by_value",
        label="Win rate by value",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the decided deals' worth that was won.",
        formula_words="Home amount of won / of won and lost deals as they stand, by the day they were closed, renewals left out.",
        source="N",
        formula=ratio(priced_rows(DECIDED), lambda deals: is_won(deals).ifelse(deals.home_amount, 0), amount, doubt=is_unpriced),
    ),
    Kpi(
        key="close_rate",
        label="Close rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the deals created in the period that have been won since.",
        formula_words=(
            "Of the deals created in the period, renewals left out, those won so far / all. Immature while some of them are younger "
            "than the cohort age."
        ),
        source="NC",
        formula=so_far(COHORT, is_won),
    ),
    Kpi(
        key="close_rate_within",
        label="Close rate within the cohort age",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the deals created in the period that were won before they reached the cohort age.",
        formula_words=(
            "Of the deals created in the period that have reached the cohort age (90 days unless set), renewals left out, those won "
            "within that age / all. Immature while others are younger."
        ),
        source="NC",
        formula=within(COHORT, lambda deals: deals.won_early),
    ),
    Kpi(
        key="time_to_close",
        label="Time to close",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long it takes from a deal's creation until it is won.",
        formula_words="Mean time from creation to close of the deals won in the period, renewals left out.",
        source="U",
        formula=mean(Rows(of="deals", at="closed", where=is_order, left_out={**RENEWALS, **BACKWARDS}), lambda deals: deals.close_us),
    ),
    Kpi(
        key="sales_cycle_length",
        label="Sales cycle length",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long it takes from the first contact with somebody until they become a customer.",
        formula_words=(
            "Mean time from the first contact (the earliest creation of a contact of that customer, activity with them, or creation of "
            "the deal) to the close of each customer's first won deal, where it was closed in the period, renewals left out. Activities "
            "count where calls, e-mails and meetings are all read."
        ),
        source="C",
        formula=mean(
            Rows(of="deals", at="closed", where=lambda deals: is_order(deals) & (deals.won_no == 1)), lambda deals: deals.cycle_us
        ),
        reads=(*BASE, Stream.CONTACTS),
        version=2,
    ),
    Kpi(
        key="sales_velocity",
        label="Sales velocity",
        unit=Unit.MONEY_PER_DAY,
        better=Better.UP,
        means="How much money a day the open deals bring at the present pace.",
        formula_words="Open deals at the period's end x win rate x average deal size / time to close, the last three of the period.",
        source="+",
        formula=_velocity(),
    ),
)
