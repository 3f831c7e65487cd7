"""What comes back from a vendor, and the two outcomes that only an adapter can judge."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connector.errors import ConnectorError

Body = dict[str, Any]
"""A JSON object; numbers with a point are Decimals, so that no amount passes through a binary float."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. `body` is None when what came was not one whole JSON object; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: Body | None


class Refused(ConnectorError):
    """The vendor understood the request and said no, for a reason that repeating it does not change."""

    def __init__(self, message: str, answer: Answer) -> None:
        super().__init__(message)
        self.answer = answer

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""
        return self.answer.status

    @property
    def body(self) -> Body:
        """What the vendor said, as far as it was JSON."""
        return self.answer.body or {}


class Unanswered(ConnectorError):
    """A write was sent and no usable answer came: it may have landed, so read before sending it again."""


def read_body(text: str) -> Body | None:
    """Return the JSON object in `text`, an empty one for no text at all, or None for anything else (HTML, a cut-off body, a list)."""
    if not text.strip():
        return {}
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def read_answer(status: int, headers: Mapping[str, str], text: str) -> Answer:
    """Take what came over the wire as it is, see `Vendor.read`."""
    return Answer(status, headers, read_body(text))
