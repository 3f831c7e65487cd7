"""A file lands whole or not at all, is the same when it comes again, and leaves alone what others brought."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.errors import SettingsError, StoreBusy
from connector.model import Arrival, Company, Deal, Entity, Fault, Page, Record, Scope, StageChange, Stream, Taken, Traffic
from connector.store import Lease, Store
from connector.store.imports import SHOWN

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ONE, TWO, THREE = (Company(id=key, name=f"Company {key}") for key in "123")
MINE = Scope(Entity.COMPANIES, "mine")


def take(store: Store, lease: Lease, arrivals: Iterable[Record | Fault], scope: Scope = MINE) -> Taken:
    """Take these as the rows of one file."""
    lines = (item if isinstance(item, Fault) else Arrival(line, item) for line, item in enumerate(arrivals, 2))
    return store.imports.take(lease, "r1", scope, file="file.csv", arrivals=lines, tell=lambda _: None)


def pulled(store: Store, lease: Lease, *records: Record, stream: Stream = Stream.COMPANIES) -> None:
    """Let a full pass over the CRM bring these, and nothing else."""
    store.records.save_page(lease, "r0", stream, Page(records, "c", is_last=True, is_full=True))


def ids(store: Store, entity: Entity = Entity.COMPANIES) -> list[str]:
    """Return what there is."""
    return [record.id for record in store.records.get("acme", entity)]


def test_the_same_file_again_changes_nothing(store: Store, lease: Lease):
    """Rows are compared by id: the second time all are unchanged, and an edit changes one."""
    assert take(store, lease, [ONE, TWO]) == Taken(changed=2, unchanged=0, refused=0, removed=0)
    assert take(store, lease, [ONE, TWO]) == Taken(changed=0, unchanged=2, refused=0, removed=0)
    assert take(store, lease, [replace(ONE, name="New"), TWO]) == Taken(changed=1, unchanged=1, refused=0, removed=0)
    assert store.records.get("acme", Entity.COMPANIES) == [replace(ONE, name="New"), TWO]


def test_a_file_adds_to_the_one_before_unless_it_replaces_it(store: Store, lease: Lease):
    """Rows that the file lacks stay; with `replace` they vanish, and come back with a later file."""
    take(store, lease, [ONE, TWO])
    take(store, lease, [THREE])
    assert ids(store) == ["1", "2", "3"]
    assert take(store, lease, [TWO], replace(MINE, replace=True)).removed == 2
    assert ids(store) == ["2"]
    assert take(store, lease, [ONE]).changed == 1
    assert ids(store) == ["1", "2"]


def test_replacing_touches_only_rows_of_its_name(store: Store, lease: Lease):
    """Another import's rows, and the CRM's, are not what this file lacks."""
    pulled(store, lease, ONE)
    take(store, lease, [TWO], Scope(Entity.COMPANIES, "theirs"))
    take(store, lease, [THREE])
    assert take(store, lease, [], replace(MINE, replace=True)).removed == 1
    assert ids(store) == ["1", "2"]


def test_nothing_is_removed_while_rows_are_refused(store: Store, lease: Lease):
    """A row that cannot be read may be the very one that the file seems to lack."""
    take(store, lease, [ONE, TWO])
    taken = take(store, lease, [ONE, Fault(3, "size", "many", "it is not a whole number")], replace(MINE, replace=True))
    assert (taken.refused, taken.removed) == (1, 0)
    assert ids(store) == ["1", "2"]


def test_a_row_with_several_faults_is_refused_once(store: Store, lease: Lease):
    """All its reasons are told, and the figures count rows."""
    faults = [Fault(2, "size", "many", "wrong"), Fault(2, "name", "", "wrong"), Fault(3, "name", "", "wrong")]
    taken = take(store, lease, faults)
    assert (taken.refused, taken.faults) == (2, tuple(faults))


def test_a_full_pass_over_the_crm_leaves_imported_rows(store: Store, lease: Lease):
    """The CRM never had them, so their absence there means nothing."""
    pulled(store, lease, ONE)
    take(store, lease, [TWO])
    pulled(store, lease, THREE)
    assert ids(store) == ["2", "3"]


def test_a_row_of_the_crm_is_not_changed_by_a_file(store: Store, lease: Lease):
    """The CRM is right about its own records; once one is gone from it, a file may bring it."""
    pulled(store, lease, ONE)
    taken = take(store, lease, [replace(ONE, name="Other"), TWO])
    assert taken.faults == (Fault(2, "id", "1", "the CRM has a record of this id, which an import does not change"),)
    assert store.records.get("acme", Entity.COMPANIES) == [ONE, TWO]
    pulled(store, lease)
    assert take(store, lease, [ONE]).changed == 1


@pytest.mark.parametrize("name", ["Company 1", "Renamed"])
def test_the_crm_takes_over_what_a_file_brought_before(store: Store, lease: Lease, name: str):
    """A record that the CRM comes to have is the CRM's from then on, also when it says the same: its next full pass can bury it."""
    take(store, lease, [ONE])
    pulled(store, lease, replace(ONE, name=name))
    assert store.records.get("acme", Entity.COMPANIES) == [replace(ONE, name=name)]
    pulled(store, lease)
    assert ids(store) == []


