"""Asking for records: lists by page, some by id, and the two feeds of what happened."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector.adapters.nutshell.parse import number_of
from connector.http import Body, Client, Refused, together

PAGE_SIZE = 100
IDS_SIZE = 50
"""How many ids stand in one path; how many may is not told."""
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, and how many records there are in all, where that is told."""

    rows: list[Body]
    total: int | None


class Objects:
    """The REST side of one account."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def page(self, kind: str, page: int, limit: int = PAGE_SIZE) -> Listed:
        """Read one page of a list, counted from nought."""
        body = await self.client.get(f"/rest/{kind.lower()}", {"page[page]": str(page), "page[limit]": str(limit)})
        total = (body.get("meta") or {}).get("total")
        return Listed(rows_of(body, kind), total if isinstance(total, int) else None)

    async def count(self, kind: str, filters: Mapping[str, str]) -> int | None:
        """Return how many records fit, None where that is not told."""
        body = await self.client.get(f"/rest/{kind.lower()}", {"page[page]": "0", "page[limit]": "1", **filters})
        total = (body.get("meta") or {}).get("total")
        return total if isinstance(total, int) else None

    async def all(self, kind: str) -> list[Body]:
        """Read a whole list, for those that are small."""
        found: list[Body] = []
        page = 0
        while rows := (await self.page(kind, page)).rows:
            found += rows
            page += 1
            if len(rows) < PAGE_SIZE:
                break
        return found

    async def some(self, kind: str, ids: Sequence[str]) -> list[Body]:
        """Read records by their ids; those that are not there any more are left out."""
        wanted = list(dict.fromkeys(ids))
        parts = await together(self._some(kind, wanted[at : at + IDS_SIZE]) for at in range(0, len(wanted), IDS_SIZE))
        return [row for part in parts for row in part]

    async def _some(self, kind: str, ids: Sequence[str]) -> list[Body]:
        try:
            return rows_of(await self.client.get(f"/rest/{kind.lower()}/{','.join(ids)}"), kind)
        except Refused as error:
            if error.status not in GONE:
                raise
        if len(ids) == 1:
            return []
        # One that is gone may cost the whole list.
        half = len(ids) // 2
        return [*await self._some(kind, ids[:half]), *await self._some(kind, ids[half:])]

    async def newest(self, feed: "Feed") -> str:
        """Return the id of the latest event of a feed, empty where there is none."""
        return next((str(one["id"]) for one in await self._events(feed, {"limit": "1"})), "")

    async def back(self, feed: "Feed", before: str = "") -> AsyncIterator[list[Body]]:
        """Yield a feed's events from the newest (or from before one) back to its beginning, page by page."""
        while True:
            found = await self._events(feed, {"max_id": before} if before else {})
            fresh = [one for one in found if not before or number_of(one["id"]) < number_of(before)]
            if not fresh:
                return
            yield fresh
            before = min(fresh, key=lambda one: number_of(one["id"]))["id"]

    async def since(self, feed: "Feed", event: str) -> list[Body]:
        """Return what happened after an event, oldest first.

        Whether a page of newer events holds the oldest or the newest of them is not told, so what may lie between is read, too.
        """
        found: dict[int, Body] = {}
        while page := self._after(await self._events(feed, {"since_id": event} if event else {}), event):
            found |= page
            if len(page) >= PAGE_SIZE:
                async for older in self.back(feed, found[min(page)]["id"]):
                    between = self._after(older, event)
                    found |= between
                    if len(between) < len(older):
                        break
            event = found[max(found)]["id"]
        return [found[key] for key in sorted(found)]

    @staticmethod
    def _after(events: Iterable[Body], event: str) -> dict[int, Body]:
        return {number_of(one["id"]): one for one in events if number_of(one["id"]) > number_of(event)}

    async def _events(self, feed: "Feed", parameters: Mapping[str, str]) -> list[Body]:
        return rows_of(await self.client.get(feed.path, {"limit": str(PAGE_SIZE), **feed.filters, **parameters}), "events")


@dataclass(frozen=True, slots=True)
class Feed:
    """One list of events."""

    path: str
    filters: Mapping[str, str]


def changes(kind: str) -> Feed:
    """Return the feed of all that happened to a kind of records."""
    return Feed("/rest/events", {"filters[payload][]": kind})


def changes_of(record: str) -> Feed:
    """Return the feed of what happened to one record."""
    return Feed("/rest/events", {"entity_id": record})


def deletions(kind: str) -> Feed:
    """Return the feed of what was deleted of a kind."""
    return Feed("/rest/events/deleted", {"filter[types]": kind})


def rows_of(body: Body, name: str) -> list[Body]:
    """Return the records of an envelope, or of a list without one."""
    found = body.get(name)
    if not isinstance(found, list):
        found = body.get("data")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def payloads_of(event: Body) -> list[str]:
    """Return the ids of the records that an event is about."""
    found = (event.get("links") or {}).get("payloads")
    return [str(one) for one in found] if isinstance(found, list) else []
