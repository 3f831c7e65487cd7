"""Every KPI of the catalogue as a person would ask for it in SQL who knows the facts and wants an answer soon.

A query tells dimension, member, grain and period of every row and its `numerator`, `denominator`, `n` and `doubt`; where it leaves out
one of the first two, that is `n`, and where it leaves out the doubt, there is none.
"""
# ruff: noqa: S608 - every word of these queries is ours

from collections.abc import Mapping

from bench.shapes import dated, grown, joined, level, middle, once, standing


def growth(role: str) -> str:
    """Compare what was won by stretches of days that belong to the same periods in both roles; the days cut in two stand by themselves."""
    return (
        f"with spans as (select *, cast(until as date) as cut from spans_of_periods where role in ('now', '{role}')), "
        "edges as (select edge, row_number() over (order by edge) as part "
        "from (select distinct unnest([start, cut, cut + 1]) as edge from spans)), "
        "days as (select day, part from (select distinct day from calendar) asof join edges on edge <= day), "
        "parts as (select distinct grain, period, role, part, case when cut = edge then until end as until "
        "from spans join edges on edge >= start and cast(edge as timestamp) < until), "
        "won as (select dimension, member, part, sum(home_amount) as amount, count(*) as many, count(*) filter (is_unpriced) as doubt, "
        "case when part in (select part from parts where until is not null) then closed_time end as at_time "
        "from deals join days on day = closed_on where status = 'won' group by all), "
        "told as (select dimension, member, grain, period, coalesce(sum(amount) filter (role = 'now'), 0) as now, "
        "coalesce(sum(amount) filter (role <> 'now'), 0) as before, sum(many) as n, sum(doubt) as doubt "
        "from won join parts using (part) where until is null or at_time < until group by all) "
        "select dimension, member, grain, period, now - before as numerator, before as denominator, n, doubt from told"
    )


UNPRICED = "count(*) filter (is_unpriced)"
ORDER = "status = 'won' and kind <> 'renewal'"
DECIDED = "status in ('won', 'lost') and kind <> 'renewal'"
BOUGHT = "status = 'won' and customer is not null"
WEIGHTED = "coalesce(sum(cast(home_amount * probability as decimal(30, 8))), 0)"
ORDERED = f"from deals join slices on day = closed_on where {ORDER} and customer is not null"
PAID_FOR = "case when sum(costs) > 0"
LEADS = ("leads", "created")


def won(n: str = "count(*)") -> str:
    """Add up what was won."""
    return dated("deals", "closed", "status = 'won'", n=n, brought="sum(home_amount)", doubt=UNPRICED)


def spent(where: str) -> str:
    """Add up costs; `costs` counts them, because none are not the same as nothing spent."""
    return dated("costs", "spent", f"is_counted and {where}", n="0", cost="sum(amount)", costs="count(*)", doubt="count(*) - count(amount)")


def spent_on(*categories: str) -> str:
    """Add up the costs of these categories."""
    return spent(f"category in {(*categories, '')}")


def per(costs: str, other: str, each: str = "sum(n)") -> str:
    """Divide costs by something that is counted."""
    return joined(costs, other, f"{PAID_FOR} then sum(cost) end as numerator, {each} as denominator, sum(n) as n, sum(doubt) as doubt")


def roi(costs: str, *brought: str) -> str:
    """Divide what costs brought beyond themselves by them."""
    gained = f"{PAID_FOR} then coalesce(sum(brought), 0) - sum(cost) end"
    figures = f"{gained} as numerator, coalesce(sum(cost), 0) as denominator, sum(n) as n, sum(doubt) as doubt"
    return joined(costs, brought[0], figures, *brought[1:])


def credited(of: str, money: str) -> tuple[str, str]:
    """Add up credits; a deal without an exchange rate makes them uncertain once, however many touches share it."""
    doubt = (
        "select dimension, member, grain, period, count(distinct deal) as doubt from credits join calendar on day = closed_on "
        f"where role = 'now' and of = '{of}' and is_unpriced group by all"
    )
    return dated("credits", "closed", f"of = '{of}'", **{money: "sum(home_amount)"}), doubt


def revenue(of: str) -> str:
    """Add up what is credited to a source, a campaign or a workflow."""
    return joined(*credited(of, "numerator"), "sum(numerator) as numerator, sum(n) as n, sum(doubt) as doubt")


def so_far(what: str) -> str:
    """Return the share of leads to whom it happened by now."""
    return dated(*LEADS, numerator=f"count(*) filter ({what})", doubt="count(*) filter (is_young)")


