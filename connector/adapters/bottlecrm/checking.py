"""Finds out what this organisation and this token let us do, by cheap reads and without writing anything."""

from connector.adapters.bottlecrm.account import account_of, role_of
from connector.adapters.bottlecrm.fields import Fields
from connector.adapters.bottlecrm.goals import SUBJECTS, TYPES
from connector.adapters.bottlecrm.objects import Objects
from connector.adapters.bottlecrm.reading import Home
from connector.adapters.bottlecrm.words import ADMIN, LISTS, PIPELINES, STREAMS, TITLE, WRITABLE, WRITE_BATCH, needs, writes
from connector.adapters.wire import refusal_of
from connector.errors import AccessRefused
from connector.http import together
from connector.model import Ability, Answer, Capabilities, Entity, Landing, Stream, goal_kind

_GOALS_WRITE = ("opportunities:write", "a token of an admin")
_NO_USERS = f"{TITLE} keeps custom fields on deals, accounts and contacts, not on members; the board record shows reps' numbers."
_MEMBER = (
    f"The token's user is no admin of the organisation: {TITLE} shows it only the records that it made or that are assigned to it, so "
    "every KPI would be of a part, and it can make neither fields nor goals."
)
_UNKNOWN_ROLE = (
    "Whether the token's user is an admin cannot be seen (it needs profile:read); anybody else is shown a part of the records only."
)
_NO_PAST = f"{TITLE} tells only the present stage of a deal and since when, so its stages are known from our first reading on."


class Checking:
    """Checks one organisation."""

    def __init__(self, objects: Objects, fields: Fields, home: Home) -> None:
        self._objects = objects
        self._fields = fields
        self._home = home

    async def check(self) -> Capabilities:
        """Probe the organisation, see `Adapter`."""
        account, role = await account_of(self._objects, self._home.zone), await role_of(self._objects)
        streams = dict(zip(STREAMS, await together(self._stream(stream) for stream in STREAMS), strict=True))
        fields = await together(self._field(entity, role) for entity in WRITABLE)
        notes = {_MEMBER: role not in (None, ADMIN), _UNKNOWN_ROLE: role is None, _NO_PAST: True}
        return Capabilities(
            account.tenant,
            streams=streams,
            fields={**dict(zip(WRITABLE, fields, strict=True)), Entity.USERS: Ability(Answer.NO, _NO_USERS)},
            goals={goal_kind(kpi, subject): self._goal(streams[Stream.GOALS], role) for kpi in TYPES for subject in SUBJECTS},
            limits={"write_batch": WRITE_BATCH},
            notes=tuple(note for note, is_so in notes.items() if is_so),
        )

    async def _stream(self, stream: Stream) -> Ability:
        asked = self._objects.client.get(PIPELINES) if stream is Stream.PIPELINES else self._objects.slice(LISTS[stream], 0, 1)
        error = await refusal_of(asked)
        if error is None:
            return Ability(Answer.YES)
        return Ability(Answer.NO, str(error), (error.needs if isinstance(error, AccessRefused) else ()) or needs(stream))

    async def _field(self, entity: Entity, role: str | None) -> Ability:
        error = await refusal_of(self._fields.there(entity))
        if error is not None:
            return Ability(Answer.NO, str(error), writes(entity))
        if role not in (None, ADMIN) and not await self._fields.ours_on(entity):
            return Ability(Answer.NO, f"{TITLE} lets admins alone make fields, and none of ours is there.", ("a token of an admin",))
        return Ability(Answer.UNVERIFIED, "The fields can be seen; only a write tells.", writes(entity))

    @staticmethod
    def _goal(stream: Ability, role: str | None) -> Ability:
        if stream.answer is Answer.NO:
            return stream
        if role not in (None, ADMIN):
            return Ability(Answer.NO, f"{TITLE} lets admins alone make goals.", _GOALS_WRITE)
        return Ability(Answer.UNVERIFIED, "The goals can be seen; only a write tells.", _GOALS_WRITE, lands=Landing.NATIVE_TARGET)
