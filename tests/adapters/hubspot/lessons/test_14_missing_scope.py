"""Lesson 14: one object that the token may not read costs that object alone, and the scope that would open it is named."""

import pytest

from connector.errors import AccessRefused
from connector.model import Answer, Stream
from tests.adapters.boxes import HubSpotBox, read_all


async def test_a_missing_scope_costs_its_own_stream_only(hubspot: HubSpotBox):
    """Reading goods without the right to is refused with the scope to grant, while every other stream is read to its end."""
    await hubspot.call("POST", "/sandbox/scopes", {"revoked": ["crm.objects.line_items.read"]})
    adapter = await hubspot.adapter()
    able = await adapter.check()
    assert [stream for stream, one in able.streams.items() if one.answer is Answer.NO] == [Stream.LINE_ITEMS]
    assert able.streams[Stream.LINE_ITEMS].needs == ("crm.objects.line_items.read",)
    for stream in adapter.streams:
        if stream is Stream.LINE_ITEMS:
            with pytest.raises(AccessRefused, match=r"it needs crm\.objects\.line_items\.read") as refused:
                await read_all(adapter, stream)
            assert refused.value.needs == ("crm.objects.line_items.read",)
        else:
            assert (await read_all(adapter, stream))[-1].is_last
