"""What records looked like when they were read whole: kept with them, lost with them, and never trusted where something was amiss."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from connector.model import Contract, Deal, Entity, FieldHistory, Merge, Page, Print, Record, Rejected, StageChange, Stream
from connector.store import Lease, Store

DAY = datetime(2017, 3, 1, 14, 30, tzinfo=UTC)
DEAL = Deal(id="1", stage="engaging", amount=Decimal(1096), created_at=DAY)
OTHER = Deal(id="2", stage="engaging", created_at=DAY)
ALONG: tuple[Record, ...] = (
    StageChange(id="1:0", deal="1", stage="engaging", entered_at=DAY),
    FieldHistory(id="1:owner:0", of=Entity.DEALS, record="1", field="owner", new="7", at=DAY),
    Contract(id="c1", deal="1", amount=Decimal(3), created_at=DAY),
    Merge(id="deals:9", of=Entity.DEALS, old="9", survivor="1"),
)
PRINTS = (Print("1", "a", "monday"), Print("2", "b", "tuesday"))
WHOLE = Page((DEAL, *ALONG, OTHER), "c", is_last=True, is_full=True, prints=PRINTS)
SAME = Page((), "d", is_last=True, is_full=True, same=("1", "2"))


def known(store: Store, *ids: str) -> list[str]:
    """Return which of these deals are known by their looks."""
    return sorted(store.records.prints("acme", Stream.DEALS, ids))


def test_what_looks_the_same_stays_with_all_that_came_along(store: Store, lease: Lease):
    """A full pass that only names records keeps them, and their stays, changes, contracts and merges."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    assert store.records.prints("acme", Stream.DEALS, ["1", "3"]) == {"1": PRINTS[0]}
    saved = store.records.save_page(lease, "r2", Stream.DEALS, SAME)
    assert (saved.rows, saved.changed, saved.deleted) == (2, 0, 0)
    assert store.records.get("acme", Entity.DEALS) == [DEAL, OTHER]
    for record in ALONG:
        assert store.records.get("acme", record.entity) == [record]


def test_what_is_not_even_named_is_gone_with_all_of_it(store: Store, lease: Lease):
    """A full pass that does not name a record buries it and what came along but merges, and forgets its looks; it may come back."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    saved = store.records.save_page(lease, "r2", Stream.DEALS, replace(SAME, same=("2",)))
    assert saved.deleted == 1 + len([record for record in ALONG if not isinstance(record, Merge)])
    assert known(store, "1", "2") == ["2"]


def test_looks_are_kept_by_stream_and_account(store: Store, lease: Lease):
    """Ids repeat from stream to stream and from account to account."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    assert store.records.prints("acme", Stream.CONTACTS, ["1"]) == {}
    assert store.records.prints("other", Stream.DEALS, ["1"]) == {}


def test_where_something_could_not_be_kept_nothing_is_known(store: Store, lease: Lease):
    """A row that breaks a promise of the model is set aside; its page is read whole again, whatever was known before."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    broken = replace(ALONG[0], entered_at=datetime(2017, 3, 1))  # type: ignore[call-arg]  # noqa: DTZ001 - that is what breaks it
    store.records.save_page(lease, "r2", Stream.DEALS, replace(WHOLE, records=(DEAL, broken, OTHER)))
    assert known(store, "1", "2") == []


def test_a_record_that_looks_as_when_it_was_good_leaves_quarantine(store: Store, lease: Lease):
    """Once the value that could not be read is taken back, the record is what it was before."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    bad = Rejected(Entity.DEALS, "1", "amount: 'much' is not a number.", "{}")
    store.records.save_page(lease, "r2", Stream.DEALS, replace(SAME, same=("2",), rejected=(bad,)))
    assert [one.id for one in store.records.quarantine("acme")] == ["1"]
    store.records.save_page(lease, "r3", Stream.DEALS, replace(SAME, is_last=False))
    assert store.records.quarantine("acme") == []
    assert store.records.get("acme", Entity.DEALS) == [DEAL, OTHER]


def test_records_read_again_by_id_are_known_too(store: Store, lease: Lease):
    """What is read beside a pass tells its looks as well; what is not found any more has none."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    page = Page((DEAL,), "", is_last=False, is_full=False, prints=(Print("1", "new", "friday"),))
    store.records.save_records(lease, "r2", Stream.DEALS, ids=["1", "2"], page=page)
    assert store.records.prints("acme", Stream.DEALS, ["1", "2"]) == {"1": page.prints[0]}


def test_a_record_read_again_that_may_not_be_seen_stays(store: Store, lease: Lease):
    """What a page names as the same is not gone, though it brings nothing of it."""
    store.records.save_page(lease, "r1", Stream.DEALS, WHOLE)
    page = Page((), "", is_last=False, is_full=False, same=("1",))
    assert store.records.save_records(lease, "r2", Stream.DEALS, ids=["1", "2"], page=page).deleted == 1
    assert [one.id for one in store.records.get("acme", Entity.DEALS)] == ["1"]
