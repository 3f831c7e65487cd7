"""How requests for service are answered and resolved."""

from connector.kpis.metric import Better, Columns, Dimension, Kpi, Need, Rows, Unit, count, mean, one, ratio
from connector.model import Stream

READS = (Stream.TICKETS,)
BY = (Dimension.OWNER, Dimension.TEAM, Dimension.SEGMENT, Dimension.PIPELINE, Dimension.CHANNEL, Dimension.REASON)


def _is_judged(tickets: Columns) -> Columns:
    return tickets.is_settled & tickets.touches.notnull()


def _is_first_contact(tickets: Columns) -> Columns:
    return (tickets.touches <= 1) & ~tickets.was_reopened


RESOLVED = Rows(
    of="tickets",
    at="resolved",
    left_out={"it was resolved before it was created": lambda tickets: tickets.resolution_us.isnull()},
)
ANSWERED = Rows(
    of="tickets",
    at="answered",
    left_out={"it was answered before it was created": lambda tickets: tickets.waiting_us.isnull()},
)
JUDGED = Rows(
    of="tickets",
    at="resolved",
    where=_is_judged,
    left_out={
        "it was resolved less than 7 days ago": lambda tickets: ~tickets.is_settled,
        "nobody counted how often it was answered": lambda tickets: tickets.is_settled & tickets.touches.isnull(),
    },
)

KPIS = (
    Kpi(
        key="tickets_created",
        label="Tickets created",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many requests for service came in the period.",
        formula_words="Tickets by the day they were created.",
        source="+",
        formula=count(Rows(of="tickets", at="created")),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="complaints",
        label="Complaints",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many complaints came in the period.",
        formula_words="Tickets that are complaints, by the day they were created; what a complaint is says a setting.",
        source="U",
        formula=count(Rows(of="tickets", at="created", where=lambda tickets: tickets.is_complaint)),
        reads=READS,
        needs=(Need.COMPLAINTS,),
        by=BY,
    ),
    Kpi(
        key="tickets_waiting",
        label="Tickets still waiting",
        unit=Unit.COUNT,
        better=Better.DOWN,
        means="How many of the requests that came in the period nobody has answered yet.",
        formula_words="Tickets by the day they were created that have neither an answer nor a resolution.",
        source="U",
        formula=count(Rows(of="tickets", at="created", where=lambda tickets: tickets.is_waiting)),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="waiting_time",
        label="Waiting time",
        unit=Unit.HOURS,
        better=Better.DOWN,
        means="How long customers wait for the first answer.",
        formula_words=(
            "Mean time from a ticket's creation to the first human answer, answers in the period, of hours of business only where they are "
            "set; still waiting counted apart."
        ),
        source="U",
        formula=mean(ANSWERED, lambda tickets: tickets.waiting_us),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="resolution_time",
        label="Resolution time",
        unit=Unit.HOURS,
        better=Better.DOWN,
        means="How long it takes until a request is resolved.",
        formula_words="Mean time from creation to resolution, less the time the clock stood still, of tickets resolved in the period.",
        source="U",
        formula=mean(RESOLVED, lambda tickets: tickets.resolution_us),
        reads=READS,
        by=BY,
    ),
    Kpi(
        key="first_contact_resolution_rate",
        label="First contact resolution rate",
        unit=Unit.RATE,
        better=Better.UP,
        means="The share of requests that the first answer resolved for good.",
        formula_words="Of tickets resolved in the period, 7 days ago or more: answered once at most and not opened again in 7 days / all.",
        source="C",
        formula=ratio(JUDGED, _is_first_contact, one),
        reads=READS,
        by=BY,
    ),
)
