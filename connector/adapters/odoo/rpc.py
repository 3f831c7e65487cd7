"""Calls to one Odoo database: the same question by JSON-RPC or by JSON-2, whose answers come in one form."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from connector.adapters.odoo.settings import OdooSettings
from connector.adapters.odoo.vendor import VENDORS, limiter
from connector.adapters.odoo.versions import OLDEST, Words, words_of
from connector.adapters.odoo.words import TITLE
from connector.errors import ConnectorError, CredentialsError, TryLater
from connector.http import Body, Client, Fixed, Patience, Refused, Unanswered

Row = Body
"""One record as Odoo gives it."""
Domain = Sequence[Any]
"""A search in Odoo's own form."""
_POSITIONAL = ("ids", "domain", "vals_list")
"""What JSON-RPC takes by place: the methods' decorators look there, and older versions call a domain `args`."""
_EVERYTHING = {"active_test": False}
"""Lost deals and people who left are inactive, and would be kept from us."""
_SHOWN = 200


class Rpc:
    """One database as one user."""

    def __init__(self, settings: OdooSettings) -> None:
        is_json2 = settings.api == "json2"
        self.client = Client(
            settings.url,
            bearer=Fixed(settings.key) if is_json2 else None,
            vendor=VENDORS[settings.api],
            limiter=limiter(settings.headroom, settings.requests_per_second),
            patience=Patience(timeout=settings.timeout_seconds, budget=settings.patience_seconds),
            headers={"X-Odoo-Database": settings.database} if is_json2 else None,
        )
        self._settings = settings
        self._uid: int | None = None
        self._version: int | None = None
        self._login = asyncio.Lock()

    async def uid(self) -> int:
        """Return our user's id.

        Raises:
            CredentialsError: the login is not taken.
        """
        async with self._login:
            if self._uid is None:
                self._uid = await self._asked_uid()
            return self._uid

    async def version(self) -> int:
        """Return the server's version, such as 14."""
        if self._version is None:
            info = await self._service("version", [])
            told = info.get("server_version_info") if isinstance(info, dict) else None
            if not isinstance(told, list) or not told:
                raise TryLater(f"{TITLE} at {self._settings.url} does not tell its version.")
            # Odoo Online names its versions in between `saas~17`.
            self._version = int(str(told[0]).rpartition("~")[2])
            if self._version < OLDEST:
                raise ConnectorError(f"{TITLE} at {self._settings.url} is of version {told[0]}; {OLDEST} is the oldest that we can read.")
        return self._version

    async def words(self) -> Words:
        """Return the words of the server's version."""
        return words_of(await self.version())

    async def ask(self, model: str, method: str, **named: Any) -> Any:  # noqa: ANN401 - whatever the method gives
        """Call a method that only reads; one of records takes their `ids`."""
        path, body = await self._call(model, method, named)
        return (await self.client.ask(path, body)).get("result")

    async def send(self, model: str, method: str, *, is_repeatable: bool = False, **named: Any) -> Any:  # noqa: ANN401 - as above
        """Call a method that writes.

        Raises:
            Unanswered: it may have landed.
        """
        path, body = await self._call(model, method, named)
        return (await self.client.send("POST", path, body, is_repeatable=is_repeatable)).get("result")

    async def rows(self, model: str, domain: Domain, fields: Sequence[str], limit: int | None = None) -> list[Row]:
        """Return the records that fit, inactive ones included, in the order of their ids."""
        more = {"limit": limit} if limit else {}
        found = await self.ask(model, "search_read", domain=[*domain], fields=["id", *fields], order="id", context=_EVERYTHING, **more)
        return self._listed(found, model)

    async def count(self, model: str, domain: Domain) -> int:
        """Return how many records fit."""
        found = await self.ask(model, "search_count", domain=[*domain], context=_EVERYTHING)
        if not isinstance(found, int) or isinstance(found, bool):
            raise self._wrong(model, "a number")
        return found

    async def ids(self, model: str, domain: Domain) -> list[int]:
        """Return the ids of the records that fit."""
        found = await self.ask(model, "search", domain=[*domain], order="id", context=_EVERYTHING)
        return [int(one) for one in self._listed(found, model)]

    async def columns(self, model: str) -> Mapping[str, Row]:
        """Return the fields that a model has here: what an app adds, and what a version does not have yet."""
        found = await self.ask(model, "fields_get", attributes=["type", "relation"])
        if not isinstance(found, dict):
            raise self._wrong(model, "its fields")
        return found

    async def create(self, model: str, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Make records and return their ids.

        Raises:
            Unanswered: they may be there.
        """
        found = await self.send(model, "create", vals_list=[*rows])
        if not isinstance(found, list) or len(found) != len(rows):
            raise Unanswered(f"{self._wrong(model, 'the ids of what was made')} It may have landed.")
        return [int(one) for one in found]

    def _listed(self, found: Any, model: str) -> list[Any]:  # noqa: ANN401 - whatever came
        """Return a list that was asked for; anything else must not pass for an empty one."""
        if not isinstance(found, list):
            raise self._wrong(model, "a list")
        return found

    def _wrong(self, model: str, wanted: str) -> TryLater:
        return TryLater(f"{TITLE} at {self._settings.url} was asked about {model}, and did not answer with {wanted}.")

    async def _asked_uid(self) -> int:
        own = self._settings
        if own.api == "json2":
            found = await self.ask("res.users", "search_read", domain=[["login", "=", own.user]], fields=["id"], limit=1)
            uid = found[0]["id"] if found else False
        else:
            uid = await self._service("authenticate", [own.database, own.user, own.key.get_secret_value(), {}])
        if not uid:
            raise CredentialsError(
                f"{TITLE} at {own.url} does not let {own.user} into the database {own.database}: wrong login, password or API key."
            )
        return int(uid)

    async def _service(self, method: str, args: Sequence[object]) -> Any:  # noqa: ANN401 - whatever the method gives
        try:
            return (await self.client.ask("/jsonrpc", _envelope("common", method, args))).get("result")
        except Refused as error:
            said = str(error)[:_SHOWN]
            raise CredentialsError(f"There may be no database {self._settings.database} at {self._settings.url}: {said}") from None
        except TryLater as error:
            # A server of several databases breaks down over the name of one that it does not have.
            if method == "version":
                raise
            raise TryLater(f"{error} Perhaps there is no database {self._settings.database}.") from None

    async def _call(self, model: str, method: str, named: Mapping[str, Any]) -> tuple[str, Body]:
        own = self._settings
        if own.api == "json2":
            return f"/json/2/{model}/{method}", dict(named)
        args = [named[name] for name in _POSITIONAL if name in named]
        rest = {name: value for name, value in named.items() if name not in _POSITIONAL}
        who = [own.database, await self.uid(), own.key.get_secret_value()]
        return "/jsonrpc", _envelope("object", "execute_kw", [*who, model, method, args, rest])


def _envelope(service: str, method: str, args: Sequence[object]) -> Body:
    params = {"service": service, "method": method, "args": list(args)}
    return {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
