"""The goals that are to stand in the CRM as goals of its own."""

import uuid
from collections.abc import Iterator, Sequence

from connector.model import Goal
from connector.period import Calendar
from connector.settings import GoalSetting
from connector.targets.members import Members
from connector.targets.resolving import Resolved, resolve

_FAMILIES = uuid.UUID("7f0c4f0e-2f2b-5d5c-9a0b-6a7c0a4b1d11")


def goals_for(settings: Sequence[GoalSetting], tenant: str, members: Members, calendar: Calendar) -> tuple[Goal, ...]:
    """Return the goals to write: of each goal in the settings its parts, or the whole where it is not split.

    Account-wide goals are left out, because a CRM's goals belong to people and teams; they still count as targets.
    """
    found = resolve(settings, members, calendar).goals
    return tuple(goal for one in found if one.whole.subject_type != "account" for goal in _goals(one, tenant, members))


def _goals(one: Resolved, tenant: str, members: Members) -> Iterator[Goal]:
    whole, kpi = one.whole, one.ask.kpi
    names = members.owner if whole.subject_type == "owner" else members.team
    title = f"{kpi.replace('_', ' ').capitalize()} {whole.period.name}, {names[whole.subject]}"
    rows = [target for aim in one.parts or (whole,) if (target := aim.as_target)]
    what = f"{tenant}/{kpi}/{whole.subject_type}:{whole.subject}/{whole.period.name}/{rows[0].period.grain}"
    family = str(uuid.uuid5(_FAMILIES, what))
    for row in rows:
        yield Goal(kpi, row.subject_type, row.subject, row.period, row.target, family, title)
