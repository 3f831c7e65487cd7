"""Finds out what this account and this token let us do, by cheap reads and without writing anything."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from itertools import starmap

from connector.adapters.hubspot.availability import is_missing, left_out, missing
from connector.adapters.hubspot.goals import GOAL_KINDS, kpi_of, subject_of
from connector.adapters.hubspot.kinds import DEALS, GOALS, KINDS, SPLIT, USERS, WRITABLE
from connector.adapters.hubspot.objects import BATCH_SIZE, Ask, Objects
from connector.adapters.hubspot.properties import Properties, is_ours
from connector.adapters.hubspot.reading import Reading
from connector.adapters.hubspot.records import properties_of
from connector.adapters.hubspot.words import GOALS_WRITE, READS, TITLE, WRITES
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Ability, Answer, Capabilities, Entity, Landing, Stream, goal_kind

_TYPE_IDS: Mapping[str, Entity] = {"0-1": Entity.CONTACTS, "0-2": Entity.COMPANIES, "0-3": Entity.DEALS, "0-115": Entity.USERS}


class Checking:
    """Checks one account."""

    def __init__(self, objects: Objects, reading: Reading, properties: Properties, *, without: Collection[str] = ()) -> None:
        self._objects = objects
        self._client = objects.client
        self._paths = objects.paths
        self._reading = reading
        self._properties = properties
        self._without = without

    async def check(self) -> Capabilities:
        """Probe the account, see `Adapter`."""
        tenant = await self._reading.tenant()
        streams = await together(self._stream(stream) for stream in READS)
        fields = await together(self._fields(entity) for entity in WRITABLE)
        return Capabilities(
            tenant,
            streams=dict(zip(READS, streams, strict=True)),
            fields=dict(zip(WRITABLE, fields, strict=True)),
            goals=await self._goals(),
            limits={"write_batch": BATCH_SIZE, **await self._left()},
            notes=tuple(filter(None, (self._objects.versions.note,))),
        )

    async def _stream(self, stream: Stream) -> Ability:
        if stream.value in self._without:
            return Ability(Answer.NO, left_out(stream))
        one = {"limit": "1"}
        probes: Mapping[Stream, Callable[[], Awaitable[object]]] = {
            Stream.USERS: self._users,
            Stream.TEAMS: lambda: self._client.get(self._paths.teams),
            Stream.PIPELINES: lambda: self._client.get(self._paths.pipelines(DEALS.name)),
            Stream.DEAL_SPLITS: self._splits,
            Stream.CAMPAIGNS: lambda: self._client.get(self._paths.campaigns, one),
            Stream.FX_RATES: lambda: self._client.get(self._paths.exchange_rates, one),
            Stream.GOALS: lambda: self._one(GOALS.name),
        }
        return await _able(probes.get(stream) or (lambda: self._one(KINDS[stream].name)), READS[stream], stream)

    async def _one(self, kind: str) -> object:
        return await self._client.get(self._paths.objects(kind), {"limit": "1"})

    async def _splits(self) -> None:
        """Ask for the shares of one split deal; a portal without any has nothing that could be refused."""
        found = await self._objects.having(DEALS.name, SPLIT, 0)
        if found.ids:
            await self._client.ask(self._paths.deal_splits, {"inputs": [{"id": found.ids[0]}]})

    async def _users(self) -> object:
        await self._client.get(self._paths.owners, {"limit": "1"})
        return await self._one(USERS.name)

    async def _fields(self, entity: Entity) -> Ability:
        present: list[bool] = []

        async def probe() -> None:
            present.extend(is_ours(definition) for definition in (await self._properties.of(WRITABLE[entity].name)).values())

        able = await _able(probe, WRITES[entity])
        if able.answer is Answer.NO or any(present):
            return able
        doubt = f"{TITLE} does not say whether user records take custom properties" if entity is Entity.USERS else "only a write tells"
        return Ability(Answer.UNVERIFIED, f"None of our fields is there yet; {doubt}.", WRITES[entity])

    async def _goals(self) -> dict[str, Ability]:
        rows = []

        async def probe() -> None:
            rows.extend(await self._objects.everything(GOALS.name, Ask(GOALS.properties)))

        able = await _able(probe, (*READS[Stream.GOALS], *GOALS_WRITE))
        if able.answer is Answer.NO:
            return dict.fromkeys(starmap(goal_kind, GOAL_KINDS), able)
        there = {(kpi_of(properties_of(row)), subject_of(properties_of(row))[0]) for row in rows}
        return {goal_kind(*kind): _clonable(is_there=kind in there) for kind in GOAL_KINDS}

    async def _left(self) -> dict[str, int]:
        """Return how many more custom properties each object type takes; nothing where the token may not ask."""
        try:
            body = await self._client.get(self._paths.custom_properties)
        except (AccessRefused, Refused):
            return {}
        rows = [row for row in body.get("byObjectType") or () if row.get("objectTypeId") in _TYPE_IDS]
        overall = {"limit": body["overallLimit"], "usage": body["overallUsage"]} if "overallLimit" in body else None
        left = {_TYPE_IDS[row["objectTypeId"]]: min(_free(one) for one in (row, overall) if one) for row in rows}
        return {f"fields_left_{entity}": free for entity, free in left.items()}


def _free(limit: Body) -> int:
    return int(limit["limit"]) - int(limit["usage"])


def _clonable(*, is_there: bool) -> Ability:
    """Judge by whether people have made a goal of this kind: a new goal is cloned from one."""
    if not is_there:
        return Ability(Answer.NO, f"{TITLE} holds no goal of this kind to clone from; make one by hand there first.")
    return Ability(Answer.UNVERIFIED, "There is a goal to clone from; only a write tells.", GOALS_WRITE, Landing.NATIVE_TARGET)


async def _able(probe: Callable[[], Awaitable[object]], scopes: tuple[str, ...], stream: Stream | None = None) -> Ability:
    try:
        await probe()
    except AccessRefused as error:
        return Ability(Answer.NO, str(error), error.needs or scopes)
    except Refused as error:
        if stream and is_missing(stream, error):
            return Ability(Answer.NO, missing(stream, error), scopes)
        return Ability(Answer.NO, str(error))
    return Ability(Answer.YES)
