"""How much customers have to do with us, how soon they are answered, and which of our actions go with winning."""

from connector.kpis.loyalty import STANDING, flag, score_and_n
from connector.kpis.metric import (
    ACTIVITIES,
    BASE,
    Better,
    Columns,
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
)
from connector.model import Stream

BY = (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT)
ACTS_BY = (*BY, Dimension.CHANNEL)
"""By what KPIs of an account break down acts, of which the program's own look at parts only."""
DELIVERED = Rows(
    of="mails",
    at="delivered",
    left_out={"only a machine opened it, which counts as not opened": flag("is_machine_open")},
)
OWN_ACTS = Rows(of="own_acts", at="happened")
EVERYBODY = Rows(of="contacts", at="created", role=Role.THROUGH)
OVERDUE = Rows(
    of="followups",
    at="due",
    where=flag("is_overdue"),
    left_out={"it is done": flag("is_done"), "it was cancelled": flag("is_cancelled"), "it still has time": flag("is_to_come")},
)
SCORED = Rows(
    of="engagements",
    where=lambda engagements: engagements.score.notnull(),
    left_out={"nothing has passed between us yet": lambda engagements: engagements.score.isnull()},
)
LONG_LIVED = Rows(of="lifts", at="closed")


def _won_with(lifts: Columns) -> Columns:
    return lifts.is_won & lifts.has_act


def _won_without(lifts: Columns) -> Columns:
    return lifts.is_won & ~lifts.has_act


KPIS = (
    Kpi(
        key="engagement_rate",
        version=2,
        label="Engagement rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of contacts who did something of their own accord in the period.",
        formula_words=(
            "Contacts with at least one message, call, opening, click, visit, form or use of the product of their own in the period / "
            "contacts there were by its end. What was deleted, and what was before the contact came, counts on neither side; by owner both "
            "are those of the contact's owner."
        ),
        source="NCR",
        formula=Formula(
            parts=(
                Part(rows=OWN_ACTS, per_customer={"acts": one}, each="contact", adds={"engaged": lambda contacts: contacts.acts > 0}),
                Part(rows=EVERYBODY, adds={"n": one}),
            ),
            numerator=lambda sums: sums.engaged,
            denominator=lambda sums: sums.n,
            is_share=True,
        ),
        reads=(*BASE, Stream.CONTACTS, *ACTIVITIES),
        by=ACTS_BY,
    ),
    Kpi(
        key="engagement_score",
        label="Engagement score",
        unit=Unit.SCORE,
        better=Better.UP,
        means="How engaged contacts are now, on average.",
        formula_words=(
            "Mean of the engagement scores (0 to 100, to the nearest 5) of contacts with whom anything has ever passed: interactions of 90 "
            "days, a meeting 20, a message or call of theirs 10, a click 5, the rest 2, halved every 30 days. As of now, so past periods "
            "have none."
        ),
        source="C",
        formula=Formula(parts=(Part(rows=SCORED, adds=score_and_n(), shows=("made_of",)),)),
        reads=(*BASE, Stream.CONTACTS, *ACTIVITIES),
        by=BY,
    ),
    Kpi(
        key="interactions_per_customer",
        version=2,
        label="Interactions per customer",
        unit=Unit.PER_CUSTOMER,
        better=Better.UP,
        means="How often we and a customer had to do with each other in the period.",
        formula_words=(
            "Messages, their openings and clicks, calls, meetings, visits, forms and uses of the product by people, with customers in the "
            "period / customers at its end; by owner both are those of the customer's owner."
        ),
        source="R",
        formula=Formula(
            parts=(
                Part(rows=Rows(of="dealings", at="happened"), adds={"acts": one}),
                Part(rows=STANDING, adds={"n": one}),
            ),
            numerator=lambda sums: sums.acts,
            denominator=lambda sums: sums.n,
        ),
        reads=(*BASE, *ACTIVITIES),
        by=BY,
    ),
    Kpi(
        key="email_open_rate",
        label="E-mail open rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of delivered e-mails that somebody opened.",
        formula_words="E-mails delivered in the period and opened by a person so far / delivered.",
        source="C",
        formula=ratio(DELIVERED, flag("is_opened"), one),
        reads=(Stream.EMAILS,),
        by=BY,
    ),
    Kpi(
        key="email_click_rate",
        label="E-mail click rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of delivered e-mails in which somebody clicked.",
        formula_words="E-mails delivered in the period with a click so far / delivered.",
        source="C",
        formula=ratio(DELIVERED, flag("is_clicked"), one),
        reads=(Stream.EMAILS,),
        by=BY,
    ),
    Kpi(
        key="response_time",
        label="Response time",
        unit=Unit.HOURS,
        better=Better.DOWN,
        means="How long customers wait for an answer, whenever they turn to us.",
        formula_words=(
            "Mean time from a customer's first unanswered message to the next one of a person of ours in the same thread (without one: "
            "with the same contact on the same channel), answers in the period, of hours of business only where they are set."
        ),
        source="C",
        formula=mean(Rows(of="replies", at="answered"), lambda replies: replies.response_us),
        reads=(Stream.CALLS, Stream.EMAILS),
        by=(*BY, Dimension.CHANNEL),
    ),
    Kpi(
        key="overdue_followups",
        label="Overdue follow-ups",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many of the things that were to be done in the period nobody has done yet.",
        formula_words=(
            "Tasks, and calls, e-mails and meetings that name a time by which they are due as far as these are read, by the day of that "
            "time: those past it that are neither done nor cancelled so far. What was cancelled or deleted later is so at every earlier "
            "moment, too, because no CRM tells when."
        ),
        source="+",
        formula=count(OVERDUE),
        reads=(Stream.TASKS,),
        by=BY,
    ),
    Kpi(
        key="activity_win_lift",
        label="Win lift of activities",
        unit=Unit.RATIO,
        better=Better.UP,
        means="How many times as often deals are won on which somebody was active early.",
        formula_words=(
            "Win rate of deals with a call, meeting, message or e-mail in their first 14 days / win rate of those without; deals decided "
            "in the period that lived for 14 days, renewals left out. By pipeline like is compared with like; it goes with winning."
        ),
        source="U",
        formula=Formula(
            parts=(
                Part(
                    rows=LONG_LIVED,
                    adds={
                        "won_with": _won_with,
                        "with_act": flag("has_act"),
                        "won_without": _won_without,
                        "without_act": lambda lifts: ~lifts.has_act,
                        "n": one,
                    },
                ),
            ),
            numerator=lambda sums: sums.won_with.cast("float64") / sums.with_act.nullif(0),
            denominator=lambda sums: sums.won_without.cast("float64") / sums.without_act.nullif(0),
        ),
        reads=(*BASE, *ACTIVITIES),
        by=(*BY, Dimension.PIPELINE, Dimension.SOURCE, Dimension.CAMPAIGN, Dimension.CHANNEL),
    ),
)
