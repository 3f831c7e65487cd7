"""Google Analytics at the HTTP edge: what is asked, what comes of the rows, and what each refusal means."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import httpx
import pytest
import respx

from connector.errors import AccessRefused, ConnectorError, CredentialsError, TryLater
from connector.feeds.ga4 import GoogleAnalytics, report
from connector.feeds.ga4.report import Question, ask
from connector.http import Client, Limit, Limiter, Vendor
from connector.model import Arrival, Cost, CostCategory, Entity, Traffic
from tests.feeds.google import EMAIL, REPORT, TOKEN_URI, Property, claims_of, refusal, token
from tests.feeds.google import report as answered
from tests.http.conftest import Clock

Make = Callable[..., GoogleAnalytics]
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
DENIED = "User does not have sufficient permissions for this property. To learn more about Property ID, see https://developers.google.com."
SKEWED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


async def test_traffic_comes_by_day_source_medium_and_campaign(web: Property, make_feed: Make):
    """Sessions and key events are asked for by our four names on whole days, and what Google does not know is nothing."""
    web.held["sessions"] = [
        (("20261102", "google", "cpc", "spring"), ("120", "7.5")),
        (("20261102", "(direct)", "(none)", "(not set)"), ("40", "0")),
    ]
    batch = await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    day = date(2026, 11, 2)
    assert [row.record for row in batch.rows if isinstance(row, Arrival)] == [
        Traffic(id="", day=day, source="(direct)", medium="(none)", campaign=None, sessions=40, key_events=Decimal(0)),
        Traffic(id="", day=day, source="google", medium="cpc", campaign="spring", sessions=120, key_events=Decimal("7.5")),
    ]
    assert web.asked == [
        {
            "dateRanges": [{"startDate": "2026-11-01", "endDate": "2026-11-30"}],
            "dimensions": [{"name": name} for name in ("date", "sessionSource", "sessionMedium", "sessionCampaignName")],
            "metrics": [{"name": "sessions"}, {"name": "keyEvents"}],
            "orderBys": [
                {"dimension": {"dimensionName": name}} for name in ("date", "sessionSource", "sessionMedium", "sessionCampaignName")
            ],
            "offset": "0",
            "limit": "50000",
        }
    ]
    assert batch.notes == ()


async def test_costs_come_without_medium_and_in_the_currency_of_the_answer(web: Property, make_feed: Make):
    """Rows that differ in medium alone are one cost, and what cost nothing is none."""
    web.held["advertiserAdCost"] = [
        (("20261102", "google", "cpc", "spring"), ("10.00004",)),
        (("20261102", "google", "display", "spring"), ("1.5E1",)),
        (("20261103", "bing", "cpc", "(not set)"), ("0",)),
    ]
    batch = await make_feed(currency="USD").read(Entity.COSTS, FIRST, LAST)
    assert [row.record for row in batch.rows if isinstance(row, Arrival)] == [
        Cost(
            id="",
            day=date(2026, 11, 2),
            category=CostCategory.ADVERTISING,
            amount=Decimal(25),
            currency="EUR",
            provider="google_analytics",
            source="google",
            campaign="spring",
        )
    ]
    assert [(body["metrics"], body["currencyCode"]) for body in web.asked] == [([{"name": "advertiserAdCost"}], "USD")]


async def test_costs_without_a_currency_are_not_taken(google: respx.MockRouter, web: Property, make_feed: Make):
    """Money of an unknown currency would count as the account's own."""
    google.post(REPORT).mock(return_value=answered([(("20261102", "google", "cpc", "spring"), ("10",))], currencyCode=""))
    with pytest.raises(ConnectorError, match="without their currency"):
        await make_feed().read(Entity.COSTS, FIRST, LAST)


async def test_a_long_report_is_read_page_by_page(web: Property, clock: Clock):
    """Pages follow each other until there are as many rows as Google says, and none twice."""
    web.held["sessions"] = [(("20261102", f"s{number}", "", ""), ("1", "0")) for number in range(7)]
    limiter = Limiter({"all": Limit(100, 1)}, clock=clock, sleep=clock.sleep)
    client = Client("https://analyticsdata.googleapis.com", bearer=None, vendor=Vendor("Google"), limiter=limiter)
    found = await ask(client, f"/v1beta/{REPORT.split('/v1beta/')[1]}", Question(("sessions", "keyEvents"), FIRST, LAST), page=3)
    await client.close()
    assert [row.dimensions[1] for row in found.rows] == [f"s{number}" for number in range(7)]
    assert [body["offset"] for body in web.asked] == ["0", "3", "6"]


