"""check, pause, resume and manifest, as commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector import steps
from connector.cli import proposing
from connector.cli.session import opened, session
from connector.cli.words import print_json, say, table
from connector.errors import AccessRefused, GuardStopped, SettingsError
from connector.kpis import KPIS, Catalogue
from connector.manifest import manifest_text
from connector.model import Ability, Answer, Capabilities, Entity, Proposal
from connector.steps import Work, recorded
from connector.steps.testing import write_test

NEEDED = ("deals", "pipelines", "users")
"""Streams without which hardly anything can be measured."""


def check(account: str | None, test_on: str | None, *, as_json: bool) -> None:
    """Check the account, and on request that a field can be written and restored."""

    async def action(work: Work) -> Found:
        able = await steps.check(work)
        if test_on is not None:
            async with recorded(work, "check"):
                work.progress.say(await write_test(work, _record(test_on), datetime.now(UTC)))
        path = () if work.account == "default" else ("accounts", work.account)
        warned = await steps.warnings(work, able)
        proposals, feeds = await work.adapter.proposals(), await steps.check_feeds(work)
        lost = proposing.losses(await steps.supplied(work, able), work.kpis)
        return Found(able, warned, proposals, (*path, work.config.adapter), work.config.vendor.model_dump(), lost, feeds, work.kpis)

    found = session(account, action, quiet=as_json)
    able = found.able
    if as_json:
        print_json({**proposing.as_json(able, found.warnings, found.proposals, found.path, lost=found.lost), "feeds": list(found.feeds)})
    else:
        show_found(found)
    missing = {
        stream: able.streams[stream] for stream in able.streams if str(stream) in NEEDED and able.streams[stream].answer is Answer.NO
    }
    if missing:
        whys = {
            _because(ability): [str(one) for one, other in missing.items() if _because(other) == _because(ability)]
            for ability in missing.values()
        }
        raise AccessRefused(" ".join(f"Not available: {', '.join(streams)}. {why}" for why, streams in whys.items()))


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found.

    `path` is where the adapter's settings stand, `settings` what they are now, `lost` what cannot be measured, `feeds` what they said,
    `kpis` all that the account has.
    """

    able: Capabilities
    warnings: Sequence[str]
    proposals: Sequence[Proposal]
    path: tuple[str, ...]
    settings: Mapping[str, object]
    lost: Sequence[proposing.Loss] = ()
    feeds: Sequence[str] = ()
    kpis: Catalogue = KPIS


def show_found(found: Found) -> None:
    """Print what an account is and can do, what that costs, and what settings it suggests."""
    show_able(found.able)
    proposing.show_losses(found.lost, found.kpis)
    for sentence in (*found.warnings, *found.feeds):
        say(sentence)
    proposing.show_proposals(found.proposals, found.path, found.settings)


def _currency(code: str) -> str:
    return code if code.isalpha() else "unknown"


def _because(ability: Ability) -> str:
    lacks = [need for need in ability.needs if need not in ability.reason]
    return f"{ability.reason} It needs {', '.join(lacks)}.".strip() if lacks else ability.reason


def _record(text: str) -> tuple[Entity, str]:
    entity, _, record = text.partition(":")
    if entity not in (Entity.DEALS, Entity.COMPANIES, Entity.USERS) or not record:
        raise SettingsError(f"--write-test is {text!r}; allowed is deals:ID, companies:ID or users:ID.")
    return Entity(entity), record


def show_able(able: Capabilities) -> None:
    """Print what an account is and can do."""
    tenant = able.tenant
    say(f"Connected to {tenant.name} (id {tenant.id}), time zone {tenant.timezone}, home currency {_currency(tenant.currency)}.")
    for note in able.notes:
        say(note)
    rows = [*_rows("read", able.streams), *_rows("write fields of", able.fields), *_rows("write goals for", able.goals)]
    if rows:
        table("What it lets us do", ("", "what", "answer", "why"), rows)
    if able.limits:
        say("Limits: " + ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in able.limits.items()) + ".")


def _rows(kind: str, abilities: Mapping[Any, Ability]) -> list[list[str]]:
    return [[kind, str(what), str(ability.answer), _because(ability)] for what, ability in abilities.items()]


def set_paused(account: str | None, reason: str | None) -> None:
    """Pause or resume pushes."""
    with opened() as app:
        name = app.config(account).name
        if app.store.accounts.get(name) is None:
            raise GuardStopped(f"The account {name!r} was never connected; run `crm-kpi check` first.")
        app.store.accounts.set_paused(name, reason)
    say(f"Pushes to {name} are paused: {reason}." if reason else f"Pushes to {name} go on.")


def manifest(file: Path, *, check: bool) -> None:
    """Write the manifest, or say whether it is up to date."""
    text = manifest_text()
    if not check:
        file.write_text(text, encoding="utf-8")
        say(f"{file} is written.")
        return
    try:
        found = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    if found != text:
        raise GuardStopped(f"{file} is out of date; `crm-kpi manifest` writes it anew.")
    say(f"{file} is up to date.")
