"""Pages land whole, unchanged rows keep their version, and only a finished full pass buries what is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreBusy
from connector.model import (
    Company,
    Deal,
    Entity,
    FieldHistory,
    GoalRecord,
    Held,
    Membership,
    Page,
    Record,
    Rejected,
    StageChange,
    Stream,
    Team,
    User,
)
from connector.store import Lease, Saved, Store, StreamState
from connector.store.schema import RECORD_TABLES

DAY = datetime(2017, 3, 1, 14, 30, tzinfo=UTC)
DEAL = Deal(id="1", name="Cancity – GTX Plus Basic", stage="engaging", amount=Decimal(1096), created_at=DAY)
STAY = StageChange(id="1:0", deal="1", stage="engaging", entered_at=DAY)
OTHER = Deal(id="2", name="Isdom – MG Special", stage="engaging", amount=Decimal("55.5"), created_at=DAY)


def only(
    *records: Record,
    cursor: str = "c1",
    is_last: bool = True,
    is_full: bool = True,
    held: tuple[Held, ...] = (),
    rejected: tuple[Rejected, ...] = (),
) -> Page:
    """Make a page; by default the only one of a full pass."""
    return Page(records=records, cursor=cursor, is_last=is_last, is_full=is_full, held=held, rejected=rejected)


def versions(store: Store, lease: Lease, entity: Entity = Entity.DEALS) -> dict[str, int]:
    """Return the version of every row."""
    table = RECORD_TABLES[entity]
    with store.write(lease) as connection:
        rows = connection.execute(select(table.c.id, table.c.row_version).where(table.c.account == lease.account))
        return {row.id: row.row_version for row in rows}


def test_a_page_is_kept_with_its_cursor(store: Store, lease: Lease):
    """What a page brings can be read back, and the stream goes on from the page's cursor."""
    assert store.records.state("acme", Stream.DEALS) == StreamState()
    saved = store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, STAY, OTHER, cursor="next", is_last=False))
    assert saved == Saved(rows=3, changed=3, rejected=0, deleted=0)
    assert store.records.get("acme", Entity.DEALS) == [DEAL, OTHER]
    assert store.records.get("acme", Entity.DEALS, ["2"]) == [OTHER]
    assert store.records.get("acme", Entity.STAGE_CHANGES) == [STAY]
    assert store.records.state("acme", Stream.DEALS) == StreamState(is_open=True, cursor="next", loaded=False, pass_no=1, full=True)
    assert store.records.count("acme", Entity.DEALS) == 2


def test_another_account_sees_nothing_of_it(store: Store, lease: Lease):
    """Records belong to their account, even under the same ids."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL))
    other = store.leases.acquire("other", "test")
    store.records.save_page(other, "r1", Stream.DEALS, only(replace(DEAL, name="theirs")))
    assert store.records.get("acme", Entity.DEALS) == [DEAL]
    assert store.records.members("other", Entity.DEALS) == {"1": "theirs"}


def test_a_page_that_breaks_off_leaves_nothing(store: Store, lease: Lease):
    """Whatever fails while a page is stored takes the records, the cursor and the versions with it."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, cursor="before", is_last=False))
    unstorable = Held(Entity.DEALS, "1", "kpi_win_rate", object())
    with pytest.raises(DBAPIError):
        store.records.save_page(lease, "r1", Stream.DEALS, only(replace(DEAL, name="new"), OTHER, cursor="after", held=(unstorable,)))
    assert store.records.get("acme", Entity.DEALS) == [DEAL]
    assert store.records.state("acme", Stream.DEALS).cursor == "before"
    assert versions(store, lease) == {"1": 1}


def test_a_lost_lease_stores_nothing(store: Store, lease: Lease):
    """Who lost the lease cannot commit a page."""
    store.leases.release(lease)
    with pytest.raises(StoreBusy, match=r"lease of test on the account 'acme' is lost"):
        store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL))
    assert store.records.count("acme", Entity.DEALS) == 0


