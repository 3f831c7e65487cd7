"""What an admin sets to connect an Odoo database."""

import re

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from connector.settings import Words, safe_address

_MEANT = re.compile(r".+=(nps|ces|csat(:(5|10))?)")


class OdooSettings(BaseModel):
    """How to reach one Odoo database, and how its records are to be read."""

    # An error would otherwise cite what was given, and a malformed key is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(description="Address of the server, such as https://acme.odoo.com.")
    database: str = Field(min_length=1, description="Name of the database; on Odoo Online it is the first part of the address.")
    user: str = Field(min_length=1, description="Login of the user that the connector works as, mostly an e-mail address.")
    key: SecretStr = Field(min_length=1, description="API key of that user (or its password, with JSON-RPC).")
    api: str = Field(
        default="jsonrpc",
        pattern="^(jsonrpc|json2)$",
        description="How to talk to the server: jsonrpc (14 to 19), or json2 (from 19 on), which takes API keys only.",
    )
    headroom: float = Field(default=0.3, ge=0, le=0.9, description="Share (0 to 0.9) of the request rate that is left to other apps.")
    requests_per_second: int = Field(default=20, ge=1, le=1000, description="How many requests a second the server should have to bear.")
    page_size: int = Field(default=500, ge=1, le=5000, description="How many records one request brings.")
    horizon_seconds: float = Field(
        default=120,
        ge=0,
        le=86400,
        description="How long a transaction of the server may take; each increment reaches that far back into the one before it.",
    )
    timeout_seconds: float = Field(default=60, gt=0, le=600, description="How long one request may take.")
    patience_seconds: float = Field(
        default=60, ge=0, le=3600, description="How long one request is tried again before the run ends with 'try later'."
    )

    survey_questions: Words = Field(
        default=(),
        description="Which questions of surveys ask for what, by id or wording: `12=nps`, `13=ces`, `14=csat`, with the highest answer "
        "(`14=csat:5`) where Odoo does not tell it; `crm-kpi check` proposes them.",
    )
    effort_seven_is_easy: bool = Field(
        default=True, description="Whether 7 in effort surveys means very easy; scores are then turned round, so that 1 is no effort."
    )

    complaint_values: Words = Field(
        default=(),
        description="Types, categories or tags, by name, that make a ticket a complaint; without them nobody can tell which tickets are.",
    )

    @field_validator("survey_questions")
    @classmethod
    def _is_meant(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if not _MEANT.fullmatch(one):
                raise ValueError(f"{one!r} is not of the form QUESTION=nps, ces, csat, csat:5 or csat:10")
        return value

    @field_validator("url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)
