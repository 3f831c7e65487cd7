"""Whom a deal counts for: owner, teams, products, segment."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connector.kpis import KPIS, Dimension
from connector.model import Campaign, Contact, DealSplit, Entity, LineItem, Mark, Membership, Record, Stream, Touch, User
from tests.engine.conftest import MORE_FIELDS, NEEDY, Book, at, changed, deal, line

D = Decimal


def test_a_closed_deal_counts_for_its_owner_at_the_close(book: Book):
    """Ann won the deal in March; that it was handed to Bob in April changes nothing for March."""
    book.put(
        deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), owner="bob"),
        changed("1", "owner", ("2017-02-01", "bob", "ann"), ("2017-04-01", "ann", "bob")),
    )
    assert book.measure().members("revenue_won", "owner") == {"ann": 100}


def test_an_owner_set_in_the_closing_moment_is_the_owner(book: Book):
    """Where owner and stage change at the same instant, the new owner closed the deal."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), owner="bob"), changed("1", "owner", ("2017-03-05", "ann", "bob")))
    assert book.measure().members("revenue_won", "owner") == {"bob": 100}


def split(of: str, **shares: str) -> list[DealSplit]:
    """Return how people share a deal."""
    return [DealSplit(id=f"{of}:{owner}", deal=of, owner=owner, share=D(share)) for owner, share in shares.items()]


def test_who_shares_a_closed_deal_has_a_share_of_its_money(book: Book):
    """Ann's deal of 100 is shared with Bob three to one, in cents that add up: it is a deal of each, the account has it once."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), home_amount=D("100.03")), split("1", ann="0.75", bob="0.25"))
    book.put(deal("2", ("first", "2017-01-01"), ("lost", "2017-03-05")), split("2", bob="1"))
    book.put(deal("3", ("first", "2017-01-01")), split("3", bob="1"))
    found = book.measure()
    assert found.members("revenue_won", "owner") == {"ann": D("75.0225"), "bob": D("25.0075")}
    assert found.members("win_rate", "owner") == {"ann": 1, "bob": D("0.5")}
    assert found.members("pipeline_value", "owner") == {"ann": 100}
    assert (found.value("revenue_won"), found.value("deals_won")) == (D("100.03"), 1)


def test_a_team_has_a_deal_once_that_its_people_share(book: Book):
    """Both are in the blue team, Ann in the red one, too: blue has all of the money and one deal, red Ann's share of it."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), source="web"), split("1", ann="0.75", bob="0.25"))
    found = book.measure()
    assert found.members("revenue_won", "team") == {"blue": 100, "red": 75}
    assert found.members("deals_won", "team") == {"blue": 1, "red": 1}
    assert found.members("revenue_by_source", "team") == {"blue": 100, "red": 75}


def test_a_share_falls_on_products_too(book: Book):
    """Of 120, three quarters are Ann's and a third is for X: X brought Ann 30."""
    lines = [line("1", "x", 20), line("1", "y", 40, 1)]
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), home_amount=D(120)), split("1", ann="0.75", bob="0.25"), lines)
    found = {
        (one.by["owner"], one.by["product"]): one.value for one in book.compute("revenue_won", by=[Dimension.OWNER, Dimension.PRODUCT])
    }
    assert found == {("ann", "x"): 30, ("ann", "y"): 60, ("bob", "x"): 10, ("bob", "y"): 20}


def test_one_who_shares_a_deal_of_somebody_else_is_brought_up_to_date_alone(book: Book):
    """Measured alone, Bob's record shows his share of Ann's deal as a whole measurement does."""
    book.put(deal("1", ("first", "2017-12-01"), ("won", "2017-12-05")), split("1", ann="0.75", bob="0.25"))
    few = book.measure(records={(Entity.USERS, "bob")})
    assert [found.field("bob", "kpi_revenue_won_month") for found in (few, book.measure())] == ["25", "25"]


def test_an_open_deal_counts_for_its_present_owner(book: Book):
    """The pipeline of January is Bob's, that of February Ann's."""
    book.put(deal("1", ("first", "2017-01-01"), owner="ann"), changed("1", "owner", ("2017-02-10", "bob", "ann")))
    found = book.measure()
    assert [found.members("pipeline_value", "owner", period) for period in ("2017-01", "2017-02")] == [{"bob": 100}, {"ann": 100}]


