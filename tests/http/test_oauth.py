"""OAuth: renewed ahead of time, once for all who wait, and never worse off after a failure."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
import respx
from pydantic import SecretStr

from connector.errors import ConnectorError, CredentialsError, SettingsError, TryLater
from connector.http import Client, Kept, Limit, Limiter, OAuth, OAuthApp, Patience, Pocket, Vendor
from tests.http.conftest import BASE, Clock

APP = OAuthApp(
    title="Example",
    client_id="app-1",
    client_secret=SecretStr("secret-of-the-app"),
    authorize_url="https://example.com/authorize",
    base_url=BASE,
    token_paths=("/new/token", "/old/token"),
    scopes=("oauth", "deals.read"),
    optional_scopes=("goals.read",),
    tenant="hub",
    connect="crm-kpi connect example",
)
Make = Callable[..., OAuth]
INVALID_GRANT = httpx.Response(400, json={"error": "invalid_grant", "error_description": "refresh token is revoked", "message": "no"})


def tokens(access: str, refresh: str = "refresh-1", **more: Any) -> httpx.Response:  # noqa: ANN401 - anything JSON can hold
    """Answer with tokens."""
    return httpx.Response(200, json={"access_token": access, "refresh_token": refresh, "expires_in": 1800, "hub": 7, **more})


@pytest.fixture
async def make(clock: Clock) -> AsyncIterator[Make]:
    """Give a maker of connections whose waiting is counted, with one refresh token in the vault."""
    made: list[OAuth] = []

    def one(vault: Pocket | None = None) -> OAuth:
        pocket = vault or Pocket(Kept("7", "refresh-1"))
        made.append(OAuth(APP, pocket, Patience(budget=5, sleep=clock.sleep), clock))
        return made[-1]

    yield one
    for oauth in made:
        await oauth.close()


def forms(route: respx.Route) -> list[dict[str, str]]:
    """Return what was sent to a route."""
    return [dict(parse_qsl(call.request.content.decode())) for call in route.calls]


async def test_a_token_is_renewed_ahead_of_time(crm: respx.MockRouter, make: Make, clock: Clock):
    """A token of half an hour serves until ninety seconds before its end; then the next request takes a fresh one."""
    route = crm.post("/new/token").mock(side_effect=[tokens("one"), tokens("two")])
    oauth = make()
    assert await oauth.token() == "one"
    clock.time += 1709
    assert await oauth.token() == "one"
    clock.time += 2
    assert await oauth.token() == "two"
    app = {"client_id": "app-1", "client_secret": "secret-of-the-app"}
    assert forms(route) == [{"grant_type": "refresh_token", "refresh_token": "refresh-1", **app}] * 2


async def test_all_who_wait_share_one_refresh(crm: respx.MockRouter, make: Make):
    """Twenty requests that find no token, and twenty that were refused with the same one, lead to one refresh each."""
    route = crm.post("/new/token").mock(side_effect=[tokens("one"), tokens("two")])
    oauth = make()
    assert set(await asyncio.gather(*(oauth.token() for _ in range(20)))) == {"one"}
    assert all(await asyncio.gather(*(oauth.renew("one") for _ in range(20))))
    assert await oauth.token() == "two"
    assert route.call_count == 2


async def test_a_successor_is_kept_before_it_is_used(crm: respx.MockRouter, make: Make):
    """Where the refresh token changes, the new one is in the vault before any request goes out; where that fails, none does."""

    class Broken(Pocket):
        async def save(self, kept: Kept) -> None:
            raise SettingsError(f"{kept.tenant} cannot be kept.")

    crm.post("/new/token").mock(return_value=tokens("one", "refresh-2"))
    vault = Pocket(Kept("7", "refresh-1"))
    await make(vault).token()
    assert vault.kept == Kept("7", "refresh-2")
    with pytest.raises(SettingsError, match="cannot be kept"):
        await make(Broken(Kept("7", "refresh-1"))).token()


async def test_another_process_may_have_renewed_first(crm: respx.MockRouter, make: Make):
    """When the vendor no longer takes our refresh token, the vault is asked once more before we give up."""

    class Shared(Pocket):
        asked = 0

        async def load(self) -> Kept | None:
            self.asked += 1
            return Kept("7", f"refresh-{self.asked}")

    route = crm.post("/new/token").mock(side_effect=[INVALID_GRANT, tokens("two", "refresh-2")])
    assert await make(Shared()).token() == "two"
    assert [form["refresh_token"] for form in forms(route)] == ["refresh-1", "refresh-2"]


async def test_a_lost_connection_names_the_way_back_and_is_asked_once(crm: respx.MockRouter, make: Make):
    """A revoked refresh token is a matter of credentials; later requests are told so without asking the vendor again."""
    route = crm.post("/new/token").mock(return_value=INVALID_GRANT)
    oauth = make()
    for _ in range(3):
        with pytest.raises(CredentialsError, match="refresh token is revoked; connect it anew with `crm-kpi connect example`"):
            await oauth.token()
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), CredentialsError, "check the settings client_id and client_secret"),
        (httpx.Response(400, json={"error": "invalid_request", "message": "odd"}), CredentialsError, "odd"),
        (httpx.Response(503), TryLater, "fails to answer POST /new/token"),
        (httpx.ConnectError("refused"), TryLater, "cannot be reached"),
        (httpx.Response(200, json={"token": "x"}), ConnectorError, "without a token that can be read"),
    ],
    ids=str,
)
async def test_every_other_failure_is_told(
    crm: respx.MockRouter, make: Make, answer: httpx.Response | Exception, error: type[ConnectorError], said: str
):
    """A wrong app, a bad moment and a strange answer are each told in their own words; the vault keeps what it held."""
    crm.post("/new/token").mock(side_effect=answer if isinstance(answer, Exception) else lambda _: answer)
    vault = Pocket(Kept("7", "refresh-1"))
    with pytest.raises(error, match=said):
        await make(vault).token()
    assert vault.kept == Kept("7", "refresh-1")


async def test_an_account_that_was_never_connected(make: Make):
    """Without a refresh token the message names the command that gets one."""
    with pytest.raises(CredentialsError, match="not connected to Example yet; run `crm-kpi connect example`"):
        await make(Pocket()).renew("")


async def test_an_older_token_path_is_tried(crm: respx.MockRouter, make: Make):
    """Where the newest path is not there the older one is asked; where none is, both are named."""
    crm.post("/new/token").mock(return_value=httpx.Response(404, json={}))
    old = crm.post("/old/token").mock(return_value=tokens("one"))
    assert await make().token() == "one"
    old.mock(return_value=httpx.Response(404, json={}))
    with pytest.raises(ConnectorError, match="/new/token, /old/token"):
        await make().token()


async def test_a_consent_becomes_a_connection(crm: respx.MockRouter, make: Make):
    """The page asked for names app, scopes, state and challenge; the code goes with its verifier, and the vault knows the tenant."""
    route = crm.post("/new/token").mock(return_value=tokens("one"))
    vault = Pocket()
    oauth = make(vault)
    query = parse_qs(urlsplit(oauth.authorize_url(redirect_uri="http://localhost:1/c", state="s", challenge="c")).query)
    assert (query["scope"], query["optional_scope"]) == (["oauth deals.read"], ["goals.read"])
    assert (query["state"], query["code_challenge"], query["code_challenge_method"]) == (["s"], ["c"], ["S256"])
    await oauth.exchange("code-1", redirect_uri="http://localhost:1/c", verifier="v")
    assert forms(route)[0]["code_verifier"] == "v"
    assert vault.kept == Kept("7", "refresh-1")
    assert await oauth.token() == "one"


async def expired_once(crm: respx.MockRouter, make: Make, *, again: bool) -> tuple[respx.Route, Client]:
    """Give a client whose first token is refused as expired, and the second one too where `again` says so."""

    def answer(request: httpx.Request) -> httpx.Response:
        is_old = request.headers["Authorization"] == "Bearer one"
        return httpx.Response(401, json={"message": "it ran out", "is_old": True}) if is_old or again else httpx.Response(200, json={})

    crm.post("/new/token").mock(side_effect=[tokens("one"), tokens("two")])
    route = crm.post("/write").mock(side_effect=answer)
    vendor = Vendor("Example", is_expired=lambda answer: bool((answer.body or {}).get("is_old")))
    return route, Client(BASE, bearer=make(), vendor=vendor, limiter=Limiter({"all": Limit(10, 1)}))


async def test_a_refused_token_is_replaced_once(crm: respx.MockRouter, make: Make):
    """A request whose token has run out is sent once more with a fresh one, a write too; a second refusal is final."""
    route, client = await expired_once(crm, make, again=False)
    assert await client.send("POST", "/write", {}) == {}
    assert route.call_count == 2
    assert dict(client.usage.lanes) == {"all": 2, "tokens": 2}
    await client.close()
    route, client = await expired_once(crm, make, again=True)
    with pytest.raises(CredentialsError, match="it ran out"):
        await client.send("POST", "/write", {})
    assert route.call_count == 4
    await client.close()


async def test_no_secret_is_shown(crm: respx.MockRouter, make: Make, caplog: pytest.LogCaptureFixture):
    """Neither log nor error nor any printed part holds a token or the app's secret."""
    caplog.set_level(logging.DEBUG)
    answers = [tokens("access-secret", "refresh-secret"), httpx.Response(400, json={"error": "invalid_grant"})]
    crm.post("/new/token").mock(side_effect=answers)
    vault = Pocket(Kept("7", "refresh-1"))
    oauth = make(vault)
    await oauth.token()
    with pytest.raises(CredentialsError) as lost:
        await oauth.renew("access-secret")
    said = caplog.text + str(lost.value) + repr((APP, vault.kept, oauth, lost.value)) + json.dumps(str(vault.kept))
    for secret in ("secret-of-the-app", "access-secret", "refresh-secret", "refresh-1"):
        assert secret not in said
