"""A portal that was made larger than the data."""

from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.hubspot import Portal
from connector.sandbox.hubspot.kinds import COMPANIES, CONTACTS, DEALS, LINE_ITEMS
from connector.sandbox.hubspot.records import Record

Opened = Callable[..., tuple[httpx.Client, Portal]]
OWN = {"opportunity_id", "dealname", "hubspot_owner_id"}
REAL = 220
"""Deals in every 40th row of the file."""


@pytest.fixture
def large(open_portal: Opened) -> Portal:
    """A small portal with as many deals made as there are real ones, and twice the contacts."""
    return open_portal(deals=2 * REAL, contacts=500)[1]


def _paths(records: list[Record]) -> set[tuple[object, ...]]:
    return {
        (record.created, *((name, entries) for name, entries in sorted(record.history.items()) if name not in OWN)) for record in records
    }


def test_as_many_as_asked_for_and_the_real_ones_as_they_were(large: Portal, open_portal: Opened):
    """Deals and contacts reach the numbers asked for; the records of the files are the same ones, unchanged."""
    _, small = open_portal(deals=REAL, contacts=5)
    assert (len(small.table(DEALS)), len(large.table(DEALS)), len(large.table(CONTACTS))) == (REAL, 2 * REAL, 500)
    assert len(small.table(CONTACTS)) < 500
    for kind in (DEALS, CONTACTS, COMPANIES, LINE_ITEMS):
        assert list(large.table(kind))[: len(small.table(kind))] == list(small.table(kind))


def test_a_made_deal_has_a_real_one_s_past(large: Portal):
    """Dates, stages and amounts of each made deal are, with their whole history, those of a real one; its name and key are its own."""
    deals = list(large.table(DEALS))
    assert _paths(deals[REAL:]) <= _paths(deals[:REAL])
    assert len({deal.values["opportunity_id"] for deal in deals}) == len({deal.values["dealname"] for deal in deals}) == 2 * REAL
    changed = [deal for deal in deals[REAL:] if len(deal.history["hubspot_owner_id"]) > 1]
    assert 5 < len(changed) < 50


def test_a_made_deal_has_one_customer_and_somebody_who_works_there(large: Portal):
    """A made deal belongs to one company, as its primary one, and to a contact of it; to none where its pattern does not."""
    tied = 0
    for deal in list(large.table(DEALS))[REAL:]:
        companies = large.links.of(DEALS, deal.id, COMPANIES)
        assert list(companies.values()) in ([], [(5, 341)])
        for company in companies:
            (contact,) = large.links.of(DEALS, deal.id, CONTACTS)
            assert company in large.links.of(CONTACTS, contact, COMPANIES)
            tied += 1
    assert tied > REAL / 2
