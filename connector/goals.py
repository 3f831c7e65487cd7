"""Where a target lands in a CRM: as a goal of its own where the vendor's goal means the same, else on the board record, else nowhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connector.model import ANY_KPI, Ability, Answer, Capabilities, Goal, Target, goal_kind

_NOWHERE = (
    "Targets for the whole account count here, but are not written: goals belong to people and teams. CRM_KPI_BOARD_RECORD shows them."
)


@dataclass(frozen=True, slots=True)
class Landings:
    """Goals for the CRM's own goal records, targets for the board record, and a sentence for each kind that lands somewhere else."""

    native: tuple[Goal, ...]
    board: tuple[Target, ...]
    notes: tuple[str, ...]


def landings(goals: Sequence[Goal], targets: Sequence[Target], able: Capabilities, board: str | None) -> Landings:
    """Divide the goals of the settings by what the CRM can hold.

    `goals` are the rows that would be written, `targets` all that the settings ask for; `board` names the board record, where one is set.
    """
    kinds = dict.fromkeys(kind for target in targets if (kind := _kind(target)) is not None)
    cannot = {kind: _why_not(able, kind) for kind in kinds if not _can(able, kind)}
    return Landings(
        tuple(goal for goal in goals if goal_kind(goal.kpi, goal.subject_type) not in cannot),
        tuple(target for target in targets if board and ((kind := _kind(target)) is None or kind in cannot)),
        (*_notes(cannot.items(), board), *_whole(targets, board)),
    )


def _kind(target: Target) -> str | None:
    """Return the kind of goal that a target would be; None for one of the whole account, which no goal of a CRM belongs to."""
    return None if target.subject_type == "account" else goal_kind(target.kpi, target.subject_type)


def _can(able: Capabilities, kind: str) -> bool:
    found = _ability(able, kind)
    return found is not None and found.answer is not Answer.NO


def _ability(able: Capabilities, kind: str) -> Ability | None:
    """Return what is said of a kind of goal, or of goals of every KPI for such a subject."""
    return able.goals.get(kind) or able.goals.get(f"{ANY_KPI} of {kind.partition(' of ')[2]}")


def _why_not(able: Capabilities, kind: str) -> str:
    found = _ability(able, kind)
    return found.reason if found else "The CRM has no such goals."


def _notes(cannot: Iterable[tuple[str, str]], board: str | None) -> list[str]:
    if board:
        return [f"Targets for {kind} stand on the board record {board}. {why}" for kind, why in sorted(cannot)]
    return [f"Targets for {kind} count here, but are not written. {why}" for kind, why in sorted(cannot)]


def _whole(targets: Sequence[Target], board: str | None) -> list[str]:
    if board or not any(target.subject_type == "account" for target in targets):
        return []
    return [_NOWHERE]
