"""What an admin may set for Google Analytics, and that a malformed key is never shown."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr, ValidationError

from connector.feeds.ga4 import GoogleAnalyticsSettings
from connector.feeds.ga4.key import read_key
from tests.feeds.google import PROPERTY, key

CURVE = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def settings(**other: object) -> GoogleAnalyticsSettings:
    """Check these settings."""
    return GoogleAnalyticsSettings.model_validate({"property": PROPERTY, "credentials": SecretStr(key()), **other})


@pytest.mark.parametrize("text", ["123456789", " properties/123456789 "])
def test_a_property_is_its_number(text: str):
    """The number may stand alone or as Google's own name of the property."""
    assert settings(property=text).property == "123456789"


@pytest.mark.parametrize("text", ["G-AB12CD34", "UA-1234-1", "", "123/../456", "\uff11\uff12"])
def test_another_id_is_no_property(text: str):
    """The ids that websites carry, and whatever would change the address, are refused with where the number is found."""
    with pytest.raises(ValidationError, match="which Admin, Property details shows"):
        settings(property=text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("key.json", "name with _FILE at its end"),
        ("[]", "its type should be service_account"),
        (json.dumps({"installed": {"client_secret": "hidden"}}), "its type should be service_account"),
        (key(client_email=""), "has no client_email"),
        (key(private_key="-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----"), "private_key cannot be read"),
        (key(private_key=CURVE), "is no RSA key"),
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(text: str, why: str):
    """Each kind of wrong file has its own sentence, which cites nothing of it."""
    with pytest.raises(ValidationError, match=why) as caught:
        settings(credentials=text)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com.evil.example/token",
        "https://evilgoogleapis.com/token",
        "https://oauth2.googleapis.com:x@evil.example/token",
        "https://evil.example/token?.googleapis.com",
        "https://[oauth2.googleapis.com/token",
        "/token",
    ],
)
def test_a_key_leads_to_google_alone(uri: str):
    """Whoever changes a key file cannot make us sign for, or send to, anybody else."""
    with pytest.raises(ValidationError, match="token_uri leads elsewhere"):
        settings(credentials=SecretStr(key(token_uri=uri)))


def test_a_sandbox_may_give_tokens_itself():
    """Where the address of the API is another one, tokens may come from there, and from nowhere else."""
    assert settings(base_url="http://127.0.0.1:8399", credentials=SecretStr(key(token_uri="http://127.0.0.1:8399/token"))).days == 3
    with pytest.raises(ValidationError, match="token_uri leads elsewhere"):
        settings(base_url="http://127.0.0.1:8399", credentials=SecretStr(key(token_uri="http://127.0.0.1:8400/token")))
    with pytest.raises(ValueError, match="token_uri leads elsewhere"):
        read_key(key(token_uri="/token"), "")
    with pytest.raises(ValidationError, match="no address a token may be sent to"):
        settings(base_url="http://analytics.example")


def test_a_key_does_not_show_its_secret():
    """Neither the settings nor the key, printed, hold what signs."""
    shown = f"{settings()!r} {read_key(key(), '')!r}"
    assert "PRIVATE" not in shown
    assert "rsa" not in shown.lower()