def test_every_team_of_the_owner_is_credited(book: Book):
    """Ann is in the red and, secondarily, in the blue team: both have her deal; the account has it once."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05")))
    found = book.measure()
    assert found.members("revenue_won", "team") == {"red": 100, "blue": 100}
    assert found.value("revenue_won") == 100


def test_teams_count_from_joining_to_leaving(book: Book):
    """Bob joined the red team on 10 March and left the blue one on 20 March: deals of that day belong to the team he joined, not left."""
    book.put(
        Membership(id="red:bob", team="red", user="bob", since=at("2017-03-10 08:00")),
        Membership(id="blue:bob", team="blue", user="bob", deleted_at=at("2017-03-20 08:00")),
        *(deal(name, ("first", "2017-01-01"), ("won", f"2017-03-{name}"), owner="bob") for name in ("09", "10", "19", "20")),
    )
    found = book.measure()
    assert found.members("deals_won", "team") == {"red": 3, "blue": 3}


def test_a_file_tells_until_when_somebody_was_in_a_team(book: Book):
    """Ann moved from the red team to the blue one on 10 March: each has the deals that she closed while she was in it."""
    book.put(
        Membership(id="red:ann", team="red", user="ann", until=at("2017-03-10 00:00")),
        Membership(id="blue:ann", team="blue", user="ann", since=at("2017-03-10 00:00")),
        deal("1", ("first", "2017-01-01"), ("won", "2017-03-09 23:00")),
        deal("2", ("first", "2017-01-01"), ("won", "2017-03-10 01:00"), home_amount=D(30)),
    )
    assert book.measure().members("revenue_won", "team") == {"red": 100, "blue": 30}


def test_who_belongs_nowhere_is_counted_as_none(book: Book):
    """A deal without owner, company or product counts under no member, by a name of its own."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), owner=None, company=None))
    found = book.measure()
    for dimension in ("owner", "team", "product", "segment"):
        one = found.kpi("revenue_won", **{dimension: ""})
        assert (one.value, one.names) == (100, {dimension: "(none)"})


def test_members_have_their_names(book: Book):
    """A member is called as in the CRM, also after being deleted there; one that was never seen keeps its id."""
    book.put(User(id="bob", name="Bob", deleted_at=at("2017-12-01")))
    book.put(
        deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), owner="bob"),
        deal("2", ("first", "2017-01-01"), ("won", "2017-03-05"), owner="ghost"),
    )
    found = book.measure()
    assert [found.kpi("deals_won", owner=owner).names["owner"] for owner in ("bob", "ghost")] == ["Bob", "ghost"]


@pytest.mark.parametrize(
    ("lines", "shares"),
    [
        ([("x", 30)], {"x": D(100)}),
        ([("x", 10), ("y", 20)], {"x": D("33.3333"), "y": D("66.6667")}),
        ([("x", 0), ("y", 0)], {"x": D(50), "y": D(50)}),
        ([("x", None), ("y", 7)], {"x": 0, "y": D(100)}),
        ([("x", 1), ("x", 1), ("y", 1)], {"x": D("66.6667"), "y": D("33.3333")}),
        ([("x", -5), ("y", 5)], {"x": 0, "y": D(100)}),
        ([(None, 1), ("y", 1)], {"": D(50), "y": D(50)}),
        ([], {"": D(100)}),
    ],
    ids=["one product", "two products", "worth nothing", "without amount", "twice the same", "a discount", "a free text", "none"],
)
def test_an_amount_is_split_over_its_products(book: Book, lines: list[tuple[str | None, int | None]], shares: dict[str, Decimal]):
    """A deal's amount falls on its products by the amounts of their lines, exactly; a deal counts for each of its products."""
    items = [line("1", product, amount, place) for place, (product, amount) in enumerate(lines)]  # type: ignore[arg-type]  # None is a free text
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05")), items)
    found = {one.by["product"]: one for one in book.compute("revenue_won", by=[Dimension.PRODUCT])}
    assert {name: one.value for name, one in found.items()} == shares
    assert {one.n for one in found.values()} == {1}