def within(of: str, what: str, where: str = "true") -> str:
    """Return the share among those that are old enough."""
    old = "count(*) filter (not is_young)"
    return dated(of, "created", where, n=old, numerator=f"count(*) filter ({what} and not is_young)", doubt="count(*) filter (is_young)")


def mean(of: str, at: str, value: str, where: str = "true") -> str:
    """Average the values that are known."""
    return dated(of, at, f"{where} and {value} is not null", numerator=f"sum({value})")


BUYING = once("deals", "closed", "count(*)", f"{ORDER} and customer is not null", each="customer")
YEAR = (
    dated("deals", "closed", f"{ORDER} and customer is not null", "last_year", n="0", revenue="sum(home_amount)", doubt=UNPRICED),
    standing("standings", "is_year_known", n="count(*) filter (was_active_a_year_ago)", active="count(*) filter (is_active)",
             lost="count(*) filter (was_active_a_year_ago and not is_active)", seen="count(*)", margins="sum(margin)"),
)  # fmt: skip
LEFT = (
    "coalesce(sum(revenue), 0)::double * sum(margins)::double / nullif(sum(seen), 0) "
    "* case when sum(lost) * 5 <= sum(n) then 5 else sum(n)::double / nullif(sum(lost), 0) end"
)
AVERAGE = "case when sum(n) > 0 then (sum(n) + sum(active))::double / 2 end"
PAID = "at_start > 0 and not is_unpriced"
MAY_HAVE_PAID = "is_unpriced and (at_start is null or at_start > 0)"
LIFTED = dated(
    "lifts", "closed", won_with="count(*) filter (is_won and has_act)", of_with="count(*) filter (has_act)",
    won_without="count(*) filter (is_won and not has_act)",
)  # fmt: skip
SEATS = standing("seats", weeks="sum(weeks)")
USED = "coalesce(sum(there), 0) as numerator, coalesce(sum(n), 0) as n"
NPS = "kind = 'nps' and is_answered and score is not null"
# A respondent's answer is the last one of every period that ends before the next.
PROMOTION = (
    "select dimension, member, grain, period, sum(score) as numerator, sum(many) as n from (select dimension, member, slice, later, "
    "count(*) as many, sum(case when score >= 9 then 100 when score <= 6 then -100 else 0 end) as score from (select dimension, member, "
    "slice, score, lead(slice) over (partition by dimension, member, respondent order by answered_time, survey) as later "
    f"from surveys join slices on day = answered_on where {NPS}) group by all) join (select no, slice, max(slice) over (partition by no) "
    "as last from slices_of_periods where role = 'now') using (slice) join numbered_periods using (no) "
    "where later is null or later > last group by all"
)
CSAT = "kind = 'csat' and is_answered and score is not null and scale in (5, 10)"


def of_paid(what: str) -> str:
    """Divide by what customers paid at the period's beginning."""
    return standing("recurring", f"({PAID}) or ({MAY_HAVE_PAID})", n=f"count(*) filter ({PAID})", numerator=f"sum({what}) filter ({PAID})",
                    denominator=f"sum(at_start) filter ({PAID})", doubt=f"count(*) filter ({MAY_HAVE_PAID})")  # fmt: skip


