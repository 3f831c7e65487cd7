"""Sealing a secret before it is stored: authenticated encryption with a key that the store never sees."""

import base64
import json
from binascii import Error

from cryptography.fernet import Fernet, InvalidToken

from connector.errors import SettingsError

_KEY_BYTES = 32
HOW = "openssl rand -base64 32"
"""A command that makes a key."""


class Seal:
    """Closes and opens secrets with one key, given as 32 bytes in base64.

    What is closed for one place (an account, say) opens at that place only, so that rows of the store cannot be exchanged.
    """

    def __init__(self, key: str) -> None:
        plain = key.strip().replace("+", "-").replace("/", "_")
        try:
            is_whole = len(base64.urlsafe_b64decode(plain)) == _KEY_BYTES
        except (Error, ValueError):
            is_whole = False
        if not is_whole:
            raise SettingsError(f"CRM_KPI_SECRET_KEY is malformed; allowed are 32 random bytes in base64, such as `{HOW}` prints.")
        self._fernet = Fernet(plain.encode())

    def close(self, secret: str, *place: str) -> str:
        """Return the secret so that only this key opens it, at this place."""
        return self._fernet.encrypt(json.dumps([secret, *place]).encode()).decode()

    def open(self, closed: str, *place: str) -> str | None:
        """Return the secret; None where the key or the place is another one."""
        try:
            secret, *closed_for = json.loads(self._fernet.decrypt(closed.encode()))
        except InvalidToken:
            return None
        return str(secret) if tuple(closed_for) == place else None
