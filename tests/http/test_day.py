"""The account's day of requests: what is left of it, and when we stop to leave the rest to others."""

import asyncio
from collections.abc import Callable
from zoneinfo import ZoneInfo

import httpx
import pytest
import respx

from connector.errors import TryLater
from connector.http import Answer, Client, Told, Vendor

DATE = {"Date": "Sun, 31 Dec 2017 23:30:00 GMT"}
Make = Callable[..., Client]


def told(answer: Answer) -> Told:
    """Read the day's rest out of 1,000."""
    return Told(day=(1000, int(answer.headers["x-left"])))


def answers(*left: int) -> list[httpx.Response]:
    """Return an answer for each rest of the day."""
    return [httpx.Response(200, json={}, headers={"X-Left": str(number), **DATE}) for number in left]


async def test_the_reserve_of_the_day_is_left_to_others(crm: respx.MockRouter, make_client: Make):
    """Requests pass while a fifth of the day is left; below it none is sent any more, and the message says when the day begins anew."""
    client = make_client(Vendor("Example", told=told), reserve=0.2)
    route = crm.get("/a").mock(side_effect=answers(201, 200, 199))
    for _ in range(3):
        await client.get("/a")
    with pytest.raises(TryLater, match=r"199 of the day's 1,000 requests left, and 20% .* midnight in the account's time zone"):
        await client.get("/a")
    client.day.zone = ZoneInfo("America/New_York")
    with pytest.raises(TryLater, match=r"begins at 2018-01-01 00:00 EST \(America/New_York\)"):
        await client.get("/a")
    assert (route.call_count, client.calls) == (3, 3)
    assert (client.usage.day_limit, client.usage.day_used) == (1000, 801)


async def test_requests_at_once_leave_the_reserve_too(crm: respx.MockRouter, make_client: Make):
    """Of many requests at the same time only so many are sent as the day holds above its reserve."""
    client = make_client(Vendor("Example", told=told), reserve=0.2)
    rest = iter(range(203, 0, -1))

    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return answers(next(rest))[0]

    route = crm.get("/a").mock(side_effect=answer)
    await client.get("/a")
    found = await asyncio.gather(*(client.get("/a") for _ in range(10)), return_exceptions=True)
    assert [type(one) for one in found if one != {}] == [TryLater] * 6
    assert route.call_count == 1 + 4


async def test_no_reserve_takes_the_whole_day(crm: respx.MockRouter, make_client: Make):
    """With a reserve of nothing we go on until the vendor says no."""
    client = make_client(Vendor("Example", told=told))
    crm.get("/a").mock(side_effect=answers(1, 0, 0))
    for _ in range(3):
        await client.get("/a")


async def test_a_day_that_is_over_says_when_it_begins_anew(crm: respx.MockRouter, make_client: Make):
    """A 429 whose policy outlasts a run ends it with the hour from which it can go on."""
    client = make_client(Vendor("Example", wait=lambda _: None))
    client.day.zone = ZoneInfo("Asia/Tokyo")
    crm.get("/a").mock(return_value=httpx.Response(429, json={"message": "You have reached your daily limit."}, headers=DATE))
    with pytest.raises(TryLater, match=r"daily limit\.; the next day begins at 2018-01-02 00:00 JST \(Asia/Tokyo\)"):
        await client.get("/a")
    assert client.usage.slowed == 1
