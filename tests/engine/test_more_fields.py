"""What the fields of companies and contacts hold that hang on more than deals: hand-computed cases."""

from decimal import Decimal
from typing import Any

import pytest

from connector.model import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    Contract,
    Direction,
    Policies,
    ProductUse,
    Record,
    Stream,
    Survey,
    SurveyKind,
    Ticket,
)
from tests.engine.conftest import Book, at, day, deal

D = Decimal
NOW = "2018-01-01 09:30"


def act(key: str, when: str, kind: str = "email", way: str = "in", **fields: Any) -> Activity:  # noqa: ANN401 - the record's own
    """Return an activity of Pia's at a local time."""
    return Activity(id=key, kind=ActivityKind(kind), direction=Direction(way), at=at(when), **{"contact": "pia", **fields})


PIA = Contact(id="pia", company="acme", created_at=at("2017-01-01"), qualified_at=at("2017-02-01"))


def test_how_engaged_somebody_is(book: Book):
    """A meeting just now is 20, one of thirty days ago half of it, a message of theirs 10; what is older than 90 days counts nothing."""
    met = [act("1", "2018-01-01", "meeting"), act("2", "2017-12-02", "meeting"), act("3", "2018-01-01"), act("4", "2017-09-01", "meeting")]
    book.put(PIA, *met)
    found = book.measure("2018-01-01 09:31")
    assert found.field("pia", "kpi_engagement_score") == "40"
    assert found.field("acme", "kpi_engagement_score") == "40"
    assert found.field("bolt", "kpi_engagement_score") is None
    assert found.field("pia", "kpi_last_contact_on") == "2018-01-01"


def test_a_score_hardly_moves_by_the_day(book: Book):
    """Rounded to five, a score is the same a day later."""
    book.put(PIA, act("1", "2017-12-20", "meeting"))
    assert [book.measure(now).field("pia", "kpi_engagement_score") for now in ("2018-01-01", "2018-01-02")] == ["15", "15"]


def test_when_a_reply_is_due(book: Book):
    """The oldest message that nobody has answered is due a day after it came; answered ones took two hours on average."""
    talk = [
        act("1", "2017-12-30 10:00"),
        act("2", "2017-12-30 12:00", way="out"),
        act("3", "2017-12-31 10:00"),
        act("4", "2017-12-31 11:00"),
    ]
    book.put(PIA, *talk)
    found = book.measure(NOW)
    assert found.field("pia", "kpi_reply_due_at") == "2018-01-01T15:00:00Z"
    assert found.field("pia", "kpi_response_hours") == "2"
    book.put(act("5", "2017-12-31 12:00", way="out"))
    assert book.measure(NOW).field("pia", "kpi_reply_due_at") is None


def test_what_somebody_said_last(book: Book):
    """The last answer of each kind stands on the person, the last recommendation on the company too."""
    said = [
        Survey(id="1", kind=SurveyKind.NPS, contact="pia", company="acme", score=D(9), scale=10, answered_at=at("2017-11-01")),
        Survey(id="2", kind=SurveyKind.NPS, contact="pia", company="acme", score=D(3), scale=10, answered_at=at("2017-12-01")),
        Survey(id="3", kind=SurveyKind.CSAT, contact="pia", company="acme", score=D(4), scale=5, answered_at=at("2017-10-01")),
        Survey(id="4", kind=SurveyKind.CES, contact="pia", company="acme", score=D(2), scale=7, answered_at=at("2017-10-01")),
    ]
    book.put(PIA, *said)
    found = book.measure(NOW)
    names = ("kpi_last_nps", "kpi_last_csat", "kpi_last_effort")
    assert [found.field("pia", name) for name in names] == ["3", "4", "2"]
    assert found.field("acme", "kpi_last_nps") == "3"


def test_how_promising_a_lead_is(book: Book):
    """Qualified 60, a company of a thousand 100, no contact 0: 55 on average; readiness alone is 60; a customer has no score."""
    book.put(Company(id="acme", name="Acme", size=1000), PIA)
    assert book.measure(NOW).field("pia", "kpi_lead_score") == "55"
    weights = {"engagement": D(0), "size": D(0)}
    assert book.measure(NOW, policies=Policies(lead_weights=weights)).field("pia", "kpi_lead_score") == "60"
    book.put(deal("1", ("first", "2017-12-01"), ("won", "2017-12-02")))
    assert book.measure(NOW).field("pia", "kpi_lead_score") is None


def test_a_ticket_that_was_opened_again_is_open(book: Book):
    """When it was closed last stays known, and it counts as open until it is closed once more."""
    for key, opened, closed in (("1", "2017-12-05", "2017-12-03"), ("2", "2017-12-05", "2017-12-07")):
        book.put(Ticket(id=key, company="acme", created_at=at("2017-12-02"), resolved_at=at(closed), reopened_at=at(opened)))
    assert book.measure(NOW).field("acme", "kpi_open_tickets") == "1"


