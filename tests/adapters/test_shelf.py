"""The memory CRM's shelf: each record stands in the stream that would bring it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.adapters.memory import Memory
from connector.adapters.memory.shelf import stream_of
from connector.model import (
    FILLS,
    Activity,
    ActivityKind,
    Contract,
    Cost,
    CostCategory,
    Entity,
    Merge,
    Record,
    Stream,
    Ticket,
    Touch,
)
from tests.adapters.boxes import read_all

AT = datetime(2017, 12, 31, 20, tzinfo=UTC)
ACTIVITIES = {
    ActivityKind.CALL: Stream.CALLS,
    ActivityKind.EMAIL: Stream.EMAILS,
    ActivityKind.MEETING: Stream.MEETINGS,
    ActivityKind.NOTE: Stream.NOTES,
    ActivityKind.TASK: Stream.TASKS,
    ActivityKind.CHAT: Stream.MESSAGES,
    ActivityKind.SOCIAL: Stream.MESSAGES,
    ActivityKind.WEB: Stream.MESSAGES,
    ActivityKind.FORM: Stream.MESSAGES,
}


@pytest.mark.parametrize("kind", ActivityKind)
async def test_activities_stand_in_the_stream_of_their_kind(kind: ActivityKind):
    """An activity comes with the stream of its kind and with no other."""
    memory = Memory([Activity(id="1", kind=kind)])
    brought = {stream for stream in Stream for page in await read_all(memory, stream) if page.records}
    assert brought == {ACTIVITIES[kind]}


@pytest.mark.parametrize("of", [entity for entity in Entity if any(FILLS[s][0] is entity and Entity.MERGES in FILLS[s] for s in Stream)])
async def test_merges_come_with_what_was_merged(of: Entity):
    """A merge of deals comes with the deals, one of contacts with the contacts, and so on; two of them lose nothing."""
    merges = [Merge(id=f"{of}:{old}", of=of, old=old, survivor="9") for old in ("1", "2")]
    memory = Memory(merges)
    brought = {stream: [row for page in await read_all(memory, stream) for row in page.records] for stream in Stream}
    assert {stream: rows for stream, rows in brought.items() if rows} == {Stream(of.value): merges}


def test_costs_and_contracts_come_with_their_origin():
    """What a campaign cost comes with the campaigns, a contract with the deals; what is only imported has no stream and says so."""
    assert stream_of(Cost(id="1", day=date(2017, 1, 1), category=CostCategory.MARKETING, amount=Decimal(5))) is Stream.CAMPAIGNS
    assert stream_of(Contract(id="1")) is Stream.DEALS
    with pytest.raises(ValueError, match="No stream of a CRM brings touches"):
        stream_of(Touch(id="1", at=AT))


async def test_a_deletion_is_told_by_its_own_stream():
    """Deleting one activity tells the stream that brought it, and leaves one of another kind with the same id alone."""
    memory = Memory([Activity(id="call:1", kind=ActivityKind.CALL), Activity(id="task:1", kind=ActivityKind.TASK), Ticket(id="1")])
    memory.remove(Entity.ACTIVITIES, "call:1", AT)
    told: dict[str, Record] = {row.id: row for stream in Stream for page in await read_all(memory, stream) for row in page.records}
    assert {key: row.deleted_at for key, row in told.items()} == {"call:1": AT, "task:1": None, "1": None}
    with pytest.raises(KeyError, match="There is no 7 among the tickets"):
        memory.remove(Entity.TICKETS, "7", AT)
