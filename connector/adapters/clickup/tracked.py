"""Tracked time as calls and meetings, where its description or a tag says that it was one; other work is no dealing with a customer."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from connector.adapters.clickup.objects import Objects, rows_of
from connector.adapters.clickup.parse import Row, decimal, instant, millis, text
from connector.adapters.clickup.settings import ClickUpSettings
from connector.http import Body
from connector.model import Activity, ActivityKind, Stream

KINDS: Mapping[Stream, ActivityKind] = {Stream.CALLS: ActivityKind.CALL, Stream.MEETINGS: ActivityKind.MEETING}
_WINDOW = timedelta(days=90)
_SILENCE = 4
"""After so many windows without any tracked time nobody tracked any before."""
_MOST = 60
"""So many windows are asked for at most: fifteen years."""
_THOUSAND = 1000
Places = Mapping[str, Sequence[str]]
"""The ids of the lists that hold deals, companies, contacts and tickets, by what an activity calls those."""


class Tracked:
    """Reads the tracked time of one Workspace, from now back to its beginning; there are no pages and no dates of change."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def recent(self, workspace: str, people: Sequence[str]) -> list[Body]:
        """Read what was tracked lately."""
        return await self._window(workspace, people, 0)

    async def all(self, workspace: str, people: Sequence[str]) -> list[Body]:
        """Read what was ever tracked."""
        found: dict[str, Body] = {}
        silent = back = 0
        while silent < _SILENCE and back < _MOST:
            rows = await self._window(workspace, people, back)
            found |= {str(row.get("id")): row for row in rows}
            silent, back = 0 if rows else silent + 1, back + 1
        return list(found.values())

    async def _window(self, workspace: str, people: Sequence[str], back: int) -> list[Body]:
        until = self._objects.client.now() - back * _WINDOW
        asked = {"start_date": str(millis(until - _WINDOW)), "end_date": str(millis(until)), "assignee": ",".join(people)}
        return rows_of(await self._objects.client.get(f"/team/{workspace}/time_entries", asked), "data")


def kind_of(entry: Body, settings: ClickUpSettings) -> Stream | None:
    """Return what an entry is by the words in its description and its tags; nothing for other work."""
    tags = [str(tag.get("name")) for tag in rows_of(entry, "tags")]
    said = " ".join([str(entry.get("description") or ""), *tags]).casefold()
    words = {Stream.CALLS: settings.call_words, Stream.MEETINGS: settings.meeting_words}
    return next((stream for stream, some in words.items() if any(_is_said(word, said) for word in some)), None)


def _is_said(word: str, said: str) -> bool:
    """Whether a word stands in a text, alone or in the plural: a recall is no call."""
    return re.search(rf"(?<!\w){re.escape(word.casefold())}s?(?!\w)", said) is not None


def activity_of(stream: Stream, row: Row, settings: ClickUpSettings, places: Places) -> Iterator[Activity]:
    """Yield the call or meeting that tracked time on a task of our lists was, if any; a timer that still runs is left out.

    Raises:
        Unreadable: when it was, or how long, is no number.
    """
    entry = row.raw
    task, where = entry.get("task"), str((entry.get("task_location") or {}).get("list_id") or "")
    about = next((name for name, lists in places.items() if where in lists), None)
    if not isinstance(task, dict) or about is None or kind_of(entry, settings) is not stream:
        return
    length, at = decimal(entry.get("duration")), instant(entry.get("start"))
    if at is None or length is None or length < 0:
        return
    link = {about: text(task.get("id"))}
    yield Activity(
        id=row.id,
        kind=KINDS[stream],
        owner=text((entry.get("user") or {}).get("id")),
        at=at,
        duration=int(length) // _THOUSAND,
        created_at=at,
        updated_at=row.instant("at"),
        deal=link.get("deal"),
        company=link.get("company"),
        contact=link.get("contact"),
        ticket=link.get("ticket"),
    )