def test_a_negative_amount_is_split_too(book: Book):
    """A credit of 100 over three equal lines: the parts add up to it."""
    items = [line("1", product, 1, place) for place, product in enumerate("xyz")]
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), home_amount=D(-100)), items)
    found = [one.value for one in book.compute("revenue_won", by=[Dimension.PRODUCT])]
    assert found == [D("-33.3334"), D("-33.3333"), D("-33.3333")]


def test_a_past_level_is_split_once(book: Book):
    """A deal that is open at a past month's end, and still is, counts once there for its product, with its amount."""
    book.put(deal("1", ("first", "2017-01-10")), [line("1", "x", 1)])
    (found,) = book.compute("pipeline_value", "2017-02", by=[Dimension.PRODUCT])
    assert (found.value, found.n) == (D(100), 1)


def test_lines_that_are_gone_or_not_yet_there_take_no_share(book: Book):
    """A deleted line and one that was added after the moment are left aside."""
    book.put(
        deal("1", ("first", "2017-01-01"), ("won", "2017-03-05")),
        line("1", "x", 5),
        LineItem(id="gone", deal="1", product="y", amount=D(5), deleted_at=at("2017-03-01")),
        LineItem(id="later", deal="1", product="y", amount=D(5), created_at=at("2017-06-01")),
    )
    assert book.measure("2017-05-01 00:00").members("revenue_won", "product") == {"x": 100}


def test_lost_reasons(book: Book):
    """Lost deals are counted by their reason."""
    book.put(
        *(deal(name, ("first", "2017-01-01"), ("lost", "2017-03-05"), lost_reason=reason) for name, reason in (("1", "price"), ("2", None)))
    )
    assert book.measure().members("deals_lost", "lost_reason") == {"price": 1, "": 1}


