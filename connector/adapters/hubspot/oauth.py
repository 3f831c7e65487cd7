"""How an account lets us in: with a token that stays, or by OAuth with one that is renewed."""

from pydantic import BaseModel

from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.versions import to_try
from connector.adapters.hubspot.words import READS, SCOPES, TITLE
from connector.errors import SettingsError
from connector.http import Bearer, Fixed, OAuth, OAuthApp, Patience, TokenVault
from connector.model import Stream

REQUIRED = ("oauth", *sorted({scope for stream in (Stream.DEALS, Stream.PIPELINES, Stream.USERS) for scope in READS[stream]}))
"""Scopes without which hardly anything can be measured; an account that cannot give one of the others is connected without it."""
OPTIONAL = tuple(scope for scope in SCOPES if scope not in REQUIRED)


def bearer_of(settings: HubSpotSettings, vault: TokenVault) -> Bearer:
    """Return what gives every request of an account its token."""
    return Fixed(settings.token) if settings.token is not None else connection(settings, vault)


def connection(settings: BaseModel, vault: TokenVault) -> OAuth:
    """Return the account's OAuth connection.

    Raises:
        SettingsError: the settings have a token instead of an app.
    """
    found = HubSpotSettings.model_validate(settings)
    return OAuth(app_of(found), vault, Patience(timeout=found.timeout_seconds, budget=found.patience_seconds))


def app_of(found: HubSpotSettings) -> OAuthApp:
    """Return the account's app.

    Raises:
        SettingsError: the settings have a token instead of one.
    """
    if found.client_id is None or found.client_secret is None:
        raise SettingsError(
            f"{TITLE} is set up with a token, which needs no connecting; for OAuth set client_id and client_secret instead."
        )
    return OAuthApp(
        title=TITLE,
        client_id=found.client_id,
        client_secret=found.client_secret,
        authorize_url=found.authorize_url,
        base_url=found.base_url,
        token_paths=tuple(Paths(version).token for version in to_try(found.version)),
        scopes=REQUIRED,
        optional_scopes=OPTIONAL,
        tenant="hub_id",
        connect="crm-kpi connect hubspot",
    )
