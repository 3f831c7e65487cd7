"""What HubSpot's events name: every record that is to be read again, and nothing that is not ours to read."""

import json
from typing import Any

import pytest

from connector.adapters.hubspot import hints_of
from connector.model import Stream


def named(*events: dict[str, Any]) -> set[tuple[Stream, str]]:
    """Return what a delivery names."""
    return {(hint.stream, hint.record) for hint in hints_of(json.dumps([{"portalId": 111, **event} for event in events]).encode())}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"subscriptionType": "deal.propertyChange", "objectId": 7, "propertyName": "dealstage"}, {(Stream.DEALS, "7")}),
        ({"subscriptionType": "object.propertyChange", "objectTypeId": "0-2", "objectId": 8}, {(Stream.COMPANIES, "8")}),
        ({"subscriptionType": "contact.privacyDeletion", "objectId": "9"}, {(Stream.CONTACTS, "9")}),
        ({"subscriptionType": "line_item.creation", "objectId": 4}, {(Stream.LINE_ITEMS, "4")}),
        (
            {"subscriptionType": "deal.merge", "primaryObjectId": 1, "mergedObjectIds": [2, 3], "newObjectId": 4},
            {(Stream.DEALS, number) for number in "1234"},
        ),
        (
            {"subscriptionType": "deal.associationChange", "associationType": "DEAL_TO_COMPANY", "fromObjectId": 1, "toObjectId": 2},
            {(Stream.DEALS, "1"), (Stream.COMPANIES, "2")},
        ),
        (
            {"subscriptionType": "deal.associationChange", "associationType": "DEAL_TO_QUOTE", "fromObjectId": 1, "toObjectId": 2},
            {(Stream.DEALS, "1")},
        ),
        ({"subscriptionType": "deal.propertyChange", "objectId": 7, "propertyName": "kpi_is_stalled"}, set()),
        ({"subscriptionType": "conversation.newMessage", "objectId": 7}, set()),
        ({"subscriptionType": "deal.deletion"}, set()),
        ({"subscriptionType": "deal.deletion", "objectId": "../7"}, set()),
        ({"subscriptionType": "deal.merge", "mergedObjectIds": 5, "objectId": True}, set()),
        ({"subscriptionType": None, "objectId": 7}, set()),
    ],
)
def test_what_an_event_names(event: dict[str, Any], expected: set[tuple[Stream, str]]):
    """Every record that took part is named; our own writes, other objects and unreadable events name nothing."""
    assert named(event) == expected


def test_duplicates_and_disorder_name_the_record_once():
    """The same delivery twice, in whatever order, is one thing to do."""
    events = [{"portalId": portal, "subscriptionType": "deal.deletion", "objectId": 7} for portal in (111, 222, 111)]
    assert sorted((hint.tenant, hint.record) for hint in hints_of(json.dumps(events[::-1]).encode())) == [("111", "7"), ("222", "7")]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'[{"objectId":', b"\xff", b"[" * 100_000, b"null"])
def test_no_delivery(body: bytes):
    """Anything but a list of events is refused, however it is broken."""
    with pytest.raises(ValueError, match="The body is no"):
        hints_of(body)
