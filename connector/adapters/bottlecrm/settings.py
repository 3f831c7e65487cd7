"""What an admin sets to connect a BottleCRM organisation."""

from pydantic import ConfigDict, Field, SecretStr, field_validator

from connector.adapters.business import Chosen
from connector.settings import safe_address


class BottleCrmSettings(Chosen):
    """How to reach one organisation in a BottleCRM."""

    # An error would otherwise cite what was given, and a malformed token is still a secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(description="Address of BottleCRM's API, such as https://crm.example.com.")
    token: SecretStr = Field(min_length=1, description="Personal access token, made in BottleCRM; it belongs to one organisation.")
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=8,
        description="Secret of the webhook that tells `serve` of changes; BottleCRM shows it when one is made.",
    )
    requests_per_second: int = Field(
        default=10, ge=1, le=1000, description="How many requests are sent in a second at most; BottleCRM has no limit of its own."
    )
    page_size: int = Field(
        default=200, ge=1, le=1000, description="How many records a page has; each page of deals also names all accounts and contacts."
    )
    timeout_seconds: float = Field(default=60, gt=0, le=300, description="How long one request may take.")
    patience_seconds: float = Field(
        default=60, ge=0, le=3600, description="How long one request is tried again before the run ends with 'try later'."
    )

    @field_validator("token")
    @classmethod
    def _is_whole(cls, value: SecretStr) -> SecretStr:
        stripped = value.get_secret_value().strip()
        if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
            raise ValueError("it holds something else than letters, digits and signs in one piece; copy the token anew")
        return SecretStr(stripped)

    @field_validator("url")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        return safe_address(value)
