"""What is on its way: open deals, what they promise, and how they move from stage to stage."""

from connector.kpis.deals import NO_RATE, is_unpriced, priced, priced_part, unpriced
from connector.kpis.metric import BY_STAGE, Better, Columns, Dimension, Formula, Kpi, Need, Part, Rows, Unit, mean, one, ratio, total


def _is_new_business(rows: Columns) -> Columns:
    return rows.kind != "renewal"


def _is_renewal(rows: Columns) -> Columns:
    return rows.kind == "renewal"


def _amount(deals: Columns) -> Columns:
    return deals.home_amount


def _weighted(deals: Columns) -> Columns:
    return (deals.home_amount * deals.probability).cast("decimal(30, 8)")


def _whole(deals: Columns) -> Columns:
    return deals.home_amount.cast("decimal(30, 8)")


def _is_ahead(deals: Columns) -> Columns:
    return (deals.status == "open") & deals.is_expected


LEFT_OUT = {"it is a renewal, which is shown apart": _is_renewal}
OPEN = Rows(
    of="open_deals",
    left_out={"it has no amount": lambda deals: deals.home_amount.isnull() & ~deals.is_unpriced, NO_RATE: is_unpriced},
)
CLOSED = Rows(of="deals", at="closed", where=lambda deals: deals.status.isin(["won", "lost"]) & _is_new_business(deals), left_out=LEFT_OUT)
WON = Rows(of="deals", at="closed", where=lambda deals: deals.status == "won")
EXPECTED = Rows(of="deals", at="expected", where=lambda deals: deals.status == "open")
AHEAD = Rows(
    of="deals",
    at="expected",
    where=_is_ahead,
    left_out={"its expected close date has passed": lambda deals: (deals.status == "open") & ~deals.is_expected},
)
TARGETS = Rows(of="targets", where=lambda targets: targets.kpi == "revenue_won")
STAYS = Rows(of="stays", at="left", where=_is_new_business, left_out=LEFT_OUT)
PASSAGES = Rows(of="passages", at="entered", where=_is_new_business, left_out=LEFT_OUT)
LEFT = Rows(
    of="passages",
    at="entered",
    where=lambda passages: _is_new_business(passages) & ~passages.is_still_in,
    left_out={**LEFT_OUT, "it is still in the stage": lambda passages: _is_new_business(passages) & passages.is_still_in},
)


def _coverage() -> Formula:
    """Open money against what is still missing to the target; nothing where there is no target or it is met."""
    return Formula(
        parts=(
            priced_part(Part(rows=EXPECTED, adds={"expected": _amount, "n": one})),
            priced_part(Part(rows=WON, adds={"won": _amount})),
            Part(
                rows=Rows(of="targets", where=lambda targets: targets.kpi == "revenue_won"), adds={"target": lambda targets: targets.target}
            ),
        ),
        numerator=lambda sums: sums.expected,
        denominator=lambda sums: (sums.target > sums.won).ifelse(sums.target - sums.won, 0),
        doubt=unpriced,
    )


def _forecast() -> Formula:
    """Won so far and weighted open deals that are still expected."""
    return priced(
        Formula(
            parts=(Part(rows=WON, adds={"numerator": _whole, "n": one}), Part(rows=AHEAD, adds={"numerator": _weighted, "n": one})),
            denominator=None,
            sampled=False,
        )
    )


def _stalled() -> Formula:
    """Count deals, and tell of each why it is stalled."""
    why = {"too_long": lambda deals: deals.is_slow, "silent": lambda deals: deals.is_silent}
    part = Part(rows=Rows(of="open_deals", where=lambda deals: deals.is_stalled), adds={"n": one, **why})
    return Formula(parts=(part,), numerator=lambda sums: sums.n, denominator=None, sampled=False)