def test_a_deals_history_from_the_crm_leaves_imported_stays(store: Store, lease: Lease):
    """What the CRM tells anew replaces what the CRM told, not what a file added."""
    deal = Deal(id="1", stage="s", created_at=DAY)
    theirs = StageChange(id="1:0", deal="1", stage="s", entered_at=DAY)
    ours = StageChange(id="1|before", deal="1", stage="r", entered_at=datetime(2026, 2, 1, tzinfo=UTC))
    pulled(store, lease, deal, theirs, stream=Stream.DEALS)
    take(store, lease, [ours], Scope(Entity.STAGE_CHANGES, "mine"))
    pulled(store, lease, deal, replace(theirs, id="1:1"), stream=Stream.DEALS)
    assert ids(store, Entity.STAGE_CHANGES) == ["1:1", "1|before"]


def test_an_import_takes_over_from_another_one(store: Store, lease: Lease):
    """Of two files with the same record the later one counts, and the earlier one's name no longer owns it."""
    take(store, lease, [ONE, TWO], Scope(Entity.COMPANIES, "old"))
    assert take(store, lease, [ONE]).changed == 1
    assert take(store, lease, [], Scope(Entity.COMPANIES, "old", replace=True)).removed == 1
    assert ids(store) == ["1"]


def test_a_record_counts_once_in_a_file(store: Store, lease: Lease):
    """The first row of an id is taken and later ones are refused, however far below they stand."""
    many = [Company(id=f"{number:04}") for number in range(1_200)]
    taken = take(store, lease, [*many[:1], *many, *many[:1]])
    assert (taken.changed, taken.refused) == (1_200, 2)
    assert taken.faults == (
        Fault(3, "id", "0000", "line 2 is the same record"),
        Fault(1_203, "id", "0000", "an earlier line is the same record"),
    )


def test_a_file_that_breaks_off_leaves_nothing(store: Store, lease: Lease):
    """When the file, or the lease, is lost in the middle, rows before it are not there either."""

    def torn() -> Iterator[Record]:
        yield from (Company(id=f"{number:04}") for number in range(700))
        raise SettingsError("The file is not CSV at line 702.")

    with pytest.raises(SettingsError):
        take(store, lease, torn())
    store.leases.evict("acme", "test")
    with pytest.raises(StoreBusy):
        take(store, lease, [ONE])
    assert ids(store) == []
    assert store.imports.all("acme") == []


def test_a_dry_run_finds_out_everything_and_keeps_nothing(store: Store, lease: Lease):
    """The figures are those of the real import that follows it."""
    take(store, lease, [ONE, TWO])
    before = store.imports.all("acme")
    edited = [replace(ONE, name="New"), Fault(3, "", "", "it has 5 cells, and the header has 4")]
    dry = take(store, lease, edited, replace(MINE, dry_run=True))
    assert store.records.get("acme", Entity.COMPANIES) == [ONE, TWO]
    assert store.imports.all("acme") == before
    assert take(store, lease, edited) == dry


def test_a_record_that_cannot_be_kept_is_refused_by_itself(store: Store, lease: Lease):
    """What breaks a promise of the model does not take its neighbours with it."""
    taken = take(store, lease, [replace(ONE, name="zero\x00byte"), TWO])
    assert [fault.reason for fault in taken.faults] == ["it cannot be kept: name: a text holds a zero byte"]
    assert ids(store) == ["2"]


def test_reasons_are_kept_up_to_a_limit(store: Store, lease: Lease):
    """A file in which everything is wrong is counted to its end, and does not fill the memory."""
    taken = take(store, lease, (Fault(line, "", "", "wrong") for line in range(2, 2_002)))
    assert (taken.refused, len(taken.faults)) == (2_000, SHOWN)


def test_what_was_imported_is_remembered(store: Store, lease: Lease):
    """Each table and name has the last file with its figures, per account."""
    take(store, lease, [ONE, Fault(3, "", "", "wrong")])
    take(store, lease, [ONE, TWO])
    take(store, lease, [Deal(id="1", stage="s", amount=Decimal(1))], Scope(Entity.DEALS, "mine"))
    found = [(one.entity, one.name, one.file, one.run, one.rows, one.refused) for one in store.imports.all("acme")]
    assert found == [(Entity.COMPANIES, "mine", "file.csv", "r1", 2, 0), (Entity.DEALS, "mine", "file.csv", "r1", 1, 0)]
    assert store.imports.all("other") == []


def test_replacing_some_days_leaves_the_others(store: Store, lease: Lease):
    """With `days`, only rows from the first to the last of them vanish when they are missing."""
    rows = [Traffic(id=str(number), day=date(2026, 3, number), sessions=number) for number in range(1, 6)]
    scope = Scope(Entity.TRAFFIC, "web", replace=True)
    take(store, lease, rows, scope)
    days = date(2026, 3, 2), date(2026, 3, 4)
    assert take(store, lease, [rows[2]], replace(scope, days=days)).removed == 2
    assert ids(store, Entity.TRAFFIC) == ["1", "3", "5"]
    assert store.imports.count("acme", Entity.TRAFFIC, "web") == 3
