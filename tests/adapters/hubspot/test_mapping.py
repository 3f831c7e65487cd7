"""What an admin's mapping makes of deals: kinds of business, sources, pipelines that count, and contracts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connector.adapters.hubspot import HubSpotSettings
from connector.adapters.hubspot.deals import deal_of
from connector.adapters.hubspot.mapping import DealMapping, Mapped
from connector.adapters.hubspot.parse import noted
from connector.model import Contract, Deal, Stream
from tests.adapters.boxes import HubSpotBox, read_all
from tests.adapters.hubspot.test_deals import ACCOUNT, MONDAY, days, deal

DATES: dict[str, Any] = {"contract_start_property": "runs_from", "contract_end_property": "runs_until"}


def read(row: dict[str, Any], **settings: object) -> tuple[Deal, list[Contract]]:
    """Read a deal with a mapping."""
    records = list(deal_of(row, replace(ACCOUNT, mapping=DealMapping(Mapped.model_validate(settings)))))
    assert isinstance(records[0], Deal)
    return records[0], [record for record in records if isinstance(record, Contract)]


@pytest.mark.parametrize(
    ("settings", "value", "kind"),
    [
        ({}, "existingbusiness", "upsell"),
        ({}, "renewal", "renewal"),
        ({}, "anything", "new"),
        ({}, "", "new"),
        ({"deal_kinds": "7=cross_sell, a=b=renewal"}, "7", "cross_sell"),
        ({"deal_kinds": "7=cross_sell, a=b=renewal"}, "a=b", "renewal"),
        ({"deal_kinds": "7=cross_sell"}, "existingbusiness", "new"),
    ],
)
def test_the_kind_of_business_is_a_setting(settings: dict[str, str], value: str, kind: str):
    """The values of the deal type mean what the settings say, and what they do not name is new business."""
    assert read(deal({"dealstage": [(MONDAY, "new")]}, dealtype=value), **settings)[0].kind == kind


def test_another_property_may_tell_kind_and_source():
    """Kind and source are read from the properties that the settings name, and nowhere else."""
    row = deal({"dealstage": [(MONDAY, "new")]}, dealtype="renewal", art="x", hs_analytics_source="EMAIL", herkunft="Fair")
    found, _ = read(row, deal_kind_property="art", deal_kinds="x=upsell", source_property="herkunft")
    assert (found.kind, found.source) == ("upsell", "Fair")
    assert read(row)[0].source == "EMAIL"


def test_a_won_deal_with_a_start_is_a_contract():
    """The last day that people write down belongs to the contract: ours ends before the day after. The worth is the deal's."""
    row = deal({"dealstage": [(MONDAY, "won")]}, runs_from="2017-01-01", runs_until="2017-12-31", amount="1200")
    _, (contract,) = read(row, **DATES)
    assert (contract.deal, contract.starts_on, contract.ends_on) == ("1", date(2017, 1, 1), date(2018, 1, 1))
    assert (contract.amount, contract.currency, contract.deleted_at) == (Decimal(1200), "USD", None)
    _, (endless,) = read(row, contract_start_property="runs_from")
    assert endless.ends_on is None


@pytest.mark.parametrize(
    ("stage", "start", "number"), [("won", "", 0), ("new", "", 0), ("new", "2017-01-01", 1), ("lost", "2017-01-01", 1)]
)
def test_what_is_not_agreed_is_no_contract(stage: str, start: str, number: int):
    """Without a start there is none; a deal that is not won (any more) withdraws the contract that it may have been."""
    _, contracts = read(deal({"dealstage": [(MONDAY, "new"), (days(1), stage)]}, runs_from=start), **DATES)
    assert len(contracts) == number
    assert all(contract.deleted_at for contract in contracts)
    assert read(deal({"dealstage": [(MONDAY, "won")]}, runs_from="2017-01-01"))[1] == []


def test_an_unreadable_contract_date_is_no_date():
    """A date that is none is not guessed: the deal is read without a contract, and the property is named."""
    with noted() as notes:
        assert read(deal({"dealstage": [(MONDAY, "won")]}, runs_from="soon"), **DATES)[1] == []
    assert notes == {"runs_from": "runs_from: 'soon' is not a date and time."}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"deal_kinds": "renewal"}, "allowed kinds are new, renewal, upsell, cross_sell"),
        ({"deal_kinds": "x=other"}, "allowed kinds are new, renewal, upsell, cross_sell"),
        ({"contract_end_property": "runs_until"}, "contract_end_property needs contract_start_property"),
        ({"source_property": "Lead Source"}, "String should match"),
    ],
)
def test_a_mapping_that_cannot_be_meant(settings: dict[str, str], said: str):
    """A mapping is refused with what is allowed."""
    with pytest.raises(ValidationError, match=said):
        HubSpotSettings.model_validate({"token": "t", **settings})


async def test_a_pipeline_that_does_not_count_is_left_out(hubspot: HubSpotBox):
    """Deals of a pipeline that is left out are not brought, nor are their contracts; leaving another one out changes nothing."""
    pipelines = [row["id"] for row in (await hubspot.call("GET", "/crm/pipelines/2026-09/deals"))["results"]]
    whole = await read_all(await hubspot.adapter(pipelines_left_out="nothing"), Stream.DEALS)
    none = await read_all(await hubspot.adapter(pipelines_left_out=tuple(pipelines)), Stream.DEALS)
    assert sum(isinstance(record, Deal) for page in whole for record in page.records) > 200
    assert not [record for page in none for record in page.records]
