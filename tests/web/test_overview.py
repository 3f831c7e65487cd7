"""What the status page reads from the store."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connector.model import Deal, Entity, KpiValue, Measurement, Page, Rejected, Stream, Tenant, Usage, WritePlan
from connector.period import ALL_TIME, Calendar
from connector.settings import AccountConfig, AccountSettings, ProcessSettings
from connector.store import Lease, Store
from connector.web.overview import HEADLINES, account_status
from connector.web.status import Verdict, health_of

CONFIG = AccountConfig("acme", AccountSettings(schedule="hourly"), "hubspot", vendor=ProcessSettings())
CALENDAR = Calendar(ZoneInfo("America/New_York"))
AS_OF = datetime(2018, 1, 1, 5, tzinfo=UTC)
"""The end of 31 December 2017 in New York."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a fresh store."""
    with Store.open(f"sqlite:///{tmp_path}/crm.sqlite") as opened:
        yield opened


@pytest.fixture
def lease(store: Store) -> Lease:
    """Bind the account to its tenant and take its lease."""
    lease = store.leases.acquire("acme", "test")
    store.accounts.bind(lease, Tenant("48150042", "Maven Sales", "America/New_York", "USD"), "hubspot")
    return lease


def test_an_account_that_was_never_connected(store: Store) -> None:
    """An account without a single run shows that it is not connected, and is no trouble."""
    status = account_status(store, CONFIG, datetime.now(UTC))

    assert (status.tenant, status.runs, status.figures, status.plan, status.streams) == ("not connected yet", (), (), None, ())
    assert health_of(status).verdict is Verdict.OK


def test_runs_and_slots(store: Store, lease: Lease) -> None:
    """Runs come newest first with their steps in words; success, the next slot and the one missed follow from them."""
    run = store.runs.start(lease, "run")
    store.runs.step(lease, run, "pull", {"streams": {"deals": {"rows": 8800, "changed": 8800, "rejected": 1}, "users": {"rows": 35}}})
    store.runs.step(lease, run, "push", {"plan": "p000001", "ok": 2516, "refused": 0, "refusals": []})
    usage = Usage(Counter(general=300, search=12), slowed=2, waited=41.7, day_limit=250_000, day_used=1_234)
    store.runs.step(lease, run, "requests", usage.summary())
    store.runs.finish(lease, run, "done", "", calls=312)
    store.runs.start(lease, "check")

    now = datetime.now(UTC)
    status = account_status(store, CONFIG, now)

    assert [(line.kind, line.status, line.calls) for line in status.runs] == [("check", "running", 0), ("run", "done", 312)]
    assert status.runs[1].steps == {"pull": "8,835 rows, 8,800 changed, 1 rejected", "push": "2,516 ok"}
    assert [line.requests for line in status.runs] == [
        "",
        "300 general, 12 search, 2 told to slow down, 42 s waited, 1,234 of the day's 250,000 used",
    ]
    assert status.last_success is not None
    assert status.next_due is not None
    assert status.previous_due is not None
    assert timedelta(0) <= now - status.last_success < timedelta(minutes=1)
    assert timedelta(0) < status.next_due - now <= timedelta(hours=1)
    assert status.next_due - status.previous_due == timedelta(hours=2)


def test_streams_and_what_is_missing(store: Store, lease: Lease) -> None:
    """A stream shows how many records are kept, and why it is missing."""
    run = store.runs.start(lease, "run")
    bad = Rejected(Entity.DEALS, "3", "amount is 'many'", "{}")
    page = Page((Deal(id="1"), Deal(id="2")), "end", is_last=True, is_full=True, rejected=(bad,))
    store.records.save_page(lease, run, Stream.DEALS, page)
    store.records.save_page(lease, run, Stream.COMPANIES, Page((), "half", is_last=False, is_full=True))
    store.records.refuse(lease, run, Stream.GOALS, "The token lacks crm.objects.goals.read.")

    status = account_status(store, CONFIG, datetime.now(UTC))
    lines = {line.name: line for line in status.streams}

    assert (lines["deals"].records, lines["deals"].missing, status.quarantined) == (2, None, 1)
    assert lines["deals"].completed_at is not None
    assert lines["companies"].missing == "Its first load is not finished."
    assert lines["goals"].missing == "The token lacks crm.objects.goals.read."


def test_figures_of_the_periods_that_the_measurement_ends_in(store: Store, lease: Lease) -> None:
    """The table shows every headline for the month, quarter and year of the measurement's last instant, and for all time."""
    run = store.runs.start(lease, "run")
    day = CALENDAR.day_of(AS_OF - timedelta(seconds=1))
    month, year = CALENDAR.parse("2017-12"), CALENDAR.parse(str(day.year))
    values = (
        KpiValue("revenue_won", ALL_TIME, AS_OF, Decimal(10005534), Decimal(10005534), None, 4238),
        KpiValue("revenue_won", year, AS_OF, Decimal(10005534), Decimal(10005534), None, 4238),
        KpiValue("win_rate", month, AS_OF, Decimal("0.6315"), Decimal(4238), Decimal(6711), 6711),
        KpiValue("stalled_deals", ALL_TIME, AS_OF, None, None, None, 0),
    )
    store.values.save(lease, run, Measurement(AS_OF, values, (), {"pipeline_coverage": "goals are not complete"}))

    status = account_status(store, CONFIG, datetime.now(UTC))
    figures = {figure.key: figure.values for figure in status.figures}

    assert status.periods == ("2017-12", "2017-Q4", "2017", "all")
    assert list(figures) == list(HEADLINES)
    assert figures["revenue_won"] == ("–", "–", "10,005,534 USD", "10,005,534 USD")
    assert figures["win_rate"] == ("63.2%", "–", "–", "–")
    assert figures["stalled_deals"] == ("–", "–", "–", "–")
    assert status.unavailable == {"pipeline_coverage": "goals are not complete"}
    assert status.as_of == AS_OF


def test_plan_and_pause(store: Store, lease: Lease) -> None:
    """The last plan and a pause are shown as the store has them."""
    run = store.runs.start(lease, "run")
    store.plans.save(lease, run, WritePlan("p000001", "acme", AS_OF, AS_OF, (), ()))
    store.accounts.set_paused("acme", "undo of r000001")

    status = account_status(store, CONFIG, datetime.now(UTC))

    assert status.plan is not None
    assert (status.plan.id, status.plan.status, status.paused) == ("p000001", "planned", "undo of r000001")
    assert not status.push_confirmed
