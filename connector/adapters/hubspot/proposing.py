"""Proposes what an account's own pipelines, properties and values mean: by their names, and by how many records have them."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from connector.adapters.business import is_no_business, kind_of
from connector.adapters.hubspot.kinds import COMPANIES, CONTACTS, DEALS
from connector.adapters.hubspot.mapping import DealMapping, Mapped
from connector.adapters.hubspot.objects import Objects
from connector.adapters.hubspot.pipelines import stages_of
from connector.adapters.hubspot.properties import Properties
from connector.errors import AccessRefused
from connector.http import Body, Refused
from connector.model import Outcome, Proposal

MOST = 8
"""How many candidates of one kind are counted, each by one search that brings no records."""
_WELL = 0.5
"""The share of the records that must have a property for it to be proposed."""
_CHOICES = range(2, 31)
"""How many values a breakdown can have and still be looked at."""

# English, Swedish, Finnish, Ukrainian, Portuguese and Polish words for the same things.
_CONTRACT = re.compile(r"contract|subscription|renewal|term\b|avtal|kontrakt|sopimu|договір|договор|контракт|contrato|umow", re.IGNORECASE)
_START = re.compile(r"start|begin|from\b|effective|börja|alku|alkaa|почат|iníc|inic|początek|rozpocz|od\b", re.IGNORECASE)
_END = re.compile(
    r"\bend|_end|expir|until|renewal|slut|upphör|pääty|loppu|кінец|завершен|закінчен|fim|término|termino|venc|koniec|zakończ|wygaś",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"segment|tier|industry|sector|vertical|customer.?type|bransch|toimiala|галузь|setor|branż", re.IGNORECASE)
_SOURCE = re.compile(r"source|channel|källa|kanal|lähde|kanava|джерел|канал|origem|canal|źródł", re.IGNORECASE)
_QUALIFIED = re.compile(r"sales.?qualified|\bsql\b|qualif|kvalific|kvalifi|кваліф|kwalifik", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that a setting could name: its id, what people call it, and how many records have it."""

    id: str
    label: str
    count: int | None

    @property
    def seen(self) -> tuple[str, int | None]:
        return (self.id if self.label in ("", self.id) else f"{self.id} ({self.label})", self.count)


def _seen(candidates: Iterable[_Candidate]) -> tuple[tuple[str, int | None], ...]:
    return tuple(one.seen for one in candidates)


