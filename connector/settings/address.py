"""Addresses that a secret may be sent to."""

from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def safe_address(value: str) -> str:
    """Return the address without a slash at its end.

    Raises:
        ValueError: whoever listens on the way could read what is sent there, or it holds more than an address.
    """
    parts = urlsplit(value)
    schemes = ("https", "http") if parts.hostname in _LOOPBACK else ("https",)
    if not parts.hostname or parts.scheme not in schemes or parts.username or parts.query or parts.fragment:
        raise ValueError("no address a token may be sent to; allowed are https:// addresses, and http:// on this machine")
    return value.rstrip("/")
