"""Settings name themselves when they are wrong, and never show the token."""

import pytest
from pydantic import ValidationError

from connector.adapters import ADAPTERS
from connector.adapters.hubspot import HubSpotSettings
from connector.errors import SettingsError
from connector.settings import load


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "token"),
        ({"token": ""}, "token"),
        ({"token": "t", "base_url": "http://api.hubapi.com"}, "base_url"),
        ({"token": "t", "base_url": "api.hubapi.com"}, "base_url"),
        ({"token": "t", "base_url": "https://me:secret@api.hubapi.com"}, "base_url"),
        ({"token": "t", "version": "v4"}, "version"),
        ({"token": "t", "version": "2026-05"}, "version"),
        ({"token": "t", "headroom": 1}, "headroom"),
        ({"token": "t", "segment_property": "Industry!"}, "segment_property"),
        ({"token": "t", "tokn": "x"}, "tokn"),
        ({"token": "t", "pipelines": ""}, "pipelines"),
        ({"token": "t", "pipelines": '["default", ""]'}, "pipelines"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, object], named: str):
    """An unknown, missing or malformed setting is refused by its name."""
    with pytest.raises(ValidationError, match=named):
        HubSpotSettings.model_validate(given)


@pytest.mark.parametrize("url", ["https://api.hubapi.com/", "http://127.0.0.1:8123", "http://localhost:1"])
def test_addresses_that_a_token_may_go_to(url: str):
    """Encrypted addresses, and unencrypted ones on this machine alone."""
    assert HubSpotSettings(token="t", base_url=url).base_url == url.rstrip("/")


def test_the_token_is_never_shown():
    """Printing the settings shows no secret."""
    assert "pat-secret" not in repr(HubSpotSettings(token="pat-secret"))


def test_blanks_around_the_token_are_no_part_of_it():
    """What copying adds at the ends is taken away."""
    assert HubSpotSettings(token=" pat-na1-1\r\n").token.get_secret_value() == "pat-na1-1"


@pytest.mark.parametrize("token", ["pat-na1 private", "pat-na1\nprivate", "pat-na1-privaté", "pat-na1-private\x00", " \n"])
def test_a_token_that_no_header_can_carry_is_refused_unseen(token: str):
    """A malformed token is named by its setting, and neither error shows any of it."""
    with pytest.raises(ValidationError) as direct:
        HubSpotSettings(token=token)
    with pytest.raises(SettingsError, match="CRM_KPI_HUBSPOT__TOKEN is malformed") as error:
        load({"CRM_KPI_HUBSPOT__TOKEN": token}, {"hubspot": HubSpotSettings})
    for said in (str(direct.value), repr(direct.value), str(error.value)):
        assert "pat-na1" not in said
        assert "priva" not in said


@pytest.mark.parametrize(
    ("given", "read"),
    [("default", ("default",)), ("default, 1234", ("default", "1234")), ('["default", "1234"]', ("default", "1234")), (None, None)],
)
def test_pipelines_can_be_listed_in_the_environment(given: str | None, read: tuple[str, ...] | None):
    """Pipelines are ids with commas or JSON; without the setting all of them count."""
    environ = {"CRM_KPI_HUBSPOT__TOKEN": "t"} | ({"CRM_KPI_HUBSPOT__PIPELINES": given} if given else {})
    found = load(environ, {"hubspot": HubSpotSettings}).accounts["default"].vendor
    assert isinstance(found, HubSpotSettings)
    assert found.pipelines == read


@pytest.mark.parametrize("name", list(ADAPTERS))
def test_every_setting_is_described(name: str):
    """Whatever can be set says what it is for."""
    for field in ADAPTERS[name].settings.model_fields.values():
        assert field.description


@pytest.mark.parametrize("name", list(ADAPTERS))
def test_the_registry_is_whole(name: str):
    """An entry tells all that the manifest and the docs need."""
    entry = ADAPTERS[name]
    assert entry.title
    assert entry.docs == f"docs/{name}.md"
    assert entry.scopes == tuple(sorted(set(entry.scopes)))
    if name != "files":  # which has no CRM to read or write
        assert entry.streams
        assert entry.fields


def test_only_what_can_be_spared_is_left_out():
    """Streams are left out by their names; one that nothing works without is refused with those that are allowed."""
    environ = {"CRM_KPI_HUBSPOT__TOKEN": "t", "CRM_KPI_HUBSPOT__STREAMS_LEFT_OUT": "contacts, teams"}
    found = load(environ, {"hubspot": HubSpotSettings}).accounts["default"].vendor
    assert isinstance(found, HubSpotSettings)
    assert found.streams_left_out == ("contacts", "teams")
    for wrong in ("deals", "letters"):
        with pytest.raises(SettingsError, match=f"'{wrong}' cannot be left out; allowed are teams, companies"):
            load(environ | {"CRM_KPI_HUBSPOT__STREAMS_LEFT_OUT": wrong}, {"hubspot": HubSpotSettings})