class Proposing:
    """Looks at one account; nothing here writes."""

    def __init__(self, objects: Objects, properties: Properties, settings: Mapped) -> None:
        self._objects = objects
        self._properties = properties
        self._settings = settings

    async def proposals(self) -> Sequence[Proposal]:
        """Propose a mapping, see `Adapter`."""
        parts: Sequence[Callable[[], Awaitable[Sequence[Proposal]]]] = (self._pipelines, self._deals, self._companies, self._contacts)
        found: list[Proposal] = []
        for part in parts:
            try:
                found += await part()
            except (AccessRefused, Refused):
                # What the token may not see, `check` has said already.
                continue
        return found

    async def _pipelines(self) -> Sequence[Proposal]:
        body = await self._objects.client.get(self._objects.paths.pipelines(DEALS.name))
        rows = [row for row in body["results"] if not row.get("archived")][:MOST]
        found = [_Candidate(str(row["id"]), str(row.get("label") or ""), await self._open(row)) for row in rows]
        out = [one for one in found if is_no_business(one.label)]
        chosen = tuple(one.id for one in found if one not in out)
        if not out or not chosen:
            return [Proposal("pipelines", None, "All deal pipelines count, with so many open deals each.", _seen(found))]
        said = f"{' and '.join(one.label for one in out)} does not look like business; the figures are open deals."
        return [Proposal("pipelines", chosen, said, _seen(found))]

    async def _open(self, pipeline: Body) -> int | None:
        stages = [stage.id for stage in stages_of(pipeline) if stage.outcome is Outcome.OPEN]
        if not stages:
            return 0
        return await self._objects.count(
            DEALS.name,
            {"propertyName": "pipeline", "operator": "EQ", "value": str(pipeline["id"])},
            {"propertyName": "dealstage", "operator": "IN", "values": stages},
        )

    async def _deals(self) -> Sequence[Proposal]:
        known = await self._properties.of(DEALS.name)
        return [
            *self._lost(known, "deal_kind_property", "source_property", "contract_start_property", "contract_end_property"),
            *await self._kinds(known),
            *await self._contract(known),
            *await self._breakdown(DEALS.name, "source_property", known, _SOURCE),
        ]

    def _lost(self, known: dict[str, Body], *settings: str) -> list[Proposal]:
        """Say which properties that are set the account does not have."""
        named = {setting: getattr(self._settings, setting) for setting in settings}
        return [
            Proposal(one, None, f"The account has no property {name}, which is set.")
            for one, name in named.items()
            if name and name not in known
        ]

    async def _kinds(self, known: dict[str, Body]) -> list[Proposal]:
        name = self._settings.deal_kind_property
        options = [row for row in (known.get(name) or {}).get("options") or () if not row.get("hidden")][:MOST]
        found = [await self._option(DEALS.name, name, row) for row in options]
        if not found:
            return []
        meant = {one.id: kind_of(one.id, one.label) for one in found}
        now = DealMapping(self._settings)
        is_so = all(now.kind({name: value}) == kind for value, kind in meant.items())
        pairs = self._settings.deal_kinds if is_so else tuple(f"{value}={kind}" for value, kind in meant.items())
        return [Proposal("deal_kinds", pairs, f"The values of {name} by their names, with so many deals each.", _seen(found))]

    async def _option(self, kind: str, name: str, option: Body) -> _Candidate:
        value = str(option["value"])
        return _Candidate(
            value, str(option.get("label") or ""), await self._objects.count(kind, {"propertyName": name, "operator": "EQ", "value": value})
        )

    async def _contract(self, known: dict[str, Body]) -> list[Proposal]:
        dates = [row for row in known.values() if row.get("type") in ("date", "datetime") and not str(row["name"]).startswith("hs_")]
        about = [row for row in dates if _CONTRACT.search(_words(row))]
        ends = await self._filled(DEALS.name, [row for row in about if _END.search(_words(row))])
        starts = await self._filled(DEALS.name, [row for row in about if _START.search(_words(row)) and not _END.search(_words(row))])
        if not starts:
            return []
        found = [Proposal("contract_start_property", starts[0].id, "It looks like the day a contract starts.", _seen(starts))]
        return [
            *found,
            *([Proposal("contract_end_property", ends[0].id, "It looks like the day a contract ends.", _seen(ends))] if ends else []),
        ]

    async def _companies(self) -> Sequence[Proposal]:
        known = await self._properties.of(COMPANIES.name)
        return [*self._lost(known, "segment_property"), *await self._breakdown(COMPANIES.name, "segment_property", known, _SEGMENT)]

    async def _contacts(self) -> Sequence[Proposal]:
        known = await self._properties.of(CONTACTS.name)
        return [
            *self._lost(known, "contact_segment_property"),
            *await self._stage(known),
            *await self._breakdown(CONTACTS.name, "contact_segment_property", known, _SEGMENT),
        ]

    async def _stage(self, known: dict[str, Body]) -> list[Proposal]:
        options = [row for row in (known.get("lifecyclestage") or {}).get("options") or () if not row.get("hidden")]
        found = [await self._option(CONTACTS.name, "lifecyclestage", row) for row in options[:MOST]]
        fit = [one for one in found if _QUALIFIED.search(f"{one.id} {one.label}")]
        # The account's own stage says more than one that nobody uses.
        best = max(fit, key=lambda one: (bool(one.count), "marketing" not in one.id, one.count or 0), default=None)
        return (
            [Proposal("qualified_stage", best.id, "Contacts by lifecycle stage; from this one on they count as qualified.", _seen(found))]
            if best
            else []
        )

    async def _breakdown(self, kind: str, setting: str, known: dict[str, Body], words: re.Pattern[str]) -> list[Proposal]:
        """Propose the best filled choice whose name fits, where it is better than what is set."""
        now = getattr(self._settings, setting)
        fit = [row for row in known.values() if _is_choice(row) and (words.search(_words(row)) or row["name"] == now)]
        found = await self._filled(kind, fit)
        if not found:
            return []
        every = await self._objects.count(kind) or 0
        share = (found[0].count or 0) / every if every else 0
        if share < _WELL:
            return [Proposal(setting, None, f"No fitting property is filled in on half of all {kind}.", _seen(found))]
        return [Proposal(setting, found[0].id, f"It is filled in on {share:.0%} of all {kind}.", _seen(found))]

    async def _filled(self, kind: str, rows: Sequence[Body]) -> list[_Candidate]:
        """Count the records that have each of some properties, and return those that any has, the best filled first."""
        has = {"operator": "HAS_PROPERTY"}
        found = [
            _Candidate(str(row["name"]), str(row.get("label") or ""), await self._objects.count(kind, {"propertyName": row["name"], **has}))
            for row in rows[:MOST]
        ]
        return sorted((one for one in found if one.count), key=lambda one: -(one.count or 0))


def _words(row: Body) -> str:
    return f"{row['name']} {row.get('label') or ''}"


def _is_choice(row: Body) -> bool:
    """Whether a property is a choice among a few values; one that the vendor fills by itself counts, a hidden one does not."""
    return row.get("type") == "enumeration" and not row.get("hidden") and len(row.get("options") or ()) in _CHOICES
