"""What the client makes of every way in which an answer can go wrong."""

import asyncio
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.errors import AccessRefused, ConnectorError, CredentialsError, StoreBusy, TryLater
from connector.http import Answer, Client, Fixed, Limit, Limiter, Meaning, Patience, Refused, Told, Unanswered, Vendor

BASE = "https://crm.example"
GOOD = {"ok": True}
Make = Callable[..., Client]


class Clock(Protocol):
    """The counted waiting of the fixtures."""

    slept: list[float]


HTML = httpx.Response(502, text="<html>Bad Gateway</html>")


@pytest.mark.parametrize(
    "bad",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("gone"),
        HTML,
        httpx.Response(500, json={"message": "oops"}),
        httpx.Response(503),
        httpx.Response(524, text="cloud"),
        httpx.Response(423, json={"message": "locked"}),
        httpx.Response(429, json={"message": "slow down"}),
        httpx.Response(200, text='{"results": [{"id": "1"'),
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json=[1]),
    ],
    ids=str,
)
async def test_reads_are_tried_again(crm: respx.MockRouter, make_client: Make, bad: httpx.Response | Exception):
    """A read survives two failures of any passing kind, whether it is a GET or a POST that only reads."""
    client = make_client()
    crm.get("/things").mock(side_effect=[bad, bad, httpx.Response(200, json=GOOD)])
    crm.post("/search").mock(side_effect=[bad, bad, httpx.Response(200, json=GOOD)])
    assert await client.get("/things") == GOOD
    assert await client.ask("/search", {}) == GOOD
    assert client.calls == 6


@pytest.mark.parametrize(
    "bad", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.WriteError("reset"), httpx.RemoteProtocolError("gone")], ids=str
)
@pytest.mark.parametrize("is_repeatable", [True, False])
async def test_a_write_that_may_have_landed_is_not_sent_again(
    crm: respx.MockRouter, make_client: Make, bad: Exception, *, is_repeatable: bool
):
    """After a time-out or a reset a write is reported as unanswered and sent once only."""
    route = crm.post("/update").mock(side_effect=[bad, httpx.Response(200, json=GOOD)])
    with pytest.raises(Unanswered, match="may have landed"):
        await make_client().send("POST", "/update", {"a": 1}, is_repeatable=is_repeatable)
    assert route.call_count == 1


async def test_only_repeatable_writes_are_repeated_after_a_server_error(crm: respx.MockRouter, make_client: Make):
    """A 5xx answer to an update by id is tried again; to a create it leaves the outcome unknown."""
    crm.post("/update").mock(side_effect=[HTML, httpx.Response(200, json=GOOD)])
    create = crm.post("/create").mock(side_effect=[HTML, httpx.Response(200, json=GOOD)])
    client = make_client()
    assert await client.send("POST", "/update", {}, is_repeatable=True) == GOOD
    with pytest.raises(Unanswered):
        await client.send("POST", "/create", {})
    assert create.call_count == 1


@pytest.mark.parametrize("bad", [httpx.ConnectError("refused"), httpx.Response(429), httpx.Response(423)], ids=str)
async def test_a_write_that_cannot_have_landed_is_sent_again(crm: respx.MockRouter, make_client: Make, bad: httpx.Response | Exception):
    """Refused connections, locks and rate limits never reached the data, so even a create is repeated."""
    crm.post("/create").mock(side_effect=[bad, httpx.Response(201, json=GOOD)])
    assert await make_client().send("POST", "/create", {}) == GOOD


async def test_a_write_with_an_unreadable_good_answer_is_unanswered(crm: respx.MockRouter, make_client: Make):
    """A cut-off 200 to a write says that it landed, but not what became of each row."""
    crm.post("/update").mock(return_value=httpx.Response(200, text='{"results": ['))
    with pytest.raises(Unanswered):
        await make_client().send("POST", "/update", {}, is_repeatable=True)


async def test_waiting_follows_the_vendor(crm: respx.MockRouter, make_client: Make, clock: Clock):
    """On a 429 we wait what the vendor's policy says (jitter below a second on top), on a lock at least two seconds."""
    vendor = Vendor("Example", wait=lambda answer: 10.0 if (answer.body or {}).get("policy") == "ten" else 1.0)
    crm.get("/a").mock(side_effect=[httpx.Response(429, json={"policy": "ten"}), httpx.Response(200, json=GOOD)])
    crm.get("/b").mock(side_effect=[httpx.Response(423), httpx.Response(200, json=GOOD)])
    client = make_client(vendor)
    await client.get("/a")
    assert 10 <= sum(clock.slept) < 11
    clock.slept.clear()
    await client.get("/b")
    assert 2 <= sum(clock.slept) < 3


