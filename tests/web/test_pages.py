"""The pages over HTTP: what they say, what they hold back, and what they forbid."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from connector.errors import StoreBusy
from connector.web import AccountStatus, StatusPage, status_app


def client(app: Starlette) -> httpx.AsyncClient:
    """Return a client that talks to the app without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_page_shows_the_account(page: StatusPage) -> None:
    """The page shows who, when, what and why, and escapes names that come from the CRM."""
    async with client(status_app(lambda: page)) as web:
        answer = await web.get("/")

    assert answer.status_code == 200
    assert "Maven Sales &lt;EU &amp; US&gt;" in answer.text
    for text in (
        "2017-12-31 19:01 EST",
        "10,005,534 USD",
        "2,516 ok",
        "22,931 records",
        "lacks crm.objects.goals.read",
        "2 records could not",
    ):
        assert text in answer.text


async def test_page_shows_the_running_goals(page: StatusPage, acme: AccountStatus) -> None:
    """Each goal stands with its status and how sure it is, those that a large goal holds below it; without goals there is no table."""
    async with client(status_app(lambda: page)) as web:
        text = (await web.get("/")).text
    async with client(status_app(lambda: replace(page, accounts=(replace(acme, goals=()),)))) as web:
        without = (await web.get("/")).text

    assert "<h2>Goals" not in without
    for part in (
        "Central &amp; East",
        "62.5%",
        "uncertain, n 4",
        '<span class="badge on-track">on track</span>',
        '<th scope="row" class="below">Win rate',
    ):
        assert part in text


async def test_what_is_not_measured_is_called_what_people_call_it(page: StatusPage, acme: AccountStatus) -> None:
    """KPIs and fields of ours go by their labels, own KPIs by their keys."""
    missing = {"clv_to_cac": "a", "companies.kpi_renewal_on": "b", "big_deals": "c"}
    async with client(status_app(lambda: replace(page, accounts=(replace(acme, unavailable=missing),)))) as web:
        text = (await web.get("/")).text

    assert [
        f"<b>{name}</b>: {why}" in text
        for name, why in (("Lifetime value to acquisition cost", "a"), ("KPI: Renewal (companies)", "b"), ("big deals", "c"))
    ] == [True] * 3


async def test_one_reason_is_told_once(page: StatusPage, acme: AccountStatus) -> None:
    """What lacks the same thing stands together, and the command that brings it is set as code, whatever else the sentence holds."""
    why = "Nothing is known of <usage> yet; `crm-kpi import usage` brings it."
    shown = replace(page, accounts=(replace(acme, unavailable={"crm_logins": why, "feature_adoption_rate": why}),))
    async with client(status_app(lambda: shown)) as web:
        text = (await web.get("/")).text

    told = "Nothing is known of &lt;usage&gt; yet; <code>crm-kpi import usage</code> brings it."
    assert f"<b>CRM logins</b>; <b>Feature adoption rate</b>: {told}" in text


@pytest.mark.parametrize(
    ("as_of", "text"),
    [
        (datetime(2018, 1, 1, 5, tzinfo=UTC), "as of the end of 2017-12-31"),
        (datetime(2018, 1, 1, 4, 59, tzinfo=UTC), "as of 2017-12-31 23:59 EST"),
    ],
)
async def test_a_whole_day_is_called_by_its_name(page: StatusPage, acme: AccountStatus, as_of: datetime, text: str) -> None:
    """A measurement as of a local midnight is shown as of the end of the day before."""
    shown = replace(page, accounts=(replace(acme, as_of=as_of),))

    async with client(status_app(lambda: shown)) as web:
        assert text in (await web.get("/")).text


async def test_page_shows_trouble(page: StatusPage, failed: AccountStatus) -> None:
    """A failed run and a pause stand at the top of their account."""
    async with client(status_app(lambda: StatusPage(page.made_at, page.version, (failed,)))) as web:
        answer = await web.get("/")

    assert "The CRM does not accept the token." in answer.text
    assert "Writing is paused: r000004 was undone" in answer.text


async def test_page_without_accounts(page: StatusPage) -> None:
    """With no account the page says how to get one."""
    async with client(status_app(lambda: StatusPage(page.made_at, page.version, ()))) as web:
        answer = await web.get("/")

    assert "No account yet" in answer.text


async def test_health_is_200_while_all_is_well(page: StatusPage) -> None:
    """Health answers 200 with every account's verdict and times."""
    async with client(status_app(lambda: page)) as web:
        answer = await web.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "version": "0.1.0",
        "accounts": {
            "acme": {"status": "ok", "reasons": [], "last_success": "2018-01-01T00:01:00+00:00", "next_due": "2018-01-01T01:00:00+00:00"}
        },
    }


async def test_health_is_503_when_one_account_fails(page: StatusPage, acme: AccountStatus, failed: AccountStatus) -> None:
    """One failing account turns the whole answer, with its reasons."""
    async with client(status_app(lambda: StatusPage(page.made_at, page.version, (acme, failed)))) as web:
        answer = await web.get("/health")

    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["accounts"]["beta"]["reasons"][0] == "Run r000009 failed: The CRM does not accept the token."


async def test_an_unreadable_store_is_said() -> None:
    """When the status itself cannot be read, both answers are 503 and say why."""

    def read() -> StatusPage:
        raise StoreBusy("The store is locked by another process.")

    async with client(status_app(read)) as web:
        shown, health = await web.get("/"), await web.get("/health")

    assert (shown.status_code, health.status_code) == (503, 503)
    assert "locked by another process" in shown.text
    assert health.json() == {"status": "failing", "reasons": ["The store is locked by another process."]}


@pytest.mark.parametrize("path", ["/", "/health", "/style.css", "/icon.svg", "/nowhere"])
async def test_every_answer_forbids_what_the_page_does_not_need(page: StatusPage, path: str) -> None:
    """Every answer carries the headers that forbid scripts, frames, sniffing, referrers and caching."""
    async with client(status_app(lambda: page)) as web:
        headers = (await web.get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; img-src 'self';")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_reading_only(page: StatusPage, method: str) -> None:
    """No other method than GET (and HEAD) is answered."""
    async with client(status_app(lambda: page)) as web:
        assert (await web.request(method, "/")).status_code == 405


async def test_other_names_are_refused(page: StatusPage) -> None:
    """An app that names its hosts refuses a request that came by another name."""
    async with client(status_app(lambda: page, hosts=("localhost",))) as web:
        good, bad = await web.get("/"), await web.get("/", headers={"host": "evil.example"})

    assert (good.status_code, bad.status_code) == (200, 400)