@pytest.mark.parametrize(
    "second",
    [answered([], 2), answered([(("20261102", "b", "", ""), ("1", "0"))], 3)],
    ids=["a page without rows", "another number of rows"],
)
async def test_a_report_that_changes_meanwhile_is_read_later(
    google: respx.MockRouter, web: Property, make_feed: Make, second: httpx.Response
):
    """Pages of two versions of a report do not make one."""
    first = answered([(("20261102", "a", "", ""), ("1", "0"))], 2)
    google.post(REPORT).mock(side_effect=[first, second])
    with pytest.raises(TryLater, match="changed its report of 2026-11-01 to 2026-11-30"):
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)


async def test_what_google_left_out_is_said(web: Property, make_feed: Make):
    """Thresholding, rare rows put together, samples, restricted figures and rows of no day are told, a sentence each."""
    web.about = {
        "subjectToThresholding": True,
        "dataLossFromOtherRow": True,
        "samplingMetadatas": [{"samplesReadCount": "1", "samplingSpaceSize": "2"}],
        "schemaRestrictionResponse": {"activeMetricRestrictions": [{"metricName": "advertiserAdCost"}]},
    }
    web.held["sessions"] = [(("(other)", "(other)", "(other)", "(other)"), ("900", "3"))]
    batch = await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    assert batch.rows == []
    assert [
        next(word for word in ("threshold", "rare", "sample", "advertiserAdCost", "no day") if word in note) for note in batch.notes
    ] == [
        "threshold",
        "rare",
        "sample",
        "advertiserAdCost",
        "no day",
    ]


async def test_one_token_serves_for_an_hour(web: Property, make_feed: Make, clock: Clock):
    """The key signs who we are, for which scope and whom, for one hour; the token that comes is used until shortly before its end."""
    web.tokens.mock(side_effect=[token("one"), token("two")])
    feed = make_feed(now=1_764_000_000.7)
    for _ in range(2):
        await feed.read(Entity.TRAFFIC, FIRST, LAST)
    assert [claims_of(call.request) for call in web.tokens.calls] == [
        {
            "iss": EMAIL,
            "scope": "https://www.googleapis.com/auth/analytics.readonly",
            "aud": TOKEN_URI,
            "iat": 1_764_000_000,
            "exp": 1_764_003_600,
        }
    ]
    clock.time += 3510
    await feed.read(Entity.TRAFFIC, FIRST, LAST)
    assert web.tokens.call_count == 2


async def test_a_refused_token_is_renewed_once(google: respx.MockRouter, web: Property, make_feed: Make):
    """After a 401 a fresh token is tried; where that is refused too, the credential is at fault."""
    web.tokens.mock(side_effect=[token("one"), token("two"), token("three")])
    gone = refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    route = google.post(REPORT).mock(side_effect=[gone, answered([]), gone, gone])
    feed = make_feed()
    await feed.read(Entity.TRAFFIC, FIRST, LAST)
    assert [call.request.headers["authorization"] for call in route.calls] == ["Bearer one", "Bearer two"]
    with pytest.raises(CredentialsError, match="does not accept the token"):
        await feed.read(Entity.TRAFFIC, FIRST, LAST)
    assert web.tokens.call_count == 3


async def test_a_missing_role_is_named(web: Property, make_feed: Make):
    """A 403 says which role is to be given to whom on which property."""
    web.refused["sessions"] = refusal(403, "PERMISSION_DENIED", DENIED)
    with pytest.raises(AccessRefused, match=f"it needs the role Viewer on property 123456789 for {EMAIL}") as caught:
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    assert caught.value.needs == (f"the role Viewer on property 123456789 for {EMAIL}",)


async def test_an_api_that_is_switched_off_is_named(web: Property, make_feed: Make):
    """A 403 of a project without the API says in which project to switch it on."""
    detail = {"reason": "SERVICE_DISABLED", "domain": "googleapis.com", "metadata": {"consumer": "projects/42"}}
    web.refused["sessions"] = refusal(403, "PERMISSION_DENIED", "It has not been used before.", details=[{"a": 1}, detail])
    with pytest.raises(AccessRefused, match="it needs the Google Analytics Data API switched on in projects/42"):
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)


