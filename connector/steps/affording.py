"""What a CRM's plan takes in the whole life of an account: counted, told, and refused before it is used up by half of a push."""

from collections.abc import Mapping, Sequence

from connector.errors import GuardStopped
from connector.model import Allowance, Capabilities, FieldChange, GoalChange
from connector.steps.work import Work
from connector.store import Uses

Change = FieldChange | GoalChange
Allowances = Mapping[str, Allowance]
_WORDS: Mapping[str, str] = {"fields": "values of fields", "goals": "uses of goals"}


async def afford(work: Work, able: Capabilities, changes: Sequence[Change]) -> None:
    """Let changes be sent that the allowances have room for.

    Raises:
        GuardStopped: one of them has none.
    """
    if short := await shortages(work, able, changes):
        raise GuardStopped(short[0])


async def shortages(work: Work, able: Capabilities, changes: Sequence[Change]) -> Sequence[str]:
    """Return a sentence for each allowance that these changes would use up beyond its end."""
    return short(able.for_life, await work.ask(work.store.plans.uses, work.account), changes) if able.for_life else ()


def short(for_life: Allowances, used: Uses, changes: Sequence[Change]) -> list[str]:
    """Return a sentence for each allowance that is too small for these changes after what was used."""
    return [
        f"{_told(kind, allowance, used)} This plan needs {wanted:,}, so nothing of it is sent; fewer are written with other "
        "CRM_KPI_PUSH_FIELDS, or without CRM_KPI_PUSH_GOALS, and a paid plan has no such end."
        for kind, allowance in for_life.items()
        if (wanted := _needed(kind, allowance, changes)) and wanted > allowance.most - _spent(kind, allowance, used)
    ]


async def allowances(work: Work, able: Capabilities) -> Sequence[str]:
    """Return a sentence for each allowance, with how much of it we have used."""
    if not able.for_life:
        return ()
    used = await work.ask(work.store.plans.uses, work.account)
    return [_told(kind, allowance, used) for kind, allowance in able.for_life.items()]


def _told(kind: str, allowance: Allowance, used: Uses) -> str:
    return (
        f"The CRM's plan takes {allowance.most:,} {_WORDS[kind]} in all its life; {_spent(kind, allowance, used):,} were used from here, "
        "and what others used nobody tells."
    )


def _spent(kind: str, allowance: Allowance, used: Uses) -> int:
    if kind == "fields":
        return used.values * allowance.new
    return used.goals_made * allowance.new + used.goals_changed * allowance.change


def _needed(kind: str, allowance: Allowance, changes: Sequence[Change]) -> int:
    if kind == "fields":
        return allowance.new * sum(isinstance(one, FieldChange) and one.new is not None for one in changes)
    goals = [one for one in changes if isinstance(one, GoalChange) and not one.archive]
    return sum(allowance.new if one.old is None else allowance.change for one in goals)
