"""The tables that KPIs stand on, as the engine lays them out for one moment: their columns, and what each of them means.

Every row has its `account`. Facts repeat a record once for the whole account (`dimension` empty) and once for every member it counts
for in every dimension (`dimension` such as `owner`, `member` its id), so that one expression serves every breakdown. Amounts are the
member's share where a record is split, as a deal is over its products. Columns `…_on` are local days and `…_time` local wall-clock
times; columns `…_us` are microseconds on the local wall clock.
"""

from collections.abc import Mapping

_KEY = {"account": "string", "dimension": "string", "member": "string"}
_PERIOD = {"grain": "string", "period": "string"}
MONEY = "decimal(22, 4)"
_DEAL_ONLY = {**_KEY, "deal": "string"}
_DEAL = {**_DEAL_ONLY, "kind": "string"}
_OPEN = {
    "home_amount": MONEY,
    "is_unpriced": "boolean",
    "probability": "decimal(7, 4)",
    "is_overdue": "boolean",
    "is_undated": "boolean",
    "is_slow": "boolean",
    "is_silent": "boolean",
    "is_stalled": "boolean",
}
RECORDS = ("deal", "ticket", "survey", "lead", "contract", "cost", "record", "customer", "contact", "user")
"""The columns that name what a row is about; a table has the first of these that it has."""