async def test_one_slow_down_holds_everybody(crm: respx.MockRouter, make_client: Make, clock: Clock):
    """When one call is told to wait, calls of other streams do not go out meanwhile."""
    vendor = Vendor("Example", wait=lambda _: 10.0, meanings={418: Meaning.REFUSED})
    crm.get("/a").mock(side_effect=[httpx.Response(429), httpx.Response(418)])
    crm.get("/b").mock(return_value=httpx.Response(200, json=GOOD))
    client = make_client(vendor, budget=5)
    with pytest.raises(TryLater):
        await client.get("/a")
    assert clock.slept == []
    await client.get("/b")
    assert clock.slept == [10]


async def test_a_wait_longer_than_a_run_ends_it_at_once(crm: respx.MockRouter, make_client: Make):
    """When the vendor's policy says that today is over, we do not ask again."""
    vendor = Vendor("Example", wait=lambda _: None)
    route = crm.get("/a").mock(return_value=httpx.Response(429, json={"message": "You have reached your daily limit."}))
    with pytest.raises(TryLater, match="daily limit"):
        await make_client(vendor).get("/a")
    assert route.call_count == 1


async def test_an_unreachable_crm_is_named(crm: respx.MockRouter, make_client: Make):
    """When every try fails, the message says which address could not be reached."""
    crm.get("/a").mock(side_effect=httpx.ConnectError("connection refused"))
    with pytest.raises(TryLater, match=r"Example cannot be reached at https://crm\.example: connection refused"):
        await make_client().get("/a")


async def test_a_refused_token_and_a_missing_scope_are_told_apart(crm: respx.MockRouter, make_client: Make):
    """401 asks for a credential; 403 for the scopes that the vendor names; neither is tried again."""
    vendor = Vendor("Example", needs=lambda answer: tuple((answer.body or {})["scopes"]))
    unknown = crm.get("/a").mock(return_value=httpx.Response(401, json={"message": "bad token"}))
    crm.get("/b").mock(return_value=httpx.Response(403, json={"scopes": ["deals.read"]}))
    client = make_client(vendor)
    with pytest.raises(CredentialsError, match="bad token"):
        await client.get("/a")
    assert unknown.call_count == 1
    with pytest.raises(AccessRefused, match=r"deals\.read") as refused:
        await client.get("/b")
    assert refused.value.needs == ("deals.read",)


async def test_other_refusals_carry_the_answer(crm: respx.MockRouter, make_client: Make):
    """A 400 is for the adapter to judge: it carries status and body."""
    crm.post("/a").mock(return_value=httpx.Response(400, json={"message": "bad value", "category": "VALIDATION_ERROR"}))
    with pytest.raises(Refused, match="bad value") as refused:
        await make_client().send("POST", "/a", {})
    assert refused.value.status == 400
    assert refused.value.body["category"] == "VALIDATION_ERROR"


async def test_a_vendor_may_give_a_status_its_own_meaning(crm: respx.MockRouter, make_client: Make):
    """Statuses outside the standard, such as an account that is being moved, are told by the vendor's table."""
    crm.get("/a").mock(return_value=httpx.Response(477, json={"message": "moving"}))
    with pytest.raises(TryLater, match="moving"):
        await make_client(Vendor("Example", meanings={477: Meaning.LATER})).get("/a")


async def test_limits_are_learned_from_answers(crm: respx.MockRouter, make_client: Make, clock: Clock):
    """A lower limit in an answer slows the next calls down."""

    def told(answer: Answer) -> Told:
        return Told(Limit(int(answer.headers["x-max"]), 10))

    crm.get("/a").mock(return_value=httpx.Response(200, json=GOOD, headers={"X-Max": "1"}))
    client = make_client(Vendor("Example", told=told))
    await client.get("/a")
    assert clock.slept == []
    await client.get("/a")
    assert clock.slept == [10]


