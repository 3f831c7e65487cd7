"""Asks the journal of one account while serving, and remembers how far it was read."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from connector.adapters import Journal
from connector.app import App
from connector.model import Hint

log = logging.getLogger("connector.serve")
T = TypeVar("T")


class Watcher:
    """Reads one account's journal from where it was left."""

    def __init__(self, app: App, account: str, journal: Journal) -> None:
        self._app = app
        self._account = account
        self._journal = journal
        self.every = journal.every

    async def watch(self, tell: Callable[[Sequence[Hint]], None]) -> None:
        """Ask once and tell what came; an account that was never checked has no tenant to ask about.

        Raises:
            ConnectorError: see `connector.errors`; asking again loses nothing.
        """
        journals, account = self._app.store.journals, await self._ask(partial(self._app.store.accounts.get, self._account))
        if account is None:
            return
        tenant = account.tenant.id
        place = await self._ask(partial(journals.find, self._account, tenant))
        news = await self._journal.news(tenant, place)
        tell(news.hints)
        if news.gap:
            log.warning("%s: changes in between are left to the next whole run: %s.", self._account, news.gap)
        if news.place != place:
            await self._ask(partial(journals.save, self._account, tenant, news.place))

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._app.desk, question)