FACTS: Mapping[str, Mapping[str, str]] = {
    # Every deal that exists at the moment, as it stands then. `won_no` and `order_no` number a customer's won deals and orders (won deals
    # that are no renewals) in time; `gap_us` is the time since the order before; `is_young` is younger than a cohort must be to be judged.
    # `is_unpriced` has an amount in a currency without an exchange rate, and so none at home. `present` is how many of the facts that
    # every deal needs it has.
    "deals": {
        **_DEAL,
        "customer": "string",
        "status": "string",
        "home_amount": MONEY,
        "is_unpriced": "boolean",
        "probability": "decimal(7, 4)",
        "created_on": "date",
        "created_time": "timestamp",
        "closed_on": "date",
        "closed_time": "timestamp",
        "expected_on": "date",
        "is_expected": "boolean",
        "is_young": "boolean",
        "won_early": "boolean",
        "won_no": "int64",
        "order_no": "int64",
        "close_us": "int64",
        "velocity_us": "int64",
        "cycle_us": "int64",
        "gap_us": "int64",
        "present": "int64",
    },
    # Every deal that was open when a period ended (or is open at the moment, in a running period), as it stood then. It `is_stalled`
    # when it `is_slow`, longer in its stage than usual, or `is_silent`, without activity for the days of the settings.
    "open_deals": {**_DEAL, **_PERIOD, **_OPEN},
    # The same at each moment, by its number, at which some periods end; `levels` tells which these are.
    "open_levels": {**_DEAL, "level": "int16", **_OPEN},
    # Every completed stay of a deal in an open stage.
    "stays": {**_DEAL, "stage": "string", "left_on": "date", "left_time": "timestamp", "stay_us": "int64"},
    # The first time that a deal entered an open stage, passing over it included, and what came of it by the moment.
    "passages": {
        **_DEAL,
        "stage": "string",
        "entered_on": "date",
        "entered_time": "timestamp",
        "has_passed": "boolean",
        "is_still_in": "boolean",
    },
    # Every request for service; spans are in microseconds. `is_settled` was resolved long enough ago to know whether it
    # stays so; `was_reopened` is once within these days.
    "tickets": {
        **_KEY,
        "ticket": "string",
        "is_complaint": "boolean",
        "created_on": "date",
        "created_time": "timestamp",
        "answered_on": "date",
        "answered_time": "timestamp",
        "resolved_on": "date",
        "resolved_time": "timestamp",
        "waiting_us": "int64",
        "resolution_us": "int64",
        "is_waiting": "boolean",
        "is_settled": "boolean",
        "touches": "int64",
        "was_reopened": "boolean",
    },
    # Every survey that was sent or answered. `score` is on the standard scale of its kind, null where the scale is unknown.
    "surveys": {
        **_KEY,
        "survey": "string",
        "kind": "string",
        "respondent": "string",
        "score": "decimal(9, 4)",
        "scale": "int64",
        "sent_on": "date",
        "sent_time": "timestamp",
        "answered_on": "date",
        "answered_time": "timestamp",
        "is_answered": "boolean",
    },
    # Every lead, and what became of it by the moment. The spans run from its creation. `is_young` is younger than a cohort must be to be
    # judged; `is_judged` was answered, or had its time to be.
    "leads": {
        **_KEY,
        "lead": "string",
        "created_on": "date",
        "created_time": "timestamp",
        "converted_on": "date",
        "converted_time": "timestamp",
        "assigned_on": "date",
        "assigned_time": "timestamp",
        "answered_on": "date",
        "answered_time": "timestamp",
        "is_qualified": "boolean",
        "is_opportunity": "boolean",
        "is_customer": "boolean",
        "was_qualified_early": "boolean",
        "was_opportunity_early": "boolean",
        "was_customer_early": "boolean",
        "is_young": "boolean",
        "is_judged": "boolean",
        "is_in_time": "boolean",
        "is_overdue": "boolean",
        "conversion_us": "int64",
        "assignment_us": "int64",
        "answer_us": "int64",
        "followups": "int64",
        "is_month_old": "boolean",
        "is_web": "boolean",
        "is_crm": "boolean",
    },
    # Every contract with a last day that has come. `is_judged` was renewed or cancelled, or had its days of grace.
    "contracts": {
        **_KEY,
        "contract": "string",
        "due_on": "date",
        "due_time": "timestamp",
        "is_renewed": "boolean",
        "is_judged": "boolean",
    },
    # What a customer's contracts brought a month when a period began and when it ended (or at the moment, in a running period); null and
    # `is_unpriced` where one of these contracts has an amount without an exchange rate.
    "recurring": {**_KEY, **_PERIOD, "customer": "string", "at_start": MONEY, "at_end": MONEY, "is_unpriced": "boolean"},
    # Every time that somebody became a customer, for the first time or again. `deal` is the one that did it, where it was one.
    "arrivals": {**_KEY, "customer": "string", "is_first": "boolean", "began_on": "date", "began_time": "timestamp"},
    # Every time that a customer was lost.
    "departures": {**_KEY, "customer": "string", "lost_on": "date", "lost_time": "timestamp"},
    # Every customer who was one when a period began or ended, or a year before its end. `is_known` is what began after all of the time that
    # it takes to lose a customer was seen, `is_year_known` the same of that year; `margin` is that of
    # the settings.
    "standings": {
        **_KEY,
        **_PERIOD,
        "customer": "string",
        "was_active": "boolean",
        "is_active": "boolean",
        "is_known": "boolean",
        "has_upsell": "boolean",
        "has_cross_sell": "boolean",
        "was_active_a_year_ago": "boolean",
        "is_year_known": "boolean",
        "margin": "decimal(7, 4)",
    },
    # What was spent on a day; `amount` is null without an exchange rate. Where several providers tell of the same, one `is_counted`.
    "costs": {
        **_KEY,
        "cost": "string",
        "category": "string",
        "amount": MONEY,
        "is_counted": "boolean",
        "is_of_campaign": "boolean",
        "spent_on": "date",
        "spent_time": "timestamp",
    },
    # The money of won deals by what led to it: `of` says whether a source, a campaign or a workflow is credited, or (`crm`) the CRM.
    "credits": {
        **_KEY,
        "deal": "string",
        "of": "string",
        "home_amount": MONEY,
        "is_unpriced": "boolean",
        "closed_on": "date",
        "closed_time": "timestamp",
    },
    # What passed between us and customers, by who did it. `is_own` is an act of the contact's own; `is_with_customer` was with somebody who
    # was one then.
    "acts": {
        **_KEY,
        "record": "string",
        "contact": "string",
        "is_own": "boolean",
        "is_with_customer": "boolean",
        "happened_on": "date",
        "happened_time": "timestamp",
    },
    # What people who are there did of their own accord, by whose they are; and what passed with customers, by whose customers they are.
    "own_acts": {**_KEY, "record": "string", "contact": "string", "happened_on": "date", "happened_time": "timestamp"},
    "dealings": {**_KEY, "record": "string", "happened_on": "date", "happened_time": "timestamp"},
    # Everybody who is there.
    "contacts": {**_KEY, "record": "string", "created_on": "date", "created_time": "timestamp"},
    # Every company that is or was a customer, with its health, and every contact with its engagement, at the moment (in the periods whose
    # level is that of the moment). `made_of` says in words what the score was made from.
    "healths": {**_KEY, **_PERIOD, "customer": "string", "score": "int64", "made_of": "string", "is_lost": "boolean"},
    "engagements": {**_KEY, **_PERIOD, "contact": "string", "score": "int64", "made_of": "string"},
    # E-mails of ours that were delivered.
    "mails": {
        **_KEY,
        "record": "string",
        "delivered_on": "date",
        "delivered_time": "timestamp",
        "is_opened": "boolean",
        "is_machine_open": "boolean",
        "is_clicked": "boolean",
    },
    # Every message of a customer that nobody had answered, and how long it took until a person did.
    "replies": {
        **_KEY,
        "record": "string",
        "received_on": "date",
        "received_time": "timestamp",
        "answered_on": "date",
        "answered_time": "timestamp",
        "response_us": "int64",
    },
    # Everything that was to be done by a time. `is_overdue` is past it and neither done nor cancelled, `is_to_come` is not past it yet.
    "followups": {
        **_KEY,
        "record": "string",
        "is_overdue": "boolean",
        "is_cancelled": "boolean",
        "is_done": "boolean",
        "is_to_come": "boolean",
        "due_on": "date",
        "due_time": "timestamp",
    },
    # Every decided deal that lived for fourteen days; `has_act` tells of those days (by channel: of that kind of activity).
    "lifts": {**_DEAL_ONLY, "is_won": "boolean", "has_act": "boolean", "closed_on": "date", "closed_time": "timestamp"},
    # Every record of the CRM that is there; one that is not `is_dated` was made nobody knows when, and stands at the beginning of time.
    "records": {**_KEY, "record": "string", "is_dated": "boolean", "created_on": "date", "created_time": "timestamp"},
    # Every time that a user logged in or did something; it `is_licensed` where they had a licence then.
    "uses": {
        **_KEY,
        "record": "string",
        "user": "string",
        "is_login": "boolean",
        "is_feature": "boolean",
        "is_licensed": "boolean",
        "used_on": "date",
        "used_time": "timestamp",
    },
    # Every day on which a user did something; it `is_licensed` where they had a licence then.
    "user_days": {
        **_KEY,
        "record": "string",
        "user": "string",
        "is_licensed": "boolean",
        "used_on": "date",
        "used_time": "timestamp",
    },
    # Everybody with a licence in a period, and for how many weeks of it.
    "seats": {**_KEY, **_PERIOD, "record": "string", "weeks": "float64"},
    # The end of the beginning of each new user.
    "onboardings": {**_KEY, "record": "string", "settled_on": "date", "settled_time": "timestamp", "onboarding_us": "int64"},
    # Every course that somebody was assigned.
    "trainings": {
        **_KEY,
        "record": "string",
        "is_valid": "boolean",
        "is_expired": "boolean",
        "assigned_on": "date",
        "assigned_time": "timestamp",
    },
    # Visits of the web site.
    "traffic": {**_KEY, "record": "string", "sessions": "int64", "seen_on": "date", "seen_time": "timestamp"},
    # Every fault in a record, by the rule that found it; `record` is `entity:id`.
    "faults": {**_KEY, "record": "string", "rule": "string", "created_on": "date", "created_time": "timestamp"},
    # What a KPI should reach in a period.
    "targets": {**_KEY, **_PERIOD, "kpi": "string", "target": MONEY},
    # Which periods end at each moment (or run at the last).
    "levels": {"account": "string", "level": "int16", **_PERIOD},
    # Which days belong to which period, by role (see `connector.kpis.metric.Role`); `until` cuts off a part of a day.
    "calendar": {"account": "string", **_PERIOD, "role": "string", "day": "date", "until": "timestamp"},
    # Which slice of time each day falls in, and which slices each period is made of, by role (see `connector.kpis.shared`); `first` and
    # `last` are the period's. Periods have numbers there, which is quicker than names; `numbered_days` is the calendar so. `cut_days` are
    # those of which only a part, up to `until`, belongs to a period.
    "slices": {"account": "string", "day": "date", "slice": "int64"},
    "slices_of_periods": {"no": "int32", "role": "string", "slice": "int64", "first": "int64", "last": "int64"},
    "cut_days": {"no": "int32", "role": "string", "day": "date", "until": "timestamp"},
    "numbered_days": {"no": "int32", "role": "string", "day": "date"},
    "numbered_periods": {"account": "string", "no": "int32", **_PERIOD},
}
LEVELS = {"open_deals": "open_levels"}
"""Facts that are told of moments, by the name of those that are told of periods: several periods may end at one moment."""
