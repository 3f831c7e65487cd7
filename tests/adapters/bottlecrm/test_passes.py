"""Lists that change while they are read: nothing is passed over, and nothing that moves is brought twice for it."""

import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.adapters.bottlecrm import BottleCrmSettings
from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.passes import Cursor, batches
from connector.adapters.bottlecrm.vendor import client_of
from connector.adapters.bottlecrm.words import LISTS
from connector.errors import TryLater
from connector.model import Stream

URL = "https://crm.example.com"
DEALS, ACCOUNTS = LISTS[Stream.DEALS], LISTS[Stream.COMPANIES]
Change = Callable[[list[str]], None]


@pytest.fixture
async def objects() -> AsyncIterator[Objects]:
    """Connect to a BottleCRM of which only its lists are there."""
    client = client_of(BottleCrmSettings(url=URL, token=SecretStr("t"), requests_per_second=1000))
    yield Objects(client)
    await client.close()


def listed(there: list[str], change: Change | None = None) -> Callable[[httpx.Request], httpx.Response]:
    """Answer with a page of the deals that are there, and change them after each page."""

    def answer(request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        rows = [{"id": one} for one in there[offset : offset + limit]]
        count = len(there)
        if change:
            change(there)
        return httpx.Response(200, json={"opportunities": rows, "opportunities_count": count, "offset": 7, "per_page": 10})

    return answer


def once(change: Change) -> Change:
    """Make a change once and no more."""
    left = [change]

    def made(there: list[str]) -> None:
        while left:
            left.pop()(there)

    return made


async def read(objects: Objects, since: str | None = None) -> list[str]:
    """Return the ids that a pass brings, two a page."""
    return [str(row["id"]) async for batch in batches(objects, DEALS, since, 2) for row in batch.rows]


@pytest.mark.parametrize("number", range(6))
@respx.mock
async def test_a_quiet_list_is_read_to_its_end(objects: Objects, number: int) -> None:
    """However many rows there are, each comes once, and the last page is the last."""
    there = list("abcdef"[:number])
    respx.get(url__startswith=URL + DEALS.path).mock(side_effect=listed(there))
    found = [batch async for batch in batches(objects, DEALS, None, 2)]
    assert [row["id"] for batch in found for row in batch.rows] == there
    assert [batch.cursor.is_done for batch in found] == [False] * (len(found) - 1) + [True]
    assert found[-1].total == number


@respx.mock
async def test_a_deletion_behind_us_hides_nothing(objects: Objects) -> None:
    """When a row that was brought is deleted the others move up; the list is begun again, so that none is passed over."""
    respx.get(url__startswith=URL + DEALS.path).mock(side_effect=listed(list("abcde"), once(lambda there: there.remove("a"))))
    assert set(await read(objects)) >= set("bcde")


@respx.mock
async def test_a_row_that_came_behind_us_moves_the_others_only(objects: Objects) -> None:
    """A new row before the present place is left to the next pass; all others come once."""
    respx.get(url__startswith=URL + DEALS.path).mock(side_effect=listed(list("abcde"), once(lambda there: there.insert(0, "z"))))
    assert await read(objects) == list("abcde")


@respx.mock
async def test_a_list_that_never_stands_still_is_left_for_later(objects: Objects) -> None:
    """Where every page shows a deletion the pass ends with 'try later' and not with a part."""
    there = [str(number) for number in range(1000)]
    respx.get(url__startswith=URL + DEALS.path).mock(side_effect=listed(there, lambda there: there.remove(there[1])))
    with pytest.raises(TryLater, match="changed 5 times"):
        await read(objects)


@respx.mock
async def test_two_lists_of_one_answer_end_each_in_its_time(objects: Objects) -> None:
    """Active and inactive accounts come side by side; the shorter one ends first and brings nothing more, whatever moves in it then."""
    active, inactive = list("abcde"), list("xyz")

    def answer(request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        if offset > 2:
            inactive.insert(0, "w")
        both = [[{"id": one} for one in rows[offset : offset + limit]] for rows in (active, inactive)]
        here, away = {"open_accounts": both[0], "open_accounts_count": 5}, {"close_accounts": both[1], "close_accounts_count": 3}
        return httpx.Response(200, json={"active_accounts": here, "closed_accounts": away})

    respx.get(url__startswith=URL + ACCOUNTS.path).mock(side_effect=answer)
    found = [batch async for batch in batches(objects, ACCOUNTS, None, 2)]
    assert [[row["id"] for row in batch.rows] for batch in found] == [["a", "b", "x", "y"], ["c", "d", "z"], ["e"]]
    assert found[-1].total == 8


@pytest.mark.parametrize("text", [None, "", "nonsense", "[]", '{"unknown": 1}', Cursor(offset=4, last=("d",), is_done=True).text])
def test_a_pass_that_ended_is_followed_by_a_new_one(text: str | None) -> None:
    """A cursor of a pass that ended, and one that is none of ours, begin at the beginning."""
    assert Cursor.parse(text) == Cursor()
    # However often it was begun before it was cut off, it may begin as often again.
    assert Cursor.parse(Cursor(offset=4, last=("d",), begun=5).text) == Cursor(offset=4, last=("d",))
    assert json.loads(Cursor(offset=4, last=("d",)).text)["offset"] == 4
