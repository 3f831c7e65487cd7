"""Tracked time as calls and meetings: by words, on tasks of our lists, of everybody, back to the beginning."""

from datetime import timedelta
from typing import Any

import pytest

from connector.adapters.clickup import ClickUpSettings
from connector.adapters.clickup.page import page_of
from connector.adapters.clickup.parse import Row
from connector.adapters.clickup.tracked import activity_of, kind_of
from connector.model import Activity, ActivityKind, Deal, Stream
from tests.adapters.boxes import read_all
from tests.adapters.clickup.box import ClickUpBox
from tests.adapters.test_contract import first_deals, records_in

SETTINGS = ClickUpSettings.model_validate({"token": "pk_1"})
ENTRY: dict[str, Any] = {
    "id": "1",
    "task": {"id": "abc"},
    "user": {"id": 190},
    "start": "1514782800000",
    "duration": "600000",
    "description": "Phone: terms",
    "tags": [],
    "task_location": {"list_id": "7"},
}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, Stream.CALLS),
        ({"description": "", "tags": [{"name": "Demo"}]}, Stream.MEETINGS),
        ({"description": "Wrote the offer"}, None),
        ({"description": "Recall of the product, megaphones"}, None),
        ({"description": "Two calls."}, Stream.CALLS),
        ({"description": None}, None),
    ],
)
def test_words_tell_what_tracked_time_was(change: dict[str, Any], kind: Stream | None) -> None:
    """The description or a tag makes an entry a call or a meeting; other work is neither."""
    assert kind_of(ENTRY | change, SETTINGS) is kind


@pytest.mark.parametrize(
    ("change", "links"),
    [
        ({}, [("abc", None)]),
        ({"task_location": {"list_id": "8"}}, [(None, "abc")]),
        ({"task_location": {"list_id": "9"}}, []),
        ({"task": "0"}, []),
        ({"duration": "-1514782800000"}, []),
    ],
    ids=["on a deal", "on a company", "on another list", "on no task", "still running"],
)
def test_only_ended_time_on_our_lists_is_an_activity(change: dict[str, Any], links: list[tuple[str | None, str | None]]) -> None:
    """An entry belongs to the record whose task it is on; what is on none of ours, or still runs, is left out."""
    found = list(activity_of(Stream.CALLS, Row(ENTRY | change), SETTINGS, {"deal": ["7"], "company": ["8"]}))
    assert [(one.deal, one.company) for one in found] == links
    assert {(one.owner, one.duration) for one in found} <= {("190", 600)}


def test_an_entry_that_cannot_be_read_is_set_aside() -> None:
    """A duration that is no number, or an impossible moment, costs its own entry only, and is told."""
    entries = [ENTRY, ENTRY | {"id": "2", "duration": "long"}, ENTRY | {"id": "3", "start": "1" + "0" * 17}]
    page = page_of(Stream.CALLS, entries, lambda row: activity_of(Stream.CALLS, row, SETTINGS, {"deal": ["7"]}))
    assert [one.id for one in page.records] == ["1"]
    assert [one.id for one in page.rejected] == ["2", "3"]


async def test_the_time_of_everybody_is_read_once_for_two_streams(box: ClickUpBox) -> None:
    """Calls and meetings of all people come, each on its deal, however long ago; both streams are read by the same requests."""
    crm = await box.adapter()
    deals = {deal.id for deal in await first_deals(crm, 1000) if isinstance(deal, Deal)}
    calls = [one for one in records_in(await read_all(crm, Stream.CALLS)) if isinstance(one, Activity)]
    await box.call("POST", "/sandbox/requests", {"clear": True})
    meetings = [one for one in records_in(await read_all(crm, Stream.MEETINGS)) if isinstance(one, Activity)]
    assert not [call for call in await box.call("POST", "/sandbox/requests", {}) if call.endswith("time_entries")]
    assert {one.kind for one in calls} == {ActivityKind.CALL}
    assert {one.kind for one in meetings} == {ActivityKind.MEETING}
    assert len({one.owner for one in [*calls, *meetings]}) > 1
    assert {one.deal for one in [*calls, *meetings]} <= deals
    moments = sorted(one.at for one in calls if one.at)
    assert moments[-1] - moments[0] > timedelta(days=180)