async def test_the_log_holds_no_secret(crm: respx.MockRouter, make_client: Make, caplog: pytest.LogCaptureFixture):
    """Method, path, status and time are logged; tokens, bodies and query values never are."""
    caplog.set_level(logging.DEBUG)
    crm.get("/a").mock(return_value=httpx.Response(200, json={"name": "answer-body"}))
    crm.post("/b").mock(side_effect=[httpx.Response(500, json={}), httpx.Response(200, json={})])
    client = make_client()
    await client.get("/a", {"email": "query-value"})
    await client.ask("/b", {"q": "request-body"})
    for secret in ("secret-token-1", "query-value", "answer-body", "request-body"):
        assert secret not in caplog.text
    assert "GET /a 200" in caplog.text
    assert "POST /b 500" in caplog.text


@pytest.mark.parametrize("writes", [True, False])
async def test_an_impossible_token_is_not_shown(caplog: pytest.LogCaptureFixture, *, writes: bool):
    """A token that makes an illegal header stands neither in the error, nor in its traceback, nor in the log."""
    caplog.set_level(logging.DEBUG)

    bearer = Fixed(SecretStr("secret-token-1\n"))
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = Client(base, bearer=bearer, vendor=Vendor("Example"), limiter=Limiter({"all": Limit(10, 1)}), patience=Patience(budget=0))
    with pytest.raises(ConnectorError, match="LocalProtocolError") as error:
        await (client.send("POST", "/a", {}) if writes else client.get("/a"))
    await client.close()
    server.close()
    await server.wait_closed()
    assert "secret-token-1" not in "".join(traceback.format_exception(error.value)) + caplog.text


async def test_a_hook_stops_a_write_before_it_is_sent(crm: respx.MockRouter, make_client: Make):
    """When the hook raises, the caller reads just that, nothing was sent or counted, and reads go on as ever."""
    client = make_client()

    async def refuse() -> None:
        raise StoreBusy("another process holds the lease.")

    client.before_write = refuse
    crm.get("/a").mock(return_value=httpx.Response(200, json=GOOD))
    crm.post("/search").mock(return_value=httpx.Response(200, json=GOOD))
    with pytest.raises(StoreBusy):
        await client.send("POST", "/update", {}, is_repeatable=True)
    assert (crm.calls.call_count, client.calls) == (0, 0)
    assert await client.get("/a") == GOOD
    assert await client.ask("/search", {}) == GOOD


async def test_the_hook_is_asked_at_the_last_moment(crm: respx.MockRouter, make_client: Make, clock: Clock):
    """It is asked once the limiter has let the request go, and again for each repetition, so that a lease lost meanwhile stops it."""
    client = make_client(calls=1)
    asked: list[float] = []

    async def lose() -> None:
        asked.append(sum(clock.slept))
        if len(asked) > 1:
            raise StoreBusy("another process holds the lease.")

    client.before_write = lose
    crm.get("/a").mock(return_value=httpx.Response(200, json=GOOD))
    write = crm.post("/update").mock(return_value=HTML)
    await client.get("/a")
    with pytest.raises(StoreBusy):
        await client.send("POST", "/update", {}, is_repeatable=True)
    assert write.call_count == 1
    assert [round(moment) for moment in asked] == [10, 20]


async def test_now_is_the_vendors(crm: respx.MockRouter, make_client: Make):
    """The present comes from the Date header, whatever our own clock says."""
    crm.get("/a").mock(return_value=httpx.Response(200, json=GOOD, headers={"Date": "Sun, 31 Dec 2017 23:00:00 GMT"}))
    client = make_client()
    await client.get("/a")
    told = datetime(2017, 12, 31, 23, tzinfo=UTC)
    assert told <= client.now() < told + timedelta(seconds=5)


async def test_the_token_is_asked_for_each_request(crm: respx.MockRouter):
    """A token that changes between requests is used from the next request on."""
    tokens = iter(["one", "two"])

    class Changing(Fixed):
        async def token(self) -> str:
            return next(tokens)

    route = crm.get("/a").mock(return_value=httpx.Response(200, json=GOOD))
    client = Client(BASE, bearer=Changing(SecretStr("")), vendor=Vendor("Example"), limiter=Limiter({"all": Limit(10, 1)}))
    await client.get("/a")
    await client.get("/a")
    await client.close()
    assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer one", "Bearer two"]