@pytest.mark.parametrize(("table", "hint"), [(Entity.TRAFFIC, False), (Entity.COSTS, True)])
async def test_a_request_that_does_not_fit_is_refused_for_good(web: Property, make_feed: Make, table: Entity, *, hint: bool):
    """A 400 is no fault of ours to be reported, but something that this property cannot answer; costs say what they need."""
    web.refused = dict.fromkeys(web.held, refusal(400, "INVALID_ARGUMENT", "The request's dimensions & metrics are incompatible."))
    with pytest.raises(AccessRefused, match="metrics are incompatible") as caught:
        await make_feed().read(table, FIRST, LAST)
    assert ("link to Google Ads" in str(caught.value)) is hint
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    ("answer", "most"),
    [(refusal(429, "RESOURCE_EXHAUSTED", "Exhausted property tokens per hour."), 3), (refusal(503, "UNAVAILABLE", "Try later."), 5)],
    ids=["quota", "server error"],
)
async def test_a_quota_is_waited_for_a_little(web: Property, make_feed: Make, clock: Clock, answer: httpx.Response, most: int):
    """What may pass is tried a few times within seconds - ten server errors an hour would shut the property - and then later."""
    web.refused["sessions"] = answer
    with pytest.raises(TryLater):
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    assert 2 <= len(web.asked) <= most
    assert sum(clock.slept) < 30


async def test_a_wrong_clock_is_named(web: Property, make_feed: Make):
    """Google refuses a statement of another time; the message says how far this machine's clock is off, by Google's own."""
    dated = {"Date": "Mon, 24 Nov 2025 16:00:00 GMT"}
    web.tokens.mock(return_value=httpx.Response(400, json={"error": "invalid_grant", "error_description": SKEWED}, headers=dated))
    with pytest.raises(CredentialsError, match="clock is 7,200 seconds ahead of Google's; set it right"):
        await make_feed(now=1_764_007_200.0).read(Entity.TRAFFIC, FIRST, LAST)


async def test_a_deleted_key_is_named(web: Property, make_feed: Make, caplog: pytest.LogCaptureFixture):
    """A signature that Google does not know is a matter of the key, not of the clock; nothing secret is said or logged."""
    caplog.set_level("DEBUG")
    why = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    web.tokens.mock(return_value=httpx.Response(400, json=why))
    with pytest.raises(CredentialsError, match="the key was deleted") as caught:
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    assert EMAIL in str(caught.value)
    assert "clock" not in str(caught.value)
    assert not [word for word in ("PRIVATE KEY", "assertion", "eyJ") if word in caplog.text + str(caught.value)]


async def test_check_says_what_there_is(web: Property, make_feed: Make):
    """Both reports are tried with one row each; what one of them lacks does not hide the other."""
    web.held["sessions"] = [(("20261102", f"s{number}", "", ""), ("1", "0")) for number in range(1200)]
    web.refused["advertiserAdCost"] = refusal(400, "INVALID_ARGUMENT", "Incompatible.")
    said = await make_feed().check(FIRST, LAST)
    assert said[0] == (
        "Google Analytics, property 123456789: 1,200 rows of traffic on 2026-11-01 to 2026-11-30; days end at midnight in Europe/Helsinki."
    )
    assert said[1].startswith("Google Analytics, costs: not available. ")
    assert [body["limit"] for body in web.asked] == ["1", "1"]
    web.refused = {"sessions": web.refused["advertiserAdCost"]}
    said = await make_feed().check(FIRST, LAST)
    assert said[0].startswith("Google Analytics, traffic: not available. ")
    assert said[1] == "Google Analytics, property 123456789: 0 rows of costs on 2026-11-01 to 2026-11-30; costs are in EUR."


async def test_what_is_no_report_is_not_taken(google: respx.MockRouter, web: Property, make_feed: Make):
    """Rows of another shape end the reading instead of landing in the wrong columns."""
    google.post(REPORT).mock(return_value=answered([(("20261102", "a"), ("1", "0"))]))
    with pytest.raises(ConnectorError, match="no report"):
        await make_feed().read(Entity.TRAFFIC, FIRST, LAST)
    assert report.PAGE <= 250_000