def test_an_unchanged_row_keeps_its_version(store: Store, lease: Lease):
    """Only what differs gets the version of its page."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, OTHER))
    again = store.records.save_page(lease, "r2", Stream.DEALS, only(DEAL, replace(OTHER, amount=Decimal(56))))
    assert again.changed == 1
    assert versions(store, lease) == {"1": 1, "2": 2}


def test_the_same_record_twice_in_a_page_counts_once(store: Store, lease: Lease):
    """The later one wins."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, replace(DEAL, stage="closedwon")))
    assert [deal.stage for deal in store.records.get("acme", Entity.DEALS)] == ["closedwon"]


def test_only_a_finished_full_pass_buries(store: Store, lease: Lease):
    """A record that an incremental pass, or an unfinished full one, does not bring is still there."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, OTHER))
    store.records.save_page(lease, "r2", Stream.DEALS, only(DEAL, is_full=False))
    store.records.save_page(lease, "r3", Stream.DEALS, only(DEAL, is_last=False))
    assert store.records.count("acme", Entity.DEALS) == 2
    before = store.now()
    last = store.records.save_page(lease, "r4", Stream.DEALS, only(cursor="end"))
    assert last.deleted == 1
    assert store.records.get("acme", Entity.DEALS) == [DEAL]
    gone = store.records.get("acme", Entity.DEALS, ["2"], deleted=True)[0]
    assert before <= gone.deleted_at <= store.now()
    assert versions(store, lease)["2"] == 4


def test_a_buried_record_may_come_back(store: Store, lease: Lease):
    """A record that was gone and is brought again is alive again, as a new version."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL))
    store.records.save_page(lease, "r2", Stream.DEALS, only())
    assert store.records.count("acme", Entity.DEALS) == 0
    store.records.save_page(lease, "r3", Stream.DEALS, only(DEAL))
    assert store.records.get("acme", Entity.DEALS) == [DEAL]
    assert versions(store, lease) == {"1": 3}


def test_a_pass_goes_on_where_it_was_cut_off(store: Store, lease: Lease):
    """Pages of one full pass share its number over a restart of the process; forgetting the cursor begins another."""
    first = only(DEAL, is_last=False)
    store.records.save_page(lease, "r1", Stream.DEALS, first)
    store.records.save_page(lease, "r2", Stream.DEALS, only(OTHER, is_last=False))
    assert store.records.state("acme", Stream.DEALS).pass_no == 1
    store.records.restart(lease, Stream.DEALS)
    assert store.records.state("acme", Stream.DEALS).cursor is None
    store.records.save_page(lease, "r3", Stream.DEALS, only(OTHER))
    assert store.records.state("acme", Stream.DEALS).pass_no == 2
    assert store.records.get("acme", Entity.DEALS) == [OTHER]


