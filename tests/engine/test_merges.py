"""What was merged counts once, as the survivor, whoever still names the old id: hand-made cases, and a second reckoning."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.engine.merges import survivors
from connector.model import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    Contract,
    DealSplit,
    Direction,
    Entity,
    LineItem,
    Merge,
    Record,
    Survey,
    SurveyKind,
    Ticket,
)
from tests.engine.conftest import Book, at, changed, day, deal, line

D = Decimal
WON = (("first", "2017-02-01"), ("won", "2017-03-01"))


def merge(of: Entity, old: str, survivor: str) -> Merge:
    """Return a merge."""
    return Merge(id=f"{of}:{old}", of=of, old=old, survivor=survivor)


def crm(book: Book, query: str) -> list[tuple[object, ...]]:
    """Ask the cache."""
    with book.cache() as cache:
        return cache.run(query)


def test_a_merged_deal_counts_once(book: Book):
    """The old deal goes with its history, even where nobody has told yet that it is gone, and its products go to the survivor."""
    book.put(*deal("1", *WON, home_amount=D(100)), *deal("2", *WON, home_amount=D(100)), line("2", "x", 30), line("1", "y", 70))
    book.put(*changed("2", "amount", ("2017-02-10", "1", "2")))
    assert book.one("deals_won").value == 2
    book.put(merge(Entity.DEALS, "2", "1"))
    assert book.one("deals_won").value == 1
    assert book.one("revenue_won").value == 100
    assert book.measure().members("revenue_won", "product") == {"x": 30, "y": 70}
    assert crm(book, "select deal from crm.stage_changes where deleted_at is null group by deal") == [("1",)]
    assert crm(book, "select count(*) from crm.field_history where deleted_at is null") == [(0,)]


def test_facts_go_to_the_survivor(book: Book):
    """Activities, tickets, answers, contracts, shares and records that name an old id name the survivor when measured."""
    moment = at("2017-04-01")
    book.put(
        *deal("1", *WON, company="old", contact="c-old"),
        Company(id="old", name="Acme"),
        Company(id="new", name="Acme"),
        Company(id="child", parent="old"),
        Contact(id="c-old", company="old", created_at=moment),
        Contact(id="c-new", company="new", created_at=moment),
        Activity(id="note:1", kind=ActivityKind.NOTE, company="old", contact="c-old", deal="2", ticket="t-old", direction=Direction.OUT),
        Ticket(id="t-old", company="old", created_at=moment),
        Ticket(id="t-new", company="old", contact="c-old", created_at=moment),
        Survey(id="s", kind=SurveyKind.NPS, contact="c-old", ticket="t-old", company="old", answered_at=moment),
        Contract(id="imported", company="old", deal="2", starts_on=day("2017-01-01")),
        Contract(id="2", company="old", deal="2", starts_on=day("2017-01-01")),
        LineItem(id="9", deal="2"),
        DealSplit(id="7", deal="2", owner="ann", share=D(1)),
    )
    book.put(
        merge(Entity.COMPANIES, "old", "new"),
        merge(Entity.CONTACTS, "c-old", "c-new"),
        merge(Entity.TICKETS, "t-old", "t-new"),
        merge(Entity.DEALS, "2", "1"),
    )
    assert crm(book, "select company, contact from crm.deals") == [("new", "c-new")]
    assert crm(book, "select company, contact, deal from crm.activities") == [("new", "c-new", "1")]
    assert crm(book, "select id, company, contact from crm.tickets where deleted_at is null") == [("t-new", "new", "c-new")]
    assert crm(book, "select company, contact, ticket from crm.surveys") == [("new", "c-new", "t-new")]
    assert crm(book, "select id, company, deal from crm.contracts where deleted_at is null") == [("imported", "new", "1")]
    assert crm(book, "select deal from crm.line_items union all select deal from crm.deal_splits") == [("1",), ("1",)]
    assert crm(book, "select parent from crm.companies where id = 'child'") == [("new",)]
    assert crm(book, "select id from crm.contacts where deleted_at is null") == [("c-new",)]
    assert sorted(one for (one,) in crm(book, "select id from crm.companies where deleted_at is null")) == ["acme", "bolt", "child", "new"]


def test_ids_of_another_kind_stay(book: Book):
    """A merge of companies says nothing of deals with the same ids."""
    book.put(*deal("1", *WON), *deal("2", *WON, company="1"), merge(Entity.COMPANIES, "1", "2"))
    assert book.one("deals_won").value == 2
    assert crm(book, "select id, company from crm.deals order by id") == [("1", "acme"), ("2", "2")]


def test_shares_are_those_of_the_survivor(book: Book):
    """Where both deals were shared out, the old deal's shares go: a deal is credited once."""
    shares = [DealSplit(id=key, deal=of, owner=owner, share=D(1)) for key, of, owner in (("7", "1", "ann"), ("8", "2", "bob"))]
    book.put(*deal("1", *WON), *deal("2", *WON), *shares, merge(Entity.DEALS, "2", "1"))
    assert crm(book, "select owner, deal from crm.deal_splits where deleted_at is null") == [("ann", "1")]


