"""What an admin sets to connect a Nutshell account."""

from pydantic import ConfigDict, Field, SecretStr, field_validator

from connector.adapters.nutshell.mapping import Mapped
from connector.settings import safe_address


class NutshellSettings(Mapped):
    """How to reach one Nutshell account."""

    # An error would otherwise cite what was given, and a malformed key is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user: str = Field(min_length=3, pattern=r"^[^:\s]+$", description="E-mail address of the Nutshell user that the key belongs to.")
    api_key: SecretStr = Field(min_length=1, description="API key, made in Nutshell under Setup → API keys.")
    base_url: str = Field(default="https://app.nutshell.com", description="Address of Nutshell; another one only for a sandbox or a proxy.")
    requests_per_second: int = Field(
        default=5, ge=1, le=1000, description="How many requests are sent in a second at most; Nutshell publishes no limit of its own."
    )
    currency: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{3}$",
        description="Home currency, such as USD; that of the default market, where the key sees it, by default.",
    )
    hook_secret: SecretStr | None = Field(
        default=None,
        min_length=24,
        description="Long random word that ends the address for Nutshell's webhooks, `/hooks/nutshell/…`; nothing else proves them.",
    )
    field_path: str = Field(
        default="auto",
        pattern=r"^(auto|members|object|field)$",
        description="How custom fields are addressed in a write: `members` or `field`; `auto` finds out with the first write. `object` "
        "sends a record's custom fields whole, which undoes what others change in them meanwhile.",
    )
    timeout_seconds: float = Field(default=30, gt=0, le=300, description="How long one request may take.")
    patience_seconds: float = Field(
        default=60, ge=0, le=3600, description="How long one request is tried again before the run ends with 'try later'."
    )

    @field_validator("api_key")
    @classmethod
    def _is_whole(cls, value: SecretStr) -> SecretStr:
        stripped = value.get_secret_value().strip()
        if not stripped or not stripped.isascii() or not stripped.isprintable():
            raise ValueError("it holds something else than letters, digits and signs in one piece; copy the key anew")
        return SecretStr(stripped)

    @field_validator("base_url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)