BY_HAND: Mapping[str, str] = {
    "deals_created": dated("deals", "created"),
    "deals_won": dated("deals", "closed", "status = 'won'"),
    "deals_lost": dated("deals", "closed", "status = 'lost'"),
    "revenue_won": dated("deals", "closed", "status = 'won'", numerator="sum(home_amount)", doubt=UNPRICED),
    "revenue_growth": growth("before"),
    "revenue_growth_yoy": growth("year_before"),
    "net_new_revenue": dated("deals", "closed", "status = 'won' and won_no = 1", numerator="sum(home_amount)", doubt=UNPRICED),
    "expansion_revenue": dated(
        "deals", "closed", "status = 'won' and kind in ('upsell', 'cross_sell')", numerator="sum(home_amount)", doubt=UNPRICED
    ),
    "average_deal_size": dated(
        "deals", "closed", "status = 'won' and (home_amount is not null or is_unpriced)",
        n="count(home_amount)", numerator="sum(home_amount)", doubt=UNPRICED,
    ),
    "average_deal_size_median": middle("deals", "closed", "home_amount", "status = 'won'", "is_unpriced"),
    "average_purchase_value": dated("deals", "closed", ORDER, numerator="sum(home_amount)", doubt=UNPRICED),
    "win_rate": dated("deals", "closed", DECIDED, numerator="count(*) filter (status = 'won')"),
    "win_rate_by_value": dated(
        "deals", "closed", DECIDED, numerator="sum(home_amount) filter (status = 'won')", denominator="sum(home_amount)", doubt=UNPRICED
    ),
    "close_rate": dated(
        "deals", "created", "kind <> 'renewal'", numerator="count(*) filter (status = 'won')", doubt="count(*) filter (is_young)"
    ),
    "close_rate_within": within("deals", "won_early", "kind <> 'renewal'"),
    "time_to_close": mean("deals", "closed", "close_us", ORDER),
    "time_to_close_median": middle("deals", "closed", "close_us", ORDER),
    "sales_cycle_length": mean("deals", "closed", "cycle_us", f"{ORDER} and won_no = 1"),
    "sales_cycle_length_median": middle("deals", "closed", "cycle_us", f"{ORDER} and won_no = 1"),
    "sales_velocity": joined(
        dated(
            "deals", "closed", f"({DECIDED}) or status = 'won'", n=f"count(close_us) filter ({ORDER})",
            won=f"count(*) filter ({ORDER})", decided=f"count(*) filter ({DECIDED})", revenue="sum(home_amount) filter (status = 'won')",
            sized="count(home_amount) filter (status = 'won')", doubt="count(*) filter (status = 'won' and is_unpriced)",
            close_us=f"sum(close_us) filter ({ORDER})",
        ),
        level(n="0", still="count(*)"),
        "coalesce(sum(still), 0)::double * coalesce(sum(won), 0) / nullif(sum(decided), 0) * coalesce(sum(revenue), 0)::double "
        "/ nullif(sum(sized), 0) as numerator, sum(close_us)::double / nullif(sum(n), 0) / 86400000000 as denominator, "
        "sum(n) as n, sum(doubt) as doubt",
    ),
    "pipeline_velocity": mean("deals", "closed", "velocity_us", DECIDED),
    "pipeline_velocity_median": middle("deals", "closed", "velocity_us", DECIDED),
    "stage_duration": mean("stays", "left", "stay_us", "kind <> 'renewal'"),
    "stage_duration_median": middle("stays", "left", "stay_us", "kind <> 'renewal'"),
    "stage_conversion_rate": dated(
        "passages", "entered", "kind <> 'renewal' and not is_still_in", numerator="count(*) filter (has_passed)"
    ),
    "stage_still_in_rate": dated("passages", "entered", "kind <> 'renewal'", numerator="count(*) filter (is_still_in)"),
    "pipeline_value": level(numerator="coalesce(sum(home_amount), 0)", doubt=UNPRICED),
    "weighted_pipeline_value": level(numerator=WEIGHTED, doubt=UNPRICED),
    "pipeline_coverage": joined(
        dated("deals", "expected", "status = 'open'", expected="sum(home_amount)", doubt=UNPRICED),
        won(n="0"),
        "coalesce(sum(expected), 0) as numerator, greatest(coalesce(sum(target), 0) - coalesce(sum(brought), 0), 0) as denominator, "
        "sum(n) as n, sum(doubt) as doubt",
        standing("targets", "kpi = 'revenue_won'", n="0", target="sum(target)"),
    ),
    "forecast_revenue": joined(
        won(),
        dated("deals", "expected", "status = 'open' and is_expected", ahead=WEIGHTED, doubt=UNPRICED),
        "coalesce(sum(brought), 0) + coalesce(sum(ahead), 0) as numerator, sum(n) as n, sum(doubt) as doubt",
    ),
    "forecast_overdue_value": level("is_overdue", numerator=WEIGHTED, doubt=UNPRICED),
    "forecast_undated_value": level("is_undated", numerator=WEIGHTED, doubt=UNPRICED),
    "stalled_deals": level("is_stalled"),
    "leads_created": dated(*LEADS),
    "crm_leads_created": dated(*LEADS, "is_crm"),
    "lead_qualification_rate": so_far("is_qualified"),
    "lead_qualification_rate_within": within("leads", "was_qualified_early"),
    "lead_to_opportunity_rate": so_far("is_opportunity"),
    "lead_to_opportunity_rate_within": within("leads", "was_opportunity_early"),
    "lead_conversion_rate": so_far("is_customer"),
    "lead_conversion_rate_within": within("leads", "was_customer_early"),
    "average_conversion_time": mean("leads", "converted", "conversion_us"),
    "average_conversion_time_median": middle("leads", "converted", "conversion_us"),
    "lead_assignment_time": mean("leads", "assigned", "assignment_us"),
    "lead_assignment_time_median": middle("leads", "assigned", "assignment_us"),
    "lead_response_time": mean("leads", "answered", "answer_us"),
    "lead_response_time_median": middle("leads", "answered", "answer_us"),
    "lead_response_within_target": dated(*LEADS, "is_judged", numerator="count(*) filter (is_in_time)"),
    "unworked_leads": dated(*LEADS, "is_overdue"),
    "sessions": dated("traffic", "seen", numerator="sum(sessions)"),
    "session_to_lead_rate": joined(
        dated(*LEADS, "is_web", n="0", leads="count(*)"), dated("traffic", "seen", n="sum(sessions)"),
        "coalesce(sum(leads), 0) as numerator, sum(n) as n",
    ),
    "followups_per_lead": dated(*LEADS, "is_month_old", numerator="sum(followups)"),
    "repeat_purchases": dated("deals", "closed", f"{ORDER} and customer is not null and order_no > 1"),
    # Whoever ordered twice counts from the second order on: two stretches of days tell all there is to know of a customer.
    "repeat_purchase_rate": grown(
        "with firsts as (select dimension, member, min(slice, 2) as of "
        f"{ORDERED} group by dimension, member, customer) "
        "select dimension, member, of[1] as slice, count(*) as ever, 0 as again from firsts group by all "
        "union all select dimension, member, of[2], 0, count(*) from firsts where len(of) > 1 group by all",
        "through", numerator="sum(again)", n="sum(ever)",
    ),
    "purchase_frequency": "select *, facts as numerator, there as n "
    f"from ({BUYING})",
    "days_between_orders": middle("deals", "closed", "gap_us", f"{ORDER} and customer is not null and order_no > 1"),
    # Money adds up without asking whose it is; a customer counts from the first deal on.
    "customer_lifetime_value": grown(
        "select dimension, member, slice, count(*) as many, 0 as amount, 0 as unpriced from (select dimension, member, "
        f"min(slice) as slice from deals join slices on day = closed_on where {BOUGHT} group by dimension, member, customer) group by all "
        f"union all select dimension, member, slice, 0, sum(home_amount), {UNPRICED} from deals join slices on day = closed_on "
        f"where {BOUGHT} group by all",
        "through", numerator="coalesce(sum(amount), 0)", n="sum(many)", doubt="sum(unpriced)",
    ),
    "customers": standing("standings", "is_active"),
    "new_customers": dated("arrivals", "began", "is_first"),
    "lost_customers": dated("departures", "lost"),
    "reactivated_customers": dated("arrivals", "began", "not is_first"),
    "customer_retention_rate": standing("standings", "was_active and is_known", numerator="count(*) filter (is_active)"),
    "customer_churn_rate": standing("standings", "was_active and is_known", numerator="count(*) filter (not is_active)"),
    "upsell_rate": standing("standings", "was_active", numerator="count(*) filter (has_upsell)"),
    "cross_sell_rate": standing("standings", "was_active", numerator="count(*) filter (has_cross_sell)"),
    "renewal_rate": dated("contracts", "due", "is_judged", numerator="count(*) filter (is_renewed)"),
    "revenue_churn_rate": of_paid("case when at_end = 0 then at_start else 0 end"),
    "net_revenue_retention": of_paid("at_end"),
    "predicted_lifetime_value": joined(*YEAR, f"{LEFT} as numerator, {AVERAGE} as denominator, sum(n) as n, sum(doubt) as doubt"),
    "customer_health_score": standing("healths", "score is not null and not is_lost", numerator="sum(score)"),
    "revenue_by_source": revenue("source"),
    "revenue_by_campaign": revenue("campaign"),
    "revenue_by_workflow": revenue("workflow"),
    "cost_per_lead": per(spent_on("advertising", "marketing"), dated(*LEADS)),
    "customer_acquisition_cost": per(spent_on("advertising", "marketing", "sales"), dated("arrivals", "began", "is_first")),
    "customer_retention_cost": per(
        spent_on("retention", "service"),
        standing("standings", n="count(*) filter (is_active)", before="count(*) filter (was_active)"),
        "(sum(n) + coalesce(sum(before), 0))::double / 2",
    ),
    "retention_cost_ratio": per(
        spent_on("retention", "service"),
        dated("deals", "closed", BOUGHT, brought="sum(home_amount)", doubt=UNPRICED), "coalesce(sum(brought), 0)",
    ),
    "clv_to_cac": joined(
        *YEAR,
        f"{LEFT} / {AVERAGE} as numerator, case when sum(costs) > 0 then sum(cost)::double / nullif(sum(fresh), 0) end as denominator, "
        "sum(n) as n, sum(doubt) as doubt",
        spent_on("advertising", "marketing", "sales"),
        dated("arrivals", "began", "is_first", n="0", fresh="count(*)"),
    ),
    "sales_roi": roi(spent_on("sales", "advertising"), won()),
    "campaign_roi": roi(spent("is_of_campaign"), *credited("campaign", "brought")),
    "crm_roi": roi(spent_on("crm"), dated("credits", "closed", "of = 'crm'", brought="sum(home_amount)", doubt=UNPRICED)),
    "cost_to_serve_ratio": per(spent_on("sales", "service"), won(), "coalesce(sum(brought), 0)"),
    "cost_per_won_deal": per(spent_on("sales", "service"), dated("deals", "closed", "status = 'won'")),
    "net_promoter_score": PROMOTION,
    "customer_effort_score": dated("surveys", "answered", "kind = 'ces' and is_answered and score is not null", numerator="sum(score)"),
    "customer_satisfaction_score": dated("surveys", "answered", CSAT, numerator="count(*) filter (score >= scale * 0.8)"),
    "customer_satisfaction_mean": dated(
        "surveys", "answered", CSAT,
        numerator="sum(case scale when 10 then 1 + (score::double - 1) * 4 / 9 else score::double end)",
    ),
    "survey_response_rate": dated("surveys", "sent", numerator="count(*) filter (is_answered)"),
    "tickets_created": dated("tickets", "created"),
    "complaints": dated("tickets", "created", "is_complaint"),
    "tickets_waiting": dated("tickets", "created", "is_waiting"),
    "waiting_time": mean("tickets", "answered", "waiting_us"),
    "waiting_time_median": middle("tickets", "answered", "waiting_us"),
    "resolution_time": mean("tickets", "resolved", "resolution_us"),
    "resolution_time_median": middle("tickets", "resolved", "resolution_us"),
    "first_contact_resolution_rate": dated(
        "tickets", "resolved", "is_settled and touches is not null", numerator="count(*) filter (touches <= 1 and not was_reopened)"
    ),
    "engagement_rate": joined(
        once("own_acts", "happened", "0", each="contact"), dated("contacts", "created", role="through"),
        "coalesce(sum(there), 0) as numerator, coalesce(sum(n), 0) as n",
    ),
    "engagement_score": standing("engagements", "score is not null", numerator="sum(score)"),
    "interactions_per_customer": joined(
        dated("dealings", "happened", n="0", acts="count(*)"), standing("standings", "is_active"),
        "coalesce(sum(acts), 0) as numerator, sum(n) as n",
    ),
    "email_open_rate": dated("mails", "delivered", numerator="count(*) filter (is_opened)"),
    "email_click_rate": dated("mails", "delivered", numerator="count(*) filter (is_clicked)"),
    "response_time": mean("replies", "answered", "response_us"),
    "response_time_median": middle("replies", "answered", "response_us"),
    "overdue_followups": dated("followups", "due", "is_overdue"),
    "activity_win_lift": "select dimension, member, grain, period, won_with / nullif(of_with, 0) as numerator, "
    f"won_without / nullif(n - of_with, 0) as denominator, n from ({LIFTED})",
    "crm_records": dated("records", "created", role="through"),
    "records_created": dated("records", "created", "is_dated"),
    "crm_logins": dated("uses", "used", "is_login"),
    "active_user_rate": joined(once("user_days", "used", "0", "is_licensed", each='"user"'), SEATS, USED),
    "usage_frequency": joined(
        dated("user_days", "used", "is_licensed", n="0", days="count(*)"), SEATS,
        "coalesce(sum(days), 0) as numerator, coalesce(sum(weeks), 0) as denominator, sum(n) as n",
    ),
    "feature_adoption_rate": joined(once("uses", "used", "0", "is_feature and is_licensed", each='"user"'), SEATS, USED),
    "onboarding_time": mean("onboardings", "settled", "onboarding_us"),
    "onboarding_time_median": middle("onboardings", "settled", "onboarding_us"),
    "training_completion_rate": dated("trainings", "assigned", numerator="count(*) filter (is_valid)"),
    "data_completeness": dated("deals", "created", numerator="sum(present)", denominator="count(*) * 5"),
    "data_faults": dated("faults", "created"),
}  # fmt: skip
"""Each KPI's query."""
