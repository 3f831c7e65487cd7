"""The JSON key of a service account, as Google hands it out: who it is, where its tokens come from, and its private key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_KIND = "service_account"
_HOST = "googleapis.com"


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """One key of a service account."""

    email: str
    key_id: str
    token_uri: str
    private: RSAPrivateKey = field(repr=False)


def read_key(text: str, trusted: str) -> ServiceKey:
    """Read the text of a key file. `trusted` is an address whose host may give tokens beside Google's own.

    Raises:
        ValueError: it is no such key; the message holds nothing of it that is secret.
    """
    found = _members(text)
    token_uri = _text(found, "token_uri")
    if not _may_be_asked(token_uri, trusted):
        raise ValueError(f"its token_uri leads elsewhere than to an https:// address of {_HOST}")
    return ServiceKey(_text(found, "client_email"), _text(found, "private_key_id"), token_uri, _private(_text(found, "private_key")))


def _members(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        raise ValueError("it is no JSON, as a service account's key is; the name with _FILE at its end names the key's file") from None
    kind = found.get("type") if isinstance(found, dict) else None
    if not isinstance(found, dict) or kind != _KIND:
        raise ValueError(f"it is not the key of a service account: its type should be {_KIND}")
    return found


def _text(found: Mapping[str, object], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"it has no {name}")
    return value


def _may_be_asked(uri: str, trusted: str) -> bool:
    try:
        parts, ours = urlsplit(uri), urlsplit(trusted)
    except ValueError:
        return False
    if ours.netloc and (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc):
        return True
    host = parts.netloc
    return parts.scheme == "https" and (host == _HOST or host.endswith(f".{_HOST}")) and "@" not in host


def _private(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("its private_key cannot be read; download the key anew") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("its private_key is no RSA key; download the key anew")  # noqa: TRY004 - what is malformed is a setting
    return key
