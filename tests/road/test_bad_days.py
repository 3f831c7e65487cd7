"""What goes wrong outside changes no number in the CRM and says why, in one sentence and with its own exit code."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.hubspot import hubspot_app
from connector.sandbox.running import running
from connector.steps.pulling import AT_ONCE
from tests.road.place import LAST_DAY, Crm, Desk, settings


def test_a_pull_that_is_cut_off_changes_nothing(crm: Crm, desk: Desk):
    """When the CRM fails half-way, nothing is measured or pushed from half a picture; the next run goes on and completes it."""
    desk.run("run", "--as-of", LAST_DAY, "--yes")
    before = crm.fields()
    for deal in crm.records("deals", "amount")[:5]:
        crm.send("PATCH", f"/crm/v3/objects/deals/{deal['id']}", {"properties": {"amount": "77777"}})
    crm.forget()
    fault = {"kind": "status", "status": 503, "method": "POST", "path": "/crm/objects/2026-09/deals/batch/read", "count": 1000}
    crm.send("POST", "/sandbox/faults", {"faults": [fault]})

    desk.environ["CRM_KPI_HUBSPOT__PATIENCE_SECONDS"] = "2"
    said = desk.run("run", "--as-of", LAST_DAY, code=6)
    cut_off = crm.fields()
    wrote = crm.writes()
    crm.send("POST", "/sandbox/faults", {"faults": []})
    # Three runs in a row meet the limit of ten seconds, which this one has to wait out.
    del desk.environ["CRM_KPI_HUBSPOT__PATIENCE_SECONDS"]
    desk.run("run", "--as-of", LAST_DAY)

    assert "503" in said
    assert (cut_off, wrote) == (before, {})
    assert crm.fields() != before


@pytest.mark.parametrize(("scope", "stream"), [("crm.objects.deals.read", "deals"), ("crm.objects.line_items.read", "line_items")])
def test_a_scope_that_is_taken_away_changes_nothing(crm: Crm, desk: Desk, scope: str, stream: str):
    """What can no longer be read is not available, named with its scope; its fields keep their values."""
    desk.run("run", "--as-of", LAST_DAY, "--yes")
    before = crm.fields()
    crm.send("POST", "/sandbox/scopes", {"revoked": [scope]})
    crm.forget()

    said = desk.run("run", "--as-of", LAST_DAY, code=5)
    wrote = crm.writes()
    crm.send("POST", "/sandbox/scopes", {"revoked": []})

    assert scope in said
    assert stream in said
    assert wrote == {}
    assert crm.fields() == before


def test_another_tenant_stops_every_command(crm: Crm, desk: Desk, small_data: Path):
    """A token of another portal must not mix two companies' numbers."""
    desk.run("check")
    with running(hubspot_app(data=small_data, portal_id=777)) as other:
        desk.environ["CRM_KPI_HUBSPOT__BASE_URL"] = other
        said = [desk.run(*words, code=3) for words in (["check"], ["pull"], ["run"])]

    assert all("777" in sentence for sentence in said)


def test_what_is_wrong_has_its_own_exit_code(crm: Crm, desk: Desk):
    """A wrong token, an unreachable CRM and an unknown setting are one sentence each, and never a stack trace."""
    cases: list[tuple[dict[str, str], int, str]] = [
        ({"CRM_KPI_HUBSPOT__TOKEN": "wrong-token"}, 4, "token"),
        ({"CRM_KPI_HUBSPOT__BASE_URL": "http://127.0.0.1:9"}, 6, "127.0.0.1:9"),
        ({"CRM_KPI_HUBSPOT__TOKN": "x"}, 2, "did you mean CRM_KPI_HUBSPOT__TOKEN?"),
        ({"CRM_KPI_SCHEDULE": "sometimes"}, 2, "CRM_KPI_SCHEDULE"),
        ({"CRM_KPI_TIMEZONE": "Mars/Olympus"}, 2, "CRM_KPI_TIMEZONE"),
        ({"CRM_KPI_DATABASE_URL": "mysql://u:hidden@h/d"}, 2, "mysql"),
        ({"CRM_KPI_PUSH_FIELDS": "invoices"}, 2, "CRM_KPI_PUSH_FIELDS"),
    ]
    for environ, code, word in cases:
        said = Desk(desk.folder, {**desk.environ, "CRM_KPI_HUBSPOT__PATIENCE_SECONDS": "1", **environ}).run("check", code=code)

        *before, sentence = said.strip().splitlines()
        assert word in sentence
        assert all("trying again" in line for line in before), said
        assert "hidden" not in said
        assert "wrong-token" not in said


