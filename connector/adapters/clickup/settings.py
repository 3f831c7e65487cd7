"""What an admin sets to connect a ClickUp Workspace, and what its lists, statuses and fields mean; `crm-kpi check` proposes the latter."""

import re

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connector.settings import Words, safe_address

DEAL_KINDS = ("new", "renewal", "upsell", "cross_sell")
_KIND = re.compile(rf".+=({'|'.join(DEAL_KINDS)})")
_TOKEN = re.compile(r"[!-~]+")
"""Printable ASCII without blanks: all that a header can carry as a token."""
_BY = "its name or id; `crm-kpi check` proposes one"


class Mapped(BaseModel):
    """The settings that say what lists, statuses and fields of one Workspace mean."""

    model_config = ConfigDict(frozen=True)

    deal_lists: Words = Field(default=(), description="Lists whose tasks are deals, by id or name; each is a pipeline.")
    company_lists: Words = Field(default=(), description="Lists whose tasks are companies, by id or name.")
    contact_lists: Words = Field(default=(), description="Lists whose tasks are people, by id or name.")
    ticket_lists: Words = Field(default=(), description="Lists whose tasks are requests for service, by id or name.")
    won_statuses: Words = Field(default=(), description="Statuses of the deal lists that mean won; needed for deals.")
    lost_statuses: Words = Field(
        default=(), description="Statuses of the deal lists that mean lost; others of the types done and closed mean cancelled."
    )
    amount_field: str | None = Field(default=None, min_length=1, description=f"Currency or number field with a deal's amount: {_BY}.")
    close_date_field: str | None = Field(
        default=None,
        min_length=1,
        description=f"Date field with the day on which an open deal should close; the due date by default: {_BY}.",
    )
    company_field: str | None = Field(
        default=None, min_length=1, description=f"Relationship field that links deals, people and tickets to a company: {_BY}."
    )
    contact_field: str | None = Field(
        default=None, min_length=1, description=f"Relationship field that links deals and tickets to a person: {_BY}."
    )
    source_field: str | None = Field(default=None, min_length=1, description=f"Field that says where a deal came from: {_BY}.")
    lost_reason_field: str | None = Field(default=None, min_length=1, description=f"Field that says why a deal was lost: {_BY}.")
    product_field: str | None = Field(default=None, min_length=1, description=f"Labels or drop-down field with what is sold: {_BY}.")
    deal_type_field: str | None = Field(default=None, min_length=1, description=f"Field that tells new business from the rest: {_BY}.")
    deal_kinds: Words = Field(
        default=(), description="What its values mean, as value=kind: new, renewal, upsell or cross_sell; any other value is new."
    )
    industry_field: str | None = Field(
        default=None, min_length=1, description=f"Field of companies that the breakdown by segment uses: {_BY}."
    )
    country_field: str | None = Field(default=None, min_length=1, description=f"Field of companies with their country: {_BY}.")
    employees_field: str | None = Field(default=None, min_length=1, description=f"Number field of companies with their people: {_BY}.")

    channel_field: str | None = Field(
        default=None, min_length=1, description=f"Field of tickets with the channel that they came by: {_BY}."
    )
    category_field: str | None = Field(default=None, min_length=1, description=f"Field of tickets that says what they are about: {_BY}.")
    complaint_values: Words = Field(
        default=(), description="Its values that make a ticket a complaint; without them nobody can tell which tickets are."
    )
    call_words: Words = Field(
        default=("call", "phone"), description="Words in the description or the tags of tracked time that make it a call with a customer."
    )
    meeting_words: Words = Field(
        default=("meeting", "demo", "visit"), description="Words in the description or the tags of tracked time that make it a meeting."
    )

    @field_validator("deal_kinds")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if not _KIND.fullmatch(pair):
                raise ValueError(f"{pair!r} is no value=kind; allowed kinds are {', '.join(DEAL_KINDS)}")
        return value


class ClickUpSettings(Mapped):
    """How to reach one ClickUp Workspace, and how its tasks are to be read."""

    # An error would otherwise cite what was given, and a malformed token is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(min_length=1, description="Personal token (pk_…), or the access token of an OAuth app.")
    webhook_secret: SecretStr | None = Field(
        default=None, min_length=8, description="Secret of the webhook that tells `serve` of changes; ClickUp shows it when one is made."
    )
    workspace: str | None = Field(
        default=None, pattern=r"^[0-9]+$", description="Id of the Workspace; the one that the token sees, where it sees just one."
    )
    plan: str | None = Field(
        default=None, min_length=1, description="Name of the plan that is paid for, such as Business, where ClickUp does not tell it."
    )
    base_url: str = Field(default="https://api.clickup.com", description="Address of the API; another one only for a sandbox or a proxy.")
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="Home currency, such as USD; that of the amount field by default."
    )
    goal_decimals: int = Field(
        default=0,
        ge=0,
        le=4,
        description="How many decimals targets and progress of goals keep; ClickUp takes whole steps only, so with 2 they are hundredths.",
    )
    headroom: float = Field(default=0.3, ge=0, le=0.9, description="Share (0 to 0.9) of the rate limit that is left to other apps.")
    horizon_seconds: float = Field(default=120, ge=0, le=86400, description="How far each increment reaches back into the one before it.")
    full_list_hours: float = Field(
        default=24,
        ge=0,
        le=168,
        description="After how many hours every task is listed again, which alone tells what was deleted; 0 lists them in each run.",
    )
    timeout_seconds: float = Field(default=30, gt=0, le=300, description="How long one request may take.")
    patience_seconds: float = Field(
        default=150,
        ge=0,
        le=3600,
        description="How long one request is tried again before the run ends with 'try later'; a limit is full again after a minute.",
    )

    @field_validator("token")
    @classmethod
    def _is_sendable(cls, value: SecretStr) -> SecretStr:
        stripped = value.get_secret_value().strip()
        if not _TOKEN.fullmatch(stripped):
            raise ValueError("it holds something else than letters, digits and signs in one piece; copy the token anew")
        return SecretStr(stripped)

    @field_validator("base_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)
