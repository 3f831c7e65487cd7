"""What is known of a deal's stages grows, where the CRM tells only the present one and since when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connector.model import Deal, Entity, Page, StageChange, Stream
from connector.store import Lease, Store

DAY = datetime(2017, 3, 1, 14, 30, tzinfo=UTC)
Walk = list[tuple[str, int, int | None]]
"""Stages with the days on which they were entered and left."""


def day(number: int) -> datetime:
    """Return a day of the story."""
    return DAY + timedelta(days=number)


def told(stage: str, entered: int, *, pass_no: int = 1) -> Page:
    """Return a page in which a CRM tells of one deal what stage it is in, and since when; what was before is told nowhere."""
    before = [StageChange(id="1:0", deal="1", stage="untold", entered_at=DAY, left_at=day(entered))] if entered else []
    present = StageChange(id=f"1:{len(before)}", deal="1", stage=stage, entered_at=day(entered))
    deal = Deal(id="1", stage=stage, created_at=DAY)
    return Page((deal, *before, present), str(pass_no), is_last=True, is_full=True, latest=("1",))


def walk(store: Store) -> Walk:
    """Return the live stays of the deal, in order."""
    found = [one for one in store.records.get("acme", Entity.STAGE_CHANGES) if isinstance(one, StageChange)]
    assert [one.id for one in sorted(found, key=lambda one: one.entered_at)] == [f"1:{place}" for place in range(len(found))]
    days = [(one.stage, (one.entered_at - DAY).days, (one.left_at - DAY).days if one.left_at else None) for one in found]
    return sorted(days, key=lambda stay: stay[1])


def test_stages_seen_one_after_another_become_a_walk(store: Store, lease: Lease):
    """Each new present stay ends the one before, which keeps its beginning; what was before the first reading stays untold."""
    for stage, entered in (("a", 2), ("b", 5), ("b", 5), ("c", 9)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered))
    assert walk(store) == [("untold", 0, 2), ("a", 2, 5), ("b", 5, 9), ("c", 9, None)]


def test_a_deal_known_from_its_beginning_has_no_gap(store: Store, lease: Lease):
    """A deal that was read before it was ever moved has a whole walk."""
    for stage, entered in (("a", 0), ("b", 3)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered))
    assert walk(store) == [("a", 0, 3), ("b", 3, None)]


def test_the_same_again_changes_nothing(store: Store, lease: Lease):
    """A second reading of a deal that has not moved writes no row anew."""
    for stage, entered in (("a", 2), ("b", 5)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered))
    saved = store.records.save_page(lease, "r", Stream.DEALS, told("b", 5))
    assert (saved.changed, saved.deleted) == (0, 0)


def test_a_record_read_again_by_id_goes_on_too(store: Store, lease: Lease):
    """What a hint brings between two passes continues the walk like a page of a pass."""
    store.records.save_page(lease, "r", Stream.DEALS, told("a", 2))
    page = replace(told("b", 5), is_full=False)
    store.records.save_records(lease, "r", Stream.DEALS, ids=["1"], page=page)
    assert walk(store) == [("untold", 0, 2), ("a", 2, 5), ("b", 5, None)]


def test_a_stage_called_otherwise_is_the_same_stay(store: Store, lease: Lease):
    """Where only the stage differs and not since when, it is the last stay that was corrected."""
    for stage, entered in (("a", 2), ("b", 5), ("z", 5)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered))
    assert walk(store) == [("untold", 0, 2), ("a", 2, 5), ("z", 5, None)]


def test_what_does_not_follow_replaces_what_was_known(store: Store, lease: Lease):
    """A present stay that began before the last known one is of another story, such as that of a backup played in."""
    for stage, entered in (("a", 2), ("b", 5), ("a", 3)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered))
    assert walk(store) == [("untold", 0, 3), ("a", 3, None)]


def test_a_deal_that_comes_back_goes_on(store: Store, lease: Lease):
    """What a pass did not bring was buried, with its stays; when it is there again they are, too, for nobody else knows them."""
    for number, stage, entered in ((1, "a", 2), (2, "b", 5)):
        store.records.save_page(lease, "r", Stream.DEALS, told(stage, entered, pass_no=number))
    store.records.save_page(lease, "r", Stream.DEALS, Page((), "3", is_last=True, is_full=True))
    assert walk(store) == []
    store.records.save_page(lease, "r", Stream.DEALS, told("c", 9, pass_no=4))
    assert walk(store) == [("untold", 0, 2), ("a", 2, 5), ("b", 5, 9), ("c", 9, None)]


def test_other_deals_of_the_page_come_as_they_are(store: Store, lease: Lease):
    """A deal that is not among the latest brings its whole walk, and what was known of it is replaced."""
    store.records.save_page(lease, "r", Stream.DEALS, told("a", 2))
    store.records.save_page(lease, "r", Stream.DEALS, replace(told("b", 5), latest=()))
    assert walk(store) == [("untold", 0, 5), ("b", 5, None)]
