"""Asking for records: lists by page, and single ones by id."""

from collections.abc import Mapping, Sequence

from connector.adapters.bottlecrm.words import LISTS, Listing
from connector.http import Body, Client, Refused, together
from connector.model import Stream

GONE = (404, 410)


class Objects:
    """The records of one organisation."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def slice(self, listing: Listing, offset: int, limit: int, only: Mapping[str, str] | None = None) -> list[tuple[list[Body], int]]:
        """Read so many rows of each part of a list, and how many there are in all; what an answer says of its place is never true."""
        asked = {"offset": str(offset), "limit": str(limit), "slim": "true", **(only or {})}
        body = await self.client.get(listing.path, asked)
        return [(_rows(_at(body, part.rows)), _number(_at(body, part.count))) for part in listing.parts]

    async def some(self, stream: Stream, ids: Sequence[str]) -> list[Body]:
        """Read records by their ids; those that are not there any more are left out."""
        found = await together(self.one(stream, key) for key in dict.fromkeys(ids))
        return [row for row in found if row is not None]

    async def one(self, stream: Stream, key: str) -> Body | None:
        """Read a record; None where there is none."""
        listing = LISTS[stream]
        try:
            body = await self.client.get(f"{listing.path}{key}/")
        except Refused as error:
            if error.status in GONE:
                return None
            raise
        found = body.get(listing.detail) if listing.detail else body
        return found if isinstance(found, dict) else None


def _at(body: object, path: Sequence[str]) -> object:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _rows(found: object) -> list[Body]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0