def test_a_full_pass_in_the_middle_of_an_incremental_one_is_a_new_pass(store: Store, lease: Lease):
    """Rows seen by the pages of an incremental pass do not count as seen by the full pass that takes its place."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, OTHER))
    store.records.save_page(lease, "r2", Stream.DEALS, only(OTHER, is_last=False, is_full=False))
    store.records.save_page(lease, "r3", Stream.DEALS, only(DEAL))
    assert store.records.get("acme", Entity.DEALS) == [DEAL]


def test_members_who_left_are_buried_with_the_pass(store: Store, lease: Lease):
    """Every table that a stream fills is swept, not only the first."""
    team = Team(id="9", name="Dustin Brinkmann")
    stays, leaves = (Membership(id=f"9:{user}", team="9", user=user) for user in ("7", "8"))
    store.records.save_page(lease, "r1", Stream.TEAMS, only(team, stays, leaves))
    assert store.records.save_page(lease, "r2", Stream.TEAMS, only(team, stays)).deleted == 1
    assert store.records.get("acme", Entity.MEMBERSHIPS) == [stays]


def test_a_deals_history_is_replaced_whole(store: Store, lease: Lease):
    """When a deal comes with its stays, older stays and changes of that deal that are missing are gone; other deals keep theirs."""
    change = FieldHistory(id="1:amount:0", of=Entity.DEALS, record="1", field="amount", old="10", new="20", at=DAY)
    second = replace(STAY, id="1:1", stage="closedwon", entered_at=DAY + timedelta(days=3))
    others = StageChange(id="2:0", deal="2", stage="engaging", entered_at=DAY)
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, STAY, second, change, OTHER, others))
    store.records.save_page(lease, "r2", Stream.DEALS, only(DEAL, STAY, OTHER, is_full=False))
    assert store.records.get("acme", Entity.STAGE_CHANGES) == [STAY, others]
    assert store.records.get("acme", Entity.FIELD_HISTORY) == []
    assert versions(store, lease, Entity.STAGE_CHANGES) == {"1:0": 1, "1:1": 2, "2:0": 1}


def test_a_past_that_cannot_be_read_now_stays(store: Store, lease: Lease):
    """A deal that comes without its past keeps what is known of it, through a pass over everything, too."""
    change = FieldHistory(id="1:amount:0", of=Entity.DEALS, record="1", field="amount", old="10", new="20", at=DAY)
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, STAY, change))
    assert store.records.save_page(lease, "r2", Stream.DEALS, replace(only(DEAL), kept=("1",))).deleted == 0
    assert store.records.get("acme", Entity.STAGE_CHANGES) == [STAY]
    assert store.records.get("acme", Entity.FIELD_HISTORY) == [change]
    store.records.save_page(lease, "r3", Stream.DEALS, only(DEAL))
    assert store.records.get("acme", Entity.STAGE_CHANGES) == []


def test_an_unreadable_record_is_quarantined_until_it_can_be_read(store: Store, lease: Lease):
    """It is kept raw with the reason, its last good version and its history stay, and a later good read takes it out again."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, STAY, OTHER))
    bad = Rejected(Entity.DEALS, "1", "the amount is no number", '{"amount": "a\x00b"}')
    assert store.records.save_page(lease, "r2", Stream.DEALS, only(OTHER, rejected=(bad,))).rejected == 1
    assert store.records.quarantine("acme") == [replace(bad, raw='{"amount": "ab"}')]
    assert store.records.get("acme", Entity.DEALS) == [DEAL, OTHER]
    assert store.records.get("acme", Entity.STAGE_CHANGES) == [STAY]
    store.records.save_page(lease, "r3", Stream.DEALS, only(DEAL, STAY, OTHER))
    assert store.records.quarantine("acme") == []


def test_a_record_that_left_the_crm_leaves_quarantine(store: Store, lease: Lease):
    """A full pass that meets neither the record nor a reject of it forgets the reject."""
    bad = Rejected(Entity.DEALS, "1", "the amount is no number", "{}")
    store.records.save_page(lease, "r1", Stream.DEALS, only(rejected=(bad,)))
    store.records.save_page(lease, "r2", Stream.DEALS, only(OTHER))
    assert store.records.quarantine("acme") == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (replace(DEAL, amount=Decimal("1.00001")), "amount: the number 1.00001 has more than four decimal places"),
        (replace(DEAL, amount=Decimal("1e18")), "amount: the number 10000000000000000000000 is too large to keep"),
        (replace(DEAL, amount=Decimal("NaN")), "amount: the number NaN has more than four decimal places"),
        (replace(DEAL, created_at=datetime(2017, 1, 1)), "created_at: the instant 2017-01-01T00:00:00 has no time zone"),  # noqa: DTZ001  # the case
        (replace(DEAL, name="a\x00b"), "name: a text holds a zero byte"),
        (replace(DEAL, name="\ud800"), "name: 'utf-8' codec can't encode character"),
    ],
)
def test_a_record_that_does_not_fit_is_quarantined(store: Store, lease: Lease, broken: Deal, reason: str):
    """One record that breaks the model's promises does not stop the others of its page."""
    saved = store.records.save_page(lease, "r1", Stream.DEALS, only(broken, OTHER))
    assert (saved.rows, saved.rejected) == (1, 1)
    assert reason in store.records.quarantine("acme")[0].reason


