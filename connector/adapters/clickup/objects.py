"""Asking for things: the Workspace's people and lists, its tasks by page or id, and how long tasks stood in their statuses."""

from collections.abc import Sequence
from dataclasses import dataclass

from connector.adapters.clickup.parse import text
from connector.errors import AccessRefused
from connector.http import Body, Client, Refused, together

PAGE_SIZE = 100
"""How many tasks a page has; ClickUp has no other size."""
TIMES_SIZE = 100
"""Of how many tasks one question about their statuses may be."""
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Ask:
    """Which tasks are wanted: those of some lists, by the `order` they come in, from a moment on (milliseconds)."""

    lists: tuple[str, ...]
    order: str
    after: int = 0
    page: int = 0


class Objects:
    """The readable side of one ClickUp."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def workspaces(self) -> list[Body]:
        """Read the Workspaces that the token sees, each with its members."""
        return rows_of(await self.client.get("/team"), "teams")

    async def plan(self, workspace: str) -> str | None:
        """Return the name of the plan that is paid for; None where it is not told."""
        try:
            return text((await self.client.get(f"/team/{workspace}/plan")).get("plan_name"))
        except (AccessRefused, Refused):
            return None

    async def groups(self, workspace: str) -> list[Body]:
        """Read the teams of people."""
        return rows_of(await self.client.get("/group", {"team_id": workspace}), "groups")

    async def goals(self, workspace: str) -> list[Body]:
        """Read all goals, each with its targets."""
        return await together(self.whole(row) for row in await self.listed_goals(workspace))

    async def listed_goals(self, workspace: str) -> list[Body]:
        """Read all goals, those in folders and those that are reached, too, as a list tells them."""
        body = await self.client.get(f"/team/{workspace}/goal", {"include_completed": "true"})
        found = [*rows_of(body, "goals"), *(row for folder in rows_of(body, "folders") for row in rows_of(folder, "goals"))]
        return [row for row in found if row.get("id")]

    async def whole(self, row: Body) -> Body:
        """Return a goal with its targets, which a list may tell the number of only."""
        is_whole = rows_of(row, "key_results") or not row.get("key_result_count")
        return row if is_whole else await self.goal(str(row["id"])) or row

    async def goal(self, key: str) -> Body | None:
        """Read one goal; None where it is gone."""
        try:
            found = (await self.client.get(f"/goal/{key}")).get("goal")
        except Refused as error:
            if error.status in GONE:
                return None
            raise
        return found if isinstance(found, dict) and found.get("id") else None

    async def one_list(self, key: str) -> Body:
        """Read one list with its statuses."""
        return await self.client.get(f"/list/{key}")

    async def lists(self, workspace: str) -> list[Body]:
        """Read all lists of a Workspace, in folders and outside of them; those of a space that we may not see are left out."""
        spaces = rows_of(await self.client.get(f"/team/{workspace}/space", {"archived": "false"}), "spaces")
        parts = await together(self._of_space(str(space["id"])) for space in spaces if space.get("id"))
        return [found for part in parts for found in part]

    async def _of_space(self, space: str) -> list[Body]:
        try:
            folders = rows_of(await self.client.get(f"/space/{space}/folder", {"archived": "false"}), "folders")
            alone = rows_of(await self.client.get(f"/space/{space}/list", {"archived": "false"}), "lists")
        except (AccessRefused, Refused):
            return []
        return [*alone, *(found for folder in folders for found in rows_of(folder, "lists"))]

    async def fields(self, key: str) -> list[Body]:
        """Read the custom fields of a list."""
        return rows_of(await self.client.get(f"/list/{key}/field"), "fields")

    async def tasks(self, workspace: str, ask: Ask) -> tuple[list[Body], bool]:
        """Read one page of tasks, and whether it is the last one."""
        since = {f"date_{ask.order}_gt": str(ask.after)} if ask.after else {}
        body = await self.client.get(
            f"/team/{workspace}/task",
            {
                "list_ids[]": list(ask.lists),
                "include_closed": "true",
                "subtasks": "true",
                "order_by": ask.order,
                "reverse": "true",
                "page": str(ask.page),
                **since,
            },
        )
        rows = rows_of(body, "tasks")
        return rows, len(rows) < PAGE_SIZE or body.get("last_page") is True

    async def task(self, key: str) -> Body | None:
        """Read one task; None where it is gone."""
        try:
            return await self.client.get(f"/task/{key}")
        except Refused as error:
            if error.status in GONE:
                return None
            raise

    async def some(self, ids: Sequence[str]) -> tuple[list[Body], list[str]]:
        """Read some tasks, those aside that are gone, and name those that the token's user may not see."""
        wanted = list(dict.fromkeys(ids))
        found = await together(self._seen(one) for one in wanted)
        return [task for task in found if isinstance(task, dict)], [
            one for one, task in zip(wanted, found, strict=True) if isinstance(task, AccessRefused)
        ]

    async def _seen(self, key: str) -> Body | AccessRefused | None:
        try:
            return await self.task(key)
        except AccessRefused as error:
            return error

    async def times(self, ids: Sequence[str]) -> dict[str, Body]:
        """Read how long some tasks stood in which status.

        Raises:
            AccessRefused, Refused: the Workspace does not tell, because the ClickApp "Total time in Status" is off.
        """
        parts = [list(ids[at : at + TIMES_SIZE]) for at in range(0, len(ids), TIMES_SIZE)]
        bodies = await together(self.client.get("/task/bulk_time_in_status/task_ids", {"task_ids": part}) for part in parts)
        return {key: value for body in bodies for key, value in body.items() if isinstance(value, dict)}


def rows_of(body: Body, name: str) -> list[Body]:
    """Return the rows that stand under a name."""
    found = body.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
