"""The only way out to the network: credentials, time-outs, retries, limits and redaction, the same for every vendor."""

from connector.http.answer import Answer, Body, Refused, Unanswered
from connector.http.client import Client, Patience
from connector.http.clock import Clock
from connector.http.incoming import Incoming
from connector.http.limiter import Limit, Limiter
from connector.http.vendor import Meaning, Vendor

__all__ = ["Answer", "Body", "Client", "Clock", "Incoming", "Limit", "Limiter", "Meaning", "Patience", "Refused", "Unanswered", "Vendor"]
