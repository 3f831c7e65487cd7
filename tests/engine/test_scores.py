"""How well customers are doing and how engaged people are, as KPIs: hand-computed cases."""

from decimal import Decimal
from typing import Any

import pytest

from connector.engine import explain
from connector.kpis import Dimension
from connector.model import Activity, ActivityKind, Company, Contact, Direction, Entity, Mark, Merge, Policies, Record, Stream, Ticket
from tests.engine.conftest import NEW_YORK, Book, at, deal

D = Decimal
NOW = "2018-01-01 09:30"
ANY = Policies(min_sample=1)


def bought(key: str, when: str, **fields: object) -> list[Record]:
    """Return a deal that was won then."""
    return deal(key, ("first", "2016-01-01"), ("won", when), **fields)


def met(key: str, who: str, when: str, kind: str = "call") -> Activity:
    """Return something that somebody began with us."""
    return Activity(id=key, kind=ActivityKind(kind), direction=Direction.IN, contact=who, at=at(when))


RECENT = bought("1", "2017-10-20")  # 73 of 365 days ago: 80
OLDER = bought("2", "2017-08-08", company="bolt")  # 146 of 365 days ago: 60
LOST = bought("3", "2016-10-20", company="bolt")
COMPLAINT = Ticket(id="t", company="acme", created_at=at("2017-12-01"), is_complaint=True)
PIA = Contact(id="pia", company="acme", owner="ann", created_at=at("2017-01-01"))
PER = Contact(id="per", company="bolt", owner="bob", created_at=at("2017-01-01"))
NEW = Contact(id="new", owner="bob", created_at=at("2017-01-01"))
MEETINGS = [met("1", "pia", "2018-01-01 09:29", "meeting"), met("2", "pia", "2017-12-02", "meeting")]  # 20 now, 10 of thirty days ago
BUSY = [met(str(place), "pia", "2018-01-01 09:00", "meeting") for place in range(7)]  # 140, of which 100 count
CALL = met("3", "per", "2017-12-02")  # 5 of 10
HEALTH, ENGAGEMENT = "customer_health_score", "engagement_score"
CASES: list[tuple[str, list[Record], str, str, object, object, object, int]] = [
    ("80 and 60", [*RECENT, *OLDER], HEALTH, "all", 70, 140, 2, 2),
    ("in every running period alike", [*RECENT, *OLDER], HEALTH, "2018-Q1", 70, 140, 2, 2),
    ("not in one that is over", [*RECENT, *OLDER], HEALTH, "2017-12", None, 0, 0, 0),
    ("one customer", RECENT, HEALTH, "all", 80, 80, 1, 1),
    ("no customer", [], HEALTH, "all", None, 0, 0, 0),
    ("who was lost is none any more", [*RECENT, *LOST], HEALTH, "all", 80, 80, 1, 1),
    ("a complaint is 50 for one and none 100 for the other: 65 and 80", [*RECENT, *OLDER, COMPLAINT], HEALTH, "all", D("72.5"), 145, 2, 2),
    ("a person without a company has no score", [*RECENT, *bought("4", "2017-12-01", company=None, contact="new"), NEW]
     , HEALTH, "all", 80, 80, 1, 1),
    ("silence for ninety days is no engagement, nor is silence ever: 40 and 30", [PIA, *RECENT, *OLDER, met("4", "pia", "2017-08-01")]
     , HEALTH, "all", 35, 70, 2, 2),
    ("one that is spoken to now: 90 and, in silence, 30", [PIA, *RECENT, *OLDER, *BUSY], HEALTH, "all", 60, 120, 2, 2),
    ("a deleted company", [*RECENT, *OLDER, Company(id="bolt", deleted_at=at("2017-12-01"))], HEALTH, "all", 80, 80, 1, 1),
    ("of a deal that is open again nobody is a customer", deal("5", ("first", "2016-01-01"), ("won", "2017-10-20"), ("first", "2017-11-01"))
     , HEALTH, "all", None, 0, 0, 0),
    ("an order without an amount is one", bought("6", "2017-10-20", home_amount=None), HEALTH, "all", 80, 80, 1, 1),
    ("30 and 5; with the third nothing has passed", [PIA, PER, NEW, *MEETINGS, CALL], ENGAGEMENT, "all", D("17.5"), 35, 2, 2),
    ("one person", [PIA, *MEETINGS], ENGAGEMENT, "2018", 30, 30, 1, 1),
    ("nobody", [], ENGAGEMENT, "all", None, 0, 0, 0),
    ("long ago is nothing, but something", [PIA, PER, *MEETINGS, met("4", "per", "2017-08-01")], ENGAGEMENT, "all", 15, 30, 2, 2),
    ("not in a month that is over", [PIA, *MEETINGS], ENGAGEMENT, "2017-12", None, 0, 0, 0),
    ("never over a hundred", [PIA, *BUSY], ENGAGEMENT, "all", 100, 100, 1, 1),
    ("two who are one", [PIA, PER, *MEETINGS, CALL, Merge(id="m", of=Entity.CONTACTS, old="per", survivor="pia")]
     , ENGAGEMENT, "all", 35, 35, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("records", "kpi", "period", "value", "numerator", "denominator", "n"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_known_answers(
    book: Book, records: list[Record], kpi: str, period: str, value: object, numerator: object, denominator: object, n: int
):
    """Each mean of scores in a small CRM is what a person computes by hand."""
    book.put(*records)
    found = book.one(kpi, period, as_of=NOW, policies=ANY)
    assert (found.value, found.numerator, found.denominator, found.n) == (value, numerator, denominator, n)


def test_a_score_is_of_its_moment(book: Book):
    """On New Year's Eve, in the year that is over now, the mean was that of that day: 73 days less 1 are 80 to the nearest five."""
    book.put(*RECENT)
    assert book.one(HEALTH, "2017", as_of="2017-12-31 09:30").value == 80
    assert book.one(HEALTH, "2017", as_of="2017-10-20 09:31").value == 100
    assert book.one(HEALTH, "all", as_of="2017-10-20 09:30").value is None


def test_scores_are_those_of_the_fields(book: Book):
    """What stands on the records, added up and divided, is the KPI; few are marked, and weights that are set count in both."""
    book.put(PIA, PER, NEW, *RECENT, *OLDER, COMPLAINT, *MEETINGS, CALL)
    found = book.measure(NOW, policies=Policies(health_weights={"order": D(3)}))
    for kpi, field in ((HEALTH, "kpi_health_score"), (ENGAGEMENT, "kpi_engagement_score")):
        told = [one for one in found.measurement.fields if one.spec.name == field and one.value is not None]
        mine = [D(one.value or 0) for one in told if (one.spec.entity is Entity.CONTACTS) == (kpi == ENGAGEMENT)]
        assert found.value(kpi) == sum(mine) / len(mine), kpi
        assert found.kpi(kpi).marks == (Mark.SMALL,)


def test_scores_are_of_owners_and_segments(book: Book):
    """A contact is its owner's and its company's segment's; a company its own owner's."""
    book.put(PIA, PER, NEW, Company(id="acme", owner="ann", segment="retail"), *RECENT, *OLDER, *MEETINGS, CALL)
    found = book.measure(NOW, policies=ANY)
    assert found.members(ENGAGEMENT, "owner") == {"ann": 30, "bob": 5}
    assert found.members(ENGAGEMENT, "segment") == {"retail": 30, "medical": 5}
    assert found.members(HEALTH, "owner") == {"ann": 55, "": 35}


def test_a_score_that_cannot_be_judged(book: Book):
    """Without activities nobody is known to be engaged; health leaves out the part that they would make."""
    book.put(PIA, *RECENT, *MEETINGS)
    found = book.measure(NOW, policies=ANY, ready={Stream.CALLS: "was refused"})
    assert found.measurement.unavailable[ENGAGEMENT] == "was refused"
    assert found.value(HEALTH) == 80


def _explain(book: Book, kpi: str, **options: Any) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:  # noqa: ANN401 - options of explain
    with book.cache() as cache:
        period, moment = NEW_YORK.parse("all"), at(NOW)
        told = explain(cache, kpi, members={}, period=period, calendar=NEW_YORK, as_of=moment, **{"policies": ANY, **options})
    rows = [(row["id"], row["numerator"], row["made_of"]) for row in told.records]
    return rows, [(row["id"], row["reason"]) for row in told.left_out]


def test_a_mean_of_scores_is_explained(book: Book):
    """Every customer and every person stands there with the score and what it was made from; others with why they do not count."""
    book.put(PIA, NEW, *RECENT, *LOST, COMPLAINT, *MEETINGS)
    assert _explain(book, HEALTH) == (
        [("company:acme", 55, "measured: order 80, engagement 30, complaints 50")],
        [("company:bolt", "it is no customer any more")],
    )
    assert _explain(book, ENGAGEMENT) == (
        [("pia", 30, "interactions in 90 days: 2, worth 30.0 today")],
        [("new", "nothing has passed between us yet")],
    )


def test_a_part_is_told_as_it_counts(book: Book):
    """Seven meetings are worth 140, of which 100 count; a part that weighs three times as much says so: (3 x 80 + 100) / 4 = 85."""
    book.put(PIA, *RECENT, *BUSY)
    weights = Policies(min_sample=1, health_weights={"order": D(3)})
    assert _explain(book, HEALTH, policies=weights)[0] == [("company:acme", 85, "measured: order 80 x 3, engagement 100")]


def test_dimensions_of_a_score(book: Book):
    """A score can be asked for by two dimensions at once."""
    book.put(PIA, PER, *MEETINGS, CALL)
    found = book.compute(ENGAGEMENT, by=[Dimension.OWNER, Dimension.SEGMENT], as_of=NOW, policies=ANY)
    assert {(one.by["owner"], one.by["segment"]): one.value for one in found} == {("ann", "retail"): 30, ("bob", "medical"): 5}
