"""What ClickUp's deliveries name, and by what they are known."""

import json
from datetime import UTC, datetime

import pytest

from connector.adapters.clickup import ClickUpSettings, hints_of, sender_of
from connector.adapters.clickup.words import LISTS
from connector.http import Incoming
from connector.model import Stream
from connector.sandbox.clickup.telling import signature
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ClickUpBox
from tests.adapters.test_contract import records_in

SECRET = "SECRETOFTHEWEBHOOK"
NOW = datetime(2018, 1, 1, tzinfo=UTC)
URL = "https://kpi.example.com/hooks/clickup"
BODY = b'{"event":"taskUpdated","task_id":"80la3yl","webhook_id":"7"}'


def settings(secret: str | None = SECRET) -> ClickUpSettings:
    """Return the settings of an account with this secret."""
    return ClickUpSettings.model_validate({"token": "pk_1", "webhook_secret": secret})


@pytest.mark.parametrize(
    ("secret", "url", "body", "sign", "is_known"),
    [
        (SECRET, URL, BODY, signature(SECRET, BODY), True),
        (SECRET, URL, BODY, signature(SECRET, BODY).upper(), True),
        (SECRET, URL, BODY + b" ", signature(SECRET, BODY), False),
        (SECRET, URL, BODY, signature("ANOTHERSECRET", BODY), False),
        (SECRET, URL, BODY, "", False),
        (SECRET, "https://kpi.example.com/api/records", BODY, signature(SECRET, BODY), False),
        (None, URL, BODY, signature("", BODY), False),
    ],
    ids=["signed", "in capitals", "another body", "another secret", "unsigned", "another address", "no secret set"],
)
def test_only_what_the_webhook_s_secret_has_signed_is_known(
    secret: str | None, url: str, body: bytes, sign: str, *, is_known: bool
) -> None:
    """The signature is over the raw body, with the secret of the account's own webhook, and good at one address only."""
    request = Incoming("POST", url, {"x-signature": sign}, body)
    assert (sender_of(settings(secret), request, NOW) is not None) is is_known


@pytest.mark.parametrize(
    ("event", "is_named"),
    [
        ({"event": "taskDeleted", "task_id": "80la3yl"}, True),
        ({"event": "taskStatusUpdated", "task_id": "80la3yl", "history_items": [{"field": "status"}]}, True),
        ({"event": "taskUpdated", "task_id": "../goal/7"}, False),
        ({"event": "taskUpdated"}, False),
        ({"event": "keyResultUpdated", "goal_id": "80la3yl"}, False),
        ({"event": "listCreated", "list_id": "901203"}, False),
    ],
)
def test_an_event_names_its_task_for_every_stream_of_tasks(event: dict[str, object], *, is_named: bool) -> None:
    """A delivery does not say in which list a task is, so each stream is to look; what is no task names nothing."""
    found = hints_of(json.dumps(event).encode())
    assert {hint.stream for hint in found} == (set(LISTS) if is_named else set())
    assert {hint.record for hint in found} <= {"80la3yl"}
    assert {hint.tenant for hint in found} <= {""}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 7}', b"<html>"])
def test_what_is_no_event_is_refused(body: bytes) -> None:
    """Anything that is no event is told so to its sender."""
    with pytest.raises(ValueError, match="The body is no"):
        hints_of(body)


async def test_a_task_is_read_again_by_its_own_streams_only(box: ClickUpBox) -> None:
    """Of all streams that are asked for a company, only companies bring it; for a deal, deals and line items do."""
    crm = await box.adapter()
    company = records_in(await read_all(crm, Stream.COMPANIES))[0].id
    deal = await box.first_deal()
    for task, streams in ((company, {Stream.COMPANIES}), (deal, {Stream.DEALS, Stream.LINE_ITEMS})):
        assert {stream for stream in LISTS if (await crm.records(stream, [task], ())).records} == streams