def test_held_values_follow_the_pages(store: Store, lease: Lease):
    """What the CRM holds in our fields is what was seen last; a buried record holds nothing."""
    acme, cancity = Company(id="1", name="Acme"), Company(id="2", name="Cancity")
    held = tuple(Held(Entity.COMPANIES, record, "kpi_clv", "12.5") for record in ("1", "2"))
    store.records.save_page(lease, "r1", Stream.COMPANIES, only(acme, cancity, held=held))
    store.records.put_held(lease, [Held(Entity.COMPANIES, "1", "kpi_clv", None), Held(Entity.USERS, "5", "kpi_win_rate", "0.6")])
    assert store.records.held("acme", Entity.COMPANIES) == {
        (Entity.COMPANIES, "1", "kpi_clv"): None,
        (Entity.COMPANIES, "2", "kpi_clv"): "12.5",
    }
    store.records.save_page(lease, "r2", Stream.COMPANIES, only(acme))
    assert store.records.held("acme") == {(Entity.COMPANIES, "1", "kpi_clv"): None, (Entity.USERS, "5", "kpi_win_rate"): "0.6"}


def test_a_users_fields_are_found_under_the_record_they_are_written_to(store: Store, lease: Lease):
    """When a user goes, what was held on its other record goes too."""
    held = Held(Entity.USERS, "900", "kpi_win_rate", "0.6")
    store.records.save_page(lease, "r1", Stream.USERS, only(User(id="7", name="Anna", record="900"), held=(held,)))
    store.records.save_page(lease, "r2", Stream.USERS, only())
    assert store.records.held("acme") == {}


def test_a_stream_is_complete_only_when_this_run_finished_it(store: Store, lease: Lease):
    """Every stream says why it may not be measured: never pulled, half loaded, refused, or not pulled to its end this time."""
    complete = store.records.complete
    assert complete("acme", "r1")[Stream.LINE_ITEMS] == "The line items have not been pulled yet."
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, is_last=False))
    assert complete("acme", "r1")[Stream.DEALS] == "The first load of the deals is not finished."
    store.records.save_page(lease, "r1", Stream.DEALS, only(OTHER, is_last=True))
    assert complete("acme", "r1")[Stream.DEALS] is None
    assert complete("acme", "r2")[Stream.DEALS] == "The deals were not pulled to the end in this run."
    store.records.refuse(lease, "r2", Stream.DEALS, "needs crm.objects.deals.read")
    assert complete("acme", "r2")[Stream.DEALS] == "needs crm.objects.deals.read"
    assert store.records.state("acme", Stream.DEALS).refused == "needs crm.objects.deals.read"
    store.records.save_page(lease, "r2", Stream.DEALS, only(DEAL, OTHER))
    assert complete("acme", "r2")[Stream.DEALS] is None
    store.records.refuse(lease, "r2", Stream.GOALS, "needs crm.objects.goals.read")
    assert complete("acme", "r2")[Stream.GOALS] == "needs crm.objects.goals.read"


def test_goals_are_read_back_as_goals(store: Store, lease: Lease):
    """The goals that the CRM holds come back as they were, days included."""
    goal = GoalRecord(
        id="4", kpi="revenue_won", starts_on=DAY.date(), ends_on=DAY.date() + timedelta(days=31), target=Decimal("250000.25"), family="f"
    )
    store.records.save_page(lease, "r1", Stream.GOALS, only(goal))
    assert store.records.goals("acme") == [goal]


def test_the_end_of_a_full_pass_is_remembered(store: Store, lease: Lease):
    """Incremental passes do not move the date of the last pass over everything."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL))
    full_at = store.records.state("acme", Stream.DEALS).full_at
    assert full_at is not None
    store.records.save_page(lease, "r2", Stream.DEALS, only(DEAL, is_full=False))
    state = store.records.state("acme", Stream.DEALS)
    assert (state.full_at, state.run) == (full_at, "r2")


def test_what_is_named_as_gone_is_buried(store: Store, lease: Lease):
    """A CRM that keeps nothing of a deleted record only names it; the record keeps what is known of it, with the date of its burial."""
    store.records.save_page(lease, "r1", Stream.DEALS, only(DEAL, STAY, OTHER))
    page = Page((), "c2", is_last=True, is_full=False, gone=("1", "99"))
    assert store.records.save_page(lease, "r2", Stream.DEALS, page).deleted == 1
    assert [deal.id for deal in store.records.get("acme", Entity.DEALS)] == ["2"]
    buried = store.records.get("acme", Entity.DEALS, ["1"], deleted=True)[0]
    assert isinstance(buried, Deal)
    assert buried.deleted_at
    assert buried.amount == DEAL.amount
