"""quality, as a command: what is wrong with the records, rule by rule, with links into the CRM."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector import steps
from connector.cli.session import session
from connector.cli.words import print_json, say, table
from connector.errors import GuardStopped, SettingsError
from connector.kpis.quality import FAULTS
from connector.steps import Work

if TYPE_CHECKING:
    from connector.engine import FaultyRecord


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong: each faulty record with its link, and the rules that cannot be judged, with the reason."""

    faults: Sequence[tuple["FaultyRecord", str | None]]
    unjudged: Mapping[str, str]


def quality(account: str | None, rules: Sequence[str], *, limit: int, as_json: bool) -> None:
    """Show what is wrong, of all rules or of some."""
    chosen = [_rule(key) for part in rules for key in part.split(",")] or list(FAULTS)
    found = session(account, _find, quiet=True)
    print_json(_as_json(found, chosen)) if as_json else _show(found, chosen, limit)


def _rule(key: str) -> str:
    if key not in FAULTS:
        raise SettingsError(f"--rule is {key!r}; allowed are {', '.join(FAULTS)}.")
    return key


async def _find(work: Work) -> Found:
    account = await work.bound()
    measured = await work.ask(work.store.values.latest, work.account)
    if measured is None:
        raise GuardStopped(f"Nothing was measured for {work.account!r} yet; run `crm-kpi run` first.")
    ready = await steps.readiness(work, await steps.last_pull(work) or measured.run)
    calendar = work.calendar(account)

    from connector.engine import faults, unjudged

    def answer() -> Sequence["FaultyRecord"]:
        with steps.open_cache(work) as cache:
            return faults(cache, calendar=calendar, as_of=measured.as_of, policies=steps.policies(work, account), ready=ready)

    found = await work.compute(answer)
    return Found([(one, work.adapter.link(account.tenant, one.entity, one.id)) for one in found], unjudged(ready))


def _show(found: Found, rules: Sequence[str], limit: int) -> None:
    counts = Counter(fault.rule for fault, _ in found.faults)
    rows = [[rule, "–" if rule in found.unjudged else f"{counts[rule]:,}", FAULTS[rule].means, FAULTS[rule].repair] for rule in rules]
    table("Faults", ("rule", "found", "what is wrong", "how to repair it"), rows, right=(1,))
    for rule in rules:
        if rule in found.unjudged:
            say(f"{rule} cannot be judged: {found.unjudged[rule]}")
        elif counts[rule]:
            _show_records(rule, [pair for pair in found.faults if pair[0].rule == rule], limit)


def _show_records(rule: str, faults: Sequence[tuple["FaultyRecord", str | None]], limit: int) -> None:
    shown = faults[:limit] if limit else faults
    has_details = any(fault.detail for fault, _ in shown)
    rows = [
        [f"{fault.entity} {fault.id}", fault.name or "", fault.owner or "", *([fault.detail or ""] if has_details else []), link or ""]
        for fault, link in shown
    ]
    more = f" (the first {len(rows):,} of {len(faults):,})" if len(rows) < len(faults) else f" ({len(faults):,})"
    table(f"{rule}{more}", ("record", "name", "responsible", *(("what it holds",) if has_details else ()), "link"), rows)


def _as_json(found: Found, rules: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "rule": rule,
            "means": FAULTS[rule].means,
            "repair": FAULTS[rule].repair,
            "unjudged": found.unjudged.get(rule),
            "count": sum(fault.rule == rule for fault, _ in found.faults),
            "records": [_record(fault, link) for fault, link in found.faults if fault.rule == rule],
        }
        for rule in rules
    ]


def _record(fault: "FaultyRecord", link: str | None) -> dict[str, str | None]:
    return {"type": fault.entity, "id": fault.id, "name": fault.name, "owner": fault.owner, "detail": fault.detail, "link": link}
