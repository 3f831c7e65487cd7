"""Passes over a stream of Odoo: what their ends tell."""

from datetime import timedelta

import pytest

from connector.adapters.odoo.passes import Kind, Pass, Rhythm
from connector.adapters.odoo.rpc import Rpc
from tests.adapters.odoo.stand import SETTINGS, Stand

KIND = Kind("crm.lead", ())


@pytest.mark.parametrize("there", [0, 2, 3, 5])
async def test_a_pass_over_everything_ends_with_a_count(stand: Stand, there: int):
    """However many pages there are, one alone too, the last tells how many records there should be, by which a loss is noticed."""

    def rows(domain: list[list[object]], limit: int, **_: object) -> list[dict[str, int]]:
        after = next(value for name, _, value in domain if name == "id")
        return [{"id": key} for key in range(1, there + 1) if key > int(str(after))][:limit]

    stand.says |= {("crm.lead", "search_read"): rows, ("crm.lead", "search_count"): lambda *_, **__: there}
    rpc = Rpc(SETTINGS)
    await rpc.version()
    batches = [batch async for batch in Pass(rpc, [KIND], rhythm=Rhythm(timedelta(), 3)).batches(None)]
    await rpc.client.close()
    assert batches[-1].counted == there
    assert {batch.counted for batch in batches[:-1]} <= {None}
