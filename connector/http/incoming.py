"""What comes in: a request that somebody else sends to us."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request.

    `url` is whole and as its sender called it; `body` is raw, because a signature is over bytes; header names are lower case.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
