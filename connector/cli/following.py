"""Follows hints while serving: one connection to the CRM that stays open, one run for each handful of records."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from typing import Self

from connector import steps
from connector.app import App
from connector.errors import AccessRefused
from connector.model import Hint, Usage
from connector.steps import Able, Road, Work, leased, noted

log = logging.getLogger("connector.serve")
ABLE_SECONDS = 3600.0
"""How long it is relied on what the CRM lets us do, before it is asked again."""


class Follower:
    """Brings single records of one account up to date, over a connection that is opened at the first hint and closed with the service."""

    def __init__(self, app: App, account: str, stop: asyncio.Event) -> None:
        self._app = app
        self._account = account
        self._stop = stop
        self._able: Able | None = None
        self._asked_at = 0.0
        self._said: str | None = None
        self._work: Work | None = None
        self._opened = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def follow(self, hints: Sequence[Hint]) -> None:
        """Read again what the hints name and bring it up to date, unless something stands in the way.

        Raises:
            ConnectorError: see `connector.errors`; the next whole run brings what this one did not.
        """
        if self._work is None:
            self._work = await self._opened.enter_async_context(self._app.work(self._account, stop=self._stop))
        reason = await steps.hindrance(self._work)
        if reason != self._said:
            log.info("%s: %s", self._account, f"changes wait for the next run: {reason}" if reason else "changes are followed again.")
            self._said = reason
        if reason is None:
            self._work.before = self._work.adapter.usage.less(Usage())
            await self._run(self._work, hints)

    async def _run(self, work: Work, hints: Sequence[Hint]) -> None:
        async with leased(work) as lease, noted(work, lease, steps.KIND) as run:
            try:
                if self._able is None or time.monotonic() - self._asked_at > ABLE_SECONDS:
                    self._able, self._asked_at = await steps.able_to(work, lease), time.monotonic()
                await steps.bring(work, lease, Road(run), hints, able=self._able)
            except AccessRefused:
                self._able = None
                raise
