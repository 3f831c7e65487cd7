"""Status pages to show."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.web import AccountStatus, Figure, GoalLine, PlanLine, RunLine, StatusPage, StreamLine

NOW = datetime(2018, 1, 1, 0, 4, tzinfo=UTC)


@pytest.fixture
def acme() -> AccountStatus:
    """Return an account on which all went well, with figures of the real 2017 data."""
    return AccountStatus(
        name="acme",
        adapter="hubspot",
        tenant="Maven Sales <EU & US>",
        tenant_id="48150042",
        timezone="America/New_York",
        schedule="hourly",
        last_success=NOW - timedelta(minutes=3),
        next_due=NOW + timedelta(minutes=56),
        previous_due=NOW - timedelta(minutes=64),
        runs=(
            RunLine("r000002", "run", "running", NOW - timedelta(minutes=1)),
            RunLine(
                "r000001",
                "run",
                "done",
                NOW - timedelta(minutes=4),
                NOW - timedelta(minutes=3),
                calls=312,
                steps={"pull": "22,931 records, 0 rejected", "measure": "41,377 values", "push": "2,516 written, 0 refused"},
            ),
        ),
        streams=(
            StreamLine("deals", 8800, NOW - timedelta(minutes=4)),
            StreamLine("goals", 0, None, "The token lacks crm.objects.goals.read."),
        ),
        unavailable={"pipeline_coverage": "goals: the token lacks crm.objects.goals.read."},
        as_of=NOW,
        periods=("This month", "This quarter", "This year", "All time"),
        figures=(
            Figure("revenue_won", "Revenue won", ("1,131,573 USD", "2,802,496 USD", "10,005,534 USD", "10,005,534 USD")),
            Figure("win_rate", "Win rate", ("62.9 %", "61.5 %", "63.2 %", "63.2 %")),
            Figure("time_to_close", "Time to close", ("53.1 days", "55.8 days", "51.8 days", "51.8 days")),
        ),
        goals=(
            GoalLine(
                "Grow", "Central & East", "2017", attainment="62.5%", pace="88.0%", status="behind", days_left="0", doubt="1 of 2 measured"
            ),
            GoalLine("Win rate", "East", "2017", "60.0%", "50.0%", "83.3%", "–", "on track", "10.0%", doubt="uncertain, n 4", depth=1),
            GoalLine(
                "Revenue won",
                "Darcel Schlecht",
                "2017-Q4",
                "10,000,000 USD",
                "8,451,363 USD",
                "84.5%",
                "96.4%",
                "on track",
                "1,548,637 USD",
                "48,395 USD",
                "32",
                doubt="uncertain, n 21",
            ),
        ),
        plan=PlanLine("p000001", "done", NOW - timedelta(minutes=3), {"ok": 2516, "refused": 0}),
        quarantined=2,
    )


@pytest.fixture
def failed(acme: AccountStatus) -> AccountStatus:
    """Return an account whose last run failed and whose writing is paused."""
    run = RunLine("r000009", "run", "failed", NOW, NOW, "The CRM does not accept the token.", 1)
    return replace(acme, name="beta", runs=(run,), paused="r000004 was undone", figures=(), plan=None)


@pytest.fixture
def page(acme: AccountStatus) -> StatusPage:
    """Return a page with one healthy account."""
    return StatusPage(NOW, "0.1.0", (acme,))
