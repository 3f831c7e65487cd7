"""Which API version an account answers: the one that is set, or else the newest older one, found out by the first question."""

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus

from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.words import TITLE
from connector.errors import SettingsError
from connector.http import Body, Client, Refused

log = logging.getLogger(__name__)
LEGACY = "v3"
_DATED = ("2026-09", "2026-03")
"""Every dated version there is, the newest first; they are answered for eighteen months."""


def to_try(version: str) -> Sequence[str]:
    """Return the versions to try in turn, the one that is set first."""
    older = [dated for dated in _DATED if dated < version] if version != LEGACY else []
    return list(dict.fromkeys((version, *older, LEGACY)))


class Versions:
    """Sets `paths` to the first version that is answered; from then on they stay as they are."""

    def __init__(self, client: Client, paths: Paths) -> None:
        self._client = client
        self._paths = paths
        self._wanted = paths.version
        self._is_found = False
        self._lock = asyncio.Lock()

    async def account(self) -> Body:
        """Read the account's details.

        Raises:
            SettingsError: no version that we know is answered.
        """
        async with self._lock:
            if not self._is_found:
                return await self._find()
        return await self._client.get(self._paths.account)

    @property
    def note(self) -> str:
        """Say so where it is not the version that is set; empty where it is."""
        if self._paths.version == self._wanted:
            return ""
        return f"{TITLE} does not answer version {self._wanted} of its API for this account; {self._paths.version} is used."

    async def _find(self) -> Body:
        for version in to_try(self._wanted):
            self._paths.version = version
            try:
                body = await self._client.get(self._paths.account)
            except Refused as refused:
                if refused.status != HTTPStatus.NOT_FOUND:
                    raise
                continue
            self._is_found = True
            if self.note:
                log.warning(self.note)
            return body
        self._paths.version = self._wanted
        raise SettingsError(
            f"{TITLE} at {self._client.base_url} answers none of the API versions {', '.join(to_try(self._wanted))}; "
            "check the settings base_url and version."
        )
