"""What an admin sets to connect a HubSpot account."""

import re

from pydantic import ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from connector.adapters.hubspot.mapping import Mapped
from connector.adapters.hubspot.words import NEEDED, READS
from connector.settings import Words, safe_address

_MAY_GO = ", ".join(stream.value for stream in READS if stream not in NEEDED)
_TOKEN = re.compile(r"[!-~]+")
"""Printable ASCII without blanks: all that a header can carry as a token."""


class HubSpotSettings(Mapped):
    """How to reach one HubSpot account, and how its records are to be read."""

    # An error would otherwise cite what was given, and a malformed token is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    client_id: str | None = Field(
        default=None, min_length=1, description="Client id of an OAuth app, instead of a token; then `crm-kpi connect hubspot` connects."
    )
    token: SecretStr | None = Field(
        default=None,
        min_length=1,
        validate_default=True,
        description="Bearer token: a service key, a project app's static token or a private app's token; needed without `CLIENT_ID`.",
    )
    client_secret: SecretStr | None = Field(
        default=None,
        min_length=1,
        validate_default=True,
        description="Client secret of the app: for OAuth, and by it HubSpot's own requests to `serve` are known to be true.",
    )
    authorize_url: str = Field(
        default="https://app.hubspot.com/oauth/authorize",
        description="Page on which a person lets the OAuth app in; another one for a sandbox.",
    )
    base_url: str = Field(default="https://api.hubapi.com", description="Address of the API; another one only for a sandbox or a proxy.")
    version: str = Field(
        default="2026-09",
        pattern=r"^(20\d\d-(03|09)|v3)$",
        description="Dated API version, or v3 for the older path style; where an account does not answer it, the newest older one is used.",
    )
    headroom: float = Field(default=0.3, ge=0, le=0.9, description="Share (0 to 0.9) of the rate limits that is left to other apps.")
    daily_reserve: float = Field(
        default=0.2,
        ge=0,
        le=0.9,
        description="Share (0 to 0.9) of the account's daily requests at which a run ends, so that other apps go on.",
    )
    horizon_seconds: float = Field(
        default=120,
        ge=0,
        le=86400,
        description="How long a change may take to show in the search; each increment reaches that far back into the one before it.",
    )
    calculated_hours: float = Field(
        default=24, ge=1, le=720, description="After how many hours records are looked at for values that HubSpot calculates by itself."
    )
    timeout_seconds: float = Field(default=30, gt=0, le=300, description="How long one request may take.")
    patience_seconds: float = Field(
        default=60, ge=0, le=3600, description="How long one request is tried again before the run ends with 'try later'."
    )
    journal: bool = Field(
        default=False,
        description="Whether `serve` asks HubSpot's webhooks journal for changes; it needs `CLIENT_ID`, but no address of ours.",
    )
    journal_seconds: float = Field(default=10, ge=1, le=3600, description="How long `serve` waits before it asks the journal again.")
    streams_left_out: Words = Field(
        default=(),
        description=f"Streams that are not read, such as `emails`; the KPIs that need them are not available. Allowed: {_MAY_GO}.",
    )

    @field_validator("streams_left_out")
    @classmethod
    def _may_go(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in _MAY_GO.split(", "):
                raise ValueError(f"{name!r} cannot be left out; allowed are {_MAY_GO}")
        return value

    @field_validator("token")
    @classmethod
    def _is_sendable(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        has_app = info.data.get("client_id") is not None
        if value is None and not has_app:
            raise PydanticCustomError("missing", "a token or a client_id is needed")
        if value is None:
            return None
        if has_app:
            raise ValueError("it is given beside client_id; keep one of the two")
        stripped = value.get_secret_value().strip()
        if not _TOKEN.fullmatch(stripped):
            raise ValueError("it holds something else than letters, digits and signs in one piece; copy the token anew")
        return SecretStr(stripped)

    @field_validator("client_secret")
    @classmethod
    def _is_whole(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("client_id") is not None:
            raise PydanticCustomError("missing", "the client secret that belongs to client_id is needed")
        return value

    @field_validator("journal")
    @classmethod
    def _has_app(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - the library's way
        if value and info.data.get("client_id") is None:
            raise ValueError("HubSpot shows its journal to OAuth apps only; it needs client_id")
        return value

    @field_validator("base_url", "authorize_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)
