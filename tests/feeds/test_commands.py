"""Feeds on the command line: alone, with a pull, in a check, and what cannot be meant."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from connector.cli import app
from connector.errors import AccessRefused, SettingsError
from tests.feeds.google import NOON, PROPERTY, Property, key, refusal

Command = Callable[..., Result]


def day_before(days: int) -> str:
    """Return a past day as Google writes it."""
    return (datetime.now(NOON) - timedelta(days=days)).strftime("%Y%m%d")


DAY = day_before(2)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run a command of a company without a CRM whose website has a property."""
    (tmp_path / "key.json").write_text(key(), encoding="utf-8")
    environ = {
        "CRM_KPI_DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite",
        "CRM_KPI_FILES__COMPANY": "Acme Ltd",
        "CRM_KPI_FILES__CURRENCY": "EUR",
        "CRM_KPI_TIMEZONE": NOON.key,
        "CRM_KPI_GA4__PROPERTY": PROPERTY,
        "CRM_KPI_GA4__HISTORY_DAYS": "30",
        "CRM_KPI_GA4__CREDENTIALS_FILE": f"{tmp_path}/key.json",
    }

    def run(*words: str, **other: str | None) -> Result:
        return CliRunner().invoke(app, words, env={**environ, **other})

    return run


def test_a_feed_is_imported_alone(web: Property, command: Command):
    """`import ga4` says what came for people, and gives the figures to programs."""
    web.held["sessions"] = [((DAY, "a", "b", "c"), ("5", "1"))]
    assert (
        "Would take 1 rows of Google Analytics, property 123456789, as traffic (ga4): 1 new" in command("import", "ga4", "--dry-run").stdout
    )
    found = json.loads(command("import", "ga4", "--json").stdout)
    assert found["tables"]["traffic"]["taken"] == 1
    assert (found["refused"], found["dry_run"]) == ({}, False)
    status = json.loads(command("status", "--json").stdout)
    assert [(line["name"], line["records"]) for line in status["streams"]] == [("costs, import ga4", 0), ("traffic, import ga4", 1)]


def test_a_refusal_ends_the_import_with_its_own_code(web: Property, command: Command):
    """Alone, what cannot be read is the command's failure, after what could be was kept."""
    web.held["sessions"] = [((DAY, "a", "b", "c"), ("5", "1"))]
    web.refused["advertiserAdCost"] = refusal(403, "PERMISSION_DENIED", "No.")
    result = command("import", "ga4")
    assert "Took 1 rows" in result.stdout
    assert isinstance(result.exception, AccessRefused)


def test_a_pull_and_a_run_bring_feeds_too(web: Property, command: Command):
    """After the CRM's own streams; a feed that refuses does not make them fail."""
    web.held["sessions"] = [((DAY, "a", "b", "c"), ("5", "1"))]
    web.refused["advertiserAdCost"] = refusal(403, "PERMISSION_DENIED", "No.")
    web.about = {"subjectToThresholding": True}
    for verb in ("pull", "run"):
        result = command(verb, "--json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)["feeds"]["ga4"]
        assert (found["tables"]["traffic"]["taken"], list(found["refused"])) == (1, ["costs"])
    said = command("pull").output.replace("\n", " ")
    assert "Took 1 rows of Google Analytics, property 123456789, as traffic (ga4)" in said
    assert "Google Analytics, costs: not available." in said
    assert "(thresholding)" in said


def test_status_says_what_is_kept_and_what_a_feed_refuses(web: Property, command: Command):
    """All rows that a feed brought are counted, not the last time's alone, and a refusal stands beside its table until it is over."""
    web.held["sessions"] = [((day_before(20), "a", "b", "c"), ("5", "1")), ((DAY, "a", "b", "c"), ("5", "1"))]
    web.refused["advertiserAdCost"] = refusal(403, "PERMISSION_DENIED", "No.")
    command("import", "ga4")
    web.refused = dict.fromkeys(("sessions", "advertiserAdCost"), refusal(403, "PERMISSION_DENIED", "No."))
    command("run")
    lines = {line["name"]: line for line in json.loads(command("status", "--json").stdout)["streams"]}
    assert lines["traffic, import ga4"]["records"] == 2
    assert [name for name, line in lines.items() if "the role Viewer" in line["missing"]] == ["traffic, import ga4", "costs, import ga4"]
    web.refused = {}
    command("run")
    status = json.loads(command("status", "--json").stdout)
    assert [(line["records"], line["missing"]) for line in status["streams"]] == [(0, None), (2, None)]
    assert status["runs"][0]["steps"]["ga4"] == "1 rows, 3 requests"


def test_check_tells_of_feeds(web: Property, command: Command):
    """People and programs read whether it works."""
    web.held["sessions"] = [((DAY, "a", "b", "c"), ("5", "1"))]
    assert "1 rows of traffic" in command("check").stdout.replace("\n", " ")
    assert "1 rows of traffic" in json.loads(command("check", "--json").stdout)["feeds"][0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("import", "ga4", "--name", "web"), "ga4 has no file, so --name, --day-first and --decimal-comma mean nothing"),
        (("import", "traffic", "x.csv", "--name", "ga4"), "under which the rows of Google Analytics are kept"),
        (("import", "ga4", "x.csv"), "TABLE is 'ga4'"),
    ],
)
def test_what_cannot_be_meant_is_refused(command: Command, words: tuple[str, ...], says: str):
    """Options of files have no meaning for a feed, and no file comes under a feed's name."""
    result = command(*words)
    assert isinstance(result.exception, SettingsError)
    assert says in str(result.exception)


def test_a_feed_that_is_not_set_up_says_how(command: Command):
    """The settings that are missing and the page about them are named."""
    unset = ("PROPERTY", "CREDENTIALS_FILE", "HISTORY_DAYS")
    result = command("import", "ga4", **{f"CRM_KPI_GA4__{name}": None for name in unset})
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception) == "Google Analytics is not set up: CRM_KPI_GA4__… is missing; see docs/google-analytics.md."


def test_a_setting_of_a_feed_is_checked_like_any_other(command: Command):
    """What is missing, unknown or malformed is named, and a feed needs a CRM, or files, to stand beside."""
    for other, says in (
        ({"CRM_KPI_GA4__PROPERTY": None}, "CRM_KPI_GA4__PROPERTY is missing."),
        ({"CRM_KPI_GA4__PROPERTY": "G-1"}, "CRM_KPI_GA4__PROPERTY is 'G-1': a property has a number"),
        (
            {"CRM_KPI_GA4__CREDENTIALS": "secret", "CRM_KPI_GA4__CREDENTIALS_FILE": None},
            "CRM_KPI_GA4__CREDENTIALS is malformed: it is no JSON",
        ),
        ({"CRM_KPI_GA4__DAY": "3"}, "CRM_KPI_GA4__DAY is not a setting; did you mean CRM_KPI_GA4__DAYS?"),
        (
            {"CRM_KPI_FILES__COMPANY": None, "CRM_KPI_FILES__CURRENCY": None},
            "CRM_KPI_ADAPTER is missing; allowed are bottlecrm, clickup, files, hubspot, nutshell, odoo.",
        ),
    ):
        result = command("status", **other)
        assert isinstance(result.exception, SettingsError)
        assert says in str(result.exception)
        assert "secret" not in str(result.exception)
