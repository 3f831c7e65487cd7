"""The house's own settings, as an admin can set them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from connector.settings.goals import GoalSetting
from connector.settings.kpis import KpiSetting


def _listed(value: object) -> object:
    """Let a list be written as `a, b` where the environment allows only text; JSON is understood too."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.strip().startswith("[") else [part.strip() for part in value.split(",") if part.strip()]


Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_listed)]
"""Texts, which the environment may hold as `a, b` or as JSON."""


def _weighed(value: object) -> object:
    """Let weights be written as `order=2, use=0` where the environment allows only text; JSON is understood too."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("{"):
        return json.loads(value)
    return dict(part.split("=", 1) for part in value.replace(" ", "").split(",") if part)


Weights = Annotated[dict[str, Annotated[Decimal, Field(ge=0)]], BeforeValidator(_weighed)]
"""Numbers by name, which the environment may hold as `a=2, b=0` or as JSON."""


class AccountSettings(BaseModel):
    """Everything about one CRM account that is not its vendor's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: str | None = Field(None, description="The CRM: one of the adapters; may be left out when only one CRM's settings are given.")
    timezone: str | None = Field(None, description="IANA time zone in which days and months are counted; the CRM's own by default.")
    fiscal_year_start: int = Field(1, ge=1, le=12, description="Month in which the fiscal year starts.")
    schedule: str = Field("hourly", description="When `serve` runs: hourly, daily, `every N minutes` or five cron fields.")
    full_sync_days: int = Field(7, ge=1, description="After how many days a pull reads everything again instead of what changed.")
    max_gone_share: float = Field(
        0.5, ge=0, le=1, description="Share of a stream's records that one reading may find gone; 1 lets everything go."
    )
    push_fields: Words = Field(
        ("deals", "companies"),
        description="Records that get KPI fields: deals, companies, contacts, users (reps' numbers on user records).",
    )
    language: str = Field(
        "en", pattern="^(en|sv|fi|uk|pt|pl)$", description="Language in which fields are labelled in the CRM: en, sv, fi, uk, pt or pl."
    )
    board_record: str | None = Field(
        None,
        pattern=r"^(companies|deals):[^:\s]+$",
        description="One record, companies:ID or deals:ID, that shows the account's KPIs, its teams and the goals a CRM cannot hold.",
    )
    push_goals: bool = Field(default=True, description="Whether targets from `goals` are written as goal records.")
    dry_run: bool = Field(default=False, description="Plan, but never write to the CRM.")
    max_change_share: float = Field(0.2, ge=0, le=1, description="Share of the values already in the CRM that one push may change.")
    cohort_days: int = Field(90, ge=1, description="Age in days from which a cohort (close rate) counts as grown.")
    min_sample: int = Field(5, ge=1, description="Values that rest on fewer records are marked low-confidence.")
    lead_response_hours: int = Field(24, ge=1, le=8760, description="Hours within which a lead should be answered.")
    stalled_days: int | None = Field(
        None,
        ge=1,
        le=3650,
        description="Days without activity after which an open deal counts as stalled, in any stage; off by default.",
    )
    business_hours: str | None = Field(
        None, description="When people work, such as `mon-fri 09:00-17:00`; answers are then timed in these hours, without holidays."
    )
    churn_policy: str = Field(
        "orders",
        pattern="^(orders|contracts)$",
        description="What loses a customer: no won deal for `churn_days` (orders), or a contract that was not renewed (contracts).",
    )
    churn_days: int = Field(365, ge=1, le=3650, description="Days after the last won deal from which a customer counts as lost.")
    grace_days: int = Field(30, ge=0, le=365, description="Days after a contract's end in which it may still be renewed.")
    gross_margin: Decimal | None = Field(
        None, gt=0, le=1, description="Share of revenue that is left after direct costs, such as 0.6; lifetime values need it."
    )
    fx: str = Field(
        "crm",
        pattern="^(crm|close_date)$",
        description="What an amount in another currency is worth: what the CRM says where it does, or by the exchange rate of the close.",
    )
    cost_precedence: Words = Field(
        (), description="Providers of costs, first the one that counts where several tell of the same; rows without one come before all."
    )
    credit: str = Field(
        "last", pattern="^(first|last|linear)$", description="Which touches before a won deal are credited: first, last, or linear (all)."
    )
    crm_sources: Words = Field((), description="Sources of leads and touches that the CRM itself brings, such as its forms.")
    web_sources: Words = Field((), description="Sources of leads that come from the web site; all that are named, when left out.")
    crm_revenue: str = Field(
        "touched", pattern="^(touched|all)$", description="Which won deals `crm_roi` takes: those the CRM touched, or all (an upper bound)."
    )
    health_weights: Weights = Field(
        {}, description="Weights of the health score: order, engagement, use, satisfaction, complaints, contract; 1 each unless given."
    )
    lead_weights: Weights = Field({}, description="Weights of the lead score: engagement, size, readiness; 1 each unless given.")
    crm_feature: str | None = Field(None, min_length=1, description="The feature whose use `feature_adoption_rate` measures.")
    kpis: Annotated[tuple[KpiSetting, ...], BeforeValidator(_listed)] = Field(
        (), description="KPIs of the account's own, as a TOML table list or JSON."
    )
    goals: Annotated[tuple[GoalSetting, ...], BeforeValidator(_listed)] = Field((), description="Targets, as a TOML table list or JSON.")


class ProcessSettings(BaseModel):
    """What belongs to the running process, whichever accounts it serves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    database_url: SecretStr | None = Field(
        None, description="sqlite:///PATH or postgresql://…; SQLite in the user's data folder by default."
    )
    config: Path | None = Field(None, description="TOML file with settings; the environment wins over it.")
    secret_key: SecretStr | None = Field(
        None, description="32 random bytes in base64, by which the store's OAuth connections are encrypted; needed for those only."
    )
    listen: str = Field("127.0.0.1:8350", pattern=r"^[^:\s]+:\d{1,5}$", description="Address and port of the status page of `serve`.")
    public_url: str | None = Field(
        None,
        pattern=r"^https://[^\s/?#@]+(/[^\s?#]*)?$",
        description="Address by which the CRM reaches `serve`, such as https://kpi.example.com; by default the one that requests name.",
    )


KpiPlaces = Callable[[int, str], str]
"""Says where a word of the own KPI of a number (from 0) stands, such as `settings.toml, line 7`."""


def _unplaced(number: int, _: str) -> str:
    return f"kpis, number {number + 1}"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """One account's settings, with its vendor's own and those of the feeds beside it, by their names, and where they were written."""

    name: str
    house: AccountSettings
    adapter: str
    vendor: BaseModel
    feeds: Mapping[str, BaseModel] = field(default_factory=dict)
    kpi_places: KpiPlaces = _unplaced


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of this process."""

    process: ProcessSettings
    accounts: Mapping[str, AccountConfig]
