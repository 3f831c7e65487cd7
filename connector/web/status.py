"""What the status page shows, and what it means for an account's health. Pure: no store, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run: `steps` maps each step to its summary; `calls` counts the requests it sent, of which `requests` tells more in words."""

    id: str
    kind: str
    status: str
    started_at: datetime
    finished_at: datetime | None = None
    message: str = ""
    calls: int | None = None
    steps: Mapping[str, str] = field(default_factory=dict)
    slot: str | None = None
    requests: str = ""


@dataclass(frozen=True, slots=True)
class StreamLine:
    """One stream of records: how many are kept, when it was last complete, and why it is not, where it is not."""

    name: str
    records: int
    completed_at: datetime | None = None
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline KPI with the text of its value in each of the page's periods, in their order, and of how sure each is."""

    key: str
    label: str
    values: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal as people read it; key results and milestones stand below theirs, at `depth` 1. `doubt` says how sure the value is."""

    name: str
    subject: str
    period: str
    target: str = ""
    actual: str = ""
    attainment: str = ""
    pace: str = ""
    status: str = ""
    gap: str = ""
    per_day: str = ""
    days_left: str = ""
    doubt: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The last plan: how many values it holds in each state of sending."""

    id: str
    status: str
    made_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatus:
    """All that the page says about one account.

    `previous_due` is the slot before the one that is due now: an account whose last success lies before it has missed a whole turn.
    `paused` is the reason why nothing is written, None while writing is allowed. `unread` counts single values that could not be read, by
    the names of records and field.
    """

    name: str
    adapter: str
    tenant: str
    tenant_id: str
    timezone: str
    schedule: str
    last_success: datetime | None = None
    next_due: datetime | None = None
    previous_due: datetime | None = None
    paused: str | None = None
    push_confirmed: bool = True
    runs: tuple[RunLine, ...] = ()
    streams: tuple[StreamLine, ...] = ()
    unavailable: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None
    periods: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    goals: tuple[GoalLine, ...] = ()
    plan: PlanLine | None = None
    quarantined: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Everything the page shows, read at `made_at`."""

    made_at: datetime
    version: str
    accounts: tuple[AccountStatus, ...]


class Verdict(StrEnum):
    """How an account is doing, from best to worst."""

    OK = "ok"
    STALE = "stale"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Health:
    """A verdict with its reasons in a sentence each; an account that is well may have notes too."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def health_of(account: AccountStatus) -> Health:
    """Return how an account is doing: failing when its last ended run failed, stale when it missed a whole turn of its schedule.

    Only whole runs are judged: what somebody tried by hand, such as a check or a plan, says nothing about the service.
    """
    ended = next((run for run in account.runs if run.kind == "run" and run.status != "running"), None)
    if ended is not None and ended.status == "failed":
        return Health(Verdict.FAILING, (f"Run {ended.id} failed: {ended.message}", *_notes(account)))
    stopped = (f"Run {ended.id} was stopped: {ended.message}",) if ended is not None and ended.status == "stopped" else ()
    if account.runs and _missed_a_turn(account):
        since = f"since {account.last_success:%Y-%m-%d %H:%M} UTC" if account.last_success else "yet"
        return Health(Verdict.STALE, (f"No run has succeeded {since}.", *stopped, *_notes(account)))
    return Health(Verdict.OK, (*stopped, *_notes(account)))


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict that matters most; no accounts are no trouble."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.OK)


def _missed_a_turn(account: AccountStatus) -> bool:
    if account.previous_due is None:
        return False
    return account.last_success is None or account.last_success < account.previous_due


def _notes(account: AccountStatus) -> tuple[str, ...]:
    paused = (f"Writing is paused: {account.paused}",) if account.paused else ()
    unconfirmed = () if account.push_confirmed else ("Plans are not sent until the first push is confirmed with `crm-kpi push --yes`.",)
    waiting = () if account.runs else ("It has not run yet.",)
    refused = account.plan.counts.get("refused", 0) if account.plan else 0
    refusals = (f"The CRM refused {refused:,} values of plan {account.plan.id}.",) if account.plan and refused else ()
    return (*paused, *unconfirmed, *waiting, *refusals)
