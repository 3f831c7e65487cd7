"""The small streams, which are read whole each time: users, teams, pipelines, goals, and those beside the records."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress

from connector.adapters.hubspot.beside import Beside
from connector.adapters.hubspot.cursor import Cursor, Phase
from connector.adapters.hubspot.goals import goal_of
from connector.adapters.hubspot.kinds import DEALS, GOALS, LEADS, TICKETS, USERS
from connector.adapters.hubspot.objects import Ask, Objects, Row
from connector.adapters.hubspot.owners import owners_by_user, page_of_owners
from connector.adapters.hubspot.page import Read, page_of
from connector.adapters.hubspot.passes import Batch
from connector.adapters.hubspot.people import by_user_id, memberships_of, team_of, user_id, user_of
from connector.adapters.hubspot.pipelines import all_of
from connector.adapters.hubspot.records import held_in
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Entity, FieldSpec, Held, Page, Record, Stream

_START = Cursor(Phase.LIST, until="1970-01-01T00:00:00+00:00")
_DONE = Cursor(Phase.DONE, until=_START.until)


def _nothing(_row: Row) -> Iterable[Held]:
    return ()


class Whole:
    """Reads the small streams of one account."""

    def __init__(self, objects: Objects, beside: Beside, *, without: Collection[str] = ()) -> None:
        self._objects = objects
        self._beside = beside
        self._without = without
        self._client = objects.client
        self._paths = objects.paths

    def pages(self, stream: Stream, since: str | None, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        """Yield every page of a stream, from where a pass was cut off or from the beginning."""
        cursor = Cursor.parse(since)
        if cursor is None or cursor.phase is Phase.DONE:
            cursor = _START
        readers: Mapping[Stream, Callable[[], AsyncIterator[Page]]] = {
            Stream.USERS: lambda: self._users(cursor, own),
            Stream.TEAMS: self._teams,
            Stream.PIPELINES: self._pipelines,
            Stream.GOALS: lambda: self._goals(cursor),
        }
        return readers[stream]() if stream in readers else self._beside.readers[stream](cursor)

    async def _users(self, cursor: Cursor, own: Sequence[FieldSpec]) -> AsyncIterator[Page]:
        names = (*USERS.properties, *(spec.name for spec in own))
        records = by_user_id(await self._objects.everything(USERS.name, Ask(names)))

        def held(owner: Row) -> Iterable[Held]:
            record = records.get(user_id(owner) or "")
            return held_in(record, own) if record else ()

        while cursor.phase is not Phase.DONE:
            is_archived = cursor.phase is Phase.ARCHIVED
            rows, after = await page_of_owners(self._objects, cursor.after, is_archived=is_archived)
            cursor = cursor.at(after, Phase.DONE if is_archived else Phase.ARCHIVED)
            yield page_of(Stream.USERS, Batch(rows, cursor, is_full=True), lambda row: (user_of(row, records),), held)

    async def _teams(self) -> AsyncIterator[Page]:
        owners = await owners_by_user(self._objects)
        body = await self._client.get(self._paths.teams)

        def read(team: Row) -> Iterable[Record]:
            return (team_of(team), *memberships_of(team, owners))

        yield _only_page(Stream.TEAMS, body, read)

    async def _pipelines(self) -> AsyncIterator[Page]:
        """Read the pipelines of deals, and those of tickets and leads where the portal has them and lets us."""
        body = await self._client.get(self._paths.pipelines(DEALS.name))
        rows = [row | {"of": Entity.DEALS} for row in body["results"]]
        for kind, of in ((TICKETS, Entity.TICKETS), (LEADS, Entity.LEADS)):
            with suppress(AccessRefused, Refused):
                more = await self._client.get(self._paths.pipelines(kind.name)) if of.value not in self._without else {"results": ()}
                rows += [row | {"of": of} for row in more["results"]]
        yield _only_page(Stream.PIPELINES, {"results": rows}, lambda row: all_of(row, row["of"]))

    async def _goals(self, cursor: Cursor) -> AsyncIterator[Page]:
        while cursor.phase is not Phase.DONE:
            page = await self._objects.page(GOALS.name, Ask(GOALS.properties), cursor.after or None)
            cursor = cursor.at(page.after, Phase.DONE)
            yield page_of(Stream.GOALS, Batch(page.rows, cursor, is_full=True), lambda row: (goal_of(row),), _nothing)


def _only_page(stream: Stream, body: Body, read: Read) -> Page:
    return page_of(stream, Batch(body["results"], _DONE, is_full=True), read, _nothing)
