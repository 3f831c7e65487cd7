"""The only way out to the network: credentials, time-outs, retries, limits and redaction, the same for every vendor."""

from connector.http.answer import Answer, Body, Refused, Unanswered
from connector.http.app_token import AppToken
from connector.http.bearer import Bearer, Fixed
from connector.http.client import Client
from connector.http.clock import Clock
from connector.http.incoming import Incoming
from connector.http.limiter import Limit, Limiter
from connector.http.oauth import Kept, OAuth, Pocket, TokenVault
from connector.http.patience import Patience
from connector.http.together import together
from connector.http.token_endpoint import OAuthApp
from connector.http.vendor import Meaning, Told, Vendor

__all__ = [
    "Answer",
    "AppToken",
    "Bearer",
    "Body",
    "Client",
    "Clock",
    "Fixed",
    "Incoming",
    "Kept",
    "Limit",
    "Limiter",
    "Meaning",
    "OAuth",
    "OAuthApp",
    "Patience",
    "Pocket",
    "Refused",
    "TokenVault",
    "Told",
    "Unanswered",
    "Vendor",
    "together",
]
