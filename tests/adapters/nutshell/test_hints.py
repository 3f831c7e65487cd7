"""What Nutshell's deliveries name, and by what they are known."""

import json
from datetime import UTC, datetime

import pytest

from connector.adapters.nutshell import NutshellSettings, hints_of, sender_of
from connector.http import Incoming
from connector.model import Stream

SECRET = "a-long-random-word-for-deliveries"
NOW = datetime(2018, 1, 1, tzinfo=UTC)


def settings(secret: str | None = SECRET) -> NutshellSettings:
    """Return the settings of an account with this secret."""
    return NutshellSettings.model_validate({"user": "a@example.com", "api_key": "key", "hook_secret": secret})


@pytest.mark.parametrize(
    ("secret", "url", "is_known"),
    [
        (SECRET, f"https://kpi.example.com/hooks/nutshell/{SECRET}", True),
        (SECRET, f"https://example.com/kpi/hooks/nutshell/{SECRET}?x=1", True),
        (SECRET, f"https://kpi.example.com/hooks/nutshell/{SECRET}x", False),
        (SECRET, "https://kpi.example.com/hooks/nutshell/", False),
        (SECRET, "https://kpi.example.com/hooks/nutshell", False),
        (SECRET, f"https://kpi.example.com/api/records/{SECRET}", False),
        (None, "https://kpi.example.com/hooks/nutshell/", False),
        (None, "https://kpi.example.com/hooks/nutshell", False),
    ],
)
def test_only_the_secret_in_the_address_tells_the_account(secret: str | None, url: str, *, is_known: bool):
    """The address must end with the account's own secret; an account without one takes nothing."""
    assert (sender_of(settings(secret), Incoming("POST", url, {}, b""), NOW) is not None) is is_known


def test_a_short_secret_is_refused():
    """What guards an address that anybody can call is not to be guessed."""
    with pytest.raises(ValueError, match="hook_secret"):
        settings("short")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("7-leads", {Stream.DEALS, Stream.LINE_ITEMS}),
        ("7-accounts", {Stream.COMPANIES}),
        ("7-contacts", {Stream.CONTACTS}),
        ("7-activities", {Stream.CALLS, Stream.MEETINGS}),
        ("7-ticketMessages", set()),
        ("../7-leads", set()),
        ("leads", set()),
    ],
)
def test_what_an_event_names(payload: str, expected: set[Stream]):
    """Each record that we read is named for every stream that reads it again; what is no record of ours names nothing."""
    event = {"action": "edit", "links": {"payloads": [payload]}}
    found = hints_of(json.dumps({"meta": {"instanceId": "379104"}, "events": [event, event]}).encode())

    assert {hint.stream for hint in found} == expected
    assert len(found) == len(expected)
    assert {(hint.tenant, hint.record) for hint in found} <= {("379104", payload)}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"events": {}}', b'{"events": [7]}', b"\xff"])
def test_what_is_no_page_of_events_is_refused(body: bytes):
    """Anything but a page of events ends in an error that says so."""
    with pytest.raises(ValueError, match="The body"):
        hints_of(body)


@pytest.mark.parametrize("event", [{}, {"links": None}, {"links": {"payloads": "7-leads"}}, {"links": []}])
def test_an_unreadable_event_names_nothing(event: dict[str, object]):
    """An event in a form that nobody knows costs no other."""
    whole = {"action": "edit", "links": {"payloads": ["7-accounts"]}}
    found = hints_of(json.dumps({"events": [event, whole]}).encode())

    assert [(hint.tenant, hint.record) for hint in found] == [("", "7-accounts")]
