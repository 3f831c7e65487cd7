"""Which lists of a Workspace hold what, as the settings say; a name that fits no list or several is an error that tells the choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from connector.adapters.clickup.memo import Memo
from connector.adapters.clickup.objects import GONE, Objects, rows_of
from connector.adapters.clickup.parse import is_called
from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import LISTS, TITLE, named
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Outcome, Stream

CLOSED = ("done", "closed")
"""The types of statuses in which there is nothing more to do."""


@dataclass(frozen=True, slots=True)
class Status:
    """One status of a list."""

    name: str
    kind: str
    position: int


@dataclass(frozen=True, slots=True)
class Place:
    """One list that holds records of ours."""

    id: str
    name: str
    statuses: tuple[Status, ...]

    def stage(self, status: str) -> str:
        """Return our id of a status; ClickUp gives statuses names only, the same in many lists."""
        return stage_id(self.id, status)


def stage_id(place: str, status: str) -> str:
    """Return our id of a list's status."""
    return f"{place}:{status.strip().casefold()}"


def place_of(found: Body) -> Place:
    """Read a list."""
    rows = [row for row in rows_of(found, "statuses") if row.get("status")]
    ordered = sorted(rows, key=lambda row: int(row.get("orderindex") or 0))
    statuses = tuple(Status(str(row["status"]), str(row.get("type") or ""), place) for place, row in enumerate(ordered))
    return Place(str(found.get("id")), str(found.get("name") or found.get("id")), statuses)


class Outcomes:
    """What statuses mean for a deal, by the settings."""

    def __init__(self, settings: ClickUpSettings) -> None:
        self._won = _folded(settings.won_statuses)
        self._lost = _folded(settings.lost_statuses)

    def of(self, status: str, kind: str) -> Outcome:
        """Return what it means to be in a status of this type."""
        name = status.strip().casefold()
        if name in self._won:
            return Outcome.WON
        if name in self._lost:
            return Outcome.LOST
        return Outcome.CANCELLED if kind in CLOSED else Outcome.OPEN


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names)


class Places:
    """Finds the lists of one Workspace."""

    def __init__(self, objects: Objects, settings: ClickUpSettings) -> None:
        self._objects = objects
        self._settings = settings
        self._every: dict[str, Memo[list[Body]]] = {}

    def are_set(self, stream: Stream) -> bool:
        """Whether the settings name lists for a stream."""
        return bool(getattr(self._settings, LISTS[stream]))

    async def of(self, stream: Stream, workspace: str) -> list[Place]:
        """Return the lists that a stream is read from.

        Raises:
            AccessRefused: the settings name none, or one that is not there or that the token's user may not see.
        """
        found = await self.named(LISTS[stream], workspace)
        if not found:
            setting = named(LISTS[stream])
            raise AccessRefused(f"No {LISTS[stream].replace('_', ' ')} are set; {setting} names them.", (setting,))
        if LISTS[stream] == "deal_lists":
            self._hold_statuses(found)
        return found

    async def named(self, setting: str, workspace: str) -> list[Place]:
        """Return the lists that one setting names."""
        wanted: Sequence[str] = getattr(self._settings, setting)
        rows = await self._looked_up(setting, wanted, workspace)
        return [place_of(row) for row in {str(row["id"]): row for row in rows}.values()]

    async def _looked_up(self, setting: str, wanted: Sequence[str], workspace: str) -> list[Body]:
        try:
            # A list's id is a number; reading it by that costs one request instead of those for all spaces.
            if all(one.isdecimal() for one in wanted):
                return await together(self._objects.one_list(one) for one in wanted)
        except Refused as error:
            if error.status not in GONE:
                raise
        memo = self._every.setdefault(workspace, Memo(lambda: self._objects.lists(workspace)))
        every = await memo.get()
        ids = [_one(setting, one, every) for one in wanted]
        return await together(self._objects.one_list(one) for one in ids)

    def _hold_statuses(self, places: Sequence[Place]) -> None:
        """Hold the settings to the statuses that there are."""
        there = {status.name.strip().casefold(): status.name for place in places for status in place.statuses}
        own: Mapping[str, Sequence[str]] = {name: getattr(self._settings, name) for name in ("won_statuses", "lost_statuses")}
        for setting, names in own.items():
            for name in names:
                if name.strip().casefold() not in there:
                    allowed = ", ".join(there.values())
                    why = f"{named(setting)} holds {name!r}, which no deal list has as a status; allowed are {allowed}."
                    raise AccessRefused(why, (named(setting),))
        if not own["won_statuses"]:
            setting = named("won_statuses")
            raise AccessRefused(
                f"Nothing tells which deals are won; {setting} names their statuses: {', '.join(there.values())}.", (setting,)
            )


def _one(setting: str, wanted: str, every: Sequence[Body]) -> str:
    fit = [row for row in every if is_called(row, wanted)]
    if len(fit) == 1:
        return str(fit[0]["id"])
    choice = ", ".join(f"{row.get('name')} ({row['id']})" for row in (fit or every)) or "none that this token sees"
    how = "several lists are called so; name one by its id" if fit else f"{TITLE} has no such list; there are"
    setting = named(setting)
    raise AccessRefused(f"{setting} holds {wanted!r}, but {how}: {choice}.", (f"lists in {setting} that the token's user may see",))
