"""E-mails of Nutshell: found by events, read by their ids, told without their text."""

from typing import Any

import pytest

from connector.adapters.nutshell.mails import mail_of
from connector.adapters.nutshell.parse import Row
from connector.errors import AccessRefused
from connector.model import Activity, Answer, Direction, Stream
from tests.adapters.boxes import read_all
from tests.adapters.nutshell.box import NutshellBox
from tests.adapters.test_contract import records_in

TIME = 1_500_000_000


def mail(**links: object) -> dict[str, Any]:
    """Build an e-mail."""
    return {"id": "7-emails", "sentTime": TIME, "createdTime": TIME + 5, "numViews": 3, "subject": "Hello", "links": links}


@pytest.mark.parametrize(
    ("links", "direction", "owner", "contact"),
    [
        ({"from": ["3-users"], "to": ["5-contacts"]}, Direction.OUT, "3-users", "5-contacts"),
        ({"from": ["5-contacts"], "to": ["3-users"], "cc": ["9-contacts"]}, Direction.IN, None, "5-contacts"),
        ({"from": [], "to": ["3-users"], "cc": ["9-contacts"]}, Direction.IN, None, "9-contacts"),
    ],
)
def test_who_wrote_says_whose_turn_it_was(links: dict[str, object], direction: Direction, owner: str | None, contact: str | None):
    """What a user sent went out, everything else came in; no text, no opening and no click is told."""
    (found,) = mail_of(Row(mail(**links)))

    assert (found.direction, found.owner, found.contact) == (direction, owner, contact)
    assert found.at
    assert (found.at.timestamp(), found.opened_at, found.delivered_at, found.clicked_at) == (TIME, None, None, None)


async def test_every_e_mail_that_happened_is_read_once(box: NutshellBox):
    """A pass over everything brings what events tell of, wherever a refusal stood in the way of many at once."""
    whole = await read_all(await box.adapter(), Stream.EMAILS)
    await box.fail(kind="status", status=400, method="GET", path="/rest/emails/")
    again = await read_all(await box.adapter(), Stream.EMAILS)
    events = (await box.call("GET", "/rest/events?limit=10000&filters[payload][]=emails"))["events"]

    assert {one.id for one in records_in(whole)} == {one for event in events for one in event["links"]["payloads"]}
    assert records_in(again) == records_in(whole)
    assert {one.direction for one in records_in(whole) if isinstance(one, Activity)} == {Direction.IN, Direction.OUT}


async def test_without_events_there_are_no_e_mails(box: NutshellBox):
    """A feed that the key may not see costs the e-mails, and the check says so."""
    await box.call("POST", "/sandbox/revoke", {"revoked": ["events"]})
    crm = await box.adapter()

    with pytest.raises(AccessRefused) as refused:
        await read_all(crm, Stream.EMAILS)
    assert refused.value.needs == ("an API key that may see emails",)
    assert (await crm.check()).streams[Stream.EMAILS].answer is Answer.NO