KPIS = (
    Kpi(
        key="pipeline_velocity",
        label="Pipeline velocity",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long deals take through the pipeline, whichever way they end.",
        formula_words="Mean time from the first stage entered to won or lost, deals closed in the period, renewals left out.",
        source="NC",
        formula=mean(CLOSED, lambda deals: deals.velocity_us),
        needs=(Need.STAYS,),
    ),
    Kpi(
        key="stage_duration",
        label="Time in stage",
        unit=Unit.DAYS,
        better=Better.DOWN,
        means="How long deals stay in a stage; the slowest stage is the bottleneck.",
        formula_words="Mean length of the stays in open stages that ended in the period, renewals left out.",
        source="CU",
        formula=mean(STAYS, lambda stays: stays.stay_us),
        needs=(Need.STAYS,),
        by=BY_STAGE,
    ),
    Kpi(
        key="stage_conversion_rate",
        label="Stage conversion rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of the deals that entered a stage and went on from it.",
        formula_words=(
            "Of the deals that first entered a stage in the period and have left it since, renewals left out, those that went on to a "
            "later stage or were won / all. A stage that was skipped counts as entered and passed when it was skipped."
        ),
        source="U",
        formula=ratio(LEFT, lambda passages: passages.has_passed, one),
        needs=(Need.STAYS,),
        by=BY_STAGE,
    ),
    Kpi(
        key="stage_still_in_rate",
        label="Still in stage",
        unit=Unit.RATE,
        better=Better.DOWN,
        means="The share of the deals that entered a stage and have not left it yet.",
        formula_words="Of the deals that first entered a stage in the period, renewals left out, those still in it / all.",
        source="U",
        formula=ratio(PASSAGES, lambda passages: passages.is_still_in, one),
        needs=(Need.STAYS,),
        by=BY_STAGE,
    ),
    Kpi(
        key="pipeline_value",
        label="Pipeline value",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What the open deals are worth.",
        formula_words="Sum of the home amounts of the deals open at the period's end, or at the moment in a running period.",
        source="C",
        formula=priced(total(OPEN, _amount)),
        by=BY_STAGE,
    ),
    Kpi(
        key="weighted_pipeline_value",
        label="Weighted pipeline value",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What the open deals are worth, each weighed by its chance to be won.",
        formula_words="Sum of home amount x probability (the deal's own, else its stage's) of the deals open at the period's end.",
        source="+",
        formula=priced(total(OPEN, _weighted)),
        needs=(Need.CHANCES,),
        by=BY_STAGE,
    ),
    Kpi(
        key="pipeline_coverage",
        label="Pipeline coverage",
        unit=Unit.RATIO,
        better=Better.UP,
        means="How many times the open deals cover what is missing to the target.",
        formula_words=(
            "Home amounts of open deals with an expected close in the period / (target - revenue won in the period). Empty without a "
            "target for exactly that period, and when the target is met."
        ),
        source="C",
        formula=_coverage(),
        by=(Dimension.OWNER, Dimension.TEAM),
        looks_ahead=True,
    ),
    Kpi(
        key="forecast_revenue",
        label="Forecast revenue",
        unit=Unit.MONEY,
        better=Better.UP,
        means="What the period will bring if open deals close when they are expected to, each weighed by its chance.",
        formula_words=(
            "Revenue won in the period + home amount x probability of the open deals whose expected close is in what is left of the "
            "period. Deals past their date or without one are counted apart."
        ),
        source="C",
        formula=_forecast(),
        needs=(Need.CHANCES,),
        looks_ahead=True,
    ),
    Kpi(
        key="forecast_overdue_value",
        label="Overdue, not in the forecast",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What the open deals past their expected close date would add to a forecast.",
        formula_words="Sum of home amount x probability of the deals that are open at the period's end and were expected to close before.",
        source="C",
        formula=priced(total(Rows(of="open_deals", where=lambda deals: deals.is_overdue), _weighted)),
        needs=(Need.CHANCES,),
    ),
    Kpi(
        key="forecast_undated_value",
        label="Undated, not in the forecast",
        unit=Unit.MONEY,
        better=Better.DOWN,
        means="What the open deals without an expected close date would add to a forecast.",
        formula_words="Sum of home amount x probability of the deals that are open at the period's end and have no expected close date.",
        source="C",
        formula=priced(total(Rows(of="open_deals", where=lambda deals: deals.is_undated), _weighted)),
        needs=(Need.CHANCES,),
    ),
    Kpi(
        key="stalled_deals",
        version=2,
        label="Stalled deals",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many open deals stay in their stage much longer than deals usually do, or have had no activity for long.",
        formula_words=(
            "Deals open at the period's end that have been in their stage more than 2 times the median of the stays in that "
            "stage that were completed before, renewals left out of the median; or, where CRM_KPI_STALLED_DAYS is set, that have had no "
            "activity of a person (about them, or with their contact and about no deal) for so many days. In explain, `too_long` and "
            "`silent` say which."
        ),
        source="C",
        formula=_stalled(),
        needs=(Need.SILENCE, Need.STALLING),
        by=BY_STAGE,
    ),
)
