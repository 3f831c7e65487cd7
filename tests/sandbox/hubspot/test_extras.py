"""What the portal holds besides its sales: tickets against the log's rows, and that the sales stay as they are."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from connector.sandbox.hubspot import Portal, hubspot_app
from connector.sandbox.incidents import SHIPPED

NEW_YORK = ZoneInfo("America/New_York")
LAST_MOMENT = datetime(2018, 1, 1)  # noqa: DTZ001  # on the account's wall clock
SALES = ("deals", "companies", "contacts", "line_items", "products", "goal_targets", "users")
EXTRAS = ("tickets", "leads", "feedback_submissions", "calls", "emails", "meetings", "notes", "tasks", "communications")
ENDS = {"Resolved", "Closed"}
Log = dict[str, list[dict[str, str]]]


def held(portal: Portal, kind: str) -> list[tuple]:
    """Return everything of every record of a kind."""
    return [(record.id, record.created, record.modified, record.values, record.history) for record in portal.tables[kind]]


def read(text: str) -> datetime:
    """Read a moment of the log."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007  # the desk's own clock


def wall(text: str) -> datetime:
    """Return an instant of the API on the account's wall clock."""
    return datetime.fromisoformat(text).astimezone(NEW_YORK).replace(tzinfo=None)


@pytest.fixture(scope="module")
def log() -> Log:
    """The shipped rows by incident."""
    groups: Log = {}
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["number"], []).append(row)
    return groups


@pytest.fixture(scope="module")
def extras() -> Portal:
    """The state of a portal with all the data and extras."""
    return hubspot_app(extras=True).state.portal


@pytest.fixture(scope="module")
def tickets(extras: Portal) -> dict[str, tuple[datetime, dict[str, str]]]:
    """When each ticket was created on the account's wall clock, and its values, by incident."""
    return {
        record.values["incident_number"]: (
            datetime.fromtimestamp(record.created / 1000, UTC).astimezone(NEW_YORK).replace(tzinfo=None),
            record.values,
        )
        for record in extras.tables["tickets"]
    }


def closings(rows: list[dict[str, str]], shift: timedelta) -> Iterator[datetime]:
    """Yield when an incident moved by `shift` was resolved or closed out of another state."""
    before = ""
    for row in rows:
        if row["ident_state"] in ENDS and before not in ENDS:
            yield read(row["sys_updated_at"]) + shift
        before = row["ident_state"]


def test_tickets_are_the_incidents_of_the_log(log: Log, tickets: dict[str, tuple[datetime, dict[str, str]]]):
    """Each incident is a ticket of 2017, moved by whole weeks, closed when the log says and open where that lies ahead."""
    assert set(tickets) == set(log)
    for number, (created, values) in tickets.items():
        shift = created - read(log[number][0]["opened_at"])
        assert (shift % timedelta(weeks=1), created.year) == (timedelta(), 2017)
        past = [at for at in closings(log[number], shift) if at < LAST_MOMENT]
        assert ([wall(values["closed_date"])] if "closed_date" in values else []) == past[-1:]


def test_tickets_keep_channel_priority_and_promise(log: Log, tickets: dict[str, tuple[datetime, dict[str, str]]]):
    """Priorities are the log's, those who phone have no first reply, and closed in time is what the log calls in time."""
    last = {number: rows[-1] for number, rows in log.items()}
    words = {"1": "URGENT", "2": "HIGH", "3": "MEDIUM", "4": "LOW"}
    found = Counter(values["hs_ticket_priority"] for _, values in tickets.values())
    assert found == Counter(words[row["priority"]] for row in last.values())
    phoned = {number for number, row in last.items() if row["contact_type"] in {"Phone", "IVR"}}
    assert {number for number, (_, values) in tickets.items() if values["source_type"] == "PHONE"} == phoned
    assert not any("first_agent_reply_date" in tickets[number][1] for number in phoned)
    late = {number for number, (_, values) in tickets.items() if values["hs_time_to_close_sla_status"] == "COMPLETED_LATE"}
    assert late == {number for number, row in last.items() if row["made_sla"] == "false" and "closed_date" in tickets[number][1]}


def test_extras_change_nothing_of_the_sales(few: Path):
    """Deals, companies, contacts, line items, products, goals and users are the same to the last entry of their history."""
    plain, filled = (hubspot_app(data=few, extras=has_extras).state.portal for has_extras in (False, True))
    for kind in SALES:
        assert held(plain, kind) == held(filled, kind)
    assert not any(len(plain.tables[kind]) for kind in EXTRAS)


def test_extras_come_out_the_same_each_time(few: Path, whole: tuple[httpx.Client, Portal]):
    """Two portals with extras hold the same records of every kind."""
    again = hubspot_app(data=few, extras=True).state.portal
    for kind in EXTRAS:
        assert held(again, kind) == held(whole[1], kind) != []


def test_nothing_happens_after_the_last_day_or_before_its_cause(extras: Portal):
    """No extra was made after the data's last day, and activities lie within the days of their deal."""
    deals = extras.tables["deals"]
    for kind in EXTRAS:
        for record in extras.tables[kind]:
            made = datetime.fromtimestamp(record.created / 1000, UTC).astimezone(NEW_YORK).replace(tzinfo=None)
            assert made < LAST_MOMENT
            tied = extras.links.of(record.kind, record.id, deals.kind) if kind in EXTRAS[3:] else ()
            for number in tied:
                deal = deals.find(str(number))
                assert deal is not None
                assert deal.created <= record.created <= deal.modified or not deal.values["dealstage"].startswith("closed")
