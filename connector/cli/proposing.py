"""What `check` tells beyond yes and no: the KPIs that something missing costs, and the settings that the account suggests."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from connector.cli.words import say, table
from connector.kpis import DIMENSION_READS, KPIS, Catalogue
from connector.kpis.fields import READS
from connector.model import Ability, Answer, Capabilities, Proposal, Stream
from connector.settings import setting_name


@dataclass(frozen=True, slots=True)
class Loss:
    """What a stream that cannot be read costs: KPIs, breakdowns and fields by name, and what would bring them."""

    stream: str
    because: str
    needs: tuple[str, ...]
    kpis: tuple[str, ...]
    breakdowns: tuple[str, ...]
    fields: tuple[str, ...]


Lost = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""KPIs, breakdowns and fields."""


def losses(able: Capabilities, kpis: Catalogue = KPIS) -> list[Loss]:
    """Return what cannot be measured in an account, stream by stream."""
    found = (_loss(stream, able.streams.get(stream), kpis) for stream in Stream)
    return [loss for loss in found if loss and (loss.kpis or loss.breakdowns or loss.fields)]


def _loss(stream: Stream, ability: Ability | None, kpis: Catalogue) -> Loss | None:
    if ability is not None and ability.answer is not Answer.NO:
        return None
    found = ability or Ability(Answer.NO, "No such records are read from this CRM.")
    return Loss(
        str(stream),
        found.reason,
        found.needs,
        tuple(kpi.label for kpi in kpis.values() if stream in kpi.reads),
        tuple(f"by {dimension}" for dimension, reads in DIMENSION_READS.items() if stream in reads),
        tuple(f"fields on {entity}" for entity, reads in READS.items() if stream in reads),
    )


def show_losses(found: Sequence[Loss], kpis: Catalogue = KPIS) -> None:
    """Print what cannot be measured, in plain words; what is missing for one reason and costs the same is told once."""
    alike: dict[tuple[str, Lost], list[str]] = {}
    for loss in found:
        why = f"needs {', '.join(loss.needs)}" if loss.needs else loss.because.removesuffix(".")
        alike.setdefault((why, (loss.kpis, loss.breakdowns, loss.fields)), []).append(loss.stream)
    for (why, lost), streams in alike.items():
        say(f"Without {', '.join(streams)} not available ({why}): {_told(lost, len(kpis))}.")


def _told(lost: Lost, every: int) -> str:
    """Return what is lost in words; where that is most of the catalogue, only how much of it."""
    kpis, breakdowns, fields = lost
    told = (f"{len(kpis)} of {every} KPIs, such as {kpis[0]}",) if len(kpis) > every / 2 else kpis
    return "; ".join((*told, *breakdowns, *fields))


def show_proposals(found: Sequence[Proposal], path: tuple[str, ...], set_now: Mapping[str, object]) -> None:
    """Print what the account suggests, and the lines to copy for what differs from the settings."""
    if not found:
        return
    table("What this account suggests", ("setting", "proposed", "why", "seen"), [_row(one, set_now) for one in found])
    new = [one for one in found if _is_new(one, set_now)]
    if not new:
        say("The settings say so already; there is nothing to copy.")
        return
    say("Nothing of it is applied. To take it over, copy what is right into the environment:")
    for one in new:
        say(f"  {setting_name(path, one.setting)}={shlex.quote(_plain(one))}")
    say(f"or into the settings file, below [{'.'.join(path)}]:")
    for one in new:
        say(f"  {one.setting} = {json.dumps(one.value, ensure_ascii=False)}")


def _row(one: Proposal, set_now: Mapping[str, object]) -> tuple[str, ...]:
    proposed = "-" if one.value is None else _spaced(one) if _is_new(one, set_now) else f"{_spaced(one)} (as it is set)"
    return (one.setting, proposed, one.because, "\n".join(_counted(*seen) for seen in one.seen))


def _counted(what: str, count: int | None) -> str:
    return what if count is None else f"{what}: {count:,}"


def _is_new(one: Proposal, set_now: Mapping[str, object]) -> bool:
    now = set_now.get(one.setting)
    same = set(now) == set(one.value) if isinstance(now, tuple) and isinstance(one.value, tuple) else now == one.value
    return one.value is not None and not same


def _plain(one: Proposal) -> str:
    return one.value if isinstance(one.value, str) else ",".join(one.value or ())


def _spaced(one: Proposal) -> str:
    """Return the value as a narrow table can break it between two of its parts."""
    return _plain(one).replace(",", ", ")


def as_json(
    able: Capabilities, warnings: Sequence[str], proposals: Sequence[Proposal], path: tuple[str, ...], *, lost: Sequence[Loss]
) -> dict[str, object]:
    """Return all that `check` found as plain data."""
    return {
        **asdict(able),
        "not_available": [asdict(loss) for loss in lost],
        "warnings": list(warnings),
        "proposals": [asdict(one) | {"setting": setting_name(path, one.setting)} for one in proposals],
    }