def test_what_cannot_be_read_is_unavailable(book: Book):
    """Without teams the numbers are there, but not by team; without deals nothing that reads them is, and it says why."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-05")))
    found = book.measure(ready={Stream.TEAMS: "needs settings.users.teams.read"})
    assert (found.value("deals_won"), found.members("deals_won", "team")) == (1, {})
    lacking = {key: reason for key, reason in found.measurement.unavailable.items() if key not in NEEDY | MORE_FIELDS}
    assert lacking == {"by team": "needs settings.users.teams.read"}
    without = book.measure(ready={Stream.DEALS: "was cut off"}).measurement
    assert {value.kpi for value in without.values} == {key for key, kpi in KPIS.items() if Stream.DEALS not in kpi.reads} - NEEDY
    assert without.fields == ()
    assert without.unavailable["win_rate"] == without.unavailable["deals.kpi_is_stalled"] == "was cut off"


def test_only_contacts_are_missing(book: Book):
    """A stream makes only the KPIs that read it (and their medians) unavailable."""
    found = book.measure(ready={Stream.CONTACTS: "was refused"}).measurement
    held = {"engagement_rate", "engagement_score", "crm_records", "records_created", "sales_cycle_length", "sales_cycle_length_median"}
    assert set(found.unavailable) - NEEDY - MORE_FIELDS == held | {key for key in KPIS if "lead" in key or "conversion_time" in key} - NEEDY


def test_values_by_source_say_what_contacts_would_have_told(book: Book):
    """While contacts cannot be read, a deal with one that names no source may be of any; what names its own source is where it belongs."""
    named = deal("1", ("first", "2017-01-01"), ("won", "2017-03-05"), source="fair", campaign="Spring", contact="c")
    silent = deal("2", ("first", "2017-01-01"), ("won", "2017-03-06"), contact="c")
    alone = deal("3", ("first", "2017-01-01"), ("won", "2017-03-07"))
    refused = {"ready": {Stream.CONTACTS: "was refused"}}

    def marked(kpi: str, **options: Any) -> set[tuple[Dimension, str, bool]]:  # noqa: ANN401 - options of compute
        every = [(one, found) for one in (Dimension.SOURCE, Dimension.CAMPAIGN) for found in book.compute(kpi, by=[one], **options)]
        return {(one, found.by[one], Mark.UNPLACED in found.marks) for one, found in every}

    book.put(named, alone)
    assert not any(lost for _, _, lost in marked("revenue_won", **refused))
    book.put(silent)
    assert not any(lost for _, _, lost in marked("revenue_won"))
    members = {(Dimension.SOURCE, "fair"), (Dimension.SOURCE, ""), (Dimension.CAMPAIGN, "Spring"), (Dimension.CAMPAIGN, "")}
    assert marked("revenue_won", **refused) == {(*member, True) for member in members}
    assert book.one("revenue_won", **refused).marks == ()
    assert [one.marks for one in book.compute("revenue_by_source", by=[Dimension.SOURCE], **refused)] == [()]
    book.put(replace(named[0], campaign=None), replace(silent[0], source="web"), replace(alone[0], source="web"))  # type: ignore[type-var]
    assert {one for one, _, lost in marked("revenue_won", **refused) if lost} == {Dimension.CAMPAIGN}


def test_where_there_is_no_value_nothing_is_misplaced(book: Book):
    """The deals of a source of which none was decided have no win rate, and so nothing that could be of another source."""
    book.put(deal("1", ("first", "2017-01-01"), ("won", "2017-03-06"), contact="c"))
    book.put(deal("3", ("first", "2017-01-01"), ("won", "2017-03-07"), source="fair", home_amount=D(0)))
    found = book.compute("win_rate_by_value", "2017-03", by=[Dimension.SOURCE], ready={Stream.CONTACTS: "was refused"})
    told = {one.by["source"]: (one.value, one.marks) for one in found}
    assert told["fair"] == (None, ())
    assert Mark.UNPLACED in told[""][1]


ORIGINS: list[Record] = [
    Campaign(id="k", name="Spring fair"),
    Contact(id="c", created_at=at("2017-01-01"), source="letter"),
    Touch(id="none", contact="c", at=at("2017-01-02"), workflow="nurture"),
    Touch(id="first", contact="c", at=at("2017-01-03"), source="web"),
    Touch(id="then", deal="touched", at=at("2017-01-04"), source="fair", campaign="k"),
    Touch(id="late", deal="early", at=at("2017-02-04"), source="fair", campaign="k"),
]


def test_a_deal_comes_from_where_it_says_or_from_its_first_touch_or_its_contact(book: Book):
    """Its own source goes before the first touch that names one, this before the contact's; what came after the close is none."""
    book.put(
        *ORIGINS,
        deal("own", ("first", "2017-01-05"), ("won", "2017-03-01"), source="call", contact="c", home_amount=D(1)),
        deal("touched", ("first", "2017-01-05"), ("won", "2017-03-01"), contact="c", home_amount=D(20)),
        deal("early", ("first", "2016-12-05"), ("won", "2017-01-02 08:00"), contact="c", home_amount=D(300)),
        deal("nobody's", ("first", "2017-01-05"), ("won", "2017-03-01"), home_amount=D(4000)),
    )
    found = book.measure()
    assert found.members("revenue_won", "source") == {"call": 1, "web": 20, "letter": 300, "": 4000}
    assert found.members("revenue_won", "campaign") == {"": 4301, "Spring fair": 20}


def test_what_is_on_its_way_is_broken_down_by_where_it_came_from(book: Book):
    """Open deals, stays and passages come from where their deal does, and customers from where their first won deal did."""
    book.put(
        deal("1", ("first", "2017-01-01"), ("second", "2017-01-11"), source="web", campaign="Autumn"),
        deal("2", ("first", "2017-01-01"), ("won", "2017-01-05"), source="fair"),
        deal("3", ("first", "2017-02-01"), ("won", "2017-02-05"), source="call", kind="upsell"),
        deal("4", ("first", "2017-02-01"), ("lost", "2017-02-05"), source="call", company="bolt"),
    )
    found = book.measure()
    assert found.members("pipeline_value", "source") == {"web": 100}
    assert found.members("pipeline_value", "campaign") == {"Autumn": 100}
    assert found.members("stage_duration", "source") == {"web": 10, "fair": 4, "call": 4}
    assert found.members("stage_conversion_rate", "source", "2017-01") == {"web": 1, "fair": 1}
    assert found.members("win_rate", "source") == {"fair": 1, "call": D("0.5")}
    assert found.members("customers", "source", "2017-02") == {"fair": 1}
    assert found.members("upsell_rate", "source", "2017-02") == {"fair": 1}