def test_a_merge_that_was_taken_back(book: Book):
    """An import may take a merge back: the facts are at home again."""
    merged = merge(Entity.COMPANIES, "old", "acme")
    book.put(*deal("1", *WON, company="old"), Company(id="old"), merged)
    assert crm(book, "select company from crm.deals") == [("acme",)]
    book.put(merge(Entity.COMPANIES, "old", "bolt"))
    assert crm(book, "select company from crm.deals") == [("bolt",)]
    book.put(Merge(id=merged.id, of=merged.of, old="old", survivor="bolt", deleted_at=at("2017-05-01")))
    assert crm(book, "select company from crm.deals") == [("old",)]
    assert crm(book, "select count(*) from crm.companies where deleted_at is null and id = 'old'") == [(1,)]


@pytest.mark.parametrize(
    ("merges", "wanted"),
    [
        ([("a", "b"), ("b", "c")], {"a": "c", "b": "c"}),
        ([("b", "c"), ("a", "b"), ("d", "a")], {"a": "c", "b": "c", "d": "c"}),
        ([("a", "a")], {}),
        ([("a", "b"), ("b", "a"), ("c", "a"), ("d", "e")], {"d": "e"}),
    ],
)
def test_chains_lead_to_their_end(merges: list[tuple[str, str]], wanted: dict[str, str]):
    """Merges of merges lead to the last survivor, in whatever order they are told; circles lead nowhere."""
    found = survivors((Entity.DEALS, old, new) for old, new in merges)
    assert found == {(Entity.DEALS, old): new for old, new in wanted.items()}


ids = st.integers(0, 12).map(str)


@given(st.lists(st.tuples(ids, ids), max_size=20))
def test_survivors_equal_a_walk(pairs: list[tuple[str, str]]):
    """Walking from each id as far as it goes, step by step, gives the same; no survivor was merged away itself."""
    leads = {old: new for old, new in pairs if old != new}
    found = survivors((Entity.DEALS, old, new) for old, new in pairs)

    def walked(one: str) -> str | None:
        for _ in range(len(leads) + 1):
            if one not in leads:
                return one
            one = leads[one]
        return None

    assert found == {(Entity.DEALS, old): end for old in leads if (end := walked(old)) is not None}
    assert not {(Entity.DEALS, end) for end in found.values()} & found.keys()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(ids, ids), min_size=1, max_size=3), min_size=1, max_size=4))
def test_step_by_step_equals_all_at_once(new_book: Callable[..., Book], steps: Sequence[Sequence[tuple[str, str]]]):
    """A cache that saw merges one after the other is the cache that is filled with all of them."""
    book = new_book()
    deals: list[Record] = [record for number in range(13) for record in deal(str(number), *WON, company=str(number))]
    book.put(*deals, *(Company(id=str(number)) for number in range(13)), *(line(str(number), "x", 1) for number in range(13)))
    with book.cache() as kept:
        for pairs in steps:
            book.put(*{one.id: one for one in (merge(of, *pair) for pair in pairs for of in (Entity.DEALS, Entity.COMPANIES))}.values())
            kept.refresh()
        with book.cache("anew.duckdb") as anew:
            assert kept.run(_STATE) == anew.run(_STATE)


_STATE = (
    "select 'deals', id, company, deleted_at is null as lives from crm.deals union all "
    "select 'lines', id, deal, deleted_at is null from crm.line_items union all "
    "select 'stays', id, deal, deleted_at is null from crm.stage_changes union all "
    "select 'companies', id, name, deleted_at is null from crm.companies order by all"
)
