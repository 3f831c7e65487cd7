"""When a contact was first assigned, and first reached each step of the lifecycle: by history, else by the dates that HubSpot keeps."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.adapters.hubspot.history import ALWAYS, Change, changes_of
from connector.adapters.hubspot.parse import identifier, instant, value_of
from connector.http import Body

QUALIFIED = "salesqualifiedlead"
OPPORTUNITY = "opportunity"
CUSTOMER = "customer"
_STEPS = ("subscriber", "lead", "marketingqualifiedlead", QUALIFIED, OPPORTUNITY, CUSTOMER, "evangelist")
"""HubSpot's own steps in their order; who skipped one has passed it."""
_GENERATIONS = (("hs_v2_date_entered_", ""), ("hs_lifecyclestage_", "_date"), ("hs_date_entered_", ""))
"""How the names of the dates begin and end, those to trust most first."""
_NO_WORD = re.compile(r"[^a-z0-9]+")


def since(step: str) -> tuple[str, ...]:
    """Return a step with those that come after it; a step of the portal's own is followed by having a deal and by what follows that."""
    at = _STEPS.index(step) if step in _STEPS else _STEPS.index(OPPORTUNITY)
    return (step, *(one for one in _STEPS[at:] if one != step))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Where to look for the moments of each step: property names by step, for each generation."""

    qualified: str = QUALIFIED
    dates: Sequence[Mapping[str, Sequence[str]]] = field(default_factory=tuple)

    @classmethod
    def of(cls, names: Iterable[str], qualified: str = QUALIFIED) -> "Lifecycle":
        """Find the dates among a portal's property names, which nobody can build from the step alone."""
        known = sorted(names)
        steps = {*since(qualified), *since(OPPORTUNITY)}
        return cls(qualified, tuple({step: _named(known, step, *ends) for step in steps} for ends in _GENERATIONS))

    @property
    def properties(self) -> tuple[str, ...]:
        """Every property to ask for."""
        return tuple(dict.fromkeys(sorted(name for dates in self.dates for names in dates.values() for name in names)))

    def reached(self, step: str, raw: Body, history: Sequence[Change]) -> datetime | None:
        """Return when a contact first reached a step or one after it; nothing where no source tells."""
        steps = since(step)
        found = [change.at for change in history if change.value in steps and change.at != ALWAYS]
        for dates in self.dates if not found else ():
            told = (value_of(raw, name, instant) for one in steps for name in dates.get(one, ()))
            if found := [at for at in told if at]:
                break
        return min(found, default=None)


def _named(names: Iterable[str], step: str, begin: str, end: str) -> tuple[str, ...]:
    """Return the names of one generation that speak of a step: its id as a whole word of the name."""
    word = re.compile(rf"{re.escape(begin)}(\w+_)?{re.escape(_NO_WORD.sub('_', step.lower()))}(_\w+)?{re.escape(end)}")
    return tuple(name for name in names if word.fullmatch(name))


def assigned_at(row: Body, updated_at: datetime | None) -> datetime | None:
    """Return when the first owner was set: by the history, else as the record tells of its present owner."""
    history = changes_of(row, "hubspot_owner_id", updated_at, identifier)
    first = next((change.at for change in history if change.value and change.at != ALWAYS), None)
    return first or value_of(row.get("properties") or {}, "hubspot_owner_assigneddate", instant)