def test_how_a_customer_is_doing(book: Book):
    """The last order was 73 of 365 days ago (80), one complaint is open (50): 65 on average, at medium risk because of the complaint."""
    ordered = deal("1", ("first", "2017-10-01"), ("won", "2017-10-20 09:30"))
    complaint = Ticket(id="1", company="acme", created_at=at("2017-12-01"), is_complaint=True)
    book.put(ordered, complaint, Ticket(id="2", company="acme", created_at=at("2017-12-02"), resolved_at=at("2017-12-03")))
    found = book.measure(NOW)
    assert found.field("acme", "kpi_health_score") == "65"
    assert (found.field("acme", "kpi_churn_risk"), found.field("acme", "kpi_churn_reason")) == ("medium", "open complaints")
    assert (found.field("acme", "kpi_open_tickets"), found.field("acme", "kpi_open_complaints")) == ("1", "1")
    (why,) = (one.evidence["from"] for one in found.measurement.fields if (one.record, one.spec.name) == ("acme", "kpi_health_score"))
    assert why == "measured: order 80, complaints 50"
    assert found.field("bolt", "kpi_health_score") is None
    unread = book.measure(NOW, ready={Stream.TICKETS: "was refused"})
    assert unread.field("acme", "kpi_health_score") == "80"
    assert unread.field("acme", "kpi_churn_risk") == "low"


def test_the_weights_of_health(book: Book):
    """A part that weighs nothing is left out; one that weighs three times as much counts three times."""
    ordered = deal("1", ("first", "2017-10-01"), ("won", "2017-10-20 09:30"))
    book.put(PIA, ordered, *[ProductUse(id=str(place), company="acme", at=at("2017-12-20")) for place in range(4)])
    weights = {"order": D(3), "engagement": D(0)}
    assert book.measure(NOW, policies=Policies(health_weights=weights)).field("acme", "kpi_health_score") == "65"


def test_a_lost_customer_says_so(book: Book):
    """Who has not ordered for longer than the policy allows is lost, and no risk any more."""
    book.put(deal("1", ("first", "2016-10-01"), ("won", "2016-10-20")))
    found = book.measure(NOW)
    assert (found.field("acme", "kpi_churn_risk"), found.field("acme", "kpi_churn_reason")) == ("lost", None)


@pytest.mark.parametrize("renewed", [False, True])
def test_the_next_renewal(book: Book, renewed: bool):  # noqa: FBT001 - a case
    """The next contract that ends and that nobody has renewed says when and for how much."""
    contracts: list[Record] = [
        Contract(id="1", company="acme", starts_on=day("2017-02-01"), ends_on=day("2018-02-01"), amount=D(500)),
        Contract(id="2", company="acme", product="y", starts_on=day("2017-05-01"), ends_on=day("2018-05-01"), amount=D(700)),
        Contract(id="3", company="acme", starts_on=day("2016-02-01"), ends_on=day("2017-02-01"), amount=D(300)),
    ]
    following = Contract(id="4", company="acme", starts_on=day("2018-02-01"), ends_on=day("2019-02-01"), amount=D(900), renews_contract="1")
    book.put(*contracts, *([following] if renewed else []))
    found = book.measure(NOW)
    expected = ("2018-05-01", "700") if renewed else ("2018-02-01", "500")
    assert (found.field("acme", "kpi_renewal_on"), found.field("acme", "kpi_renewal_amount")) == expected


def test_what_a_company_may_leave(book: Book):
    """Acme ordered for 200 in a year, half is left, and one of two customers of a year ago was lost: 200 x 0.5 x 2 years."""
    won = [("1", "2016-11-01", "acme"), ("2", "2016-11-01", "bolt"), ("3", "2017-01-20", "acme"), ("4", "2017-12-01", "acme")]
    early = deal("0", ("first", "2016-01-01"), ("won", "2016-01-02"), company=None, contact="x")
    book.put(early, *[deal(key, ("first", when), ("won", f"{when} 12:00"), company=company) for key, when, company in won])
    found = book.measure(NOW, policies=Policies(churn_days=340, gross_margin=D("0.5")))
    assert found.field("acme", "kpi_predicted_lifetime_value") == "200"


def test_how_likely_a_deal_is_won(book: Book):
    """Of twenty deals that were in the first stage thirteen were won: 65 %; a stage that few were in promises nothing."""
    decided = [deal(f"d{place}", ("first", "2017-01-01"), ("won" if place < 13 else "lost", "2017-02-01")) for place in range(20)]
    book.put(*decided, deal("1", ("first", "2017-12-01")), deal("2", ("first", "2017-12-01"), ("second", "2017-12-02")))
    found = book.measure(NOW)
    assert found.field("1", "kpi_win_chance") == "0.65"
    assert found.field("2", "kpi_win_chance") is None
    assert found.field("d1", "kpi_win_chance") is None
