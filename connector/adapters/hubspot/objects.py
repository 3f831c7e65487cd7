"""Reading CRM objects as HubSpot gives them: lists, searches, batches and associations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from connector.adapters.hubspot.kinds import Kind
from connector.adapters.hubspot.paths import Paths
from connector.adapters.hubspot.portions import merged, portions
from connector.adapters.hubspot.vendor import reason
from connector.adapters.hubspot.versions import Versions
from connector.errors import AccessRefused, ConnectorError, TryLater
from connector.http import Body, Client, Refused, together

T = TypeVar("T")
Row = Body
"""One record as HubSpot gives it."""

LIST_SIZE = 100
HISTORY_SIZE = 50
"""How many records come at once with their histories; lists never bring those."""
SEARCH_SIZE = 200
BATCH_SIZE = 100
LINKS_SIZE = 1000
_GONE = "OBJECT_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Ask:
    """What to bring of each record."""

    properties: tuple[str, ...]
    history: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    is_archived: bool = False

    @property
    def flag(self) -> dict[str, str]:
        """The query parameter that asks for archived records."""
        return {"archived": "true"} if self.is_archived else {}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of rows; `after` is the token of the next one, None on the last."""

    rows: list[Row]
    after: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """The ids on one page of a search, whether there are more, and when the search thinks that each was changed last."""

    ids: list[str]
    has_more: bool
    total: int
    changed: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """An associated record and the association types it is linked by."""

    id: str
    types: frozenset[int]


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """Cut into lists of at most `size`."""
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part


def next_after(body: Body, before: str | None) -> str | None:
    """Return the token of the next page.

    Raises:
        ConnectorError: the token is the one that brought this page, so that paging would never end.
    """
    after = ((body.get("paging") or {}).get("next") or {}).get("after")
    if after is None:
        return None
    if str(after) == before:
        raise ConnectorError(f"HubSpot gave the same page token {before!r} twice; paging would never end.")
    return str(after)


def _named(properties: Sequence[str]) -> dict[str, str]:
    return {"properties": ",".join(properties)} if properties else {}


def _unix_ms(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1000))


