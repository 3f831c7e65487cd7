"""Holds the settings that name fields to the fields that there are: one that fits nothing would read as empty everywhere."""

from collections.abc import Iterable, Mapping, Sequence

from connector.adapters.clickup.memo import Memo
from connector.adapters.clickup.objects import Objects
from connector.adapters.clickup.parse import is_called
from connector.adapters.clickup.places import Place, Places
from connector.adapters.clickup.settings import ClickUpSettings
from connector.adapters.clickup.words import LISTS, name_in, named
from connector.errors import AccessRefused
from connector.http import Body, Refused, together
from connector.model import Stream

_READ: Mapping[Stream, tuple[str, ...]] = {
    Stream.COMPANIES: ("industry_field", "country_field", "employees_field"),
    Stream.CONTACTS: ("company_field", "source_field"),
    Stream.PRODUCTS: ("product_field",),
    Stream.DEALS: (
        "amount_field",
        "close_date_field",
        "company_field",
        "contact_field",
        "source_field",
        "lost_reason_field",
        "deal_type_field",
    ),
    Stream.LINE_ITEMS: ("product_field", "amount_field"),
    Stream.TICKETS: ("company_field", "contact_field", "channel_field", "category_field"),
}
"""Which settings name fields that a stream reads."""
_SHARED: Mapping[str, tuple[str, ...]] = {
    "company_field": ("deal_lists", "contact_lists", "ticket_lists"),
    "contact_field": ("deal_lists", "ticket_lists"),
    "source_field": ("deal_lists", "contact_lists"),
}
"""The fields that lists of several kinds may have; it is enough that one kind has them."""


class MappedFields:
    """The fields of the lists of one Workspace, as the settings name them."""

    def __init__(self, objects: Objects, places: Places, settings: ClickUpSettings) -> None:
        self._objects = objects
        self._places = places
        self._settings = settings
        self._kept: dict[str, Memo[list[Body]]] = {}

    async def hold(self, stream: Stream, places: Sequence[Place], workspace: str) -> None:
        """Hold the settings that a stream reads its fields by to the fields of its lists.

        Raises:
            AccessRefused: no list has a field that is called so, or one list has several.
        """
        wanted = {setting: name for setting in _READ.get(stream, ()) if (name := getattr(self._settings, setting))}
        if not wanted:
            return
        lists = await together(self._of(place.id) for place in places)
        for setting, name in wanted.items():
            fit = [[row for row in rows if is_called(row, name)] for rows in lists]
            if not any(fit) and not await self._is_elsewhere(stream, setting, workspace):
                raise _refusal(setting, f"{name!r}, which no list of {stream} has as a field; there are", _theirs(lists))
            for place, rows in zip(places, fit, strict=True):
                if len(rows) > 1:
                    why = f"{name!r}, and the list {place.name} has several fields that are called so; name one by its id"
                    raise _refusal(setting, why, rows)

    async def _is_elsewhere(self, stream: Stream, setting: str, workspace: str) -> bool:
        """Whether lists of another kind have a field that several kinds share; so it is taken where those may not be seen."""
        try:
            for lists in _SHARED.get(setting, ()):
                if lists != LISTS.get(stream):
                    for place in await self._places.named(lists, workspace):
                        if any(is_called(row, getattr(self._settings, setting)) for row in await self._of(place.id)):
                            return True
        except (AccessRefused, Refused):
            return True
        return False

    async def _of(self, place: str) -> list[Body]:
        return await self._kept.setdefault(place, Memo(lambda: self._objects.fields(place))).get()


def _theirs(lists: Iterable[Sequence[Body]]) -> list[Body]:
    """Return the fields of some lists, each once, without those that are ours."""
    return list({str(row.get("id")): row for rows in lists for row in rows if not name_in(str(row.get("name")))}.values())


def _refusal(setting: str, why: str, rows: Sequence[Body]) -> AccessRefused:
    choice = ", ".join(f"{row.get('name')} ({row.get('id')})" for row in rows) or "none"
    return AccessRefused(f"{named(setting)} holds {why}: {choice}.", (named(setting),))
