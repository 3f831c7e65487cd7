"""Finds out what this account and this key let us do, by cheap reads and without writing anything."""

from collections.abc import Awaitable

from connector.adapters.nutshell.account import ACTIVITY_TYPES, NO_CURRENCY, Home, tenant_of
from connector.adapters.nutshell.fields import Fields
from connector.adapters.nutshell.objects import Objects, changes, deletions
from connector.adapters.nutshell.teams import probe
from connector.adapters.nutshell.words import KINDS, LEADS, MAILS, TITLE, WRITABLE, WRITE_BATCH, needs
from connector.adapters.wire import refusal_of
from connector.errors import AccessRefused
from connector.http import together
from connector.model import Ability, Answer, Capabilities, Entity, Landing, Stream, Tenant, goal_kind

_GOALS = f"{TITLE}'s own quotas cannot be written by any program, so these are emulated: the board record shows target, actual and pace."
_NO_ZONE = "Nutshell tells no time zone, so days are those of UTC; CRM_KPI_TIMEZONE says otherwise."
_NO_CURRENCY = "Nutshell shows this key no market with a currency, so no amount is in a home currency; CRM_KPI_NUTSHELL__CURRENCY says it."
_NO_EVENTS = "Nutshell's feed of events is refused: every run reads everything, and the past of stages is not known."
_NO_DELETIONS = "Nutshell's feed of deletions is refused: deleted records count until the next pass over everything."
_NO_USERS = f"{TITLE} keeps custom fields on leads, companies and people only; the board record shows reps' numbers."


class Checking:
    """Checks one account."""

    def __init__(self, objects: Objects, fields: Fields, home: Home) -> None:
        self._objects = objects
        self._fields = fields
        self._home = home

    async def check(self) -> Capabilities:
        """Probe the account, see `Adapter`."""
        tenant = await tenant_of(self._objects, self._home)
        streams = await together(self._stream(stream) for stream in KINDS)
        fields = await together(self._field(entity) for entity in WRITABLE)
        return Capabilities(
            tenant,
            streams=dict(zip(KINDS, streams, strict=True)),
            fields={**dict(zip(WRITABLE, fields, strict=True)), Entity.USERS: Ability(Answer.NO, _NO_USERS)},
            goals={
                goal_kind(kpi, subject): Ability(Answer.NO, _GOALS, lands=Landing.BOARD)
                for kpi in ("revenue_won", "deals_won")
                for subject in ("owner", "team")
            },
            limits={"write_batch": WRITE_BATCH},
            notes=await self._notes(tenant),
        )

    async def _notes(self, tenant: Tenant) -> tuple[str, ...]:
        hears, buries = [await refusal_of(self._objects.newest(feed(LEADS))) is None for feed in (changes, deletions)]
        notes = {
            _NO_ZONE: self._home.zone is None,
            _NO_CURRENCY: tenant.currency == NO_CURRENCY,
            _NO_EVENTS: not hears,
            _NO_DELETIONS: not buries,
        }
        return tuple(note for note, is_so in notes.items() if is_so)

    async def _stream(self, stream: Stream) -> Ability:
        error = await refusal_of(self._asked(stream))
        if error is None and KINDS[stream] == "activities":
            error = await refusal_of(self._objects.page(ACTIVITY_TYPES, 0, 1))
        if error is None:
            return Ability(Answer.YES)
        return Ability(Answer.NO, str(error), (error.needs if isinstance(error, AccessRefused) else ()) or needs(stream))

    def _asked(self, stream: Stream) -> Awaitable[object]:
        """Ask for a little of a stream: what no list tells, the older API or the feed of events does."""
        if stream is Stream.TEAMS:
            return probe(self._objects.client)
        return self._objects.newest(changes(MAILS)) if stream is Stream.EMAILS else self._objects.page(KINDS[stream], 0, 1)

    async def _field(self, entity: Entity) -> Ability:
        error = await refusal_of(self._fields.there(WRITABLE[entity]))
        if error is not None:
            return Ability(Answer.NO, str(error), (f"an API key that may see {WRITABLE[entity]}",))
        return Ability(
            Answer.UNVERIFIED, "The fields can be seen; only a write tells.", (f"an API key that may change {WRITABLE[entity]}",)
        )
