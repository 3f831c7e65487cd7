"""Known answers for the demo's data: every KPI in plain pandas, straight from the catalogue's words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from .facts import NEVER, Span, by_member, seen_at
from .view import Answer, Parts, View, amount, count, mean, median, tally, total

COHORT_DAYS = 90
COUNTED = {
    "deals_created",
    "deals_won",
    "deals_lost",
    "revenue_won",
    "net_new_revenue",
    "expansion_revenue",
    "pipeline_value",
    "weighted_pipeline_value",
} | {
    "forecast_revenue",
    "forecast_overdue_value",
    "forecast_undated_value",
    "stalled_deals",
    "repeat_purchases",
}
"""KPIs of which nothing is a true zero."""


def growth(view: View, stretch: tuple[int, int]) -> Parts:
    """Compare the revenue so far with that of an earlier stretch: what was gained on it, as a share of it."""
    earlier = view.between("closed", *stretch).query("outcome == 'Won'")
    gained = total(view.won, "revenue").sub(total(earlier, "revenue"), fill_value=0)
    return Parts(gained, total(earlier, "revenue"), count(view.won).add(count(earlier), fill_value=0))


def velocity(view: View) -> Parts:
    """Multiply open deals by win rate and deal size and divide by the days to close; the number of deals won cancels out."""
    made = count(view.open) * count(view.won) * total(view.won, "revenue")
    return Parts(made, count(view.closed) * total(view.won, "days"), count(view.won))


def completeness(view: View) -> Parts:
    """Count what is there of the five things a deal needs: all have an owner and an amount, and none tells its source."""
    made = view.created
    there = 2 + ((made["closed"] != NEVER) | made["expected"].notna()) + made["account"].notna()
    return Parts(total(made.assign(there=there), "there"), 5 * count(made), count(made))


def conversion(view: View, outcome: str) -> Parts:
    """Of the deals that entered their only open stage in the period, the share that was won of those gone, or is still there."""
    entered = view.created
    gone = entered[entered["outcome"] != "open"]
    if outcome == "Won":
        return Parts(count(gone[gone["outcome"] == "Won"]), count(gone), count(gone))
    return Parts(count(entered[entered["outcome"] == "open"]), count(entered), count(entered))


def grown(view: View) -> Parts:
    """Of the deals created in the period that are old enough to be judged, the share won within a cohort's days.

    Deals are made in the course of a day, so one made so many days ago has its full age only on the day after.
    """
    made = view.created[view.created["created"] + COHORT_DAYS <= view.day]
    within = made[(made["outcome"] == "Won") & (made["days"] <= COHORT_DAYS)]
    return Parts(count(within), count(made), count(made))


def stalled(view: View) -> Parts:
    """Count open deals that are in their stage for more than twice the median of the stays completed before.

    The clock stands at a midnight and no deal entered at one, so an age is a whole number of days less a part of one; twice a median of
    whole days is whole, so counting both ends' days decides alike.
    """
    before = view.seen[view.seen["closed"] < view.span.so_far]
    benchmark = view.open["stay"].map(before.groupby("stay")["days"].median())
    return tally(view.open[view.span.so_far - view.open["created"] > 2 * benchmark])


def repeat_rate(view: View) -> Parts:
    """Of the customers who ever bought, the share that bought at least twice."""
    orders = view.ever_won.groupby(["member", "account"]).size()
    buyers = orders.groupby("member").size()
    return Parts(orders[orders > 1].groupby("member").size().reindex(buyers.index, fill_value=0), buyers, buyers)


def buyers(rows: pd.DataFrame) -> pd.Series:
    """Count the distinct customers of each member."""
    return rows.groupby("member")["account"].nunique()


def expected(view: View) -> pd.DataFrame:
    """Return the deals open at as_of that are expected to close in what is left of the period."""
    still = view.rows[view.rows["outcome"] == "open"]
    return still[(still["expected"] >= max(view.span.start, view.day + 1)) & (still["expected"] < view.span.end)]


def forecast(view: View) -> Parts:
    """Add the revenue so far to the weighted value of what is expected."""
    ahead = expected(view)
    value = (total(view.won, "revenue") * 10).add(total(ahead, "tenths"), fill_value=0)
    return Parts(value, pd.Series(10, value.index), count(view.won).add(count(ahead), fill_value=0))


def weighted(rows: pd.DataFrame) -> Parts:
    """Weigh open deals by the chance of their stage."""
    value = total(rows, "tenths")
    return Parts(value, pd.Series(10, value.index), count(rows))


def coverage(view: View) -> Parts:
    """Divide what is open and expected in the period by what the target still wants; nothing to say once it is met."""
    still = view.rows[view.rows["outcome"] == "open"]
    ahead = still[(still["expected"] >= view.span.start) & (still["expected"] < view.span.end)]
    wanted = pd.Series(view.targets, dtype=int)
    missing = wanted.sub(total(view.won, "revenue").reindex(wanted.index, fill_value=0))
    missing = missing[missing > 0]
    value = total(ahead, "sales_price").reindex(missing.index, fill_value=0)
    return Parts(value, missing, count(ahead).reindex(missing.index, fill_value=0))


KPIS: Mapping[str, Callable[[View], Parts]] = {
    "deals_created": lambda v: tally(v.created),
    "deals_won": lambda v: tally(v.won),
    "deals_lost": lambda v: tally(v.closed[v.closed["outcome"] == "Lost"]),
    "revenue_won": lambda v: amount(total(v.won, "revenue"), count(v.won)),
    "revenue_growth": lambda v: growth(v, v.span.before),
    "revenue_growth_yoy": lambda v: growth(v, v.span.year_before),
    "net_new_revenue": lambda v: amount(total(v.won[v.won["order"] == 1], "revenue"), count(v.won[v.won["order"] == 1])),
    "expansion_revenue": lambda v: amount(total(v.won[:0], "revenue"), count(v.won[:0])),
    "average_deal_size": lambda v: mean(v.won, "revenue"),
    "average_deal_size_median": lambda v: median(v.won, "revenue"),
    "average_purchase_value": lambda v: mean(v.won, "revenue"),
    "win_rate": lambda v: Parts(count(v.won), count(v.closed), count(v.closed)),
    "win_rate_by_value": lambda v: Parts(total(v.won, "revenue"), total(v.closed, "revenue"), count(v.closed)),
    "close_rate": lambda v: Parts(count(v.created[v.created["outcome"] == "Won"]), count(v.created), count(v.created)),
    "close_rate_within": grown,
    "time_to_close": lambda v: mean(v.won, "days"),
    "time_to_close_median": lambda v: median(v.won, "days"),
    "sales_cycle_length": lambda v: mean(v.won[v.won["order"] == 1], "cycle"),
    "sales_cycle_length_median": lambda v: median(v.won[v.won["order"] == 1], "cycle"),
    "pipeline_velocity": lambda v: mean(v.closed, "days"),
    "pipeline_velocity_median": lambda v: median(v.closed, "days"),
    "sales_velocity": velocity,
    "stage_duration": lambda v: mean(v.closed, "days"),
    "stage_duration_median": lambda v: median(v.closed, "days"),
    "stage_conversion_rate": lambda v: conversion(v, "Won"),
    "stage_still_in_rate": lambda v: conversion(v, "open"),
    "pipeline_value": lambda v: amount(total(v.open, "sales_price"), count(v.open)),
    "weighted_pipeline_value": lambda v: weighted(v.open),
    "pipeline_coverage": coverage,
    "forecast_revenue": forecast,
    "forecast_overdue_value": lambda v: weighted(v.open[v.open["expected"] < v.span.so_far]),
    "forecast_undated_value": lambda v: weighted(v.open[v.open["expected"].isna()]),
    "stalled_deals": stalled,
    "repeat_purchases": lambda v: tally(v.won[v.won["order"] > 1]),
    "repeat_purchase_rate": repeat_rate,
    "purchase_frequency": lambda v: Parts(count(v.won), buyers(v.won), buyers(v.won)),
    "days_between_orders": lambda v: median(v.won[v.won["gap"].notna()], "gap"),
    "data_completeness": completeness,
    "customer_lifetime_value": lambda v: Parts(total(v.ever_won, "revenue"), buyers(v.ever_won), buyers(v.ever_won)),
}


def views(deals: pd.DataFrame, as_of: date, by: str | None, periods: Sequence[Span]) -> Iterator[View]:
    """Yield the deals as they stood at the end of the day `as_of`, broken down, through each of the periods."""
    seen = seen_at(deals, as_of)
    rows = by_member(seen, by)
    for span in periods:
        yield View(rows, seen, as_of.toordinal(), span)


def answers(view: View, kpi: str, *, is_whole: bool) -> dict[str, Answer]:
    """Work out one KPI for every member; the whole account has an answer even where there is nothing to measure."""
    parts = pd.concat(KPIS[kpi](view)._asdict(), axis=1).fillna(0)
    if is_whole and parts.empty:
        empty = kpi in COUNTED
        return {"": Answer(0.0 if empty else None, 0, int(empty), 0)}
    return {str(member): _answer(*row) for member, *row in parts.itertuples()}


def _answer(numerator: float, denominator: float, n: float) -> Answer:
    return Answer(numerator / denominator if denominator else None, numerator, denominator, int(n))
