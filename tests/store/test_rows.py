"""Every record goes into the database and comes back as it was."""

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.model import FILLS, RECORDS, Company, Deal, Entity, Outcome, Page, Record, Stream
from connector.store import Store
from connector.store.rows import cells_of, encode, record_of

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30)
st.register_type_strategy(str, TEXTS)
st.register_type_strategy(int, st.integers(-(2**63) + 1, 2**63 - 1))
st.register_type_strategy(Decimal, st.integers(-(2**63) + 1, 2**63 - 1).map(lambda parts: Decimal(parts).scaleb(-4)))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
RECORD = st.sampled_from(sorted(RECORDS)).flatmap(lambda entity: st.from_type(RECORDS[entity]))
STREAM_OF = {entity: stream for stream, entities in FILLS.items() for entity in entities}


@given(record=RECORD)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_record_comes_back_from_the_database(store: Store, record: Record):
    """Whatever a record holds, both databases give back the same."""
    page = Page((record,), cursor="c", is_last=False, is_full=False)
    lease = store.leases.acquire("acme", "test")
    assert store.records.save_page(lease, "r1", STREAM_OF.get(record.entity, Stream.DEALS), page).rejected == 0
    assert store.records.get("acme", record.entity, [record.id], deleted=True) == [record]
    store.leases.release(lease)


@given(record=RECORD)
def test_a_row_is_made_of_plain_cells(record: Record):
    """A row holds texts and integers only, one for each field and the digest, and turns into an equal record."""
    cells = cells_of(record)
    assert set(cells) == {item.name for item in fields(record)} | {"hash"}
    assert all(type(cell) in (str, int, type(None)) for cell in cells.values())
    assert record_of(record.entity, cells) == record


def test_known_cells():
    """Money is in ten-thousandths, instants in microseconds since 1970, choices are their text."""
    deal = Deal(id="1", amount=Decimal("1096.5"), status=Outcome.WON, created_at=datetime(1970, 1, 2, 0, 0, 1, 5, tzinfo=UTC))
    cells = cells_of(deal)
    assert (cells["amount"], cells["status"], cells["created_at"], cells["stage"]) == (10_965_000, "won", 86_401_000_005, None)


def test_what_is_equal_is_not_the_same_in_json():
    """Evidence is written as it is, though 1, true and 1.0 are equal."""
    assert [encode({"is": one}) for one in (1, True, 1)] == ['{"is": 1}', '{"is": true}', '{"is": 1}']


def test_equal_records_have_equal_digests():
    """The digest follows what a record holds: trailing zeros do not matter, any other difference does."""
    deal = Deal(id="1", amount=Decimal(5))
    assert cells_of(deal)["hash"] == cells_of(Deal(id="1", amount=Decimal("5.0000")))["hash"]
    assert cells_of(deal)["hash"] != cells_of(Deal(id="1", home_amount=Decimal(5)))["hash"]


@pytest.mark.parametrize("ids", [1, 501, 1200])
def test_many_records_in_one_page(store: Store, ids: int):
    """A page may be larger than one statement can name ids, and the same page again changes nothing."""
    records = tuple(Company(id=str(number), name=f"Company {number}") for number in range(ids))
    page = Page(records, cursor="c", is_last=True, is_full=True)
    lease = store.leases.acquire("acme", "test")
    assert store.records.save_page(lease, "r1", STREAM_OF[Entity.COMPANIES], page).changed == ids
    assert store.records.save_page(lease, "r2", STREAM_OF[Entity.COMPANIES], page).changed == 0
    assert len(store.records.get("acme", Entity.COMPANIES, [record.id for record in records[1:]])) == ids - 1
    assert store.records.save_page(lease, "r3", STREAM_OF[Entity.COMPANIES], Page((), "c", is_last=True, is_full=True)).deleted == ids
    assert store.records.count("acme", Entity.COMPANIES) == 0