def test_the_days_reserve_ends_a_run_that_the_next_day_finishes(small_data: Path, tmp_path: Path):
    """At the reserve a pull ends with code 6 and says when the next day begins; what it sent is on record, and it goes on from there."""
    app = hubspot_app(data=small_data, daily=70)
    with running(app) as url:
        desk = Desk(tmp_path, settings(url, tmp_path))
        said = desk.run("pull", code=6)
        app.state.portal.clock.advance(86_400)
        (stopped,) = desk.json("status")["runs"]
        kept = {row["name"]: row["records"] for row in desk.json("status")["streams"]}
    assert "of the day's 70 requests left, and 20% of them are kept for others" in said
    assert "the next day begins at 2018-01-01 00:00 EST" in said
    # Several requests are under way at the end, and are not waited for.
    assert stopped["status"] == "failed"
    assert abs(stopped["calls"] - 57) <= AT_ONCE
    assert "of the day's 70 used" in stopped["requests"]
    assert kept["users"] > 0


def test_a_missing_scope_has_its_own_exit_code(crm: Crm, desk: Desk):
    """`check` names the scope that is missing for what everything rests on."""
    crm.send("POST", "/sandbox/scopes", {"revoked": ["crm.objects.deals.read"]})

    assert "crm.objects.deals.read" in desk.run("check", code=5)


def test_a_wrong_key_names_its_setting(desk: Desk):
    """A token that the CRM does not accept is told with the setting that holds it, and the page that says how to make one."""
    said = Desk(desk.folder, desk.environ | {"CRM_KPI_HUBSPOT__TOKEN": "wrong"}).run("check", code=4)

    assert "It stands in CRM_KPI_HUBSPOT__TOKEN; docs/hubspot.md says how to make one." in said


def test_a_locked_database_is_busy(crm: Crm, desk: Desk):
    """A store that another program holds is named, and nothing is lost."""
    desk.run("check")
    lock = sqlite3.connect(desk.folder / "store.sqlite", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        said = desk.run("pull", code=7)
    finally:
        lock.close()

    assert "store.sqlite" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["kpis", "--kpi", "win_rat"], "did you mean win_rate?"),
        (["kpis", "--by", "ownr"], "allowed are owner"),
        (["kpis", "--kpi", "win_rate", "--by", "owner,stage"], "cannot be broken down by stage; allowed are owner"),
        (["kpis", "--period", "2017-Q5"], "is not a period"),
        (["explain", "win_rate", "--by", "owner"], "DIMENSION=MEMBER"),
        (["explain", "win_rate", "--by", "owner=Nobody"], "Nobody"),
        (["run", "--as-of", "yesterday"], "allowed is a day"),
        (["run", "--as-of", "2999-01-01"], "still to come"),
        (["explain", "kpi_expected_value"], "is a field on deals and no KPI: The amount of the deal times its chance"),
        (["explain", "win_rate", "--limit", "-1"], "greater than or equal to 0"),
        (["undo", "r000099"], "r000099"),
        (["push", "p000099"], "the latest one: p0"),
        (["measure", "--records", "deals:zzz"], "names what is not kept: deals:zzz"),
        (["measure", "--records", "deal:1"], "allowed is ENTITY:ID"),
        (["pull", "--account", "other"], "set up are default"),
    ],
)
def test_a_wrong_argument_says_what_is_allowed(measured: Desk, words: list[str], says: str):
    """A slip of the pen is answered with what was meant or what is allowed, and is no run that failed."""
    before = measured.json("status")["runs"]
    assert says in measured.run(*words, code=2)
    assert measured.json("status")["runs"] == before


@pytest.fixture(scope="module")
def measured(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401
    """A terminal whose account was measured once."""
    folder = tmp_path_factory.mktemp("measured")
    with running(hubspot_app(data=small_data)) as url:
        desk = Desk(folder, settings(url, folder))
        desk.run("run", "--as-of", LAST_DAY, "--yes")
        yield desk


def test_nothing_measured_yet_is_said(crm: Crm, desk: Desk):
    """Looking before anything was measured says what to do."""
    desk.run("check")

    assert "crm-kpi run" in desk.run("kpis", code=3)