class Objects:
    """The objects API of one account."""

    def __init__(self, client: Client, paths: Paths) -> None:
        self.client = client
        self.paths = paths
        self.versions = Versions(client, paths)
        self._hidden: set[str] = set()

    async def page(self, kind: str, ask: Ask, after: str | None = None) -> Listing:
        """Read one page of everything there is (or of everything archived), without histories.

        Links to records that the token may not see are left out, because they are no reason to go without the records that it may. More
        properties than one address holds are asked for in portions.
        """
        links = tuple(link for link in ask.links if link not in self._hidden)
        path, params = self.paths.objects(kind), {"limit": str(LIST_SIZE), **ask.flag, **({"after": after} if after else {})}
        linked = {"associations": ",".join(links)} if links else {}
        first, *others = portions(self.client.base_url + path, params | linked, ask.properties)
        try:
            body = await self.client.get(path, params | linked | _named(first))
        except AccessRefused as error:
            if not self._hides(error, links):
                raise
            return await self.page(kind, ask, after)
        rows = body["results"]
        if others and rows:
            rest = await together(self.client.get(path, params | _named(portion)) for portion in others)
            rows = await self._whole(kind, ask, *merged(rows, [one["results"] for one in rest]))
        return Listing(rows, next_after(body, after))

    async def _whole(self, kind: str, ask: Ask, rows: list[Row], lacking: Sequence[str]) -> list[Row]:
        """Complete rows that moved to another page between two portions; those that are gone by now are left out."""
        again = {str(row["id"]): row for row in await self.read(kind, lacking, replace(ask, history=()))} if lacking else {}
        for row in rows:
            if found := again.get(str(row["id"])):
                row["properties"] |= found["properties"]
        return [row for row in rows if str(row["id"]) not in lacking or str(row["id"]) in again]

    def _hides(self, error: AccessRefused, links: Sequence[str]) -> bool:
        """Remember the kinds of linked records that a refusal is about, and return whether it is about any."""
        found = {link for link in links if any(link in need.split(".") for need in error.needs)}
        self._hidden |= found
        return bool(found)

    async def everything(self, kind: str, ask: Ask) -> list[Row]:
        """Read every page."""
        page = await self.page(kind, ask)
        rows = page.rows
        while page.after:
            page = await self.page(kind, ask, page.after)
            rows += page.rows
        return rows

    async def count(self, kind: str, *filters: Body) -> int | None:
        """Return how many records there are that all `filters` fit, as far as the search knows; None where it does not say."""
        body: Body = {"properties": ["hs_object_id"], "limit": 1}
        try:
            found = await self.client.ask(
                f"{self.paths.objects(kind)}/search", body | ({"filterGroups": [{"filters": list(filters)}]} if filters else {})
            )
        except Refused:
            return None
        return int(found["total"]) if "total" in found else None

    async def changed(self, kind: Kind, between: tuple[datetime, datetime], beyond: int) -> Found:
        """Search the ids of records changed in a window, in order of id, only those above `beyond`.

        Each page is a search of its own, so that neither the limit of 10,000 results nor thousands of equal timestamps matter.
        """
        window = {"propertyName": kind.modified, "operator": "BETWEEN", "value": _unix_ms(between[0]), "highValue": _unix_ms(between[1])}
        return await self._search(kind.name, window, beyond, modified=kind.modified)

    async def having(self, kind: str, flag: str, beyond: int) -> Found:
        """Search the ids of records whose property `flag` is true, in order of id, only those above `beyond`."""
        return await self._search(kind, {"propertyName": flag, "operator": "EQ", "value": "true"}, beyond)

    async def _search(self, kind: str, wanted: Mapping[str, str], beyond: int, modified: str = "hs_lastmodifieddate") -> Found:
        above = {"propertyName": "hs_object_id", "operator": "GT", "value": str(beyond)}
        body = await self.client.ask(
            f"{self.paths.objects(kind)}/search",
            {
                "filterGroups": [{"filters": [wanted, above]}],
                "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                "properties": ["hs_object_id", modified],
                "limit": SEARCH_SIZE,
            },
        )
        ids = [str(row["id"]) for row in body["results"]]
        changed = {str(row["id"]): (row.get("properties") or {}).get(modified) for row in body["results"]}
        return Found(ids, next_after(body, None) is not None and bool(ids), int(body.get("total", len(ids))), changed)

    async def read(self, kind: str, ids: Sequence[str], ask: Ask, *, is_strict: bool = False) -> list[Row]:
        """Read records by id as they are now; one that is gone is left out, one that was merged comes under its new id.

        Raises:
            TryLater: the read is strict, and a record was left out for another reason than that it is gone.
        """
        size = HISTORY_SIZE if ask.history else BATCH_SIZE
        parts = await together(self._read(kind, part, ask, is_strict=is_strict) for part in chunks(dict.fromkeys(ids), size))
        return list({str(row["id"]): row for part in parts for row in part}.values())

    async def _read(self, kind: str, ids: Sequence[str], ask: Ask, *, is_strict: bool) -> list[Row]:
        body = {
            "properties": list(ask.properties),
            "propertiesWithHistory": list(ask.history),
            "inputs": [{"id": one} for one in ids],
        }
        answer = await self.client.ask(f"{self.paths.objects(kind)}/batch/read", body, ask.flag)
        rows: list[Row] = answer["results"]
        if is_strict and (failed := [error for error in answer.get("errors") or () if error.get("category") != _GONE]):
            raise TryLater(f"HubSpot could not read all of the {kind} asked for: {reason(failed[0])}")
        return rows

    async def sees(self, kind: str, targets: Sequence[str]) -> bool:
        """Whether the token may see a kind of records with their links to all of these; one request."""
        if any(map(self.is_hidden, targets)):
            return False
        try:
            await self.client.get(self.paths.objects(kind), {"limit": "1", "associations": ",".join(targets)})
        except (AccessRefused, Refused):
            return False
        return True

    def hide(self, target: str) -> None:
        """Leave out links to this kind from now on."""
        self._hidden.add(target)

    def is_hidden(self, target: str) -> bool:
        """Whether links to this kind turned out to be such as the token may not see."""
        return target in self._hidden

    async def links(self, source: str, target: str, ids: Sequence[str]) -> dict[str, list[Link]]:
        """Read the associations of many records, every page of each; a record without any is left out, and all that may not be seen."""
        if target in self._hidden:
            return {}
        try:
            return await self._links(source, target, ids)
        except AccessRefused as error:
            if not self._hides(error, (target,)):
                raise
            return {}

    async def _links(self, source: str, target: str, ids: Sequence[str]) -> dict[str, list[Link]]:
        found: dict[str, dict[str, set[int]]] = {}
        inputs: list[dict[str, str]] = [{"id": one} for one in dict.fromkeys(ids)]
        while inputs:
            part, inputs = inputs[:LINKS_SIZE], inputs[LINKS_SIZE:]
            body = await self.client.ask(self.paths.links(source, target), {"inputs": part})
            before = {one["id"]: one.get("after") for one in part}
            for result in body["results"]:
                one = str(result["from"]["id"])
                _collect(found.setdefault(one, {}), result.get("to") or ())
                if after := next_after(result, before.get(one)):
                    inputs.append({"id": one, "after": after})
        return {one: [Link(other, frozenset(types)) for other, types in others.items()] for one, others in found.items()}


def _collect(others: dict[str, set[int]], targets: Iterable[Body]) -> None:
    """Add targets; the same pair may come once for each label."""
    for target in targets:
        types = {int(kind["typeId"]) for kind in target.get("associationTypes") or ()}
        others.setdefault(str(target["toObjectId"]), set()).update(types)
