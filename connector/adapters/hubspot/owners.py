"""Who is who: histories and teams name people by their user id, records by their owner id, which is the one we use."""

from collections.abc import Mapping

from connector.adapters.hubspot.objects import LIST_SIZE, Objects, next_after
from connector.adapters.hubspot.people import user_id
from connector.errors import AccessRefused
from connector.http import Body, Refused


async def page_of_owners(objects: Objects, after: str, *, is_archived: bool) -> tuple[list[Body], str | None]:
    """Read one page of owners, and where the next one begins."""
    params = {"limit": str(LIST_SIZE), "archived": "true" if is_archived else "false"} | ({"after": after} if after else {})
    body = await objects.client.get(objects.paths.owners, params)
    return body["results"], next_after(body, after or None)


async def owners_by_user(objects: Objects) -> Mapping[str, str]:
    """Return owner ids by user id; of an owner who left and came back, the present one."""
    found: dict[str, str] = {}
    for is_archived in (True, False):
        after: str | None = ""
        while after is not None:
            rows, after = await page_of_owners(objects, after, is_archived=is_archived)
            found |= {number: str(row["id"]) for row in rows if (number := user_id(row))}
    return found


async def owners_if_seen(objects: Objects) -> Mapping[str, str]:
    """Return owner ids by user id, none where owners cannot be read."""
    try:
        return await owners_by_user(objects)
    except (AccessRefused, Refused):
        return {}
