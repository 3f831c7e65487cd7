"""What an account's own pipelines, properties and values mean to us, as an admin sets it; `crm-kpi check` proposes it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connector.adapters.hubspot.objects import Row
from connector.adapters.hubspot.parse import day, text, value_of
from connector.adapters.hubspot.records import properties_of
from connector.http import Body
from connector.model import Contract, Deal
from connector.settings import Words

DEAL_KINDS = ("new", "renewal", "upsell", "cross_sell")
_NAME = r"^[a-z][a-z0-9_]*$"
_KIND = re.compile(rf".+=({'|'.join(DEAL_KINDS)})")
_DAY = timedelta(days=1)


class Mapped(BaseModel):
    """The settings that say what the fields of one account mean."""

    model_config = ConfigDict(frozen=True)

    pipelines: Annotated[Words, Field(min_length=1)] | None = Field(
        default=None, description="Ids of the deal pipelines that count; all of them when not set."
    )
    pipelines_left_out: Words = Field(default=(), description="Ids of deal pipelines that do not count, such as one for tests or partners.")
    deal_kind_property: str = Field(default="dealtype", pattern=_NAME, description="Deal property that tells new business from the rest.")
    deal_kinds: Words = Field(
        default=("newbusiness=new", "existingbusiness=upsell", "renewal=renewal"),
        description="What its values mean, as value=kind: new, renewal, upsell or cross_sell; any other value is new.",
    )
    contract_start_property: str | None = Field(
        default=None, pattern=_NAME, description="Deal property with the first day of the contract; won deals that have it are contracts."
    )
    contract_end_property: str | None = Field(
        default=None, pattern=_NAME, description="Deal property with the last day of the contract; without it a contract has no end."
    )
    source_property: str = Field(
        default="hs_analytics_source", pattern=_NAME, description="Deal property that the breakdown by source uses."
    )
    segment_property: str = Field(default="industry", pattern=_NAME, description="Company property that the breakdown by segment uses.")
    contact_segment_property: str | None = Field(
        default=None, pattern=_NAME, description="Contact property that the breakdown by segment uses for people without a company."
    )
    qualified_stage: str = Field(
        default="salesqualifiedlead",
        min_length=1,
        description="Lifecycle stage from which a contact counts as qualified; the stages after it count, too.",
    )

    complaint_property: str = Field(default="hs_ticket_category", pattern=_NAME, description="Ticket property that tells complaints.")
    complaint_values: Words = Field(
        default=(),
        description="Its values that make a ticket a complaint, such as `COMPLAINT`; without them nobody can tell which tickets are.",
    )
    effort_seven_is_easy: bool = Field(
        default=True, description="Whether 7 in effort surveys means very easy; scores are then turned round, so that 1 is no effort."
    )

    @field_validator("deal_kinds")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if not _KIND.fullmatch(pair):
                raise ValueError(f"{pair!r} is no value=kind; allowed kinds are {', '.join(DEAL_KINDS)}")
        return value

    @model_validator(mode="after")
    def _has_beginning(self) -> "Mapped":
        if self.contract_end_property and not self.contract_start_property:
            raise ValueError("contract_end_property needs contract_start_property beside it")
        return self


class DealMapping:
    """Reads off a deal what the account's own properties say of it."""

    def __init__(self, settings: Mapped) -> None:
        self._settings = settings
        self._kinds: Mapping[str, str] = dict(pair.rsplit("=", 1) for pair in settings.deal_kinds)

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties to ask for beside our usual ones."""
        own = self._settings
        named = (own.deal_kind_property, own.source_property, own.contract_start_property, own.contract_end_property)
        return tuple(name for name in named if name)

    def kind(self, raw: Body) -> str:
        """Return which kind of business a deal is."""
        return self._kinds.get(text(raw.get(self._settings.deal_kind_property)) or "", "new")

    def source(self, raw: Body) -> str | None:
        """Return where a deal came from."""
        return text(raw.get(self._settings.source_property))

    def counts(self, pipeline: str | None) -> bool:
        """Whether deals of a pipeline count."""
        chosen = self._settings.pipelines
        return (chosen is None or pipeline in chosen) and pipeline not in self._settings.pipelines_left_out

    @property
    def is_choosy(self) -> bool:
        """Whether some pipelines may not count."""
        return self._settings.pipelines is not None or bool(self._settings.pipelines_left_out)

    def contracts(self, row: Row, deal: Deal, *, is_won: bool) -> Iterator[Contract]:
        """Yield the contract that a won deal stands for, or that it stands for one no longer."""
        start = self._day(row, self._settings.contract_start_property)
        if start is None:
            return
        last = self._day(row, self._settings.contract_end_property)
        yield Contract(
            id=deal.id,
            company=deal.company,
            contact=deal.contact,
            owner=deal.owner,
            deal=deal.id,
            starts_on=start,
            # Ours end before a day, those of people on one.
            ends_on=last + _DAY if last else None,
            amount=deal.amount,
            currency=deal.currency,
            home_amount=deal.home_amount,
            created_at=deal.created_at,
            updated_at=deal.updated_at,
            deleted_at=deal.deleted_at if is_won else deal.deleted_at or deal.updated_at,
        )

    @staticmethod
    def _day(row: Row, name: str | None) -> date | None:
        return value_of(properties_of(row), name, day) if name else None
