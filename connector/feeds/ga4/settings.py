"""What an admin sets to read one Google Analytics property."""

import re

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from connector.feeds.ga4.key import read_key
from connector.settings import safe_address

_NUMBER = re.compile(r"(?:properties/)?(\d{1,20})", re.ASCII)


class GoogleAnalyticsSettings(BaseModel):
    """Which property, as whom, and how many days."""

    # An error would otherwise cite what was given, and a malformed key is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_url: str = Field(
        default="https://analyticsdata.googleapis.com", description="Address of the Data API; another one only for a sandbox or a proxy."
    )
    property: str = Field(description="Number of the property, such as 123456789 (Admin, Property details); no id that begins with G-.")
    credentials: SecretStr = Field(
        description="JSON key of a service account that may view the property; the name with `_FILE` at its end names the key's file."
    )
    days: int = Field(default=3, ge=1, le=60, description="How many past days each run reads again, because Google may still correct them.")
    history_days: int = Field(default=400, ge=1, le=3660, description="How many past days are read the first time, and with `--full`.")
    currency: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{3}$",
        description="Currency, such as EUR, in which Google states costs; the property's own by default.",
    )

    @field_validator("base_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)

    @field_validator("property")
    @classmethod
    def _is_number(cls, value: str) -> str:
        found = _NUMBER.fullmatch(value.strip())
        if not found:
            raise ValueError("a property has a number, such as 123456789, which Admin, Property details shows")
        return found[1]

    @field_validator("credentials")
    @classmethod
    def _is_key(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        read_key(value.get_secret_value(), info.data.get("base_url", ""))
        return value
