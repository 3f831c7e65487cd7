"""Why a stream is not available: left out by the settings, or not in the portal's edition."""

from connector.adapters.hubspot.words import EDITIONS, TITLE
from connector.http import Refused
from connector.model import Stream

_NOT_THERE = (400, 404)
"""How HubSpot answers for an object type or a tool that a portal does not have."""


def is_missing(stream: Stream, error: Refused) -> bool:
    """Whether a refusal may mean that the portal's edition does not have what a stream reads."""
    return stream in EDITIONS and error.status in _NOT_THERE


def left_out(stream: Stream) -> str:
    """Say that the settings leave a stream out."""
    return f"The {_words(stream)} are left out by CRM_KPI_HUBSPOT__STREAMS_LEFT_OUT."


def missing(stream: Stream, error: Exception) -> str:
    """Say that a portal does not have a stream, and what it takes to have it."""
    return f"{TITLE} does not give us the {_words(stream)}, which need {EDITIONS[stream]}: {str(error).rstrip('.')}."


def _words(stream: Stream) -> str:
    return stream.value.replace("_", " ")
