"""How the rows of each stream beyond the sales records become ours, with what must be known of the portal first."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from connector.adapters.hubspot.activities import ACTIVITIES, activity_of
from connector.adapters.hubspot.contacts import contact_of
from connector.adapters.hubspot.kinds import CONTACTS, LEADS, TICKETS
from connector.adapters.hubspot.leads import lead_of
from connector.adapters.hubspot.lifecycle import Lifecycle
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.page import Read
from connector.adapters.hubspot.pipelines import stages_of
from connector.adapters.hubspot.settings import HubSpotSettings
from connector.adapters.hubspot.surveys import survey_of
from connector.adapters.hubspot.tickets import Complaint, ticket_of
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Entity, Stage, Stream


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one stream; `properties` are asked for beside those of its kind.

    `context` names what of the portal the reading of a record's past hangs on, the same words for the same things.
    """

    read: Read
    properties: tuple[str, ...] = ()
    context: str = ""


class Readers:
    """Makes the readers of one account."""

    def __init__(self, objects: Objects, settings: HubSpotSettings) -> None:
        self._client = objects.client
        self._paths = objects.paths
        self._settings = settings
        self._makers: Mapping[Stream, Callable[[], Awaitable[Reader]]] = {
            Stream.CONTACTS: self._contacts,
            Stream.TICKETS: self._tickets,
            Stream.LEADS: self._leads,
            Stream.SURVEYS: self._surveys,
        }

    async def of(self, stream: Stream) -> Reader | None:
        """Return the reader of a stream; None for one of the sales records."""
        if stream in ACTIVITIES:
            return Reader(lambda row: (activity_of(row, stream),))
        return await self._makers[stream]() if stream in self._makers else None

    async def _contacts(self) -> Reader:
        # Which dates of the lifecycle there are differs from portal to portal.
        names = [str(row.get("name")) for row in await self._listed(self._paths.properties(CONTACTS.name))]
        lifecycle, segment = Lifecycle.of(names, self._settings.qualified_stage), self._settings.contact_segment_property
        properties = (*lifecycle.properties, *filter(None, (segment,)))
        return Reader(lambda row: (contact_of(row, lifecycle, segment),), properties, f"{lifecycle.qualified} {properties}")

    async def _tickets(self) -> Reader:
        stages = await self._stages(TICKETS.name, Entity.TICKETS)
        complaint = Complaint(self._settings.complaint_property, frozenset(self._settings.complaint_values))
        return Reader(lambda row: (ticket_of(row, stages, complaint),), (complaint.name,), repr(stages))

    async def _leads(self) -> Reader:
        stages = await self._stages(LEADS.name, Entity.LEADS)
        return Reader(lambda row: (lead_of(row, stages),), context=repr(stages))

    async def _surveys(self) -> Reader:
        return Reader(lambda row: survey_of(row, is_seven_easy=self._settings.effort_seven_is_easy))

    async def _stages(self, kind: str, of: Entity) -> Mapping[str, Stage]:
        return {stage.id: stage for row in await self._listed(self._paths.pipelines(kind)) for stage in stages_of(row, of)}

    async def _listed(self, path: str) -> list[Body]:
        """Read what only makes records clearer; nothing where it is refused, because the records themselves may still be read."""
        try:
            body = await self._client.get(path)
        except (AccessRefused, Refused):
            return []
        rows: list[Body] = body["results"]
        return rows
